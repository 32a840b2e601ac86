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
from mockserver.contract.kinds import branches_of

MOST = 10_000
"""Places of one schema that are looked at: each property may double the ways in which schemas apply together."""


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
    making = _Making(document)
    root = making.made(schema)
    linked = _linked(making.nodes.values())
    # cut what leads to no link, so that rebasing a large body visits only the parts on the way to one
    for node in making.nodes.values():
        node.properties = {name: part if part in linked else None for name, part in node.properties.items()}
        node.others = node.others if node.others in linked else None
        node.items = node.items if node.items in linked else None
    return root if root in linked else None


class _Making:
    """Makes the nodes of one schema, each once, however deep the schemas lead into one another."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._waiting: list[tuple[Places, Iterable[Mapping[str, Any]]]] = []
        self.nodes: dict[frozenset[int], Places] = {}

    def made(self, schema: Any) -> Places:
        """The node of a schema, and with it those of all that it leads to."""
        root = self._node([schema])
        # a list and no recursion: a document of thousands of schemas may lead from each of them to the next
        while self._waiting:
            self._part(*self._waiting.pop())
        return root

    def _node(self, schemas: Iterable[Any]) -> Places:
        """The node of a place to which all the schemas apply; its parts are made later."""
        holding: dict[int, Mapping[str, Any]] = {}
        for schema in schemas:
            _gather(self._document, schema, holding)
        key = frozenset(holding)
        if key not in self.nodes and len(self.nodes) >= MOST:
            return Places()
        if key not in self.nodes:
            self.nodes[key] = Places(any(each.get("format") == "uri-reference" for each in holding.values()))
            self._waiting.append((self.nodes[key], holding.values()))
        return self.nodes[key]

    def _part(self, node: Places, schemas: Iterable[Mapping[str, Any]]) -> None:
        named: dict[str, list[Any]] = {}
        for each in schemas:
            for name, schema in each.get("properties", {}).items():
                named.setdefault(name, []).append(schema)
        node.properties = {name: self._node(found) for name, found in named.items()}
        others = [each["additionalProperties"] for each in schemas if "additionalProperties" in each]
        items = [each["items"] for each in schemas if "items" in each]
        node.others = self._node(others) if others else None
        node.items = self._node(items) if items else None


def _gather(document: Document, schema: Any, holding: dict[int, Mapping[str, Any]]) -> None:
    """Add the schema and those it combines, by identity; `true` and `false` declare no links."""
    for branch in branches_of(document, schema):
        holding.setdefault(id(branch), branch)


def _linked(nodes: Iterable[Places]) -> set[Places]:
    """The nodes that are links or lead to one."""
    leading: dict[Places, list[Places]] = {}
    linked: set[Places] = set()
    for node in nodes:
        if node.link:
            linked.add(node)
        for part in node.parts():
            if part is not None:
                leading.setdefault(part, []).append(node)
    rest = list(linked)
    # backwards from the links, so that each node is visited once, cycles or not
    while rest:
        found = [each for each in leading.get(rest.pop(), ()) if each not in linked]
        linked.update(found)
        rest += found
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
