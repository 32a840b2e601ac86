"""The values of a document as a tree: which of its keys are keywords, which are names, and which hold data."""

from __future__ import annotations

from typing import Any

from mockserver.contract.pointers import index_of

NAMED = frozenset(
    {
        *("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "schemas", "parameters"),
        *("responses", "headers", "requestBodies", "links", "callbacks", "securitySchemes", "pathItems", "paths"),
        *("webhooks", "content", "encoding", "additionalOperations", "mediaTypes"),
    }
)
"""Keys below which an object's keys are names and no keywords."""

DATA = frozenset({"example", "default", "const", "enum", "value", "dataValue"})
"""Keywords below which a `$ref` is data."""

MISSING: Any = object()


def children(node: dict[str, Any] | list[Any], named: bool) -> list[tuple[Any, Any]]:
    """The values of an object or array that are no data, last first."""
    if isinstance(node, list):
        return list(enumerate(node))[::-1]
    return [
        (key, value)
        for key, value in reversed(node.items())
        if named or not (key in DATA or key.startswith("x-") or (key == "examples" and isinstance(value, list)))
    ]


def child_of(node: Any, key: str) -> Any:
    if isinstance(node, dict):
        return node.get(key, MISSING)
    if isinstance(node, list) and (at := index_of(key)) is not None and at < len(node):
        return node[at]
    return MISSING


def at_path(node: Any, path: tuple[str, ...]) -> Any:
    """The value at a path below a node."""
    for key in path:
        node = child_of(node, key)
    return node
