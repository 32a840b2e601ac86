"""Security requirements, compiled: where a credential lies in a request, and which scopes it must carry."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.parameters import Pairs, Undecodable, percent_decode
from mockserver.errors import DocumentError


@dataclass(frozen=True)
class Sources:
    """The places of a request where a credential can lie; header names in lower case."""

    headers: Pairs
    query: Pairs
    cookies: Pairs


Extract = Callable[[Sources], str | None]


def _only(pairs: Pairs, name: str) -> str | None:
    values = pairs.get(name, [])
    return values[0] if len(values) == 1 else None


def _authorization(scheme: str) -> Extract:
    def extract(sources: Sources) -> str | None:
        given, _, credential = (_only(sources.headers, "authorization") or "").partition(" ")
        return credential.strip() or None if given.lower() == scheme else None

    return extract


def _basic(sources: Sources) -> str | None:
    encoded = _authorization("basic")(sources)
    try:
        return None if encoded is None else base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _api_key(where: str, name: str) -> Extract:
    def extract(sources: Sources) -> str | None:
        if where == "header":
            return _only(sources.headers, name.lower())
        raw = _only(sources.query if where == "query" else sources.cookies, name)
        try:
            return raw if raw is None or where == "cookie" else percent_decode(raw)
        except Undecodable:
            return None

    return extract


def _extractor(document: Document, name: str) -> Extract:
    scheme = document.security_schemes.get(name)
    if scheme is None:
        raise DocumentError(f"{document.source}: security scheme {name!r} is used, but not declared in components.")
    if scheme["type"] == "apiKey":
        return _api_key(scheme["in"], scheme["name"])
    if scheme["type"] == "http" and scheme["scheme"].lower() == "basic":
        return _basic
    if scheme["type"] in ("http", "oauth2", "openIdConnect"):
        return _authorization(scheme.get("scheme", "bearer").lower())
    raise DocumentError(f"{document.source}: security scheme {name!r}: type {scheme['type']!r} cannot be served.")


@dataclass(frozen=True)
class Security:
    """Alternatives, each a list of schemes that must all be met; `scopes` are what the credential must grant.

    `optional`: no credential is needed at all. `challenge`: the WWW-Authenticate header of a 401.
    """

    alternatives: tuple[tuple[Extract, ...], ...]
    scopes: tuple[str, ...]
    challenge: str

    @property
    def optional(self) -> bool:
        return not self.alternatives

    def credentials(self, sources: Sources) -> list[str]:
        """The credentials of the first alternative that the request carries whole; empty if it carries none."""
        for alternative in self.alternatives:
            found = [extract(sources) for extract in alternative]
            whole = [credential for credential in found if credential is not None]
            if len(whole) == len(found):
                return whole
        return []


def compile_security(document: Document, operation: Mapping[str, Any]) -> Security:
    """The operation's own requirements, or the document's; scopes are OAuth 2 scopes and `x-required-scopes`."""
    requirements: Sequence[Mapping[str, list[str]]] = operation.get("security", document.raw.get("security", []))
    if any(not requirement for requirement in requirements):
        requirements = []
    scopes = [scope for requirement in requirements for needed in requirement.values() for scope in needed]
    schemes = [name for requirement in requirements for name in requirement]
    return Security(
        alternatives=tuple(tuple(_extractor(document, name) for name in requirement) for requirement in requirements),
        scopes=tuple(dict.fromkeys([*scopes, *operation.get("x-required-scopes", [])])),
        challenge=_challenge(document, schemes),
    )


def _challenge(document: Document, schemes: list[str]) -> str:
    for name in schemes:
        scheme = document.security_schemes[name]
        if scheme["type"] == "http":
            word = str(scheme["scheme"])
            return f'{word.capitalize()} realm="{document.raw["info"]["title"]}"'
    return f'Bearer realm="{document.raw["info"]["title"]}"'
