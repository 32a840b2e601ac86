"""Fault rules, as the control plane shows and changes them; what they do to requests is another test's matter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.admin import faults
from tests.control.steps import errors

Json = dict[str, Any]

RULES: list[Json] = [
    {"id": "a", "delay": {"kind": "fixed", "seconds": 0.5}},
    {"id": "b", "delay": {"kind": "uniform", "from": 0.1, "to": 0.25}},
    {"id": "c", "delay": {"kind": "lognormal", "median": 0.1, "sigma": 0.5}},
    {
        "id": "d",
        "match": {
            "api": "workshop",
            "operationId": "list_lists",
            "method": "GET",
            "path": "/v1/*",
            "headers": {"X-Run": "first"},
        },
        "nth": 3,
        "probability": 0.5,
        "times": 2,
        "reply": {"kind": "documented", "status": 401, "example": "unknown_key"},
    },
    {
        "id": "e",
        "rateLimit": {"requests": 10, "seconds": 60},
        "reply": {"kind": "tooManyRequests", "status": 503, "retryAfter": 1},
    },
    {
        "id": "f",
        "reply": {
            "kind": "respond",
            "status": 599,
            "headers": [{"name": "x-a", "value": "1"}],
            "body": {"a": [1, None]},
        },
    },
    {"id": "g", "damage": {"kind": "close"}},
    {"id": "h", "damage": {"kind": "reset"}},
    {"id": "i", "damage": {"kind": "truncate"}},
    {"id": "j", "damage": {"kind": "malformed"}},
    {"id": "k", "damage": {"kind": "drip", "bytesPerSecond": 10}, "delay": {"kind": "fixed", "seconds": 0.0}},
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["id"])
def test_add_and_read(control: httpx.Client, server: MockServer, rule: Json) -> None:
    """Every kind of rule is shown as it was given, with its counters at 0."""
    answer = control.post("/faults", json=rule)

    shown = {"world": "default", "rule": rule, "met": 0, "fired": 0}
    assert answer.status_code == 201
    assert answer.json() == shown
    assert control.get(f"{server.url}{answer.headers['location']}").json() == shown
    assert control.get(f"/faults/{rule['id']}").json() == shown


def test_list_in_order(control: httpx.Client) -> None:
    """Rules are listed in the order they are tried."""
    for rule in RULES:
        control.post("/faults", json=rule)

    assert [each["rule"] for each in control.get("/faults").json()["faults"]] == RULES


def test_counters(control: httpx.Client, workshop: httpx.Client) -> None:
    """A rule counts the requests it met and those it fired on; one added again begins anew."""
    rule = {"id": "a", "match": {"operationId": "list_lists"}, "nth": 2, "delay": {"kind": "fixed", "seconds": 0}}
    control.post("/faults", json=rule)
    for path in ("/v1/lists", "/v1/lists", "/v1/lists", "/v1/lists/nope"):
        workshop.get(path)

    counted = control.get("/faults/a").json()

    assert (counted["met"], counted["fired"]) == (3, 1)
    control.delete("/faults/a")
    assert control.post("/faults", json=rule).json()["met"] == 0


def test_ids_are_given(control: httpx.Client) -> None:
    """A rule without an id is given one that is free."""
    rule = {"damage": {"kind": "close"}, "match": {"path": "/nowhere"}}
    control.post("/faults", json={**rule, "id": "fault-2"})

    ids = [control.post("/faults", json=rule).json()["rule"]["id"] for _ in range(3)]

    assert ids == ["fault-3", "fault-4", "fault-5"]
    control.delete("/faults/fault-3")
    assert control.post("/faults", json=rule).json()["rule"]["id"] not in ("fault-2", "fault-4", "fault-5")


def test_a_rate_limit_alone_answers_429(control: httpx.Client) -> None:
    """What a rate limit does beyond the limit need not be said."""
    answer = control.post("/faults", json={"rateLimit": {"requests": 1, "seconds": 1}})

    assert answer.json()["rule"]["reply"] == {"kind": "tooManyRequests"}


def test_values_of_one_header_are_joined(control: httpx.Client) -> None:
    """A header given twice is one list of values, as HTTP has it."""
    headers = [{"name": "X-A", "value": "1"}, {"name": "x-a", "value": "2"}, {"name": "x-b", "value": "3"}]

    answer = control.post("/faults", json={"reply": {"kind": "respond", "status": 200, "headers": headers}})

    assert answer.json()["rule"]["reply"]["headers"] == [
        {"name": "x-a", "value": "1, 2"},
        {"name": "x-b", "value": "3"},
    ]


def test_delete(control: httpx.Client) -> None:
    """A deleted rule is gone, and so are all after clearing."""
    for rule in RULES[:3]:
        control.post("/faults", json=rule)

    assert control.delete("/faults/b").status_code == 204
    assert [each["rule"]["id"] for each in control.get("/faults").json()["faults"]] == ["a", "c"]
    assert control.delete("/faults").status_code == 204
    assert control.get("/faults").json() == {"world": "default", "faults": []}


def test_rules_are_a_worlds_own(control: httpx.Client) -> None:
    """A rule of one world is none of another, but a fork takes it along."""
    control.post("/worlds", json={"name": "t1"})
    control.post("/faults?world=t1", json=RULES[0])
    control.post("/worlds", json={"name": "t2", "from": {"world": "t1"}})

    assert [len(control.get(f"/faults?world={name}").json()["faults"]) for name in ("default", "t1", "t2")] == [0, 1, 1]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/faults/none", None, 404, "no fault rule called 'none'"),
        ("DELETE", "/faults/none", None, 404, "no fault rule called 'none'"),
        ("GET", "/faults?world=t9", None, 404, "No world is called 't9'"),
        ("POST", "/faults", RULES[0], 409, "called 'a' exists already"),
    ],
)
def test_refusals(control: httpx.Client, method: str, path: str, body: Json | None, status: int, words: str) -> None:
    """What is not there, or is there already, is refused with the reason."""
    control.post("/faults", json=RULES[0])

    answer = control.request(method, path, json=body)

    assert answer.status_code == status
    assert errors(answer) == {}
    assert words in answer.json()["detail"]


def test_a_misspelt_name_is_refused(control: httpx.Client) -> None:
    """A rule for what is not served would never fire; both names are said to be wrong at once."""
    answer = control.post(
        "/faults", json={"match": {"api": "workshops", "operationId": "list_list"}, "damage": {"kind": "close"}}
    )

    assert answer.status_code == 409
    assert set(errors(answer)) == {"body /match/api", "body /match/operationId"}


def test_rules_are_bounded(control: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world keeps so many rules and no more."""
    monkeypatch.setattr(faults, "FAULTS", replace(faults.FAULTS, most=2))
    for rule in RULES[:2]:
        control.post("/faults", json=rule)

    answer = control.post("/faults", json=RULES[2])

    assert answer.status_code == 409
    assert "at most 2 fault rules" in answer.json()["detail"]


