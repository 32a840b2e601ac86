"""Values of keywords, as they are read: the value that was written, the one that was evidently meant, or Wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.reading.patterns import readable
from mockserver.contract.reading.shapes import MEANT, TYPES


@dataclass(frozen=True)
class Wrong:
    """What was written means nothing here; `expected` is what would."""

    expected: str


def _any(value: Any) -> Any:
    return value


def _string(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()  # as YAML and JSON write it
    return str(value) if isinstance(value, str | int | float) else Wrong("text")


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else Wrong("text")


def _nothing(_: Any) -> Any:
    return Wrong("nothing")


def _boolean(value: Any) -> Any:
    words = {"true": True, "yes": True, "false": False, "no": False}
    meant = words.get(value.lower()) if isinstance(value, str) else value
    return meant if isinstance(meant, bool) else Wrong("true or false")


def _number(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return Wrong("a number")
    if not math.isfinite(number):
        return Wrong("a number")
    return int(number) if number == math.floor(number) else number  # `"5"` is a length, `"5.0"` as well


def _natural(value: Any) -> Any:
    number = _number(value)
    return (
        number
        if not isinstance(number, Wrong) and number >= 0 and number == math.floor(number)
        else Wrong("a whole number from 0")
    )


def _positive(value: Any) -> Any:
    number = _number(value)
    return number if not isinstance(number, Wrong) and number > 0 else Wrong("a number above 0")


def _bound(value: Any) -> Any:
    return value if isinstance(value, bool) else _number(value)


def _list(value: Any) -> Any:
    return value if isinstance(value, list) else Wrong("an array")


def _strings(value: Any) -> Any:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list):
        return Wrong("an array of texts")
    fitting = list(dict.fromkeys(each for each in value if isinstance(each, str)))
    return value if len(fitting) == len(value) else fitting


def _pattern(value: Any) -> Any:
    return value if isinstance(value, str) and readable(value) is not None else Wrong("a regular expression")


def _type(value: Any) -> Any:
    if isinstance(value, str) and value in TYPES:
        return value
    written = value if isinstance(value, list) else [value]
    meant = list(dict.fromkeys(map(_type_named, written)))
    if not meant or None in meant:
        return Wrong(f"a type ({', '.join(TYPES)})")
    return value if meant == value else meant[0] if len(meant) == 1 else meant


def _type_named(written: Any) -> str | None:
    if written is None:
        return "null"
    if not isinstance(written, str):
        return None
    lower = written.lower()
    return lower if lower in TYPES else MEANT.get(lower)


WORDS: Mapping[str, Callable[[Any], Any]] = {
    "any": _any,
    "string": _string,
    "text": _text,
    "nothing": _nothing,
    "boolean": _boolean,
    "number": _number,
    "natural": _natural,
    "positive": _positive,
    "bound": _bound,
    "list": _list,
    "strings": _strings,
    "pattern": _pattern,
    "type": _type,
}
"""Each takes what was written. Whatever it answers that is neither that nor Wrong is what was meant."""
