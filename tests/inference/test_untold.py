"""Keys and roles that no schema tells: they follow from examples, other spellings, and from what a value may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock

DOCUMENT = Path(__file__).with_name("untold.yaml")


@pytest.mark.parametrize(
    ("operation", "role", "key"),
    [
        ("create_route", "create", "id ({routeId} is its `id`; the server gives it)"),
        ("create_template", "create", "TemplateID ({templateIdOrAlias} is its `TemplateID`; the server gives it)"),
        (
            "create_rule",
            "create",
            "type ({rule} has the schema of its `type`; the client chooses it, as the body requires it)",
        ),
        ("create_build", "create", "none (no field of the item holds it; the server gives it)"),
        ("create_invite", "create", "none (no field of the item holds it; the server gives it)"),
        ("messages", "search", "id ({id} is its `id`; the server gives it)"),
        ("Configurations_List", "stateless", ""),
    ],
)
def test_what_no_schema_tells_is_found(server: MockServer, operation: str, role: str, key: str) -> None:
    """The role of an operation, and the key of what it is about."""
    inferred = server.apis["untold"].inferred
    assert isinstance(inferred, Inference)
    plan = inferred.plan(operation)

    assert (plan.role, plan.key) == (role, key)


@pytest.mark.parametrize(
    ("path", "body", "key", "shown"),
    [
        ("/routes", {"name": "Two"}, "id", {"name": "Two"}),
        ("/templates", {"Name": "Welcome", "Alias": "w"}, "TemplateId", {"Name": "Welcome", "Alias": "w"}),
        ("/invites", {"email": "a@b.example"}, "invite_id", {"email": "a@b.example"}),
    ],
)
def test_what_is_created_is_read_by_the_key_of_the_answer(
    mock: Mock, path: str, body: dict[str, Any], key: str, shown: dict[str, Any]
) -> None:
    """Wherever the answer has it, and however it is written there."""
    made = mock.client.post(path, json=body).json()
    read = mock.client.get(f"{path}/{made[key]}").json()

    assert {name: read[name] for name in shown} == shown


def test_a_rule_is_read_by_the_type_that_it_was_sent(mock: Mock) -> None:
    """Though the parameter is called otherwise."""
    taken = {each["type"] for each in mock.state["untold.rules"]}
    free = next(each for each in ("VALIDITY", "COMPATIBILITY", "INTEGRITY", "OTHER") if each not in taken)
    assert mock.client.post("/rules", json={"type": free, "config": "c"}).status_code == 204

    assert mock.client.get(f"/rules/{free}").json() == {"type": free, "config": "c"}


def test_what_an_example_shows_judges_nothing(mock: Mock) -> None:
    """A value of another type than the example's is kept."""
    mock.state["untold.routes"] = [{"id": "r1", "name": 5, "hops": "none"}]

    assert mock.client.get("/routes/r1").json() == {"id": "r1", "name": 5, "hops": "none"}
    assert mock.client.get("/routes").json() == [{"id": "r1", "name": 5, "hops": "none"}]


def test_a_search_by_post_chooses_and_creates_nothing(mock: Mock) -> None:
    """Its body has fields of the item, and asks for a page."""
    mock.state["untold.messages"] = [{"id": "a", "status": "sent"}, {"id": "b", "status": "new"}]

    assert mock.client.post("/messages", json={"status": "new", "limit": 5}).json() == [{"id": "b", "status": "new"}]
    assert len(mock.state["untold.messages"]) == 2


def test_what_is_made_below_one_is_read_beside_all(mock: Mock) -> None:
    """No field tells below which it is; two of one number have their own, and what is deleted takes its own with it."""
    first, second = (mock.client.post(f"/projects/{each}/issues", json={"title": "t"}).json() for each in ("a", "b"))
    mine = mock.client.post(f"/projects/a/issues/{first['number']}/comments", json={"body": "mine"}).json()
    mock.client.post(f"/projects/b/issues/{second['number']}/comments", json={"body": "other"})
    changed = mock.client.patch(f"/projects/a/issues/comments/{mine['id']}", json={"body": "changed"})

    assert changed.json() == {"id": mine["id"], "body": "changed"}
    assert mock.client.get(f"/projects/a/issues/{first['number']}/comments").json() == [changed.json()]
    assert mock.client.get("/projects/a/issues/comments").json() == [changed.json()]

    mock.client.delete(f"/projects/a/issues/{first['number']}")

    assert mock.client.get("/projects/a/issues/comments").json() == []
    assert [each["body"] for each in mock.client.get("/projects/b/issues/comments").json()] == ["other"]


def test_the_first_records_lie_below_some_that_are_there(mock: Mock) -> None:
    """Though none of their fields says so."""
    every = mock.state["untold.comments"]
    project = every[0]["$path"]["project"]
    issues = mock.client.get(f"/projects/{project}/issues").json()
    found = [mock.client.get(f"/projects/{project}/issues/{each['number']}/comments").json() for each in issues]

    assert every
    assert sorted(each["id"] for each in every) == sorted(each["id"] for listed in found for each in listed)


def test_links_are_relative_where_the_example_is(mock: Mock) -> None:
    """Each link by its own example; they lead to the next page all the same."""
    mock.state["untold.events"] = [{"id": str(number), "status": "s"} for number in range(3)]
    page = mock.client.get("/events?page_size=2").json()

    assert page["next_page_uri"] == "/events?page_size=2&page=2"
    assert page["first_page_uri"].startswith("http")
    assert [each["id"] for each in mock.client.get(page["next_page_uri"]).json()["events"]] == ["2"]
