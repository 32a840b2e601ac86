"""The callers of a verification: their credentials, and their places in requests by the security requirements.

`--auth CREDENTIAL` is for all security schemes of the document, `--auth SCHEME=CREDENTIAL` for one of them.
"""

from __future__ import annotations

import base64
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from mockserver.contract.document import Document
from mockserver.errors import VerifyError
from mockserver.verify.events import Exchange
from mockserver.verify.secrets import Sent, shell_name

Place = tuple[Literal["header", "query", "cookie"], str]
"""The location of a parameter, and its name."""

BASIC = "Basic"


@dataclass(frozen=True)
class Placed:
    """A credential as a part of a request."""

    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)

    def is_on(self, exchange: Exchange) -> bool:
        """Whether the request has it."""
        headers = {name.lower(): value for name, value in exchange.request_headers}
        query = set(parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True))
        cookies = {tuple(pair.strip().split("=", 1)) for pair in headers.get("cookie", "").split(";")}
        return (
            {(name.lower(), value) for name, value in self.headers.items()} <= headers.items()
            and set(self.query.items()) <= query
            # a cookie's value may stand in quotes (RFC 6265, 4.1.1)
            and set(self.cookies.items()) <= {(name, value.strip('"')) for name, *rest in cookies for value in rest}
        )


@dataclass(frozen=True)
class Credential:
    """A credential: one text for all schemes, or one for each scheme by name."""

    text: str | None = None
    schemes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, document: Document, given: Sequence[str]) -> Credential | None:
        """The credential of `--auth` options; None if there are none."""
        named = {}
        texts = []
        for each in (part for text in given for part in _parted(document, text)):
            scheme, equals, text = each.partition("=")
            # a credential may have an equals sign itself: what stands before it counts if it is a scheme's name
            if equals and scheme in document.security_schemes:
                named[scheme] = text
            else:
                texts.append(each)
        if len(texts) > 1:
            raise VerifyError(
                f"one credential was expected, got {len(texts)}. Say which scheme each is for: "
                f"{', '.join(f'{name}=…' for name in document.security_schemes) or 'the document declares none'}."
            )
        return cls(texts[0] if texts else None, named) if given else None

    def of(self, scheme: str) -> str | None:
        return self.schemes.get(scheme, self.text)

    @property
    def is_given(self) -> bool:
        return self.text is not None or bool(self.schemes)


def _parted(document: Document, text: str) -> list[str]:
    """Splits `scheme=credential scheme=credential`, the form for several schemes in the environment variable."""
    parts = text.split()
    # a credential may hold blanks and equals signs itself: it is split only if every part names a scheme
    return parts if all(part.partition("=")[0] in document.security_schemes for part in parts) else [text]


class Identity:
    """One caller. `scopes`: those of its credential, None if unknown."""

    def __init__(
        self, name: str, document: Document, credential: Credential, scopes: frozenset[str] | None = None
    ) -> None:
        self.name = name
        self.scopes = scopes
        self.credential = credential
        self._document = document

    def place(self, operation: Mapping[str, Any]) -> Placed | None:
        """The credential, placed for the first alternative of the operation that it satisfies, or None."""
        for alternative in requirements(self._document, operation):
            texts = {scheme: self.credential.of(scheme) for scheme in alternative}
            if alternative and all(text is not None for text in texts.values()):
                return _placed(self._document, {scheme: text or "" for scheme, text in texts.items()})
        return None

    def unfit(self) -> str | None:
        """The scheme by which the credential would stand in a header that cannot hold it, if there is one."""
        for scheme, described in self._document.security_schemes.items():
            text, (where, _) = self.credential.of(scheme), place_of(self._document, scheme)
            if text is not None and not text.isascii() and where != "query" and _word(described) != BASIC:
                return scheme
        return None

    def secrets(self, variable: str) -> Iterator[Sent]:
        """The credential in the place of each scheme of the document; commands contain `variable` instead of it."""
        for scheme, described in self._document.security_schemes.items():
            text = self.credential.of(scheme)
            if text is None:
                continue
            where, name = place_of(self._document, scheme)
            word = _word(described)
            named = variable if scheme not in self.credential.schemes else f"{variable}_{shell_name(scheme)}"
            yield Sent(where, name, text, named, word and f"{word} ", encoded=word == BASIC)

    def options(self, option: str, variable: str) -> Iterator[str]:
        """The options for this credential, for a shell in which the variables are set."""
        if self.credential.text is not None:
            yield f'{option} "${variable}"'
        for scheme in self.credential.schemes:
            yield f'{option} {shlex.quote(f"{scheme}=")}"${variable}_{shell_name(scheme)}"'


