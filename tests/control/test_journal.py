"""The journal, as the control plane shows it."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.runtime import dataplane
from mockserver.runtime.message import BODY_KEPT
from mockserver.world.journal import BUDGET_BYTES, ENTRIES, JOURNAL_BYTES
from tests.control.steps import LIST, errors

Json = dict[str, Any]


@pytest.fixture
def asked(workshop: httpx.Client) -> None:
    """Six requests, numbered from 1: a page, a list, one unknown, one refused, a new list, a page of another API."""
    workshop.get("/v1/lists?limit=1")
    workshop.get(f"/v1/lists/{LIST}")
    workshop.get("/v1/lists/nope")
    workshop.get("/v1/lists?limit=x&cursor=y")
    workshop.post("/v1/lists", json={"title": "New", "external_id": "new"})
    workshop.get("/contacts/lists")


def numbers(control: httpx.Client, **filters: str | int) -> list[int]:
    return [each["number"] for each in control.get("/journal", params=filters).json()["entries"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, [6, 5, 4, 3, 2, 1]),
        ({"api": "workshop"}, [5, 4, 3, 2, 1]),
        ({"operationId": "get_list", "api": "workshop"}, [3, 2]),
        ({"method": "POST"}, [5]),
        ({"path": "/v1/lists"}, [5, 4, 1]),
        ({"path": "/v1/*/n?pe"}, [3]),
        ({"status": "200"}, [6, 2, 1]),
        ({"status": "4XX"}, [4, 3]),
        ({"violations": "true"}, [4]),
        ({"violations": "false", "after": 4}, [6, 5]),
        ({"before": 3}, [2, 1]),
        ({"after": 1, "before": 4}, [3, 2]),
        ({"since": "1969-12-31T00:00:00Z"}, [6, 5, 4, 3, 2, 1]),
        ({"since": "0000-01-01T00:00:00Z"}, [6, 5, 4, 3, 2, 1]),
        ({"since": "2999-01-01T00:00:00Z"}, []),
        ({"since": "9999-12-31T23:59:60Z"}, []),
        ({"api": "nope"}, []),
        ({"limit": 2}, [6, 5]),
    ],
)
def test_filters(control: httpx.Client, asked: None, filters: Json, expected: list[int]) -> None:
    """Entries come latest first, those only that pass every filter."""
    assert numbers(control, **filters) == expected


def test_since_is_by_the_real_clock(
    control: httpx.Client, workshop: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked earlier than a time is left out, whatever the world's clock says."""
    control.post("/clock/freeze", json={"at": "2001-01-01T00:00:00Z"})
    noon = datetime(2026, 4, 22, 12, tzinfo=UTC)
    machine = iter([noon.timestamp(), noon.timestamp() + 2])
    monkeypatch.setattr(dataplane, "time", SimpleNamespace(time=lambda: next(machine), perf_counter=time.perf_counter))
    workshop.get("/v1/lists")
    workshop.get("/v1/lists")

    assert numbers(control, since=(noon + timedelta(seconds=1)).isoformat()) == [2]
    assert numbers(control, since=noon.isoformat()) == [2, 1]


def test_pages(control: httpx.Client, asked: None, server: MockServer) -> None:
    """Each page leads to the next one, filters and all, until there is none."""
    pages = [control.get("/journal?limit=2&api=workshop&violations=false&operationId=list_lists").json()]
    assert pages[0]["next"] is None
    pages = [control.get("/journal?limit=2&api=workshop").json()]
    while pages[-1]["next"]:
        pages.append(control.get(f"{server.url}{pages[-1]['next']}").json())

    assert [[each["number"] for each in page["entries"]] for page in pages] == [[5, 4], [3, 2], [1]]


