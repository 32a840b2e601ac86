"""Values to try where none could be made: those that the schema names anywhere, and the simplest of each type.

They meet what is not planned for: a `not`, an `if` without a type, a schema that only excludes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.errors import DocumentError

SIMPLEST: tuple[Any, ...] = ({}, [], {"other": "text"}, ["text"], "text", "", 0, 1, -1, 0.5, True, False, None)
MOST = 500
"""Parts of a schema that are looked at."""


def last_resorts(document: Document, schema: Any) -> Iterator[Any]:
    """Each value that is worth a try; the caller must not change it."""
    yield from SIMPLEST
    seen: set[int] = set()
    rest: list[Any] = [schema]
    while rest and len(seen) < MOST:  # level by level: what a schema says of itself before what its parts say
        node = _resolved(document, rest.pop(0))
        if isinstance(node, list):
            rest += node
        if not isinstance(node, Mapping) or id(node) in seen:
            continue
        seen.add(id(node))
        if "const" in node:
            yield node["const"]
        for keyword in ("enum", "examples"):
            yield from node[keyword] if isinstance(node.get(keyword), list) else ()
        rest += [each for each in node.values() if isinstance(each, Mapping | list)]


def _resolved(document: Document, node: Any) -> Any:
    try:
        return document.resolve(node)
    except DocumentError:
        return None
