"""What the prospects page states, asked of the running server; the page shows no examples, so its statements are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.documents.examples import Answer, answers
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


LIST = "/lists/0a616195-cb46-4ff8-b741-605937b8d3ab"
NOBODY = "00000000-0000-4000-8000-000000000000"
SECURITY = "ec4039b6-4a14-4083-9f75-4e20dadf381d"
SAVE = "#/paths/~1lists~1save/post/requestBody/content/application~1json/examples"
STRANGER, NUMBER = {"organizationId": "org_northfield"}, {"organizationId": 4}
TOO_LARGE = " " * (10 * 2**20 + 1)
ASKED: dict[str, tuple[str, Any]] = {
    "get_lists 200 one_list": (f"GET {LIST}", None),
    "get_lists 200 lists_of_an_organization": ("GET /lists/org_quillstone", None),
    "get_lists 200 organization_without_lists": ("GET /lists/org_saltmarsh", None),
    "get_lists 400 unreadable_id": ("GET /lists/%FF", None),
    "get_lists 404 unknown_id": ("GET /lists/org_nobody", None),
    "get_lists 405 get": ("GET /lists/save", None),
    "save_list 200 created": ("POST /lists/save", place(document("prospects"), f"{SAVE}/new_list/value").value),
    "save_list 200 updated": ("POST /lists/save", place(document("prospects"), f"{SAVE}/known_list/value").value),
    "save_list 400 several_violations": (
        "POST /lists/save",
        {"organizationId": "o", "contacts_found": -1, "filter": {}},
    ),
    "save_list 400 malformed": ("POST /lists/save", "{organizationId: 1}"),
    "save_list 413 too_large": ("POST /lists/save", TOO_LARGE),
    "refresh_list 200 refreshed": (f"POST /lists/refresh/{SECURITY}", None),
    "refresh_list 400 wrong_type": (f"POST /lists/refresh/{SECURITY}", NUMBER),
    "refresh_list 404 unknown_list": (f"POST /lists/refresh/{NOBODY}", None),
    "refresh_list 404 other_organization": (f"POST {LIST.replace('/lists', '/lists/refresh')}", STRANGER),
    "refresh_list 413 too_large": (f"POST /lists/refresh/{SECURITY}", TOO_LARGE),
    "delete_list 400 wrong_type": (f"DELETE {LIST}", NUMBER),
    "delete_list 404 unknown_list": (f"DELETE /lists/{NOBODY}", None),
    "delete_list 404 other_organization": (f"DELETE {LIST}", STRANGER),
    "delete_list 405 delete": ("DELETE /lists/save", None),
    "delete_list 413 too_large": (f"DELETE {LIST}", TOO_LARGE),
}
"""What gets each of the specification's examples for an answer: a request and its body, as text or to be JSON."""


@pytest.mark.parametrize(("example", "answer"), answers("prospects").items())
def test_examples(prospects: httpx.Client, example: str, answer: Answer) -> None:
    """Every example of an answer in the specification is what the server answers, generated ids aside."""
    asked, body = ASKED[example]
    text = body if body is None or isinstance(body, str) else json.dumps(body)

    answered = prospects.request(*asked.split(), content=text)

    expected = answer.body | {"id": answered.json()["id"]} if example == "save_list 200 created" else answer.body
    assert (answered.status_code, answered.json()) == (answer.status, expected)
    assert answer.headers.items() <= dict(answered.headers).items()


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_preferred_405(prospects: httpx.Client, method: str) -> None:
    """A 405 had by `Prefer` says which method the path has, as every other does."""
    answer = prospects.request(method, LIST, headers={"Prefer": "code=405"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
