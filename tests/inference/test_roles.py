"""Roles and what they do, on a document of odd paths: calls, custom methods, views, flags, lists of keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.inference import Inference
from mockserver.mock import Mock

DOCUMENT = Path(__file__).with_name("odd.yaml")


@pytest.mark.parametrize(
    ("operation", "role", "collection"),
    [
        ("list_users", "list", "Users"),
        ("read_user", "read", "Users"),
        ("replace_user", "replace", "Users"),
        ("deactivate_user", "action", "Users"),
        ("list_tasks_of_user", "list", "tasks"),
        ("create_tasks_of_user", "bulk", "tasks"),
        ("delete_tasks_of_user", "bulk", "tasks"),
        ("put_task", "replace", "tasks"),
        ("patch_tasks", "bulk", "tasks"),
        ("put_flag", "singleton_write", "flag"),
        ("list_tags", "list", "tags"),
        ("put_tag", "create_or_replace", "tags"),
        ("run_code", "action", "codes"),
        ("options_odd", "stateless", None),
        ("read_odd", "stateless", None),
        ("do_this", "stateless", None),
    ],
)
def test_roles_follow_from_method_place_and_schema(
    server: MockServer, operation: str, role: str, collection: str | None
) -> None:
    """One operation each; what has none says why."""
    inferred = server.apis["odd"].inferred
    assert isinstance(inferred, Inference)
    plan = inferred.plan(operation)

    assert (plan.role, plan.collection) == (role, collection and f"odd.{collection}")
    assert plan.reason


def test_an_answer_without_the_item_tells_key_and_link(mock: Mock) -> None:
    """The rest of it is the document's."""
    made = mock.client.post("/Users", json={"name": "Ann"}).json()

    assert mock.client.get(f"/Users({made['id']})").json()["name"] == "Ann"
    assert made["links"]["self"].endswith(f"/Users({made['id']})")


def test_an_action_sets_the_status_that_is_called_like_it(mock: Mock) -> None:
    """And merges the fields that it is sent."""
    made = mock.client.post("/Users", json={"id": "u1", "name": "Ann", "state": "active"}).json()
    acted = mock.client.post(f"/Users({made['id']}):deactivate", json={"note": "left"}).json()

    assert acted == {"id": "u1", "name": "Ann", "note": "left", "state": "deactivated"}
    assert mock.client.post("/Users(nobody):deactivate", json={}).status_code == 404


def test_pages_lead_backwards_by_key_as_well(mock: Mock) -> None:
    """The first and last keys are told, and whether it is the last page."""
    mock.state["odd.Users"] = [{"id": f"u{number}"} for number in range(5)]
    page = mock.client.get("/Users?limit=2&ending_before=u4").json()
    unknown = mock.client.get("/Users?starting_after=nobody").json()
    last = mock.client.get("/Users?limit=2&starting_after=u2").json()

    assert [each["id"] for each in page["value"]] == ["u2", "u3"]
    assert (page["first_id"], page["last_id"]) == ("u2", "u3")
    assert unknown["value"] == []
    assert ([each["id"] for each in last["value"]], last["isLast"]) == (["u3", "u4"], True)


def test_a_view_shows_and_writes_what_is_below_its_parent(mock: Mock) -> None:
    """The field that names the parent is the path's."""
    mock.state["odd.tasks"] = [{"task_id": 1, "title": "Other", "user_id": "other"}]
    done = mock.client.post("/Users(u1)/tasks", json=[{"task_id": 2, "title": "A"}, {"task_id": 3, "title": "B"}])
    seen = mock.client.get("/Users(u1)/tasks?size=1&page=2").json()
    swept = mock.client.request("DELETE", "/Users(u1)/tasks", json={"ids": [2]}).json()

    assert done.status_code == 204
    assert [(each["title"], each["user_id"]) for each in seen] == [("B", "u1")]
    assert [each["title"] for each in swept["tasks"]] == ["A"]
    assert [each["title"] for each in mock.client.get("/tasks").json()] == ["Other", "B"]


