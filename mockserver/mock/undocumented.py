"""Names in a valid request that the document does not have: an unknown query parameter, an unknown body property.

A document allows them, as most servers do, so they are no violations. A test can be strict about its own client, where
such a name is nearly always a slip: `limt`, `emial_address`.
"""

from __future__ import annotations

import difflib
import fnmatch
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.kinds import branches_of, kinds_of
from mockserver.contract.operation import Described
from mockserver.contract.pairs import split_query
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import ABSENT, Rejection, Violation, Where
from mockserver.errors import OperationError
from mockserver.runtime.exchange import Exchange

KEYWORD = "undocumented"
"""Of such a violation; it is none of JSON Schema."""

FREE = ("additionalProperties", "unevaluatedProperties")
"""Keywords by which a schema describes other properties than its own; `true` says no more than leaving them out."""

CONDITIONAL = ("then", "else", "dependentSchemas", "dependencies")
"""Keywords below which properties may be documented for some values only."""


def rejection(contract: Contract, exchange: Exchange) -> Rejection | None:
    """What a strict test holds against a request that the contract allows; None if every name is documented."""
    described = contract.operations.get(exchange.operation_id or "")
    if described is None:
        return None
    found = (*_query(contract.document, described, exchange), *_body(contract, described, exchange))
    if not found:
        return None
    return Rejection("invalid", "the request has names that are not documented", described.operation_id, found)


def _query(document: Document, described: Described, exchange: Exchange) -> Iterator[Violation]:
    parameters = [each for each in document.parameters(described.path, described.members) if "query" in each["in"]]
    if any(each["in"] == "querystring" for each in parameters):
        return
    patterns = {pattern for each in parameters for pattern in _names(document, each)} | set(_credentials(document))
    for name in split_query(exchange.target.partition("?")[2]):
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            yield _violation("query", [name], name, {_plain(each) for each in patterns})


def _names(document: Document, parameter: Mapping[str, Any]) -> Iterator[str]:
    """What a query parameter is called in a query, as patterns: an exploded object has the names of its properties."""
    name, schema, style = parameter["name"], parameter.get("schema", {}), parameter.get("style", "form")
    if style == "deepObject":
        yield f"{_exactly(name)}[[]*"
    elif "content" not in parameter and "object" in kinds_of(document, schema) and parameter.get("explode", True):
        known = _known(document, schema)
        yield from ("*",) if known is None else map(_exactly, known)
    else:
        yield _exactly(name)


def _credentials(document: Document) -> Iterator[str]:
    for scheme in document.security_schemes.values():
        if scheme.get("in") == "query":
            yield _exactly(scheme["name"])


def _exactly(name: str) -> str:
    """The pattern that only this name matches."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _plain(pattern: str) -> str:
    return re.sub(r"\[([*?\[])\]", r"\1", pattern).rstrip("*")


def _body(contract: Contract, described: Described, exchange: Exchange) -> Iterator[Violation]:
    """Of a body that is kept whole: of a longer one nothing is looked at."""
    try:
        body = contract.operation(described.operation_id).body
    except OperationError:
        return
    message = exchange.request
    if body is None or not message.body or len(message.body) < message.size:
        return
    content_type = message.header("content-type") or body.media[0].content_type
    media = body.find(content_type)
    if media is None:
        return
    value, flaw = media.codec.read(message.body, content_type)
    if flaw is None:
        yield from _properties(contract.document, media.schema, value, [])


def _properties(document: Document, schema: Any, value: Any, path: list[str | int]) -> Iterator[Violation]:
    branches = list(branches_of(document, schema))
    if isinstance(value, list):
        items = [each["items"] for each in branches if isinstance(each.get("items"), Mapping)]
        for at, each in enumerate(value):
            yield from _properties(document, {"anyOf": items}, each, [*path, at])
    if not isinstance(value, Mapping):
        return
    known = _known(document, schema)
    for name, each in value.items():
        described = [branch["properties"][name] for branch in branches if name in branch.get("properties", {})]
        if described:
            yield from _properties(document, {"anyOf": described}, each, [*path, name])
        elif known is not None:
            yield _violation("body", [*path, name], name, known)


def _known(document: Document, schema: Any) -> Collection[str] | None:
    """The properties that a schema names; None if it says that others may be there, or names none."""
    names: dict[str, None] = {}
    for branch in branches_of(document, schema):
        free = any(isinstance(branch.get(keyword), Mapping) for keyword in FREE)
        if free or "patternProperties" in branch or not branch.keys().isdisjoint(CONDITIONAL):
            return None
        names |= dict.fromkeys(branch.get("properties", ()))
    return names.keys() or None


def _violation(where: Where, path: list[str | int], name: str, known: Collection[str]) -> Violation:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    documented = f"did you mean {near[0]}?" if near else f"documented: {', '.join(sorted(known)) or 'none'}"
    return Violation(where, pointer_of(path), KEYWORD, sorted(known), ABSENT, f"is not documented; {documented}")