def requirements(document: Document, operation: Mapping[str, Any]) -> list[Mapping[str, list[str]]]:
    """The alternatives, of which a caller must satisfy one; empty if no credential is required."""
    found: list[Mapping[str, list[str]]] = operation.get("security", document.raw.get("security", []))
    # `{}` among the alternatives makes a credential optional (OpenAPI 3.0.3, Operation Object)
    return [] if any(not each for each in found) else list(found)


def required_scopes(document: Document, operation: Mapping[str, Any]) -> frozenset[str]:
    """The scopes that every alternative of the operation requires, by OAuth 2 or by `x-required-scopes`."""
    alternatives = [
        {scope for scopes in each.values() for scope in scopes} for each in requirements(document, operation)
    ]
    shared: set[str] = set.intersection(*alternatives) if alternatives else set()
    return frozenset(shared | set(operation.get("x-required-scopes", ())))


def place_of(document: Document, scheme: str) -> Place:
    """The place in a request for the credential of a scheme."""
    described = document.security_schemes.get(scheme)
    if described is None:
        raise VerifyError(
            f"{document.source}: security scheme {scheme!r} is not declared in components/securitySchemes. Declare it."
        )
    if described["type"] == "apiKey":
        return described["in"], described["name"]
    return "header", "Authorization"


def _placed(document: Document, texts: Mapping[str, str]) -> Placed:
    places: dict[str, dict[str, str]] = {"header": {}, "query": {}, "cookie": {}}
    for scheme, text in texts.items():
        where, name = place_of(document, scheme)
        places[where][name] = _written(document.security_schemes[scheme], text)
    # two schemes in the same header leave the second: no request can carry both
    return Placed(places["header"], places["query"], places["cookie"])


def _written(scheme: Mapping[str, Any], text: str) -> str:
    word = _word(scheme)
    if word == BASIC:
        return f"{word} {base64.b64encode(text.encode()).decode()}"
    return f"{word} {text}" if word else text


def _word(scheme: Mapping[str, Any]) -> str:
    """The authentication scheme in an Authorization header; empty for credentials in other places."""
    if scheme["type"] == "apiKey":
        return ""
    # schemes are compared without regard to case (RFC 9110, 11.1); most clients write them so
    return str(scheme.get("scheme", "bearer")).capitalize() if scheme["type"] == "http" else "Bearer"


def basic_schemes(document: Document) -> list[str]:
    """The schemes of the document that are HTTP Basic."""
    return [name for name, each in document.security_schemes.items() if _word(each) == BASIC]


def check_credential(
    api: str,
    document: Document,
    operations: Iterable[Mapping[str, Any]],
    caller: Identity | None,
    headers: Mapping[str, str],
) -> None:
    """Raise VerifyError if operations require a credential that neither an option nor a header gives."""
    given = {name.lower() for name in headers}
    for operation in operations:
        alternatives = requirements(document, operation)
        if not alternatives or (caller is not None and caller.place(operation) is not None):
            continue
        places = [[place_of(document, scheme) for scheme in each] for each in alternatives]
        # whoever gives a header by itself knows what is in it
        if any(all(where == "header" and name.lower() in given for where, name in each) for each in places):
            continue
        schemes = " or ".join(" and ".join(each) for each in alternatives)
        raise VerifyError(
            f"{api} needs a credential: {operation.get('operationId', 'an operation')} requires {schemes} "
            f"({' or '.join(_told(place) for each in places for place in each)}). "
            "Give it with --auth CREDENTIAL or in the environment as MOCKSERVER_AUTH."
        )


def _told(place: Place) -> str:
    where, name = place
    return f"{where} {name}"
