"""Requests of the journal, sent once more."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.runtime.message import BODY_KEPT
from tests.control.steps import LIST, errors

Json = dict[str, Any]
NEW = {"title": "New", "external_id": "new"}


def replay(control: httpx.Client, number: int, target: Json | None = None, **query: Any) -> Json:
    answer = control.post(f"/journal/{number}/replay", params=query, json=target)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def test_a_replay_gives_the_same_answer_and_leaves_nothing_behind(
    control: httpx.Client, workshop: httpx.Client
) -> None:
    """Whatever has happened since; the fork in which it is sent is forgotten."""
    workshop.post("/v1/lists", json=NEW)
    workshop.delete(f"/v1/lists/{LIST}")
    before = control.get("/export").json()
    told = replay(control, 1)

    assert (told["same"], told["differences"], told["world"], told["number"]) == (True, [], None, None)
    assert told["original"] == told["replayed"]
    assert control.get("/export").json() == before
    assert control.get("/worlds").json()["total"] == 1
    assert control.get("/journal").json()["total"] == 2


def test_a_replay_in_a_fork_can_be_looked_at(control: httpx.Client, workshop: httpx.Client) -> None:
    """It begins before the request, and has it in its journal; ids are the same."""
    workshop.post("/v1/lists", json=NEW)
    told = replay(control, 1, {"fork": "then"})
    found = control.get("/compare?left=default&right=then").json()

    assert (told["world"], told["number"], told["same"]) == ("then", 1, True)
    assert found["collections"] == []
    assert found["ids"]["left"] == found["ids"]["right"]
    assert control.post("/journal/1/replay", json={"fork": "then"}).status_code == 409


def test_a_replay_in_the_world_as_it_stands(control: httpx.Client, workshop: httpx.Client) -> None:
    """It comes to something else there; the difference is told, and ids are not drawn twice afterwards."""
    workshop.post("/v1/lists", json=NEW)
    told = replay(control, 1, {"world": "default"})
    drawn = control.get("/export").json()["ids"]["drawn"]
    workshop.post("/v1/lists", json=NEW | {"external_id": "newer"})
    ids = [each["key"] for number in (1, 3) for each in control.get(f"/journal/{number}").json()["changes"]["records"]]

    assert (told["world"], told["number"], told["same"]) == ("default", 2, False)
    assert told["differences"][0] == {"where": "status", "pointer": "", "original": 201, "replayed": 409}
    assert [each["pointer"] for each in told["differences"] if each["where"] == "body"] == ["/message", "/error"]
    assert drawn == 1
    assert len({*ids}) == len(ids) == 2


def test_the_clock_says_what_it_said(control: httpx.Client, server: MockServer) -> None:
    """Also in a world whose clock runs, which goes on running behind the replay."""
    headers = {"Authorization": f"Bearer {server.credential('audience')}"}
    body = {"email": "new@example.com", "firstName": "New", "listId": "clx_list_newsletter_id"}
    httpx.post(f"{server.url}/api/v1/contacts", json=body, headers=headers)
    read_at = control.get("/journal/1").json()["changes"]["clock"]["readAt"]
    control.post("/clock/advance", json={"seconds": 86400})
    told = replay(control, 1, {"fork": "then"})
    again = control.get("/journal/1?world=then").json()["changes"]

    assert told["same"], told["differences"]
    assert read_at is not None
    assert again["clock"]["readAt"] == read_at
    assert again["records"] == control.get("/journal/1").json()["changes"]["records"]
    assert again["clock"]["before"] == {"frozenAt": None, "offset": 0}
    assert not control.get("/clock?world=then").json()["frozen"]


def test_links_lead_where_they_led(control: httpx.Client, server: MockServer) -> None:
    """Below the base URL that the request came by."""
    headers = {"Authorization": f"Bearer {server.credential('workshop')}"}
    httpx.get(f"{server.url}/_world/t1/v1/lists?limit=1", headers=headers)
    told = replay(control, 1, world="t1")

    assert told["same"], told["differences"]
    assert "/_world/t1/v1/lists" in told["replayed"]["response"]["body"]


RULES: dict[str, tuple[Json, int | None]] = {
    "the second is answered otherwise": ({"nth": 2, "reply": {"kind": "respond", "status": 503, "body": "no"}}, 503),
    "the second is cut": ({"nth": 2, "damage": {"kind": "malformed"}}, 200),
    "the second is hung up on": ({"nth": 2, "damage": {"kind": "close"}}, None),
    "the second is slow": ({"nth": 2, "delay": {"kind": "fixed", "seconds": 0.3}}, 200),
    "one may pass": ({"rateLimit": {"requests": 1, "seconds": 60}}, 429),
    "chance": ({"probability": 0.5, "reply": {"kind": "respond", "status": 503}}, -1),
}


@pytest.mark.parametrize(("rule", "status"), RULES.values(), ids=RULES)
def test_fault_rules_do_to_it_what_they_did(
    control: httpx.Client, workshop: httpx.Client, rule: Json, status: int | None
) -> None:
    """They count as they had counted then; the rule may be gone by now, and nobody waits."""
    control.post("/faults", json={"id": "rule", **rule})
    for _ in range(3):
        try:
            workshop.get("/v1/lists?limit=1")
        except httpx.TransportError:
            assert status is None
    control.delete("/faults")
    told = [replay(control, number) for number in (1, 2, 3)]

    assert all(each["same"] for each in told), told
    assert status in (-1, told[1]["original"]["status"])


def test_a_body_that_is_not_kept_whole_is_not_sent_again(control: httpx.Client, workshop: httpx.Client) -> None:
    """Half of it would be another request."""
    workshop.post("/v1/lists", json=NEW | {"title": "x" * BODY_KEPT})
    answer = control.post("/journal/1/replay")

    assert answer.status_code == 409
    assert "16384 of the" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "coding"),
    [
        (gzip.compress(b'{"title": "New", "external_id": "new"}'), "gzip"),
        (b"no gzip at all", "gzip"),
        (b"anything", "nope"),
        (b"", "gzip"),
    ],
)
def test_a_body_is_decoded_once(control: httpx.Client, workshop: httpx.Client, content: bytes, coding: str) -> None:
    """The journal keeps it decoded, unless that could not be done."""
    headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
    workshop.post("/v1/lists", content=content, headers=headers)

    assert replay(control, 1)["same"]


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PURGE"])
def test_other_methods_are_sent_again_too(control: httpx.Client, workshop: httpx.Client, method: str) -> None:
    """With whatever they are answered."""
    workshop.request(method, "/v1/lists?limit=1", headers={"Origin": "https://page.example"})

    assert replay(control, 1)["same"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/journal/99/replay", None, 404),
        ("/journal/1/replay?world=t9", None, 404),
        ("/journal/1/replay", {"world": "t9"}, 404),
        ("/journal/1/replay", {"world": "default", "fork": "t1"}, 400),
        ("/journal/1/replay", {"fork": "a b"}, 400),
        ("/journal/1/replay", {"more": 1}, 400),
        ("/journal/0/replay", None, 400),
    ],
)
def test_what_cannot_be_sent_again(
    control: httpx.Client, workshop: httpx.Client, path: str, body: Json | None, status: int
) -> None:
    """And nothing was sent."""
    workshop.get("/v1/lists")
    answer = control.post(path, json=body)

    assert answer.status_code == status
    assert (status == 400) == (errors(answer) != {})
    assert control.get("/journal").json()["total"] == 1


def test_a_replay_that_is_forgotten_is_seen_by_nobody(
    server: MockServer, control: httpx.Client, workshop: httpx.Client
) -> None:
    """Neither in the log nor by contract coverage; one that is kept is."""
    workshop.get("/v1/lists")
    seen: list[str] = []
    server.observe(lambda exchange: seen.append(exchange.world))
    replay(control, 1)
    replay(control, 1, {"fork": "t1"})

    assert seen == ["t1"]
