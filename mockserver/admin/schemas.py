"""The schemas of the values that are given to worlds and told of them: `schemas.yaml`, compiled when first needed.

The control plane's document refers to the same file, so that a value is judged alike whichever door it comes through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mockserver.admin.flaws import ValueFlaw, refusal, refuse
from mockserver.contract.bodies import DEEPEST, read_json, write_json
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.validator import Validator
from mockserver.errors import WorldError

FILE = Path(__file__).with_name("schemas.yaml")

SHOWN = 60
"""Characters of a value that is no JSON which a message repeats."""


@cache
def document() -> Document:
    """The schemas, as components of an OpenAPI document that has no paths."""
    return Document.parse(FILE.read_bytes(), str(FILE))


@cache
def _contract() -> Contract:
    return Contract(document())


@cache
def validator(name: str) -> Validator:
    """The schema of that name, ready to judge."""
    return _contract().validator({"$ref": f"#/components/schemas/{name}"})


def flaws(name: str, value: Any, within: tuple[str | int, ...] = ()) -> Iterator[ValueFlaw]:
    """Where a JSON value breaks the schema of that name; `within` is the path to the value."""
    schema = validator(name)
    if not schema.accepts(value):
        for each in schema.violations(value, "body"):
            yield ValueFlaw((*within, *each.path), each.message, each.keyword, each.expected, each.received)


def checked(name: str, value: Any, error: type[WorldError] = WorldError) -> Any:
    """A JSON copy of the value; the error names every rule of the schema of that name that it breaks."""
    copy = as_json(value, error)
    refuse("invalid", flaws(name, copy), error)
    return copy


def as_json(value: Any, error: type[WorldError] = WorldError, deepest: float = DEEPEST) -> Any:
    """A JSON copy of the value, which nobody else can change; the error says if it cannot be written as JSON."""
    try:
        text = write_json(value)
    except (TypeError, ValueError, RecursionError):
        place, found = _unwritable(value)
        flaw = ValueFlaw(place, f"must be JSON, got {found!r:.{SHOWN}}", "json", received=found)
        raise refusal("invalid", [flaw], error) from None
    copy, violation = read_json(text, deepest)
    if violation is not None:
        raise refusal("invalid", [ValueFlaw((), violation.message, violation.keyword, violation.expected)], error)
    return copy


def _unwritable(value: Any) -> tuple[tuple[str, ...], Any]:
    """The innermost part of the value that cannot be written as JSON, and the path to it."""
    place: list[str] = []
    # the message names the part that the caller can mend, not the whole argument
    while len(place) < DEEPEST:  # a value that holds itself has no innermost part
        found = next(((key, each) for key, each in _parts(value) if not _is_writable(each)), None)
        if found is None:
            break
        place.append(found[0])
        value = found[1]
    return tuple(place), value


def _parts(value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return ((str(key), each) for key, each in value.items())
    return ((str(at), each) for at, each in enumerate(value)) if isinstance(value, list | tuple) else ()


def _is_writable(value: Any) -> bool:
    try:
        write_json(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
