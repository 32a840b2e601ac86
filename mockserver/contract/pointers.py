"""JSON Pointers (RFC 6901), written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from mockserver.contract.digits import number_of
from mockserver.contract.violations import ABSENT


def pointer_of(path: Iterable[str | int]) -> str:
    """The path as a JSON Pointer."""
    return "".join(f"/{escape(str(part))}" for part in path)


def escape(part: str) -> str:
    """A member name as a part of a JSON Pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """The member name of a part of a JSON Pointer."""
    # in this order: `~01` is the name `~1`, and no slash (RFC 6901, 4)
    return part.replace("~1", "/").replace("~0", "~")


def path_of(pointer: str) -> tuple[str, ...]:
    """The keys and indexes of a pointer, with or without a leading `#`."""
    return tuple(map(unescape, pointer.removeprefix("#").split("/")[1:]))


def path_of_reference(reference: str) -> tuple[str, ...]:
    """The same for a local `$ref`, which is a URI fragment and so percent-encoded."""
    return path_of(unquote(reference))


def index_of(part: str) -> int | None:
    """The index of an item that a part of a pointer is: digits without a zero before them (RFC 6901, 4); else None."""
    return number_of(part) if part == "0" or (part.isdecimal() and part[0] != "0") else None


def item_at(items: list[Any], part: str) -> Any:
    """The item that a part of a pointer leads to; IndexError if there is none."""
    at = index_of(part)
    if at is None or at >= len(items):
        raise IndexError(part)
    return items[at]


def value_at(value: Any, pointer: str) -> Any:
    """What a JSON value has at a pointer; ABSENT if nothing."""
    for key in path_of(pointer):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and (at := index_of(key)) is not None and at < len(value):
            value = value[at]
        else:
            return ABSENT
    return value
