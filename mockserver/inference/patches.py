"""JSON Patch (RFC 6902), applied to a copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockserver.contract.bodies import DEEPEST
from mockserver.contract.copying import copied
from mockserver.contract.pointers import index_of, item_at, path_of
from mockserver.world.changes import alike

MOST = 100_000
"""Values that the operations of one patch put in their places at most: each `copy` may double what there is."""


class Unpatchable(Exception):
    """An operation of the patch has no target, or its test fails; the message names it."""


NEEDED = {"add": "value", "remove": "path", "replace": "value", "move": "from", "copy": "from", "test": "value"}
"""The operations of a patch, and what each needs beside its path."""


def malformed(patch: Sequence[Mapping[str, Any]]) -> str | None:
    """What is wrong with the first operation that is none, whatever it is applied to (RFC 5789, 2.2)."""
    for number, each in enumerate(patch):
        name, where = _name(each), f"operation {number} of the patch"
        if name not in NEEDED:
            return f"{where}: op must be one of {', '.join(NEEDED)}, got {name!r}"
        for pointer in ("path", "from") if NEEDED[name] == "from" else ("path",):
            if not isinstance(each.get(pointer), str) or each[pointer][:1] not in ("", "/"):
                return f"{where}: {pointer} must be a JSON pointer, such as /name, got {each.get(pointer)!r}"
        if NEEDED[name] not in each:
            return f"{where}: {name} must have a {NEEDED[name]}"
    return None


def patched(document: Any, patch: Sequence[Mapping[str, Any]]) -> tuple[Any, str | None]:
    """The document after the patch, or what is wrong with it; nothing is changed in place."""
    holder = {"": copied(document)}
    room = MOST
    try:
        for number, each in enumerate(patch):
            told = f"operation {number} of the patch ({each.get('op')} {each.get('path')!r:.80})"
            try:
                room -= _added(holder, each, room, told)
                _apply(holder, each)
            except (AttributeError, KeyError, IndexError, TypeError, ValueError):
                raise Unpatchable(f"{told} refers to nothing that exists") from None
    except Unpatchable as error:
        return document, str(error)
    # a patch may remove the whole, and put another in its place (RFC 6902, 4.1 and 4.2)
    return (holder[""], None) if holder else (document, "the patch leaves nothing")


def _name(each: Mapping[str, Any]) -> Any:
    """What an operation of a patch is called; documents made from .NET have `Add`, which such servers take as well."""
    name = each.get("op")
    return name.lower() if isinstance(name, str) else name


def _added(holder: dict[str, Any], each: Mapping[str, Any], room: int, told: str) -> int:
    """How many values an operation puts in their place; Unpatchable if they are too many, or lie too deep."""
    name = _name(each)
    if name in ("remove", "test"):
        return 0
    moves = name in ("move", "copy")
    value = _get(holder, ("", *path_of(each["from"]))) if moves else each["value"]
    depth, size, level = len(path_of(each["path"])), 0, [value]
    while level:
        size += len(level)
        if size > room:
            raise Unpatchable(f"{told} makes the patch put more than {MOST} values in their places")
        level = [part for node in level for part in _parts(node)]
        depth += bool(level)
    if depth > DEEPEST:
        raise Unpatchable(f"{told} nests deeper than {DEEPEST} levels")
    return size


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, list) else ()


def _apply(holder: dict[str, Any], each: Mapping[str, Any]) -> None:
    name, path = _name(each), ("", *path_of(each["path"]))
    match name:
        case "add":
            _add(holder, path, copied(each["value"]))
        case "remove":
            _remove(holder, path)
        case "replace":
            _remove(holder, path)
            _add(holder, path, copied(each["value"]))
        case "move":
            source = ("", *path_of(each["from"]))
            # nothing moves into itself (RFC 6902, 4.4); where a list had it, its next value would now be found there
            if len(source) < len(path) and path[: len(source)] == source:
                raise ValueError(name)
            _add(holder, path, _remove(holder, source))
        case "copy":
            _add(holder, path, copied(_get(holder, ("", *path_of(each["from"])))))
        case "test":
            if not alike(_get(holder, path), each["value"]):
                raise Unpatchable(f"the test of {each['path']!r} in the patch fails")
        case _:
            raise ValueError(name)


def _get(node: Any, path: Sequence[str]) -> Any:
    for part in path:
        node = item_at(node, part) if isinstance(node, list) else node[part]
    return node


def _index(part: str) -> int:
    found = index_of(part)
    if found is None:
        raise ValueError(part)
    return found


def _add(holder: Any, path: Sequence[str], value: Any) -> None:
    target, last = _get(holder, path[:-1]), path[-1]
    if isinstance(target, list):
        at = len(target) if last == "-" else _index(last)
        if at > len(target):
            raise IndexError(last)
        target.insert(at, value)
    else:
        target[last] = value


def _remove(holder: Any, path: Sequence[str]) -> Any:
    target, last = _get(holder, path[:-1]), path[-1]
    return target.pop(_index(last)) if isinstance(target, list) else target.pop(last)