def test_an_item_is_written_by_the_key_in_the_body(mock: Mock) -> None:
    """One alone, or several."""
    mock.state["odd.tasks"] = [{"task_id": 1, "title": "A"}]
    put = mock.client.put("/tasks", json={"task_id": 1, "title": "B"}).json()
    patched = mock.client.patch("/tasks", json=[{"task_id": 1, "title": "C"}, {"task_id": 9, "title": "D"}]).json()

    assert put["title"] == "B"
    assert [each["title"] for each in patched] == ["C", "D"]
    assert mock.client.put("/tasks", json={"task_id": 77, "title": "B"}).status_code == 404
    assert mock.client.get("/tasks/1").json()[0]["title"] == "C"


@pytest.mark.parametrize(
    ("patch", "title"),
    [
        ([{"op": "replace", "path": "/title", "value": "B"}], "B"),
        ([{"op": "test", "path": "/title", "value": "A"}, {"op": "copy", "from": "/title", "path": "/user_id"}], "A"),
        ([{"op": "move", "from": "/user_id", "path": "/title"}], "u"),
        ([{"op": "test", "path": "/title", "value": "Z"}], None),
        ([{"op": "remove", "path": "/nothing"}], None),
        ([{"op": "shout", "path": "/title"}], None),
    ],
)
def test_a_json_patch_is_applied_whole_or_refused(mock: Mock, patch: list[object], title: str | None) -> None:
    """In the document's words, naming the operation that fails."""
    mock.state["odd.tasks"] = [{"task_id": 1, "title": "A", "user_id": "u"}]
    headers = {"Content-Type": "application/json-patch+json"}
    answer = mock.client.patch("/tasks/1", content=json.dumps(patch), headers=headers)

    if title is None:
        assert answer.status_code == 422
        assert "patch" in answer.json()["message"]
    else:
        assert answer.json()["title"] == title


def test_a_flag_is_put_read_and_removed(mock: Mock) -> None:
    """It is one for each record above it."""
    mock.state["odd.tasks"] = [{"task_id": 1, "title": "A"}]
    mock.client.delete("/tasks/1/flag")
    absent = mock.client.get("/tasks/1/flag").status_code
    mock.client.put("/tasks/1/flag", json={"color": "red"})

    assert absent == 404
    assert mock.client.get("/tasks/1/flag").json() == {"color": "red"}
    assert mock.client.delete("/tasks/1/flag").status_code == 204
    assert mock.client.delete("/tasks/1/flag").status_code == 404


def test_a_list_of_keys_has_the_keys(mock: Mock) -> None:
    """Clients choose them, by PUT."""
    mock.state["odd.tags"] = []
    mock.client.put("/tags/red", json={"tag": "red", "color": "#f00"})
    mock.client.put("/tags/blue", json={"tag": "ignored"})

    assert mock.client.get("/tags").json() == {"tags": ["red", "blue"]}
    assert mock.client.delete("/tags/red").status_code == 204
    assert mock.client.get("/tags").json() == {"tags": ["blue"]}


def test_what_was_sent_in_another_form_and_what_a_list_requires_is_made_once(mock: Mock) -> None:
    """A field of another type is generated; what only the list has stays the same from read to read."""
    made = mock.client.post("/codes", json={"code": "c1", "owner": "ann"})
    taken = mock.client.post("/codes", json={"code": "c1", "owner": "ann"})
    listed = [each for each in mock.client.get("/codes").json() if each["code"] == "c1"]

    assert made.status_code == 200
    assert set(made.json()["owner"]) == {"login"}
    assert (taken.status_code, taken.json()["detail"]) == (409, "code c1 exists already.")
    assert set(listed[0]) == {"code", "size"}
    assert listed == [each for each in mock.client.get("/codes").json() if each["code"] == "c1"]
    assert "ran" in mock.client.post("/codes/c1").json()
