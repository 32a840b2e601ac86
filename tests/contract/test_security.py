"""Security: where a credential lies in a request, which must come together, and which scopes they need."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from mockserver.contract.pairs import Pairs, split_cookies, split_query
from mockserver.contract.request import RawRequest
from mockserver.contract.security import Security, compile_security
from mockserver.errors import DocumentError
from tests.contract.specimen import document

SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "Basic"},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "session"},
    "oauth": {"type": "oauth2", "flows": {}},
    "openid": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example"},
    "digest": {"type": "http", "scheme": "digest"},
    "same": {"$ref": "#/components/securitySchemes/bearer"},
    "tls": {"type": "mutualTLS"},
}


NOT_UTF_8 = b"ann:\xff"


class Carried(RawRequest):
    """The places of a request that carry something."""

    def __init__(self, headers: Pairs | None = None, query: Pairs | None = None, cookies: Pairs | None = None) -> None:
        super().__init__("/")
        vars(self).update(headers=headers or {}, query=query or {}, cookies=cookies or {})


def authorization(*values: str) -> Carried:
    return Carried(headers={"authorization": list(values)})


def compiled(*requirements: dict[str, list[str]], title: str = "Specimen", **members: Any) -> Security:
    described = document(components={"securitySchemes": SCHEMES}, title=title)
    return compile_security(described, {"security": list(requirements), **members})


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


@pytest.mark.parametrize(
    ("scheme", "carried", "credentials"),
    [
        ("bearer", authorization("Bearer abc"), ["abc"]),
        ("bearer", authorization("bearer abc"), ["abc"]),
        ("bearer", authorization("BEARER   abc  "), ["abc"]),
        ("same", authorization("Bearer abc"), ["abc"]),
        ("oauth", authorization("Bearer abc"), ["abc"]),
        ("openid", authorization("Bearer abc"), ["abc"]),
        ("digest", authorization('Digest realm="a", username="ann \\" b", response="1"'), ['ann " b']),
        ("digest", authorization("Digest abc"), []),
        ("tls", Carried(), ["unchecked"]),
        ("basic", authorization(f"Basic {encoded('ann:pass:word')}"), ["ann:pass:word"]),
        ("basic", authorization(f"basic {encoded('é:ü')}"), ["é:ü"]),
        ("header", Carried(headers={"x-key": ["abc"]}), ["abc"]),
        ("query", Carried(query=split_query("key=a%20b")), ["a b"]),
        ("cookie", Carried(cookies=split_cookies(["a=1; session=a%20b"])), ["a%20b"]),
        ("bearer", Carried(), []),
        ("bearer", authorization("abc"), []),
        ("bearer", authorization("Bearer"), []),
        ("bearer", authorization("Bearer  "), []),
        ("bearer", authorization("Bearerabc"), []),
        ("bearer", authorization(""), []),
        ("bearer", authorization("Basic abc"), []),
        ("bearer", authorization("Bearer abc", "Bearer abc"), []),
        ("bearer", Carried(query={"authorization": ["Bearer abc"]}), []),
        ("basic", authorization("Basic %%%"), []),
        ("basic", authorization("Basic YQ"), []),
        ("basic", authorization(f"Basic {encoded(NOT_UTF_8)}"), []),
        ("basic", authorization(f"Bearer {encoded('a:b')}"), []),
        ("header", Carried(headers={"x-key": ["abc", "abc"]}), []),
        ("header", Carried(query={"X-Key": ["abc"]}), []),
        ("query", Carried(query={"key": ["%ff"]}), []),
        ("query", Carried(query={"key": ["a", "b"]}), []),
        ("query", Carried(headers={"key": ["abc"]}), []),
        ("cookie", Carried(cookies={"session": ["a", "b"]}), []),
    ],
)
def test_a_credential_is_taken_from_its_place(scheme: str, carried: Carried, credentials: list[str]) -> None:
    """Each scheme looks in its own place only; what is malformed or comes twice is no credential."""
    (alternative,) = compiled({scheme: []}).alternatives

    assert alternative.credentials(carried) == credentials


def test_schemes_of_one_requirement_must_be_met_together() -> None:
    """Both credentials come, or none counts."""
    (alternative,) = compiled({"header": [], "query": []}).alternatives

    assert alternative.credentials(Carried({"x-key": ["a"]}, {"key": ["b"]})) == ["a", "b"]
    assert alternative.credentials(Carried({"x-key": ["a"]})) == []
    assert alternative.credentials(Carried(query={"key": ["b"]})) == []


def test_requirements_are_alternatives() -> None:
    """Each has its own schemes and its own scopes."""
    security = compiled({"oauth": ["lists:read"]}, {"header": [], "oauth": ["lists:read", "lists:write"]})

    first, second = security.alternatives
    assert first.scopes == ("lists:read",)
    assert second.scopes == ("lists:read", "lists:write")
    assert first.credentials(authorization("Bearer abc")) == ["abc"]
    assert second.credentials(authorization("Bearer abc")) == []


def test_required_scopes_hold_for_every_alternative() -> None:
    """`x-required-scopes` adds to the scopes of OAuth 2, each named once."""
    members: dict[str, Any] = {"x-required-scopes": ["b", "c"]}

    security = compiled({"bearer": []}, {"oauth": ["a", "b"]}, **members)

    assert [alternative.scopes for alternative in security.alternatives] == [("b", "c"), ("a", "b", "c")]


@pytest.mark.parametrize(
    ("requirements", "optional", "alternatives"),
    [([], True, 0), ([{}], True, 0), ([{"bearer": []}], False, 1), ([{"bearer": []}, {}], True, 1)],
)
def test_security_may_be_optional(requirements: list[dict[str, list[str]]], optional: bool, alternatives: int) -> None:
    """Without requirements, or with an empty one among them, nothing need come."""
    security = compiled(*requirements)

    assert security.optional is optional
    assert len(security.alternatives) == alternatives


def test_an_operation_has_the_documents_security_unless_it_has_its_own() -> None:
    """An empty list of its own takes the document's away."""
    described = document(components={"securitySchemes": SCHEMES}, security=[{"bearer": []}])

    assert not compile_security(described, {}).optional
    assert compile_security(described, {"security": []}).optional


