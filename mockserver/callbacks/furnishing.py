"""What a callback has beside its body: the parameters that its operation describes, and the credential it asks for.

A parameter has the document's example, else a made value that is valid; one that is optional and has no example is left
out. The credential of every scheme is `mock`: whoever receives the callback knows nothing of the mock's users.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from mockserver.api import Api
from mockserver.contract.examples import example_of
from mockserver.contract.headers import SENDABLE, header_text, schema_of
from mockserver.contract.violations import ABSENT
from mockserver.errors import DocumentError
from mockserver.world import World

CREDENTIAL = "mock"
OWN = ("content-type", "content-length", "host", "transfer-encoding", "connection")
"""Headers that are not a document's to say."""


@dataclass
class Furnishing:
    """Names and texts, by where they stand in the request."""

    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    def put(self, where: Any, name: str, text: str) -> None:
        places = {"header": self.headers, "query": self.query, "cookie": self.cookies}
        if where in places and SENDABLE.fullmatch(text) is not None and SENDABLE.fullmatch(name) is not None:
            places[where][name] = text

    def url(self, url: str) -> str:
        """The URL with these parameters in its query, as far as it does not have them itself."""
        parts = urlsplit(url)
        own = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
        more = urlencode({name: text for name, text in self.query.items() if name not in own}, quote_via=quote)
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, more))))) if more else url

    def sent(self) -> dict[str, str]:
        """The headers, that of the cookies included."""
        cookie = "; ".join(f"{name}={quote(text)}" for name, text in self.cookies.items())
        return {**self.headers, **({"Cookie": cookie} if cookie else {})}


def furnished(
    api: Api, parameters: tuple[Mapping[str, Any], ...], operation: Mapping[str, Any], world: World
) -> Furnishing:
    """What the operation of a callback describes beside its body."""
    found = Furnishing()
    for each in parameters:
        name, where = each.get("name"), each.get("in")
        if isinstance(name, str) and not (where == "header" and name.lower() in OWN):
            text = _text(api, each, f"{world.seed} {name}", world)
            if text is not None:
                found.put(where, name, text)
    for where, name, text in _credentials(api, operation.get("security")):
        found.put(where, name, text)
    return found


def _text(api: Api, described: Mapping[str, Any], seed: str, world: World) -> str | None:
    """The text of a parameter; None if it is to be left out."""
    from mockserver.contract.generation import Generator, NoValueError

    try:
        example = example_of(api.document, described)
        schema = schema_of(described)
        judge = api.contract.validator(schema, "request")
        if example is not ABSENT and judge.accepts(example):
            return header_text(example, described)
        if not described.get("required"):
            return None
        made = Generator(api.document).value(schema, judge, seed, now=world.now(), name=str(described["name"]))
        return header_text(made, described)
    except (DocumentError, NoValueError, AttributeError, TypeError):  # of a wrong type, which `check` tells
        return None


def _credentials(api: Api, security: Any) -> Iterator[tuple[str, str, str]]:
    """The credentials of the first requirement: (where, name, text)."""
    first = security[0] if isinstance(security, list) and security else None
    for name in first if isinstance(first, Mapping) else ():
        scheme = api.document.security_schemes.get(name)
        if not isinstance(scheme, Mapping):
            continue
        if scheme.get("type") == "apiKey":
            yield str(scheme.get("in")), str(scheme.get("name")), CREDENTIAL
        elif scheme.get("type") == "http" and str(scheme.get("scheme")).lower() == "basic":
            pair = base64.b64encode(f"{CREDENTIAL}:{CREDENTIAL}".encode()).decode()
            yield "header", "Authorization", f"Basic {pair}"
        elif scheme.get("type") in ("http", "oauth2", "openIdConnect"):
            yield "header", "Authorization", f"Bearer {CREDENTIAL}"
