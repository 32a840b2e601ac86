"""The text of a document to its value: JSON by orjson, YAML from the events of libyaml.

YAML is read as OpenAPI asks, by version 1.2: keys are the text they are, and a plain word is null, a boolean or a
number only where it looks like one in JSON. So `no`, `12:30`, `0644` and a time stamp stay text.
The value is built from events instead of PyYAML's nodes: five times as fast, in half of the memory, and neither nested
levels nor aliases can exhaust either.
"""

from __future__ import annotations

import codecs
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import yaml

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import pointer_of
from mockserver.contract.reading.report import MOST_FLAWS

DEEPEST = 200
"""Levels that objects and arrays may nest; the deepest of 2,639 public documents has 46."""

DEEPEST_JSON = 254
"""The same of JSON: the levels that orjson writes (https://github.com/ijl/orjson#serialize)."""

MOST_VALUES = 20_000_000
"""Values that a YAML text may stand for once its aliases are followed; Microsoft Graph's has 1.3 million."""

LONGEST_KEY = 100
"""Values of an array or object that is used as a key."""

LONG_INTEGER = re.compile(rb"[\[,:]\s*-?[0-9]{19}")
ENCODINGS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Unparsable(Exception):
    """The text is neither JSON nor YAML; the message gives the reason, and `line` where, if it is known."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line

    @classmethod
    def because(cls, error: Exception) -> Unparsable:
        """Of what a parser raised; libyaml tells in several lines what is said here in one."""
        if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
            mark = error.problem_mark
            told = ", ".join(each for each in (error.problem, error.context) if each)
            return cls(f"line {mark.line + 1}, column {mark.column + 1}: {told}", mark.line + 1)
        return cls(" ".join(str(error).split()), getattr(error, "lineno", None))


def parse(text: bytes) -> tuple[Any, list[Flaw]]:
    """The value of a JSON or YAML text in UTF-8, or in UTF-16 with a byte order mark; and the text's flaws."""
    text = as_utf8(text)
    try:
        if not is_json(text):
            return _yaml(text)
        try:
            return _json(text), []
        except ValueError as error:
            return _json_like_yaml(text, error)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise Unparsable.because(error) from None


def is_json(text: bytes) -> bool:
    """Whether a text begins as a JSON document does."""
    return text.lstrip()[:1] in (b"{", b"[")


def as_utf8(text: bytes) -> bytes:
    """The text in UTF-8, without a byte order mark; Unparsable if the text is not in the encoding of its mark."""
    for mark, encoding in ENCODINGS:
        if text.startswith(mark):
            try:
                return text[len(mark) :].decode(encoding).encode()
            except UnicodeError as error:
                raise Unparsable(str(error)) from None
    return text


def _json(text: bytes) -> Any:
    value = orjson.loads(text)
    try:
        # it reads 1,024 levels and writes 254: the fastest way to know how deep whoever walks the document will go
        orjson.dumps(value)
    except TypeError:
        raise ValueError(f"it nests deeper than {DEEPEST_JSON} levels") from None
    return json.loads(text) if LONG_INTEGER.search(text) else value  # orjson makes a float of a long integer


def _json_like_yaml(text: bytes, error: ValueError) -> tuple[Any, list[Flaw]]:
    """What begins like JSON may be YAML in flow style, or JSON with a comma too many or comments."""
    try:
        value, flaws = _yaml(text)
    except (ValueError, yaml.YAMLError):
        raise error from None
    message = f"The text begins like JSON but is not ({error}); it was read as YAML."
    return value, [Flaw("json", "#", message, "Correct the JSON."), *flaws]


DECIMAL = r"(?:0|[1-9][0-9]*)"
PLAIN = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)|"
    rf"(?P<int>[-+]?{DECIMAL})|(?P<float>[-+]?(?:\.[0-9]+|{DECIMAL}(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
SPECIAL = frozenset({"", *"~nNtTfF-+.0123456789"})
"""First characters of the plain words that are not text."""


def _finite(word: str) -> float:
    """The number, or the one next to it that a float holds: infinity is no value of JSON."""
    number = float(word)
    return number if math.isfinite(number) else math.copysign(sys.float_info.max, number)


WORDS: dict[str | None, Callable[[str], Any]] = {
    "null": lambda _: None,
    "true": lambda _: True,
    "false": lambda _: False,
    "int": int,
    "float": _finite,
}
TAG = "tag:yaml.org,2002:"
TYPED = {
    f"{TAG}null": ("null",),
    f"{TAG}bool": ("true", "false"),
    f"{TAG}int": ("int",),
    f"{TAG}float": ("float", "int"),
}
TEXT = frozenset({"!", f"{TAG}str", f"{TAG}timestamp", f"{TAG}binary"})
CONTAINERS = frozenset({None, "!", f"{TAG}map", f"{TAG}seq", f"{TAG}omap"})
MERGE = "<<"

NO_KEY: Any = object()
"""An object waits for its next key."""


