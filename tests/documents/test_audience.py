"""The examples of the audience document, as the running server answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Client = Callable[..., httpx.Client]

FIRST_LISTS: list[dict[str, Any]] = [
    {
        "id": "clx_list_newsletter_id",
        "name": "Newsletter Subscribers",
        "description": "Main newsletter list",
        "memberCount": 4820,
        "createdAt": "2026-01-10T09:00:00Z",
        "updatedAt": "2026-01-20T14:00:00Z",
    },
    {
        "id": "clx_list_customers_id",
        "name": "Paying Customers",
        "description": "All users with an active subscription",
        "memberCount": 1247,
        "createdAt": "2026-01-12T11:30:00Z",
        "updatedAt": "2026-04-20T10:00:00Z",
    },
]
NEW_LIST = {
    "name": "Beta Testers",
    "description": "Users enrolled in the beta program — signed up via /beta page",
}


def test_list_all_lists(client: Client) -> None:
    """The first page counts eight lists and opens with the two documented ones, key for key."""
    answer = client("audience").get("/api/v1/lists")

    assert answer.status_code == 200
    assert answer.json()["data"][:2] == FIRST_LISTS
    assert answer.json()["pagination"] == {"page": 1, "limit": 50, "total": 8, "totalPages": 1}
    assert len(answer.json()["data"]) == 8


@pytest.mark.parametrize("list_", FIRST_LISTS, ids=lambda list_: list_["name"])
def test_retrieve_a_single_list(client: Client, list_: dict[str, Any]) -> None:
    """Each documented list is found by its id."""
    answer = client("audience").get("/api/v1/lists", params={"id": list_["id"]})

    assert answer.json()["data"] == [list_]


def test_create_a_list(client: Client, freeze: Callable[[str], None]) -> None:
    """The documented request gives the documented answer, but for the id that is made for it."""
    freeze("2026-04-22T10:00:00Z")

    answer = client("audience").post("/api/v1/lists", json=NEW_LIST)

    assert answer.status_code == 201
    assert answer.json() == {
        "data": {
            "id": answer.json()["data"]["id"],
            **NEW_LIST,
            "memberCount": 0,
            "createdAt": "2026-04-22T10:00:00Z",
            "updatedAt": "2026-04-22T10:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("path", "contact"),
    [
        ("/api/v1/contacts", {"email": "ines@lumenharbor.example"}),
        ("/api/v1/contacts/bulk", {"contacts": [{"email": "ines@lumenharbor.example"}]}),
    ],
)
def test_adding_contacts_to_a_list(client: Client, path: str, contact: dict[str, Any]) -> None:
    """A contact joins a list that was made before by `listId` in either request."""
    audience = client("audience")
    list_id = audience.post("/api/v1/lists", json=NEW_LIST).json()["data"]["id"]

    answer = audience.post(path, json={**contact, "listId": list_id})

    assert answer.is_success
    assert audience.get("/api/v1/lists", params={"id": list_id}).json()["data"][0]["memberCount"] == 1
