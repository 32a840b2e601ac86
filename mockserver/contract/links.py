"""Links inside answers, compiled: where a response's schema says `format: uri-reference`, so that they can be rebased.

Not OpenAPI's `links` objects, which are about feeding one answer into another request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.document import Document

Places = Mapping[str, Any]
"""A tree of property names (`*`: every item of an array); a leaf, empty, is where a link stands."""

ITEMS = "*"


def compile_links(document: Document, schema: Any, within: tuple[int, ...] = ()) -> Places | None:
    """Where links stand in values of the schema; None if nowhere. A recursive schema is followed once."""
    schema = document.resolve(schema)
    if not isinstance(schema, Mapping) or id(schema) in within:
        return None
    if schema.get("format") == "uri-reference":
        return {}
    within = (*within, id(schema))
    places: dict[str, Any] = {}
    children = {**schema.get("properties", {}), **({ITEMS: schema["items"]} if "items" in schema else {})}
    for name, child in children.items():
        found = compile_links(document, child, within)
        if found is not None:
            places[name] = found
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            places |= compile_links(document, branch, within) or {}
    return places or None


def rebased(value: Any, places: Places, prefix: str) -> Any:
    """The value with `prefix` put before every root-relative link; what is unchanged is shared, nothing is mutated."""
    if not places:
        return f"{prefix}{value}" if isinstance(value, str) and value.startswith("/") else value
    if isinstance(value, dict):
        found = {name: rebased(value[name], inner, prefix) for name, inner in places.items() if name in value}
        return {**value, **found}
    if isinstance(value, list) and ITEMS in places:
        return [rebased(item, places[ITEMS], prefix) for item in value]
    return value