@pytest.mark.parametrize(
    ("requirements", "title", "challenge"),
    [
        ([{"bearer": []}], "Lists", 'Bearer realm="Lists"'),
        ([{"basic": []}, {"bearer": []}], "Lists", 'Basic realm="Lists"'),
        ([{"header": []}, {"basic": []}], "Lists", 'Basic realm="Lists"'),
        ([{"header": []}], "Lists", 'Bearer realm="Lists"'),
        ([{"bearer": []}], 'a "b" \\ c', 'Bearer realm="a \\"b\\" \\\\ c"'),
        ([{"bearer": []}], "Lĭste 日本", 'Bearer realm="L?ste ??"'),
    ],
)
def test_a_challenge_names_the_scheme_and_the_api(
    requirements: list[dict[str, list[str]]], title: str, challenge: str
) -> None:
    """The WWW-Authenticate header is one, whatever the API is called."""
    assert compiled(*requirements, title=title).challenge == challenge


def test_a_scheme_that_is_not_declared_is_refused() -> None:
    """Nobody can tell where its credential lies."""
    with pytest.raises(DocumentError) as refused:
        compiled({"none": []})

    words = "security scheme 'none' is not declared in components/securitySchemes. Declare it."
    assert str(refused.value) == f"specimen.yaml: {words}"


def test_a_digest_client_is_told_what_it_needs() -> None:
    """A nonce, the algorithm and the quality of protection (RFC 7616)."""
    assert compiled({"digest": []}).challenge.endswith('nonce="mockserver", algorithm=MD5, qop="auth"')


@pytest.mark.parametrize("scopes", ["lists:read", True, None, [1], [{}]])
def test_required_scopes_that_are_no_names_are_refused(scopes: Any) -> None:
    """`x-required-scopes` is ours, so nobody else checks it."""
    with pytest.raises(DocumentError, match=r"specimen\.yaml: send: x-required-scopes must be a list of names, got "):
        compiled({"bearer": []}, operationId="send", **{"x-required-scopes": scopes})


@pytest.mark.parametrize(
    ("requirements", "wanted"),
    [
        ([{"header": []}], "the header X-Key"),
        ([{"query": []}, {}], "the query parameter key"),
        ([{"cookie": [], "basic": []}], "the cookie session and Authorization: Basic"),
        ([{"digest": []}, {"same": []}], "Authorization: Digest, or Authorization: Bearer"),
        ([{"oauth": ["a"]}, {"openid": []}], "Authorization: Bearer"),
        ([{"tls": []}], "a client certificate"),
        ([{}], ""),
    ],
)
def test_what_a_request_has_to_send_is_told(requirements: list[dict[str, list[str]]], wanted: str) -> None:
    """By its place and name, all of one alternative together."""
    assert compiled(*requirements).wanted == wanted
