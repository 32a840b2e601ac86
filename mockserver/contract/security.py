"""Security requirements, compiled: where a request has the credential, and which scopes it needs."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Protocol

from mockserver.contract.digest import DigestCredential
from mockserver.contract.document import Document
from mockserver.contract.pairs import Pairs, Undecodable, percent_decode
from mockserver.errors import DocumentError


class Sources(Protocol):
    """The parts of a request that can have a value; header names in lower case."""

    @property
    def headers(self) -> Pairs: ...

    @property
    def query(self) -> Pairs: ...

    @property
    def cookies(self) -> Pairs: ...

    def header(self, name: str) -> str | None:
        """The first value of a header."""

    def single(self, name: str) -> str | None:
        """The value of a header that was sent once: which of several would count is anybody's guess."""


Extract = Callable[[Sources], str | None]


def _only(pairs: Pairs, name: str) -> str | None:
    values = pairs.get(name, [])
    return values[0] if len(values) == 1 else None  # as of a header, see Sources


def _authorization(scheme: str) -> Extract:
    start, length = f"{scheme} ", len(scheme) + 1
    written = start.capitalize()  # as nearly every client has it

    def extract(sources: Sources) -> str | None:
        sent = sources.single("authorization")
        if sent is None or (not sent.startswith(written) and sent[:length].lower() != start):
            return None
        return sent[length:].strip() or None  # a scheme alone is no credential

    return extract


def _basic(sources: Sources) -> str | None:
    # what cannot be decoded names nobody, and is refused like an unknown credential
    encoded = _authorization("basic")(sources)
    try:
        return None if encoded is None else base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _api_key(where: str, name: str) -> Extract:
    def extract(sources: Sources) -> str | None:
        if where == "header":
            return sources.single(name.lower())
        raw = _only(sources.query if where == "query" else sources.cookies, name)
        try:
            return raw if raw is None or where == "cookie" else percent_decode(raw)
        except Undecodable:
            return None

    return extract


def _digest(sources: Sources) -> str | None:
    given = _authorization("digest")(sources)
    return None if given is None else DigestCredential.read(given)


def _unchecked(_: Sources) -> str | None:
    """Stands for a credential that a request does not show, such as a client's certificate."""
    return UNCHECKED


def _extractor(document: Document, name: str) -> Extract:
    """Where the credential of a scheme lies; that of mutualTLS, or of an unknown type, is not checked."""
    scheme = document.security_schemes.get(name)
    if scheme is None:
        raise DocumentError(
            f"{document.source}: security scheme {name!r} is not declared in components/securitySchemes. Declare it."
        )
    members: Mapping[str, Any] = scheme if isinstance(scheme, Mapping) else {}
    kind, where = members.get("type"), members.get("in")
    if kind == "apiKey" and where in ("header", "query", "cookie") and isinstance(members.get("name"), str):
        return _api_key(where, members["name"])
    if kind == "http":
        word = str(members.get("scheme", "bearer")).lower()
        return HTTP.get(word) or _authorization(word)
    return _authorization("bearer") if kind in ("oauth2", "openIdConnect") else _unchecked


HTTP: Mapping[str, Extract] = {"basic": _basic, "digest": _digest}
"""Schemes of HTTP whose credential is written in a form of its own."""
DIGEST = ', nonce="mockserver", algorithm=MD5, qop="auth"'
"""What a client needs beside the realm to make a Digest credential."""
UNCHECKED = "unchecked"


@dataclass(frozen=True)
class Alternative:
    """Schemes that must all be satisfied, and the scopes that their credentials must grant together."""

    extracts: tuple[Extract, ...]
    scopes: tuple[str, ...]

    def credentials(self, sources: Sources) -> list[str]:
        """One credential of each scheme; empty unless the request has them all."""
        found = [extract(sources) for extract in self.extracts]
        carried = [credential for credential in found if credential is not None]
        return carried if len(carried) == len(found) else []


@dataclass(frozen=True)
class Security:
    """The security requirement of an operation: one of the alternatives, or none if `optional`.

    `challenge` is the WWW-Authenticate header of a 401; `wanted` says in words what a request has to send.
    """

    alternatives: tuple[Alternative, ...]
    optional: bool
    challenge: str
    wanted: str = ""


def compile_security(document: Document, operation: Mapping[str, Any]) -> Security:
    """The operation's own requirements, or the document's; scopes are OAuth 2 scopes and `x-required-scopes`."""
    requirements: Sequence[Mapping[str, list[str]]] = operation.get("security", document.raw.get("security", []))
    required = operation.get("x-required-scopes", [])
    if not isinstance(required, list) or not all(isinstance(scope, str) for scope in required):
        raise DocumentError(
            f"{document.source}: {operation.get('operationId')}: x-required-scopes must be a list of names, "
            f"got {required!r}."
        )
    return Security(
        alternatives=tuple(
            Alternative(
                extracts=tuple(_extractor(document, name) for name in requirement),
                scopes=tuple(dict.fromkeys([*chain.from_iterable(requirement.values()), *required])),
            )
            for requirement in requirements
            if requirement
        ),
        optional=not all(requirements) or not requirements,  # an empty requirement among others makes them optional
        challenge=_challenge(document, [name for requirement in requirements for name in requirement]),
        wanted=", or ".join(
            dict.fromkeys(
                " and ".join(_told(document.security_schemes.get(name)) for name in each)
                for each in requirements
                if each
            )
        ),
    )


def _told(scheme: Any) -> str:
    """What a client sends of a scheme."""
    members: Mapping[str, Any] = scheme if isinstance(scheme, Mapping) else {}
    match members.get("type"):
        case "apiKey":
            place = {"query": "query parameter"}.get(str(members.get("in")), str(members.get("in")))
            return f"the {place} {members.get('name')}"
        case "http":
            return f"Authorization: {str(members.get('scheme', 'bearer')).capitalize()}"
        case "oauth2" | "openIdConnect":
            return "Authorization: Bearer"
        case _:
            return "a client certificate"


def _challenge(document: Document, schemes: list[str]) -> str:
    """The challenge of the first HTTP scheme, else of a bearer token: a 401 must have one (RFC 9110, 11.6.1)."""
    described = [document.security_schemes.get(name) for name in schemes]
    words = [
        str(scheme.get("scheme", "bearer")).capitalize()
        for scheme in described
        if isinstance(scheme, Mapping) and scheme.get("type") == "http"
    ]
    realm = re.sub(r'["\\]', r"\\\g<0>", document.raw["info"]["title"]).encode("ascii", "replace").decode()
    word = next(iter(words), "Bearer")
    return f'{word} realm="{realm}"{DIGEST if word == "Digest" else ""}'