class _Frame:
    """An object or array whose end has not come yet. `size`: values in it, those behind aliases counted again."""

    __slots__ = ("anchor", "key", "merged", "size", "value")

    def __init__(self, value: dict[str, Any] | list[Any], anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: Any = NO_KEY
        self.size = 1
        self.merged: list[Any] = []


class _Builder:
    """Takes the events of a YAML text one after another; `root.value` holds the text's value in the end."""

    def __init__(self) -> None:
        self.root = _Frame([], None)
        self.frame = self.root
        self.above: list[_Frame] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.flaws: list[Flaw] = []

    def scalar(self, event: yaml.ScalarEvent) -> None:
        value, frame = event.value, self.frame
        if frame.key is NO_KEY and frame.value.__class__ is dict:
            self._key(MERGE_KEY if value == MERGE and event.implicit[0] else value, event)
        else:
            if event.tag is not None:
                value = _tagged(event)
            elif event.implicit[0] and value[:1] in SPECIAL:  # not in quotes; most words are told by their first letter
                value = _plain(value)
            self._add(value, 1, event)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, 1

    def start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag not in CONTAINERS:
            raise _unknown(event)
        self.above.append(self.frame)
        if len(self.above) > DEEPEST:
            raise ValueError(f"line {_line(event)} nests deeper than {DEEPEST} levels")
        self.frame = _Frame({} if isinstance(event, yaml.MappingStartEvent) else [], event.anchor)
        if event.anchor is not None:  # an alias within it would refer to itself, and not to an earlier one of that name
            self.anchors.pop(event.anchor, None)

    def end(self, event: yaml.MappingEndEvent | yaml.SequenceEndEvent) -> None:
        frame, self.frame = self.frame, self.above.pop()
        value: Any = frame.value
        if frame.merged:
            base: dict[str, Any] = {}
            for merged in reversed(frame.merged):  # of several the first counts most, and the object itself before all
                base |= _merged(merged, event)
            value = {**base, **value}
        if frame.anchor is not None:
            self.anchors[frame.anchor] = value, frame.size
        self._add(value, frame.size, event)

    def alias(self, event: yaml.AliasEvent) -> None:
        if event.anchor not in self.anchors:
            line = _line(event)
            raise ValueError(f"line {line}: *{event.anchor} refers to no value above it, or to itself")
        self._add(*self.anchors[event.anchor], event)

    def document(self, event: yaml.DocumentStartEvent) -> None:
        if self.root.value:
            raise ValueError(f"line {_line(event)} begins a second document; expected one")

    def _add(self, value: Any, size: int, event: yaml.Event) -> None:
        frame = self.frame
        frame.size += size
        if frame.size > MOST_VALUES:
            raise ValueError(f"line {_line(event)}: its aliases expand to more than {MOST_VALUES:,} values")
        if frame.value.__class__ is list:
            frame.value.append(value)
        elif frame.key is NO_KEY:
            self._key(_as_key(value, size, event), event)
        else:
            if frame.key is MERGE_KEY:
                frame.merged.append(value)
            else:
                frame.value[frame.key] = value
            frame.key = NO_KEY

    def _key(self, key: Any, event: yaml.Event) -> None:
        frame = self.frame
        if key in frame.value and len(self.flaws) < MOST_FLAWS:
            line = _line(event)
            message = f"The key {key!r:.80} is given twice (again in line {line}); the last value is used."
            self.flaws.append(Flaw("duplicate-key", self._pointer(key), message, "Leave one of them out."))
        frame.key = key

    def _pointer(self, key: str) -> str:
        frames = [*self.above[1:], self.frame]
        keys = [frame.key if isinstance(frame.value, dict) else len(frame.value) for frame in frames[:-1]]
        return "#" + pointer_of([*map(str, keys), key])


MERGE_KEY: Any = object()

HANDLERS: dict[type[yaml.Event], Callable[[_Builder, Any], None]] = {
    yaml.ScalarEvent: _Builder.scalar,
    yaml.MappingStartEvent: _Builder.start,
    yaml.SequenceStartEvent: _Builder.start,
    yaml.MappingEndEvent: _Builder.end,
    yaml.SequenceEndEvent: _Builder.end,
    yaml.AliasEvent: _Builder.alias,
    yaml.DocumentStartEvent: _Builder.document,
}


def _yaml(text: bytes) -> tuple[Any, list[Flaw]]:
    builder = _Builder()
    for event in events(text):
        handler = HANDLERS.get(event.__class__)
        if handler is not None:
            handler(builder, event)
    assert isinstance(builder.root.value, list)
    return builder.root.value[0] if builder.root.value else None, builder.flaws


def events(text: bytes) -> Iterator[yaml.Event]:
    """The events of a YAML text, from the C parser where PyYAML was built with it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
            if event.__class__ is yaml.StreamEndEvent:
                return
    finally:
        loader.dispose()


def _line(event: yaml.Event) -> int:
    """From 1, where the event begins."""
    assert event.start_mark is not None
    return event.start_mark.line + 1


def _as_key(value: Any, size: int, event: yaml.Event) -> str:
    if size > LONGEST_KEY:
        raise ValueError(f"the key that ends in line {_line(event)} is not text but {size} values")
    return value if isinstance(value, str) else str(value)


def _plain(word: str) -> Any:
    found = PLAIN.fullmatch(word)
    return word if found is None else WORDS[found.lastgroup](word)


def _tagged(event: yaml.ScalarEvent) -> Any:
    if event.tag in TEXT:
        return event.value
    found = PLAIN.fullmatch(event.value)
    if event.tag not in TYPED or found is None or found.lastgroup not in TYPED[event.tag]:
        raise _unknown(event)
    return WORDS["float" if event.tag == f"{TAG}float" else found.lastgroup](event.value)


def _unknown(event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> ValueError:
    value = f" of {event.value!r:.40}" if isinstance(event, yaml.ScalarEvent) else ""
    return ValueError(f"line {_line(event)}: the tag {event.tag}{value} has no meaning in a document")


def _merged(value: Any, event: yaml.Event) -> dict[str, Any]:
    """What `<<` merges: an object, or several of which the first counts most."""
    merged: dict[str, Any] = {}
    for each in reversed(value if isinstance(value, list) else [value]):
        if not isinstance(each, dict):
            raise ValueError(f"the object that ends in line {_line(event)} merges a value that is not an object")
        merged |= each
    return merged
