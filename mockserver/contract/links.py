"""Links in response bodies, compiled: where the schema has `format: uri-reference`, so that they can be rebased.

These are not OpenAPI's `links` objects, which say how a response feeds another request. Schemas that apply at the same
place (through allOf, anyOf, oneOf) become one node, so that a link is rebased once, whichever of them declares it; a
recursive schema becomes a cycle of nodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.document import Document


@dataclass(eq=False)
class Places:
    """Where a value has links: whether it is one itself, and where its parts have any (None: nowhere).

    `others` is for the properties without a schema of their own.
    """

    link: bool = False
    properties: dict[str, Places | None] = field(default_factory=dict)
    others: Places | None = None
    items: Places | None = None

    def parts(self) -> set[Places | None]:
        return {*self.properties.values(), self.others, self.items}


def compile_links(document: Document, schema: Any) -> Places | None:
    """Where values of the schema have links; None if nowhere."""
    nodes: dict[frozenset[int], Places] = {}
    root = _places(document, [schema], nodes)
    linked = _linked(nodes.values())
    # cut what leads to no link, so that rebasing a large body visits only the parts on the way to one
    for node in nodes.values():
        node.properties = {name: part if part in linked else None for name, part in node.properties.items()}
        node.others = node.others if node.others in linked else None
        node.items = node.items if node.items in linked else None
    return root if root in linked else None


def _places(document: Document, schemas: Iterable[Any], nodes: dict[frozenset[int], Places]) -> Places:
    """The node of a place to which all the schemas apply."""
    holding: dict[int, Mapping[str, Any]] = {}
    for schema in schemas:
        _gather(document, schema, holding)
    known = nodes.get(frozenset(holding))
    if known is not None:
        return known
    # known before its parts are made: that ends the recursion of a schema that contains itself
    node = nodes[frozenset(holding)] = Places(any(each.get("format") == "uri-reference" for each in holding.values()))
    named: dict[str, list[Any]] = {}
    for each in holding.values():
        for name, schema in each.get("properties", {}).items():
            named.setdefault(name, []).append(schema)
    node.properties = {name: _places(document, found, nodes) for name, found in named.items()}
    others = [each["additionalProperties"] for each in holding.values() if "additionalProperties" in each]
    items = [each["items"] for each in holding.values() if "items" in each]
    node.others = _places(document, others, nodes) if others else None
    node.items = _places(document, items, nodes) if items else None
    return node


def _gather(document: Document, schema: Any, holding: dict[int, Mapping[str, Any]]) -> None:
    """Add the schema and those it combines, by identity; `true` and `false` declare no links."""
    schema = document.resolve(schema)
    if not isinstance(schema, Mapping) or id(schema) in holding:
        return
    holding[id(schema)] = schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(keyword, ()):
            _gather(document, branch, holding)


def _linked(nodes: Iterable[Places]) -> set[Places]:
    """The nodes that are links or lead to one."""
    nodes = list(nodes)
    linked = {node for node in nodes if node.link}
    size = -1
    while size != len(linked):
        size = len(linked)
        # until nothing is added: nodes form cycles, so no order visits the parts before the whole
        linked |= {node for node in nodes if not linked.isdisjoint(node.parts())}
    return linked


def is_rooted(link: str) -> bool:
    """Whether a link is an absolute path; `//` begins the name of another host (RFC 3986, 4.2)."""
    return link.startswith("/") and not link.startswith("//")


def rebased(value: Any, places: Places, prefix: str) -> Any:
    """The value with `prefix` put before every root-relative link; what is unchanged is shared, nothing is mutated."""
    if isinstance(value, str):
        return f"{prefix}{value}" if places.link and is_rooted(value) else value
    if isinstance(value, dict):
        leading = ((name, places.properties.get(name, places.others)) for name in value)
        return {**value, **{name: rebased(value[name], part, prefix) for name, part in leading if part is not None}}
    if isinstance(value, list) and places.items is not None:
        return [rebased(item, places.items, prefix) for item in value]
    return value
