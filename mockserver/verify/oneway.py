"""Properties of one direction: which values of an answer the document has for requests only (`writeOnly`).

Schemathesis rewrites such a property to a schema that nothing satisfies, and reports that. Here it is found in the
document as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.kinds import COMBINING
from mockserver.contract.pointers import pointer_of

Place = tuple[str, str]
"""Pointers into the value and into the document."""


def one_way(document: Document, schema: Any, value: Any, rule: str, keyword: str = "writeOnly") -> Iterator[Place]:
    """Where the value has a property that the schema, which stands at `rule`, marks with the keyword."""
    for branch, at in _branches(document, schema, rule):
        if isinstance(value, Mapping):
            yield from _properties(document, branch, value, at, keyword)
        elif isinstance(value, list) and isinstance(branch.get("items"), Mapping):
            for number, each in enumerate(value):
                for place, found in one_way(document, branch["items"], each, f"{at}/items", keyword):
                    yield f"/{number}{place}", found


def _properties(
    document: Document, branch: Mapping[str, Any], value: Mapping[str, Any], at: str, keyword: str
) -> Iterator[Place]:
    for name, described in branch.get("properties", {}).items():
        if name not in value:
            continue
        here, rule = pointer_of([name]), f"{at}{pointer_of(['properties', name])}"
        if any(each.get(keyword) is True for each, _ in _branches(document, described, rule)):
            yield here, rule
            continue
        for place, found in one_way(document, described, value[name], rule, keyword):
            yield f"{here}{place}", found


def _branches(document: Document, schema: Any, at: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The schema and those it combines, each once, with where the document has them."""
    # by identity: equal schemas at two places are two rules
    seen: set[int] = set()
    rest = [(schema, at)]
    while rest:
        node, here = rest.pop()
        if isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
            here = node["$ref"]
            node = document.resolve(node)
        if isinstance(node, Mapping) and id(node) not in seen:
            seen.add(id(node))
            yield node, here
            rest += [
                (each, f"{here}/{word}/{number}")
                for word in COMBINING
                for number, each in enumerate(node.get(word, ()))
            ]