def test_a_rule_that_does_nothing_is_told_what_it_can_do(control: httpx.Client) -> None:
    """A rule without an action is refused, and every action it could have is named."""
    answer = control.post("/faults", json={"match": {"method": "GET"}})

    assert answer.status_code == 400
    assert errors(answer) == {"body": "must have at least one of delay, reply, damage, rateLimit"}


@pytest.mark.parametrize(
    ("rule", "places"),
    [
        ({}, {"body"}),
        ({"id": "x"}, {"body"}),
        ({"delay": {"kind": "fixed", "seconds": 61}}, {"body /delay/seconds"}),
        ({"delay": {"kind": "never"}}, {"body /delay/kind"}),
        ({"delay": {"seconds": 1}}, {"body /delay/kind"}),
        ({"delay": 5}, {"body /delay"}),
        (
            {"delay": {"kind": "uniform", "from": -1}, "reply": {"kind": "documented", "status": 999, "body": 1}},
            {"body /delay/from", "body /delay/to", "body /reply/status", "body /reply/body"},
        ),
        ({"damage": {"kind": "explode"}}, {"body /damage/kind"}),
        ({"reply": {"kind": "respond", "status": 100}}, {"body /reply/status"}),
        (
            {"reply": {"kind": "respond", "status": 200, "headers": [{"name": "a b", "value": "c\r\nd: e"}]}},
            {"body /reply/headers/0/name", "body /reply/headers/0/value"},
        ),
        (
            {"id": "a b", "nth": 0, "probability": 2, "times": 0, "more": 1, "damage": {"kind": "close"}},
            {"body /id", "body /nth", "body /probability", "body /times", "body /more"},
        ),
        (
            {"match": {"method": "get", "path": 5, "more": 1}, "damage": {"kind": "close"}},
            {"body /match/method", "body /match/path", "body /match/more"},
        ),
        (
            {"rateLimit": {"requests": 0, "seconds": 0}},
            {"body /rateLimit/requests", "body /rateLimit/seconds"},
        ),
    ],
)
def test_invalid_rules(control: httpx.Client, rule: Json, places: set[str]) -> None:
    """Whatever is wrong with a rule is listed, all at once."""
    answer = control.post("/faults", json=rule)

    assert answer.status_code == 400
    assert set(errors(answer)) == places
