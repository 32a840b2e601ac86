"""The examples of the audience document, as the running server answers them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.documents.examples import Answer, answers
from tests.documents.specification import document

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
    assert json.dumps(answer.json()["data"][:2]) == json.dumps(FIRST_LISTS)
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


LISTS, CONTACT, BULK = "/api/v1/lists", "/api/v1/contacts", "/api/v1/contacts/bulk"
FULL, READ, NONE = "ak_demo_full", "ak_demo_read", "ak_demo_none"
ADDRESS, NO_ADDRESS = {"email": "ines@lumenharbor.example"}, {"email": "ines"}
UNKNOWN = {"listId": "clx_list_unknown_id"}
TOO_LARGE = " " * (10 * 2**20 + 1)
ASKED: dict[str, tuple[str, str | None, Any]] = {
    "list_lists 200 one_list": (f"GET {LISTS}?id=clx_list_customers_id", READ, None),
    "list_lists 200 past_the_end": (f"GET {LISTS}?page=9", READ, None),
    "list_lists 400 invalid_request": (f"GET {LISTS}?page=0&limit=101", READ, None),
    "list_lists 401 unauthorized": (f"GET {LISTS}", None, None),
    "list_lists 403 missing_scope": (f"GET {LISTS}", NONE, None),
    "list_lists 404 list_not_found": (f"GET {LISTS}?id=clx_list_unknown_id", READ, None),
    "create_list 400 invalid_request": (f"POST {LISTS}", FULL, {}),
    "create_list 401 unauthorized": (f"POST {LISTS}", None, NEW_LIST),
    "create_list 403 missing_scope": (f"POST {LISTS}", READ, NEW_LIST),
    "create_list 409 list_name_taken": (f"POST {LISTS}", FULL, {"name": "Paying Customers"}),
    "create_list 413 payload_too_large": (f"POST {LISTS}", FULL, TOO_LARGE),
    "upsert_contact 400 invalid_request": (f"POST {CONTACT}", FULL, NO_ADDRESS),
    "upsert_contact 401 unauthorized": (f"POST {CONTACT}", None, ADDRESS),
    "upsert_contact 403 missing_scope": (f"POST {CONTACT}", READ, ADDRESS),
    "upsert_contact 404 list_not_found": (f"POST {CONTACT}", FULL, ADDRESS | UNKNOWN),
    "upsert_contact 413 payload_too_large": (f"POST {CONTACT}", FULL, TOO_LARGE),
    "upsert_contacts 400 invalid_request": (f"POST {BULK}", FULL, {"contacts": [ADDRESS, NO_ADDRESS]}),
    "upsert_contacts 401 unauthorized": (f"POST {BULK}", None, {"contacts": [ADDRESS]}),
    "upsert_contacts 403 missing_scope": (f"POST {BULK}", READ, {"contacts": [ADDRESS]}),
    "upsert_contacts 404 list_not_found": (f"POST {BULK}", FULL, {"contacts": [ADDRESS], **UNKNOWN}),
    "upsert_contacts 413 payload_too_large": (f"POST {BULK}", FULL, TOO_LARGE),
}
"""What gets each of the specification's examples for an answer: a request, its key and body, as text or to be JSON."""
GENERATED = {
    "list_lists 200 documented",
    "create_list 201 documented",
    "upsert_contact 201 created",
    "upsert_contact 200 updated",
    "upsert_contacts 200 imported",
}
"""The examples that show a part, or follow from another request; each has a test of its own."""


@pytest.mark.parametrize(
    ("example", "answer"), [each for each in answers("audience").items() if each[0] not in GENERATED]
)
def test_examples(client: Client, example: str, answer: Answer) -> None:
    """Every example of an answer in the specification is what the server answers."""
    asked, key, body = ASKED[example]
    text = body if body is None or isinstance(body, str) else json.dumps(body)

    answered = client("audience", key).request(*asked.split(), content=text)

    assert (answered.status_code, answered.json()) == (answer.status, answer.body)
    assert answer.headers.items() <= dict(answered.headers).items()


def test_upsert_examples(client: Client, freeze: Callable[[str], None]) -> None:
    """The examples of an upsert and an import, sent in turn, get the example answers, but for the id that is made."""
    contact, imported = (requests(path) for path in (CONTACT, BULK))
    audience = client("audience")

    freeze("2026-04-22T10:00:00Z")
    created = audience.post(CONTACT, json=contact["join_a_list"])
    freeze("2026-04-23T08:15:00Z")
    updated = audience.post(CONTACT, json=contact["unsubscribe"])
    both = audience.post(BULK, json=imported["one_list_for_all"])

    expected = answers("audience")
    made = {"id": created.json()["data"]["id"]}
    assert created.json()["data"] == expected["upsert_contact 201 created"].body["data"] | made
    assert updated.json()["data"] == expected["upsert_contact 200 updated"].body["data"] | made
    assert both.json() == expected["upsert_contacts 200 imported"].body
    assert (created.status_code, updated.status_code, both.status_code) == (201, 200, 200)


def requests(path: str) -> dict[str, Any]:
    """The examples for the body of a POST."""
    content = document("audience")["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return {name: each["value"] for name, each in content["examples"].items()}


def test_preferred_401(client: Client) -> None:
    """A 401 had by `Prefer` names the scheme to authenticate with, as every other does."""
    answer = client("audience").get(LISTS, headers={"Prefer": "code=401"})

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Lists API"')
