"""The journal as the world's history: what each request changed, worlds as they stood, and what became of them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import LIST, errors, titles

Json = dict[str, Any]
NEW = {"title": "New", "external_id": "new"}


@pytest.fixture
def asked(workshop: httpx.Client) -> str:
    """A page, a new list, a new title, one list gone, a refusal: five requests. Answers the id of the new list."""
    workshop.get("/v1/lists")
    workshop.post("/v1/lists", json=NEW)
    found = workshop.get("/v1/lists?limit=100", headers={"X-Mock-World": "elsewhere"}).json()
    assert "new" not in [each["external_id"] for each in found["data"]]
    made: str = next(each for each in workshop.get("/v1/lists?limit=100").json()["data"] if each["title"] == "New")[
        "id"
    ]
    workshop.patch(f"/v1/lists/{made}", json={"title": "Newer"})
    workshop.delete(f"/v1/lists/{LIST}")
    return made


def retitle(control: httpx.Client, world: str, list_: str, title: str) -> None:
    answer = control.patch("/state", params={"world": world}, json={"workshop.lists": {list_: {"title": title}}})
    assert answer.status_code == 200


def changes(control: httpx.Client, number: int) -> Json:
    found: Json = control.get(f"/journal/{number}").json()["changes"]
    return found


def test_an_entry_says_what_its_request_changed(control: httpx.Client, asked: str) -> None:
    """Records before and after, by collection and key, and the ids that were drawn; a page changed nothing."""
    read, created, renamed = (changes(control, number) for number in (1, 2, 4))

    assert (read["records"], read["ids"]["before"]) == ([], read["ids"]["after"])
    assert [(each["collection"], each["key"], each["change"]) for each in created["records"]] == [
        ("workshop.lists", asked, "added")
    ]
    assert created["records"][0]["before"] is None
    assert created["records"][0]["after"]["title"] == "New"
    assert created["ids"]["after"]["drawn"] == created["ids"]["before"]["drawn"] + 1
    assert [renamed["records"][0][side]["title"] for side in ("before", "after")] == ["New", "Newer"]


def test_a_deletion_says_all_that_went_with_it(control: httpx.Client, asked: str) -> None:
    """A list takes its memberships along."""
    gone = changes(control, 5)["records"]

    assert {each["change"] for each in gone} == {"gone"}
    assert {each["collection"] for each in gone} == {"workshop.lists", "workshop.memberships"}
    assert all(each["after"] is None for each in gone)


def test_a_page_of_the_journal_counts_what_was_changed(control: httpx.Client, asked: str) -> None:
    """So that a reader finds the requests that wrote."""
    entries = control.get("/journal").json()["entries"]
    counts = {each["number"]: each["changed"] for each in entries}

    assert (counts[1], counts[2], counts[3], counts[4]) == (0, 1, 0, 1)
    assert counts[5] == len(changes(control, 5)["records"])


def test_an_entry_says_which_rules_counted_it_and_what_the_clock_said(
    control: httpx.Client, workshop: httpx.Client
) -> None:
    """As far as it was asked."""
    control.post("/faults", json={"id": "third", "nth": 3, "reply": {"kind": "respond", "status": 503}})
    control.post("/clock/freeze", json={"at": "2026-04-22T10:00:00Z"})
    for _ in range(3):
        workshop.get("/v1/lists")
    told = changes(control, 3)

    assert told["counted"] == [
        {"id": "third", "before": {"met": 2, "fired": 0}, "after": {"met": 3, "fired": 1}},
    ]
    assert told["clock"]["before"]["frozenAt"] == "2026-04-22T10:00:00Z"


@pytest.mark.parametrize(("at", "expected"), [("before", "New"), ("after", "Newer"), (None, "New")])
def test_a_world_begins_as_another_stood_at_an_entry(
    control: httpx.Client, server: MockServer, asked: str, at: str | None, expected: str
) -> None:
    """Before its request or after it, whatever happened since; a reset leads back there."""
    source = {"world": "default", "entry": 4} | ({} if at is None else {"at": at})
    retitle(control, "default", asked, "Since")
    answer = control.post("/worlds", json={"name": "then", "from": source})
    found = titles(server, "then")
    retitle(control, "then", asked, "Changed")
    control.post("/worlds/then/reset")

    assert answer.status_code == 201
    assert found[asked] == expected
    assert titles(server, "then") == found


FORGET = {
    "restored": lambda control: control.post("/snapshots/begun/restore"),
    "imported": lambda control: control.post("/import", json=control.get("/export?world=begun").json()),
    "replaced": lambda control: control.put("/state", json={"workshop.memberships": []}),
    "frozen": lambda control: control.post("/clock/freeze", json={"at": "2030-01-01T00:00:00Z"}),
}


@pytest.mark.parametrize("act", FORGET.values(), ids=FORGET)
def test_what_is_done_to_a_world_leaves_its_history_alone(
    control: httpx.Client, server: MockServer, asked: str, act: Any
) -> None:
    """A world that was restored, imported or changed by hand still forks at every entry that it keeps."""
    control.post("/worlds", json={"name": "begun"})
    control.post("/snapshots", json={"name": "begun"})
    control.post("/worlds", json={"name": "before", "from": {"world": "default", "entry": 4}})
    act(control)
    control.post("/worlds", json={"name": "again", "from": {"world": "default", "entry": 4}})

    assert control.get("/compare", params={"left": "before", "right": "again"}).json()["same"]
    assert titles(server, "again")[asked] == "New"


@pytest.mark.parametrize(
    ("source", "status", "said"),
    [
        ({"world": "default", "entry": 99}, 404, "no entry 99; it keeps 1 to 5"),
        ({"world": "elsewhere", "entry": 2}, 404, "no entry 2"),
        ({"world": "t9", "entry": 1}, 404, "No world is called 't9'"),
        ({"entry": 1}, 400, "/from"),
        ({"world": "default", "at": "after"}, 400, "/from"),
        ({"world": "default", "snapshot": "begun"}, 400, "/from"),
        ({"world": "default", "entry": 1, "snapshot": "begun"}, 400, "/from"),
        ({"world": "default", "entry": 0}, 400, "/from/entry"),
        ({"world": "default", "entry": 1, "at": "once"}, 400, "/from/at"),
    ],
)
def test_what_no_world_can_begin_from(control: httpx.Client, asked: str, source: Json, status: int, said: str) -> None:
    """An entry that is not kept is not found, and what is kept is said."""
    answer = control.post("/worlds", json={"name": "then", "from": source})

    assert answer.status_code == status
    assert said in answer.text
    assert control.get("/worlds/then").status_code == 404


def test_a_reset_forgets_the_entries(control: httpx.Client, asked: str) -> None:
    """They count from 1 again, and there is nothing to go back to."""
    control.post("/worlds/default/reset")
    answer = control.post("/worlds", json={"name": "then", "from": {"world": "default", "entry": 1}})

    assert answer.status_code == 404
    assert "but is empty" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"touched": "workshop.lists"}, [5, 4, 2]),
        ({"touched": f"workshop.lists/{LIST}"}, [5]),
        ({"touched": "workshop.lists/nope"}, []),
        ({"touched": "crm.lists"}, []),
        ({"touched": "workshop.lists", "limit": 1}, [5]),
        ({"text": "newER"}, [4]),
        ({"text": "limit="}, [3]),
        ({"text": "successfully", "method": "POST"}, [2]),
        ({"text": "nowhere"}, []),
    ],
)
def test_entries_are_found_by_what_they_touched_and_hold(
    control: httpx.Client, asked: str, filters: Json, expected: list[int]
) -> None:
    """Before their number is limited."""
    entries = control.get("/journal", params=filters).json()["entries"]

    assert [each["number"] for each in entries] == expected


def test_the_next_page_asks_for_the_same(control: httpx.Client, server: MockServer, asked: str) -> None:
    """Whatever stands in the filters."""
    page = control.get("/journal", params={"touched": "workshop.lists", "text": "/v1/", "limit": 1}).json()
    following = control.get(f"{server.url}{page['next']}").json()

    assert [each["number"] for each in following["entries"]] == [4]


def test_what_no_collection_is_called_touches_nothing_unnoticed(control: httpx.Client) -> None:
    """A slip is told, with what is near."""
    answer = control.get("/journal?touched=workshop.list/x")

    assert answer.status_code == 404
    assert "workshop.lists" in answer.json()["detail"]


def compare(control: httpx.Client, left: str, right: str, **more: Any) -> Json:
    answer = control.get("/compare", params={"left": left, "right": right, **more})
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_worlds_are_compared_field_by_field(control: httpx.Client, asked: str) -> None:
    """What was added, is gone and was changed since an entry."""
    control.patch("/state", json={"workshop.contacts": {}})
    found = compare(control, "default@1", "default")
    lists = next(each for each in found["collections"] if each["name"] == "workshop.lists")

    assert not found["same"]
    assert (lists["added"], lists["gone"], lists["changed"]) == (1, 1, 0)
    assert found["patch"]["workshop.lists"] == {
        LIST: None,
        asked: lists["records"][0]["after"] or lists["records"][1]["after"],
    }
    assert found["ids"]["right"]["drawn"] == found["ids"]["left"]["drawn"] + 1


def test_a_changed_record_says_where(control: httpx.Client, asked: str) -> None:
    """With the value before and after, and as a merge patch that does the same."""
    found = compare(control, "default@4", "default@4:after")
    [lists] = found["collections"]
    [record] = lists["records"]
    control.post("/worlds", json={"name": "t1", "from": {"world": "default", "entry": 4}})
    control.patch("/state?world=t1", json=found["patch"])

    assert record["fields"] == [{"pointer": "/title", "before": "New", "after": "Newer"}]
    assert found["patch"] == {"workshop.lists": {asked: {"title": "Newer"}}}
    assert compare(control, "t1", "default@4:after")["collections"] == []


def test_what_a_merge_patch_cannot_say_is_told(control: httpx.Client) -> None:
    """It can take a member away, but not make it null."""
    control.post("/snapshots", json={"name": "begun"})
    control.patch("/state", json={"workshop.lists": {LIST: {"email_address": "a@b.example"}}})
    state = control.get("/state/workshop.lists?limit=1000").json()["records"]
    control.post("/worlds", json={"name": "t1", "from": {"world": "default"}})
    lists = [{**each, "email_address": None} if each["id"] == LIST else each for each in state]
    control.put("/state?world=t1", json={"workshop.lists": lists})

    assert compare(control, "default", "t1")["unpatched"] == [{"collection": "workshop.lists", "key": LIST}]
    assert compare(control, "snapshot:begun", "default")["unpatched"] == []


def test_the_same_is_the_same_down_to_the_ids(control: httpx.Client, workshop: httpx.Client) -> None:
    """A world and what it was forked from; not once either of them has drawn an id, or moved its clock."""
    control.post("/worlds", json={"name": "t1", "from": {"world": "default"}})
    alike = compare(control, "default", "t1")
    control.post("/clock/advance?world=t1", json={"seconds": 60})
    control.post("/faults?world=t1", json={"id": "slow", "delay": {"kind": "fixed", "seconds": 0}})
    apart = compare(control, "default", "t1")

    assert (alike["same"], alike["collections"], alike["patch"]) == (True, [], {})
    assert (apart["same"], apart["collections"]) == (False, [])
    assert apart["clock"]["right"]["offset"] == 60
    assert apart["faults"] == {"left": [], "right": ["slow"]}


def test_as_many_records_are_listed_as_are_asked_for(control: httpx.Client) -> None:
    """All are counted."""
    control.post("/worlds", json={"name": "t1"})
    control.put("/state?world=t1", json={"workshop.memberships": []})
    [found] = compare(control, "default", "t1", limit=2)["collections"]

    assert len(found["records"]) == 2
    assert found["gone"] == 2 + found["more"] > 2


@pytest.mark.parametrize(
    ("left", "status"),
    [("t9", 404), ("default@99", 404), ("snapshot:nope", 404), ("default@", 400), ("default@1:now", 400), ("a b", 400)],
)
def test_what_cannot_be_compared(control: httpx.Client, left: str, status: int) -> None:
    """A moment that there is not, and what names none."""
    answer = control.get("/compare", params={"left": left, "right": "default"})

    assert answer.status_code == status
    assert (status == 404) == (errors(answer) == {})