def test_next_keeps_the_filters(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """The URL of the next page repeats every filter that was given."""
    for _ in range(3):
        workshop.get("/v1/lists?limit=x", headers={"X-Mock-World": "t 1".replace(" ", "-")})
    filters = "world=t-1&violations=true&operationId=list_lists&status=4XX&path=/v1/*&since=2001-01-01T00:00:00%2B01:00"

    page = control.get(f"/journal?limit=1&method=GET&{filters}").json()
    following = control.get(f"{server.url}{page['next']}").json()

    assert [each["number"] for each in following["entries"]] == [2]
    assert following["world"] == "t-1"
    assert "violations=true" in page["next"]
    assert "since=2001-01-01T00%3A00%3A00%2B01%3A00" in page["next"]


def test_limits_are_said(control: httpx.Client, asked: None) -> None:
    """The journal says what it keeps at most, and how much has come."""
    journal = control.get("/journal").json()

    assert journal["limits"] == {
        "entries": ENTRIES,
        "bytes": JOURNAL_BYTES,
        "allBytes": BUDGET_BYTES,
        "bodyBytes": BODY_KEPT,
    }
    assert (journal["kept"], journal["total"]) == (6, 6)


def test_the_documented_limits_are_the_real_ones(control: httpx.Client) -> None:
    """The document's words about limits are true."""
    words = control.get("/openapi.json").json()["info"]["description"]

    assert f"latest {ENTRIES:,} exchanges or {JOURNAL_BYTES >> 20} MiB" in words
    assert f"all journals together {BUDGET_BYTES >> 20} MiB" in words
    assert f"{BODY_KEPT >> 10} KiB of each body" in words.replace("\n", " ")


def test_an_entry_whole(control: httpx.Client, asked: None) -> None:
    """Request and response are as they were sent, and the summary is as in the listing."""
    entry = control.get("/journal/5").json()

    summary = control.get("/journal?before=6&limit=1").json()["entries"][0]
    assert {name: entry[name] for name in summary} == summary
    assert (summary["method"], summary["target"], summary["status"]) == ("POST", "/v1/lists", 201)
    assert (summary["api"], summary["operationId"]) == ("workshop", "create_list")
    assert (summary["answeredBy"], summary["faults"], summary["breach"]) == ("handler", [], False)
    assert 0 < summary["milliseconds"] < 10_000
    assert entry["world"] == "default"
    request, response = entry["request"], entry["response"]
    assert request["body"] == '{"title":"New","external_id":"new"}'
    assert (request["encoding"], request["bytes"], request["cut"]) == ("utf-8", 35, False)
    assert {"name": "authorization", "value": "Bearer wk_demo_api"} in request["headers"]
    assert response["body"] == '{"message":"List created successfully"}'
    assert {"name": "content-type", "value": "application/json"} in response["headers"]


def test_a_long_body_is_cut(control: httpx.Client, workshop: httpx.Client) -> None:
    """Of a long body the beginning is kept, to the last whole character, and how long it was."""
    body = '"' + "é" * BODY_KEPT + '"'

    workshop.post("/v1/lists", content=body.encode(), headers={"Content-Type": "application/json"})

    request = control.get("/journal/1").json()["request"]
    assert request["cut"] is True
    assert request["bytes"] == len(body.encode())
    assert request["body"] == body[: BODY_KEPT // 2]


def test_a_body_that_is_no_text(control: httpx.Client, workshop: httpx.Client) -> None:
    """Bytes that are no UTF-8 are shown in base64."""
    workshop.post("/v1/lists", content=b"\xff\xfe", headers={"Content-Type": "application/json"})

    request = control.get("/journal/1").json()["request"]
    assert (request["body"], request["encoding"]) == ("//4=", "base64")


def test_clear(control: httpx.Client, asked: None, workshop: httpx.Client) -> None:
    """A cleared journal is empty, and numbers begin again."""
    assert control.delete("/journal").status_code == 204
    assert control.get("/journal").json()["total"] == 0
    workshop.get("/v1/lists")
    assert numbers(control) == [1]


def test_worlds_have_journals_of_their_own(control: httpx.Client, workshop: httpx.Client) -> None:
    """A request is in the journal of the world it named, with the target below that world's base URL."""
    workshop.get("/_world/t1/v1/lists?limit=1")
    workshop.get("/v1/lists", headers={"X-Mock-World": "t2"})

    assert [control.get(f"/journal?world={world}").json()["total"] for world in ("default", "t1", "t2")] == [0, 1, 1]
    assert control.get("/journal/1?world=t1").json()["target"] == "/v1/lists?limit=1"


def test_requests_of_the_control_plane_are_not_journalled(control: httpx.Client) -> None:
    """Looking changes nothing."""
    control.get("/worlds")

    assert control.get("/journal").json()["total"] == 0


@pytest.mark.parametrize("path", ["/journal/7", "/journal/1?world=t9", "/journal?world=t9"])
def test_not_found(control: httpx.Client, asked: None, path: str) -> None:
    """An entry or a world that is not there is refused."""
    answer = control.get(path)

    assert answer.status_code == 404
    assert errors(answer) == {}


@pytest.mark.parametrize(
    ("without", "numbers"),
    [
        (["status:4XX"], [1]),
        (["status:2XX"], [3, 2]),
        (["operationId:create_list"], [3, 1]),
        (["method:GET"], [2]),
        (["path:*/lists"], [3]),
        (["violations"], [3, 1]),
        (["text:title", "operationId:list_lists"], [3]),
        (["rule:slow"], [3, 2]),
        (["touched:workshop.lists"], [3, 2, 1]),
        (["status:201:"], [3, 2, 1]),
    ],
)
def test_what_is_not_wanted_is_left_out(
    control: httpx.Client, workshop: httpx.Client, without: list[str], numbers: list[int]
) -> None:
    """Every entry of which one of the conditions is true; the following page leaves it out, too."""
    rule = {"id": "slow", "match": {"operationId": "list_lists"}, "delay": {"kind": "fixed", "seconds": 0}}
    control.post("/faults", json=rule).raise_for_status()
    workshop.get("/v1/lists")
    workshop.post("/v1/lists", json={"title": "x"})
    workshop.get("/v1/lists/none")

    found: list[dict[str, Any]] = []
    page = control.get("/journal", params={"without": without, "limit": 1}).json()
    found += page["entries"]
    while page["next"]:
        page = control.get(page["next"].removeprefix("/_mock")).json()
        found += page["entries"]

    assert [each["number"] for each in found] == numbers
    assert [each["number"] for each in control.get("/journal?rule=slow").json()["entries"]] == [1]


@pytest.mark.parametrize(("without", "status"), [("bogus:1", 400), ("status", 400), ("touched:no.such", 404)])
def test_what_cannot_be_left_out(control: httpx.Client, without: str, status: int) -> None:
    """A condition that no filter has, or a collection that nothing keeps, would leave nothing out unnoticed."""
    assert control.get("/journal", params={"without": without}).status_code == status


def test_an_entry_tells_the_time_of_its_world(control: httpx.Client, workshop: httpx.Client) -> None:
    """As the clock was set when the request came, beside the real time."""
    workshop.get("/v1/lists")
    control.post("/clock/freeze", json={"at": "2031-04-22T12:00:00Z"})
    workshop.get("/v1/lists")
    workshop.get("/nothing/here")
    control.post("/clock/resume")

    entries = control.get("/journal").json()["entries"]
    assert [each["worldAt"] for each in entries[:2]] == ["2031-04-22T12:00:00Z"] * 2
    assert entries[2]["worldAt"] == entries[2]["at"]
