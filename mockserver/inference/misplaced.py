"""Extensions of ours that mean nothing: a name that is nearly `x-mock`, or `x-mock` in a place that has none.

A document is looked through only if its text has the name at all, so that one without pays nothing for it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import pointer_of
from mockserver.contract.reading.reader import ReadDocument

ALIKE = 0.8
"""From which likeness on one name is taken for another that was mistyped."""
STEM = 4
"""Characters of the name that a text must have, to be looked through."""
DEEPEST = 60
"""Levels that are looked through."""
VALUES = ("example", "examples", "default", "enum", "const", "value")
"""Members whose values are data, in which nothing is an extension."""

Path = tuple[str, ...]


def misplaced(document: Document, own: str, read: Collection[int]) -> Iterator[Flaw]:
    """The flaws; `read` has the identities of the objects of which the extension called `own` was read."""
    if not may_have(document, own[:STEM]):
        return
    for path, node in _objects(document.raw, (), 0):
        for name in node:
            if name == own and id(node) not in read:  # by identity, as equal objects may stand elsewhere
                place = "an operation, a path, a schema of `components`, or an object in a body"
                yield _flaw(own, (*path, name), f"`{own}` has no meaning here; it stands on {place}.")
            elif name != own and _is_nearly(name, own):
                yield _flaw(own, (*path, name), f"`{name}` is not known; did you mean {own}?")


def may_have(document: Document, *starts: str) -> bool:
    """Whether the text of a document has one of these beginnings of names at all, however it is separated."""
    if not isinstance(document, ReadDocument):
        return True
    wanted = [each.encode() for start in starts for each in (start, start.replace("-", "_"))]
    return any(each in text.text for text in document.origin.texts() for each in wanted)


def _flaw(own: str, path: Path, message: str) -> Flaw:
    return Flaw(own, f"#{pointer_of(path)}", message, "Correct it; it is ignored.")


def _is_nearly(name: Any, own: str) -> bool:
    if not isinstance(name, str) or name[:1] not in ("x", "X"):
        return False
    return difflib.SequenceMatcher(None, name.lower().replace("_", "-"), own).ratio() >= ALIKE


def _objects(node: Any, path: Path, depth: int) -> Iterator[tuple[Path, Mapping[Any, Any]]]:
    if depth > DEEPEST:
        return
    if isinstance(node, Mapping):
        yield path, node
        for name, value in node.items():
            if isinstance(value, Mapping | list) and name not in VALUES:
                yield from _objects(value, (*path, str(name)), depth + 1)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _objects(value, (*path, str(number)), depth + 1)
