"""Every fact of the published documents is in the specifications, and the list of them is complete."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tests.documents import published, specification
from tests.documents.facts import APIS, UNSTATED, Fact, facts, places, show

every_api = pytest.mark.parametrize("api", APIS)
every_fact = pytest.mark.parametrize(
    ("api", "fact"), [pytest.param(api, fact, id=f"{api}: {fact.says[:60]}") for api in APIS for fact in facts(api)]
)

NAMED = {
    "audience": (
        {("get", "/api/v1/lists"), ("post", "/api/v1/lists"), ("post", "/contacts"), ("post", "/contacts/bulk")},
        {"id", "name", "description", "memberCount", "createdAt", "updatedAt", "page", "limit"},
    ),
    "crm": (
        {
            ("get", "/contacts/lists"),
            ("post", "/contacts/lists"),
            ("put", "/contacts/lists/{}"),
            ("delete", "/contacts/lists/{}"),
            ("get", "/contacts/lists/options"),
        },
        {"id"},
    ),
    "prospects": (
        {
            ("get", "/lists/{}"),
            ("post", "/lists/save"),
            ("post", "/lists/refresh/{}"),
            ("delete", "/lists/{}"),
        },
        {"organization_id", "id", "organizationId", "listName", "contacts_found", "filter"},
    ),
    "salesnav": (
        {
            ("get", "/v1/contacts/lists"),
            ("post", "/v1/contacts/lists"),
            ("get", "/v1/contacts/lists/{}"),
            ("put", "/v1/contacts/lists/{}"),
            ("delete", "/v1/contacts/lists/{}"),
            ("get", "/v1/contacts/lists/{}/contacts"),
        },
        {"limit", "offset", "name", "filters", "listId"},
    ),
    "workshop": (
        {
            ("get", "/v1/lists"),
            ("get", "/v1/lists/{}"),
            ("post", "/v1/lists"),
            ("patch", "/v1/lists/{}"),
            ("delete", "/v1/lists/{}"),
            ("get", "/v1/lists/{}/memberships"),
            ("post", "/v1/lists/{}/memberships"),
            ("delete", "/v1/lists/{}/memberships"),
        },
        {"id", "list_id", "external_id", "title", "email_address", "list_type", "ids", "external"},
    ),
}
"""What a person finds in each document: its endpoints and the names in its tables."""


@pytest.fixture
def text(api: str) -> str:
    return published.text(api)


@every_fact
def test_place(api: str, fact: Fact) -> None:
    """Every fact leads to a place in the specification, and what it states of the value there is true."""
    value = specification.place(specification.document(api), fact.at).value

    assert fact.value is UNSTATED or as_json(value) == as_json(fact.value)


@every_fact
def test_words(fact: Fact, text: str) -> None:
    """Every fact quotes its document."""
    assert fact.says in published.folded(text)


@every_api
def test_reading(api: str, text: str) -> None:
    """Endpoints and table rows are read from each document as a person reads them."""
    assert (published.endpoints(text), published.rows(text)) == NAMED[api]


@every_api
def test_endpoints(api: str, text: str) -> None:
    """Every endpoint that the document names has a fact that leads into its operation."""
    missing = {
        endpoint
        for endpoint in published.endpoints(text)
        if not any(fact.states_endpoint(endpoint) for fact in facts(api))
    }

    assert not missing


@every_api
def test_names(api: str, text: str) -> None:
    """Every JSON key and every field or parameter of a table has a fact that leads to it."""
    missing = {
        name
        for name in published.keys(text) | published.rows(text)
        if not any(fact.states_name(where, name) for fact, where in places(api))
    }

    assert not missing


@every_api
def test_messages(api: str, text: str) -> None:
    """Every message in an example has a fact that leads to a place which words it exactly so."""
    missing = {
        message
        for message in published.messages(text)
        if not any(fact.states_message(where, message) for fact, where in places(api))
    }

    assert not missing


@every_api
def test_inferred(api: str) -> None:
    """A response, security scheme or constraint that no fact leads to says that it is inferred, and why."""
    document = specification.document(api)
    stated = [where for _, where in places(api)]
    unfounded = {
        claim
        for claim in specification.claims(document)
        if not specification.is_stated(claim, stated) and not specification.is_inferred(document, claim)
    }

    assert not unfounded


@every_api
def test_table(api: str) -> None:
    """`python -m tests.documents.facts <api>` shows every fact's place and every reason."""
    shown = CliRunner().invoke(show, [api], env={"COLUMNS": "1000"})

    assert shown.exit_code == 0
    assert all(fact.at in shown.output for fact in facts(api))
    assert all(where.inferred in shown.output for _, where in places(api))


def as_json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
