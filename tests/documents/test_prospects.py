"""What the prospects page states, asked of the running server; the page shows no examples, so its statements are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.documents.specification import document, place

FIELDS = [
    "id",
    "name",
    "organizationId",
    "usedFilter",
    "contactsNum",
    "matchedContactsNum",
    "autoUpdateStatus",
    "lastSyncedTime",
    "connectedIntegration",
]
REQUEST = {
    "organizationId": "org_northfield",
    "listName": "Operations in Canada",
    "contacts_found": 12,
    "filter": {
        "industries": ["Energy", "Logistics"],
        "job_titles": ["Operations Manager"],
        "countries": ["Canada"],
        "company_sizes": ["51-200"],
        "domains": [],
        "keywords": ["fleet"],
    },
}


@pytest.fixture
def prospects(client: Callable[[str], httpx.Client], freeze: Callable[[str], None]) -> httpx.Client:
    freeze("2026-04-22T10:00:00Z")
    return client("prospects")


def test_all_lists(prospects: httpx.Client) -> None:
    """GET /lists/{organization_id} returns an array of list objects, each with exactly the documented fields."""
    answer = prospects.get("/lists/org_northfield")

    assert len(answer.json()) == 3
    assert all(list(each) == FIELDS for each in answer.json())


def test_one_list(prospects: httpx.Client) -> None:
    """GET /lists/{id} returns the list object with full details, including the filter used to create it."""
    saved = prospects.post("/lists/save", json=REQUEST).json()
    answer = prospects.get(f"/lists/{saved['id']}")

    assert list(answer.json()) == FIELDS
    assert answer.json()["usedFilter"] == REQUEST["filter"]


def test_create_and_update(prospects: httpx.Client) -> None:
    """POST /lists/save creates a list or updates an existing one, and returns the list object."""
    created = prospects.post("/lists/save", json=REQUEST)
    updated = prospects.post("/lists/save", json=REQUEST | {"contacts_found": 13})

    assert (created.status_code, updated.status_code) == (200, 200)
    assert list(created.json()) == FIELDS
    assert updated.json() == created.json() | {"contactsNum": 13}


def test_refresh(prospects: httpx.Client) -> None:
    """POST /lists/refresh/{id} returns the list object with updated lastSyncedTime and contact counts."""
    saved = prospects.post("/lists/save", json=REQUEST).json()
    refreshed = prospects.post(f"/lists/refresh/{saved['id']}", json={"organizationId": "org_northfield"}).json()

    assert {name for name in FIELDS if refreshed[name] != saved[name]} == {"contactsNum", "lastSyncedTime"}
    assert refreshed["contactsNum"] == refreshed["matchedContactsNum"] == saved["matchedContactsNum"]


def test_delete(prospects: httpx.Client) -> None:
    """DELETE /lists/{id} returns 200 without a content body, and the list is gone."""
    saved = prospects.post("/lists/save", json=REQUEST).json()
    answer = prospects.request("DELETE", f"/lists/{saved['id']}", json={"organizationId": "org_northfield"})

    assert (answer.status_code, answer.content) == (200, b"")
    assert prospects.get(f"/lists/{saved['id']}").status_code == 404


def example(where: str, name: str) -> Any:
    """A named example of the specification, from the response or request body at the pointer."""
    return place(document("prospects"), f"#{where}/content/application~1json/examples/{name}/value").value


LIST = "/lists/0a616195-cb46-4ff8-b741-605937b8d3ab"
SAVE = "/paths/~1lists~1save/post"
SAVED = f"{SAVE}/requestBody"
READ = "/paths/~1lists~1{id}/get/responses"
REFRESH = "/paths/~1lists~1refresh~1{id}/post"
NOT_FOUND = "/components/responses/ListNotFound"
SEVERAL = {"organizationId": "o", "contacts_found": -1, "filter": {}}


@pytest.mark.parametrize(
    ("response", "name", "asked", "body"),
    [
        (f"{READ}/200", "one_list", f"GET {LIST}", None),
        (f"{READ}/200", "lists_of_an_organization", "GET /lists/org_quillstone", None),
        (f"{READ}/200", "organization_without_lists", "GET /lists/org_saltmarsh", None),
        (f"{READ}/404", "unknown_id", "GET /lists/org_nobody", None),
        ("/components/responses/InvalidId", "unreadable_id", "GET /lists/%FF", None),
        ("/components/responses/IdIsSave", "get", "GET /lists/save", None),
        (f"{SAVE}/responses/200", "created", "POST /lists/save", example(SAVED, "new_list")),
        (f"{SAVE}/responses/200", "updated", "POST /lists/save", example(SAVED, "known_list")),
        (f"{SAVE}/responses/400", "several_violations", "POST /lists/save", SEVERAL),
        (f"{REFRESH}/responses/200", "refreshed", "POST /lists/refresh/ec4039b6-4a14-4083-9f75-4e20dadf381d", None),
        ("/components/responses/InvalidOwner", "wrong_type", f"DELETE {LIST}", {"organizationId": 4}),
        (NOT_FOUND, "unknown_list", "DELETE /lists/00000000-0000-4000-8000-000000000000", None),
        (NOT_FOUND, "other_organization", f"DELETE {LIST}", {"organizationId": "org_northfield"}),
        ("/components/responses/BodyTooLarge", "too_large", "POST /lists/save", " " * 10 * 2**20),
    ],
)
def test_examples(prospects: httpx.Client, response: str, name: str, asked: str, body: Any) -> None:
    """Every example of an answer in the specification is what the server answers."""
    answer = prospects.request(*asked.split(), content=None if body is None else json.dumps(body))

    assert answer.json() == example(response, name)
