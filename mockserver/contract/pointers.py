"""JSON Pointers (RFC 6901), written and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from mockserver.contract.violations import ABSENT


def pointer_of(path: Iterable[str | int]) -> str:
    """The path as a JSON Pointer."""
    return "".join(f"/{escape(str(part))}" for part in path)


def escape(part: str) -> str:
    """A member name as a part of a JSON Pointer."""
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    """The member name of a part of a JSON Pointer."""
    return part.replace("~1", "/").replace("~0", "~")


def path_of(pointer: str) -> tuple[str, ...]:
    """The keys and indexes of a pointer, with or without a leading `#`."""
    return tuple(map(unescape, pointer.removeprefix("#").split("/")[1:]))


def path_of_reference(reference: str) -> tuple[str, ...]:
    """The same for a local `$ref`, which is a URI fragment and so percent-encoded."""
    return path_of(unquote(reference))


def value_at(value: Any, pointer: str) -> Any:
    """What a JSON value has at a pointer; ABSENT if nothing."""
    for key in path_of(pointer):
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ABSENT
    return value
