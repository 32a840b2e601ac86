"""Where a credential goes in a request: what a security scheme asks for, written for a client."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.contract.document import Document

BEARER: Mapping[str, Any] = {"type": "http", "scheme": "bearer"}


@dataclass(frozen=True)
class Placement:
    """Headers and query parameters that carry a credential."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


def placed(scheme: Any, token: str) -> Placement:
    """A token as a scheme has it; that of HTTP Basic is `user:password`, that of Digest names the user only."""
    if not isinstance(scheme, Mapping) or scheme.get("type") == "mutualTLS":
        return Placement()
    if scheme.get("type") == "apiKey":
        return _key(str(scheme.get("in")), str(scheme.get("name")), token)
    word = str(scheme.get("scheme", "bearer")) if scheme.get("type") == "http" else "bearer"
    written = {"basic": base64.b64encode(token.encode()).decode(), "digest": f'username="{token.partition(":")[0]}"'}
    return Placement(headers={"Authorization": f"{word.capitalize()} {written.get(word.lower(), token)}"})


def required(document: Document, members: Mapping[str, Any], token: str) -> Placement:
    """A token for all the schemes of an operation's first requirement; nothing if it needs none."""
    requirements = members.get("security", document.raw.get("security", []))
    headers: dict[str, str] = {}
    query: dict[str, str] = {}
    for name in next(iter(requirements), {}):  # any of the alternatives will do
        each = placed(document.security_schemes.get(name), token)
        headers |= each.headers
        query |= each.query
    return Placement(headers, query)


def _key(where: str, name: str, token: str) -> Placement:
    if where == "query":
        return Placement(query={name: token})
    return Placement(headers={name: token} if where == "header" else {"Cookie": f"{name}={token}"})
