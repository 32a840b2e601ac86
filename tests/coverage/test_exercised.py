"""Parts of the shipped contracts, end to end: what does not exercise each, and what does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from mockserver import MockServer
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import Key, Outline
from mockserver.mock import Mock

TAGS = "5b3c994e-7569-4df8-b8db-f37421a684f7"
BULK = "/api/v1/contacts/bulk"
MEMBERSHIPS = "/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6/memberships"
READER = {"Authorization": "Bearer ak_demo_read"}

Ask = Callable[[Mock], object]


def sending(api: str, method: str, target: str, body: object = None, *, headers: dict[str, str] | None = None) -> Ask:
    """Sends one request, with the API's default credential unless the headers have another."""
    return lambda mock: mock.client.request(method, target, json=body, headers=mock.headers(api) | (headers or {}))


def made_up(mock: Mock) -> None:
    with mock.fault("list_filter_options", status=200, body={"made": "up"}):
        mock.client.get("/contacts/lists/options")


def documented(mock: Mock) -> None:
    with mock.fault("salesnav.get_contact_list", status=500):
        sending("salesnav", "GET", "/v1/contacts/lists/abc123")(mock)


def second_page(mock: Mock) -> None:
    page = mock.client.get("/v1/lists?limit=1", headers=mock.headers("workshop")).json()
    mock.client.get(page["next"], headers=mock.headers("workshop"))


class Case(NamedTuple):
    """A part, the requests that leave it as it is, and the one that exercises it."""

    part: Key
    not_by: Sequence[Ask]
    by: Ask


CASES = [
    Case(
        Key("workshop", "create_list", "value", "body list_type=team"),
        [
            sending("workshop", "POST", "/v1/lists", {"list_type": "team"}),
            sending("workshop", "POST", "/v1/lists", {"external_id": "A", "title": "A", "list_type": "location"}),
        ],
        sending("workshop", "POST", "/v1/lists", {"external_id": "B", "title": "B", "list_type": "team"}),
    ),
    Case(
        Key("audience", "", "scope", "contacts:write"),
        [
            sending("audience", "POST", "/api/v1/contacts", {"email": "a@example.com"}, headers=READER),
            sending("audience", "POST", "/api/v1/lists", {"name": "Mine"}),
        ],
        sending("audience", "POST", "/api/v1/contacts", {"email": "a@example.com"}),
    ),
    Case(
        Key("salesnav", "", "scheme", "ApiKeyAuth"),
        [
            lambda mock: mock.client.get("/v1/contacts/lists"),
            sending("salesnav", "GET", "/v1/contacts/lists", headers={"Authorization": "Bearer wrong"}),
        ],
        sending("salesnav", "GET", "/v1/contacts/lists"),
    ),
    Case(
        Key("workshop", "list_lists", "parameter", "query cursor"),
        [sending("workshop", "GET", "/v1/lists?limit=1"), sending("workshop", "GET", "/v1/lists?cursor=!&limit=0")],
        second_page,
    ),
    Case(
        Key("workshop", "create_memberships", "parameter", "query external"),
        [sending("workshop", "POST", MEMBERSHIPS, {"ids": ["1234567890"], "external": True})],
        sending("workshop", "POST", f"{MEMBERSHIPS}?external", {"ids": ["1234567890"]}),
    ),
    Case(
        Key("crm", "create_contact_list", "property", "filters[].invert"),
        [
            sending("crm", "POST", "/contacts/lists", {"name": "A", "invert": True}),
            sending("crm", "POST", "/contacts/lists", {"name": "A", "filters": [{"invert": True}]}),
        ],
        sending(
            "crm",
            "POST",
            "/contacts/lists",
            {"name": "A", "filters": [{"attribute_def": TAGS, "value": "a", "invert": True}]},
        ),
    ),
    Case(
        Key("audience", "upsert_contacts", "property", "contacts[].listId"),
        [sending("audience", "POST", BULK, {"contacts": [{"email": "a@b.co"}], "listId": "clx_list_newsletter_id"})],
        sending("audience", "POST", BULK, {"contacts": [{"email": "a@b.co", "listId": "clx_list_newsletter_id"}]}),
    ),
    Case(
        Key("workshop", "create_list", "status", "409"),
        [sending("workshop", "POST", "/v1/lists", {"external_id": "A", "title": "A"}, headers={"Prefer": "code=418"})],
        sending("workshop", "POST", "/v1/lists", {"external_id": "B", "title": "B"}, headers={"Prefer": "code=409"}),
    ),
    Case(
        Key("crm", "list_filter_options", "status", "200"),
        [made_up],
        sending("crm", "GET", "/contacts/lists/options"),
    ),
    Case(
        Key("salesnav", "get_contact_list", "status", "500"),
        [sending("salesnav", "GET", "/v1/contacts/lists/abc123")],
        documented,
    ),
    Case(
        Key("crm", "delete_contact_list", "status", "404"),
        [sending("crm", "DELETE", "/contacts/lists/nobody/at/all")],
        sending("crm", "DELETE", "/contacts/lists/nobody"),
    ),
    Case(
        Key("crm", "update_contact_list", "operation", "update_contact_list"),
        [sending("crm", "GET", "/contacts/lists"), sending("crm", "PATCH", "/contacts/lists/nobody", {"name": "A"})],
        sending("crm", "PUT", "/contacts/lists/nobody", {"name": "A"}),
    ),
]


@pytest.fixture(scope="module")
def server() -> MockServer:
    """All five APIs, each document read once."""
    return MockServer()


@pytest.fixture(scope="module")
def outline(server: MockServer) -> Outline:
    return Outline(server.apis.values())


@pytest.mark.parametrize("case", CASES, ids=[" ".join(filter(None, case.part)) for case in CASES])
def test_a_part_counts_only_when_it_is_exercised(server: MockServer, outline: Outline, case: Case) -> None:
    """Neither what the document refuses, nor what is elsewhere, nor what a fault makes up counts."""

    def hits() -> int:
        coverage = Coverage()
        for exchange in mock.requests():
            coverage.add(outline, exchange)
        return coverage.hits[case.part]

    mock = server.mock()
    for ask in case.not_by:
        ask(mock)
    before = hits()
    case.by(mock)
    after = hits()
    mock.close()

    assert case.part in [item.key for item in outline.items()]
    assert (before, after) == (0, 1)
