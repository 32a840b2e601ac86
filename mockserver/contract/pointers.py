"""JSON Pointers (RFC 6901), written and read."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote


def pointer_of(path: Iterable[str | int]) -> str:
    """The path as a JSON Pointer."""
    return "".join(f"/{escape(str(part))}" for part in path)


def escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def path_of(pointer: str) -> tuple[str, ...]:
    """The keys and indexes of a pointer, with or without a leading `#`."""
    return tuple(map(unescape, pointer.removeprefix("#").split("/")[1:]))


def path_of_reference(reference: str) -> tuple[str, ...]:
    """The same for a local `$ref`, which is a URI fragment and so percent-encoded."""
    return path_of(unquote(reference))
