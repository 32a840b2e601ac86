"""Bodies that are a sequence of items: JSON Lines, JSON text sequences (RFC 7464) and server-sent events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.bodies import CHARSETS, TEXT, read_json, value_text, write_json
from mockserver.contract.digits import number_of
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import ABSENT, Violation

SEPARATOR = b"\x1e"
EVENT = ("event", "id", "retry", "data")
"""Fields of an event, in the order in which they are sent."""


@dataclass(frozen=True)
class LinesCodec:
    """A JSON value a line; `separated`: each begins with a record separator instead."""

    separated: bool = False

    def takes(self, charset: str) -> bool:
        return charset in CHARSETS

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        del content_type
        items: list[Any] = []
        for line in text.split(SEPARATOR if self.separated else b"\n"):
            if line.strip():
                value, flaw = read_json(line.strip())
                if flaw is not None:
                    pointer = pointer_of([str(len(items))])
                    return ABSENT, Violation("body", pointer, flaw.keyword, flaw.expected, ABSENT, flaw.message)
                items.append(value)
        return items, None

    def write(self, value: Any) -> bytes:
        start = SEPARATOR if self.separated else b""
        return b"".join(start + write_json(each) + b"\n" for each in _items(value))


class EventStreamCodec:
    """Server-sent events (HTML standard, 9.2): objects with `data`, `event`, `id` and `retry`, or their data alone."""

    def takes(self, charset: str) -> bool:
        return charset in CHARSETS

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        whole, flaw = TEXT.read(text, content_type)
        if flaw is not None:
            return ABSENT, flaw
        blocks = whole.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
        return [event for event in map(_event, blocks) if event], None

    def write(self, value: Any) -> bytes:
        return "".join(map(_block, _items(value))).encode()


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _event(block: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    data: list[str] = []  # to add each line to the text of those before it takes the square of their number
    for line in block.split("\n"):
        name, _, given = line.partition(":")
        if name not in EVENT:
            continue
        given = given.removeprefix(" ")
        if name == "data":
            data.append(given)
        number = number_of(given) if name == "retry" and given.isdecimal() else None
        found[name] = given if number is None else number
    return {**found, "data": "\n".join(data)} if data else found


def _block(item: Any) -> str:
    fields = item if isinstance(item, Mapping) and "data" in item and item.keys() <= set(EVENT) else {"data": item}
    return "".join(_lines(fields)) + "\n"


def _lines(fields: Mapping[str, Any]) -> Iterator[str]:
    for name in EVENT:
        if fields.get(name) is not None:
            yield from (f"{name}: {line}\n" for line in value_text(fields[name]).split("\n"))
