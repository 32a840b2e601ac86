"""The examples of the workshop document, as the running server answers them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mockserver.contract.document import Document
from mockserver.resources import resource

Client = Callable[..., httpx.Client]

ALL_EMPLOYEES = "/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6"
MEMBERSHIPS = f"{ALL_EMPLOYEES}/memberships"
CURSOR = "eyJzb3J0IjoibmFtZSIsIm9yZGVyIjoiY"
CONTACT = "937ccbe2-4cb5-4c76-96bf-29510b514dfa"
LIST = {
    "object": "list",
    "id": "3d4e06a3-544b-4cc7-924e-e077ef133cf6",
    "external_id": "XYZ-098",
    "title": "All Employees",
    "email_address": "all-employees@example.com",
    "list_type": "standard",
    "list_source": "api",
    "memberships_count": 100,
    "urls": {"memberships": MEMBERSHIPS},
}
MEMBERSHIP = {
    "object": "list_membership",
    "id": "80d43a50-e9a8-41ea-8aa2-7d361292f0d9",
    "list_id": "3d4e06a3-544b-4cc7-924e-e077ef133cf6",
    "contact_id": CONTACT,
    "urls": {"contact": f"/v1/contacts/{CONTACT}"},
}
NEW_LIST = {
    "external_id": "XYZ-098",
    "title": "All Employees",
    "email_address": "all-employees@example.com",
    "list_type": "standard",
}
CHANGES = {"title": "Sales Department", "email_address": "sales-department@example.com", "list_type": "department"}
DOCUMENT = Document.load(resource("specs") / "workshop.yaml")
SPECIFICATION = DOCUMENT.raw


@pytest.fixture
def workshop(client: Client) -> httpx.Client:
    return client("workshop")


@pytest.mark.parametrize(
    ("path", "first"), [("/v1/lists", LIST), (MEMBERSHIPS, MEMBERSHIP)], ids=["lists", "memberships"]
)
def test_pages(workshop: httpx.Client, path: str, first: dict[str, Any]) -> None:
    """A page of five opens with the documented item, key for key, and is followed by another."""
    answer = workshop.get(path, params={"limit": 5})

    page = answer.json()
    assert answer.status_code == 200
    assert list(page) == ["object", "has_more", "next", "limit", "size", "data"]
    assert (page["object"], page["has_more"], page["limit"], page["size"]) == ("array", True, 5, 5)
    assert page["next"].startswith(f"{path}?cursor={CURSOR}")
    assert list(page["data"][0].items()) == list(first.items())
    assert len(page["data"]) == 5


@pytest.mark.parametrize("path", ["/v1/lists", "/v1/lists/{list_id}/memberships"])
def test_pages_of_the_contract(workshop: httpx.Client, path: str) -> None:
    """The contract's example of a page, which fills up the document's, is the page that the server answers."""
    content = SPECIFICATION["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]

    answer = workshop.get(path.format(list_id=LIST["id"]), params={"limit": 5})

    assert answer.json() == content["examples"]["documented"]["value"]


def test_retrieve_a_list(workshop: httpx.Client) -> None:
    """The documented list has the documented fields in their order, and a hundred memberships."""
    answer = workshop.get(ALL_EMPLOYEES)

    assert answer.status_code == 200
    assert list(answer.json().items()) == list(LIST.items())


def test_memberships_count_is_true(workshop: httpx.Client) -> None:
    """Behind the documented count stand a hundred memberships of a hundred contacts."""
    page = workshop.get(MEMBERSHIPS, params={"limit": 100}).json()

    assert (page["size"], page["has_more"], page["next"]) == (100, False, None)
    assert len({membership["contact_id"] for membership in page["data"]}) == 100


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "answer"),
    [
        ("POST", "/v1/lists", {**NEW_LIST, "external_id": "XYZ-099"}, 201, {"message": "List created successfully"}),
        ("POST", "/v1/lists", NEW_LIST, 409, {"error": "List with external_id XYZ-098 already exists"}),
        (
            "POST",
            "/v1/lists",
            {"external_id": "XYZ-099", "email_address": "all-employees"},
            422,
            {"error": {"title": ["is missing"], "email_address": ["is in invalid format"]}},
        ),
        ("PATCH", ALL_EMPLOYEES, CHANGES, 200, {"message": "List updated successfully"}),
        ("PATCH", "/v1/lists/unknown", CHANGES, 404, {"error": "List not found"}),
        (
            "PATCH",
            ALL_EMPLOYEES,
            {"email_address": "sales-department"},
            422,
            {"error": {"email_address": ["is in invalid format"]}},
        ),
        ("DELETE", ALL_EMPLOYEES, None, 200, {"message": "List deleted successfully"}),
        ("POST", MEMBERSHIPS, {"ids": [CONTACT]}, 201, {"message": "List memberships created successfully"}),
        (
            "POST",
            MEMBERSHIPS,
            {"ids": ["1234567890"], "external": True},
            201,
            {"message": "List memberships created successfully"},
        ),
        (
            "POST",
            f"{MEMBERSHIPS}?external",
            {"ids": ["1234567890"]},
            201,
            {"message": "List memberships created successfully"},
        ),
        (
            "POST",
            MEMBERSHIPS,
            {"ids": ["abc123", "def456"]},
            404,
            {"error": "Contacts not found for 2 ids", "ids_not_found": ["abc123", "def456"]},
        ),
        (
            "POST",
            MEMBERSHIPS,
            {"ids": [], "external": "yes"},
            422,
            {"error": {"ids": ["size must be within 1 - 1000"], "external": ["must be a boolean"]}},
        ),
        ("DELETE", MEMBERSHIPS, {"ids": [CONTACT]}, 200, {"message": "List memberships deleted successfully"}),
        (
            "DELETE",
            MEMBERSHIPS,
            {"ids": ["1234567890"], "external": True},
            200,
            {"message": "List memberships deleted successfully"},
        ),
        (
            "DELETE",
            MEMBERSHIPS,
            {"ids": ["abc123", "def456"]},
            404,
            {"error": "Contacts not found for 2 ids", "ids_not_found": ["abc123", "def456"]},
        ),
        (
            "DELETE",
            MEMBERSHIPS,
            {"ids": ["x"] * 1001, "external": 0},
            422,
            {"error": {"ids": ["size must be within 1 - 1000"], "external": ["must be a boolean"]}},
        ),
    ],
)
def test_examples(workshop: httpx.Client, method: str, path: str, body: Any, status: int, answer: Any) -> None:
    """Every documented payload is answered as documented, and every documented answer can be had."""
    answered = workshop.request(method, path, json=body)

    assert (answered.status_code, answered.json()) == (status, answer)


def test_no_memberships_found(workshop: httpx.Client) -> None:
    """Removing contacts none of which is on the list is the second documented 404."""
    workshop.request("DELETE", MEMBERSHIPS, json={"ids": [CONTACT]})

    answer = workshop.request("DELETE", MEMBERSHIPS, json={"ids": [CONTACT]})

    assert answer.status_code == 404
    assert answer.json() == {"error": "No memberships found for the contacts with the given IDs."}


STATED: dict[str, set[str]] = {
    "list_lists": set(),
    "create_list": {"201", "409", "422"},
    "get_list": set(),
    "update_list": {"200", "404", "422"},
    "delete_list": {"200", "404"},
    "list_memberships": set(),
    "create_memberships": {"201", "404", "422"},
    "delete_memberships": {"200", "404", "422"},
}
"""The statuses that the page states; of a read it shows the body without one."""


def test_statuses_that_the_page_states() -> None:
    """A status is inferred exactly if the page does not state it for the operation."""
    stated = {
        operation["operationId"]: {
            status
            for status, response in operation["responses"].items()
            if "x-inferred" not in DOCUMENT.resolve(response)
        }
        for _, _, operation in DOCUMENT.operations()
    }

    assert stated == STATED


@pytest.mark.parametrize(("method", "is_inferred"), [("post", False), ("delete", True)])
def test_the_query_parameter_that_the_page_offers(method: str, is_inferred: bool) -> None:
    """The page offers `?external` where members are added; that it serves their removal too is inferred."""
    (parameter,) = SPECIFICATION["paths"]["/v1/lists/{list_id}/memberships"][method]["parameters"]

    external = DOCUMENT.resolve(parameter)

    assert (external["name"], external["in"], external["allowEmptyValue"]) == ("external", "query", True)
    assert ("x-inferred" in external) is is_inferred


@pytest.mark.parametrize(
    ("response", "token", "method", "path", "body"),
    [
        ("Unauthorized", None, "GET", "/v1/lists", None),
        ("Forbidden", "wk_demo_hris", "DELETE", ALL_EMPLOYEES, None),
        ("ListNotFoundOnRead", "wk_demo_api", "GET", "/v1/lists/unknown", None),
        ("TooLarge", "wk_demo_api", "PATCH", ALL_EMPLOYEES, "x" * 10 * 1024 * 1024),
        ("InvalidPage", "wk_demo_api", "GET", "/v1/lists?limit=0&cursor=x", None),
    ],
)
def test_chosen_errors(
    client: Client, response: str, token: str | None, method: str, path: str, body: str | None
) -> None:
    """Every refusal that the specification adds to the page's is shown as the server words it."""
    content = SPECIFICATION["components"]["responses"][response]["content"]["application/json"]
    (example,) = content["examples"].values()

    answer = client("workshop", token).request(method, path, json=body)

    assert answer.json() == example["value"]


def test_a_challenge_on_demand(client: Client) -> None:
    """A 401 that is asked for challenges as a real one does."""
    real, asked = (client("workshop", None).get("/v1/lists", headers=each) for each in ({}, {"Prefer": "code=401"}))

    assert asked.headers["WWW-Authenticate"] == real.headers["WWW-Authenticate"]
