"""A credential stands in a request where the document's security schemes have it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.errors import VerifyError
from mockserver.verify.identities import Credential, Identity, Placed, check_credential, required_scopes

SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "basic": {"type": "http", "scheme": "basic"},
    "oauth": {"type": "oauth2", "flows": {}},
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "sid"},
}


def document(**raw: Any) -> Document:
    return Document({"openapi": "3.1.0", "components": {"securitySchemes": SCHEMES}, **raw})


def identity(*given: str) -> Identity:
    credential = Credential.parse(document(), given)
    assert credential is not None
    return Identity("caller", document(), credential)


@pytest.mark.parametrize(
    ("security", "expected"),
    [
        ([{"bearer": []}], Placed(headers={"Authorization": "Bearer a:b"})),
        ([{"oauth": ["x"]}], Placed(headers={"Authorization": "Bearer a:b"})),
        ([{"basic": []}], Placed(headers={"Authorization": "Basic YTpi"})),
        ([{"header": []}], Placed(headers={"X-Key": "a:b"})),
        ([{"query": []}], Placed(query={"key": "a:b"})),
        ([{"cookie": []}], Placed(cookies={"sid": "a:b"})),
        ([{"header": [], "query": []}], Placed(headers={"X-Key": "a:b"}, query={"key": "a:b"})),
        ([], None),
        ([{}, {"bearer": []}], None),
    ],
)
def test_a_credential_stands_where_the_scheme_has_it(security: list[Any], expected: Placed | None) -> None:
    """One text serves every scheme; an operation that needs none gets none."""
    placed = identity("a:b").place({"security": security})

    assert placed == expected


def test_each_scheme_may_have_its_own() -> None:
    """The first alternative that the given credentials serve is taken."""
    placed = identity("query=q", "header=h").place({"security": [{"bearer": []}, {"query": [], "header": []}]})

    assert placed == Placed(headers={"X-Key": "h"}, query={"key": "q"})


def test_an_equals_sign_is_no_scheme() -> None:
    """A token may hold one, as long as no scheme is called what stands before it."""
    credential = Credential.parse(document(), ["dG9rZW4="])

    assert credential == Credential("dG9rZW4=")


def test_two_credentials_for_one_place_are_refused() -> None:
    """Of two texts without a scheme nobody can tell which is meant."""
    with pytest.raises(VerifyError, match=r"one credential was expected, got 2.*bearer=…"):
        Credential.parse(document(), ["a", "b"])


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ({"security": [{"oauth": ["a", "b"]}]}, {"a", "b"}),
        ({"security": [{"oauth": ["a", "b"]}, {"oauth": ["b"]}]}, {"b"}),
        ({"security": [{"bearer": []}], "x-required-scopes": ["c"]}, {"c"}),
        ({"security": []}, set()),
    ],
)
def test_scopes_are_those_that_every_way_in_asks_for(operation: dict[str, Any], expected: set[str]) -> None:
    """Of alternatives only the shared scopes are surely needed."""
    scopes = required_scopes(document(), operation)

    assert scopes == expected


def test_a_missing_credential_is_told_with_its_place() -> None:
    """The message says which operation asks for what, and how to give it."""
    operation = {"operationId": "list_lists", "security": [{"header": []}]}

    with pytest.raises(
        VerifyError, match=r"shelf needs a credential: list_lists requires header \(header X-Key\).*--auth"
    ):
        check_credential("shelf", document(), [operation], None, {})


@pytest.mark.parametrize(
    ("caller", "headers"), [(identity("a"), {}), (None, {"x-key": "a"}), (identity("query=q"), {"X-Key": "a"})]
)
def test_a_credential_may_come_as_an_option_or_a_header(caller: Identity | None, headers: dict[str, str]) -> None:
    """Whoever sends the header by himself is believed."""
    check_credential("shelf", document(), [{"security": [{"header": []}]}, {"security": []}], caller, headers)


def test_an_undeclared_scheme_is_told() -> None:
    """A document that uses a scheme it does not declare cannot be verified."""
    with pytest.raises(VerifyError, match="'other' is not declared in components"):
        check_credential("shelf", document(), [{"security": [{"other": []}]}], None, {})
