"""The journal as a stream of events: what comes, when it ends, and what it never costs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.admin.service import Service
from mockserver.control import events
from mockserver.control.events import BACKLOG, ROWS, View
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.request import Request
from mockserver.world import World
from mockserver.world.journal import Journal
from tests.patience import PATIENCE

Event = tuple[str, str, Any]


class Stream:
    """The events of a stream, as they come; comments are ('', '', text)."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def __iter__(self) -> Iterator[Event]:
        fields: dict[str, str] = {}
        for line in self._lines:
            if line.startswith(":"):
                yield "", "", line[1:].strip()
            elif line:
                name, _, value = line.partition(": ")
                fields[name] = value
            elif fields:
                yield fields["id"], fields["event"], json.loads(fields["data"])
                fields = {}

    def next(self) -> Event:
        return next(iter(self))

    def entries(self) -> list[int]:
        """The numbers of the next batch."""
        return [each["number"] for each in next(data for _, kind, data in self if kind == "entries")["entries"]]


@contextmanager
def watching(control: httpx.Client, headers: dict[str, str] | None = None, **query: Any) -> Iterator[Stream]:
    with control.stream("GET", "/events", params=query, headers=headers) as answer:
        yield Stream(answer)


def test_what_is_asked_comes_as_it_comes(control: httpx.Client, workshop: httpx.Client) -> None:
    """First how the world stands, then each request, as a page of the journal has it."""
    workshop.get("/v1/lists")
    with watching(control) as stream:
        begun = stream.next()
        workshop.get("/v1/lists?limit=1")
        id_, kind, data = stream.next()
    [latest, _] = control.get("/journal").json()["entries"]

    assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert stream.answer.headers["cache-control"] == "no-store"
    assert (begun[1], begun[2]["name"], begun[2]["journal"]["total"]) == ("world", "default", 1)
    assert (kind, data) == ("entries", {"world": "default", "entries": [latest]})
    assert id_.endswith("-2")


def test_a_stream_can_begin_behind_an_entry(control: httpx.Client, workshop: httpx.Client) -> None:
    """Whoever has read the journal misses nothing that came since."""
    for _ in range(3):
        workshop.get("/v1/lists")
    with watching(control, after=1) as stream:
        numbers = stream.entries()

    assert numbers == [2, 3]


def test_a_stream_goes_on_behind_the_last_event(control: httpx.Client, workshop: httpx.Client) -> None:
    """As the browser's EventSource asks for it."""
    with watching(control) as stream:
        stream.next()
        workshop.get("/v1/lists")
        id_, _, _ = stream.next()
    workshop.get("/v1/lists")
    workshop.get("/v1/lists")
    with watching(control, {"Last-Event-ID": id_}) as stream:
        numbers = stream.entries()

    assert numbers == [2, 3]


def test_a_stream_can_begin_with_all_that_is_kept(control: httpx.Client, workshop: httpx.Client) -> None:
    """Behind the id that is before all events."""
    workshop.get("/v1/lists")
    with watching(control, {"Last-Event-ID": "0"}) as stream:
        _, kind, data = stream.next()

    assert (kind, [each["number"] for each in data["entries"]]) == ("entries", [1])


def test_the_id_of_another_server_begins_anew(control: httpx.Client, workshop: httpx.Client) -> None:
    """A client may reconnect to a server that has been restarted: it is told so, and misses nothing."""
    workshop.get("/v1/lists")
    with watching(control, {"Last-Event-ID": "7-41"}) as stream:
        _, kind, _ = stream.next()
        numbers = stream.entries()

    assert (kind, numbers) == ("cleared", [1])


def test_what_was_cleared_meanwhile_is_told(control: httpx.Client, workshop: httpx.Client) -> None:
    """Numbers begin at 1 again, and those there are come from there on."""
    with watching(control) as stream:
        stream.next()
        workshop.get("/v1/lists")
        id_, _, _ = stream.next()
    control.delete("/journal")
    workshop.get("/v1/lists")
    with watching(control, {"Last-Event-ID": id_}) as stream:
        cleared = stream.next()
        numbers = stream.entries()

    assert cleared[1:] == ("cleared", {"world": "default"})
    assert numbers == [1]


def test_what_is_done_to_the_world_is_told(control: httpx.Client) -> None:
    """Its clock, its rules; a request to the control plane that changes nothing is not."""
    with watching(control) as stream:
        stream.next()
        control.post("/clock/freeze", json={"at": "2026-04-22T10:00:00Z"})
        frozen = stream.next()
        control.get("/state")
        control.post("/faults", json={"delay": {"kind": "fixed", "seconds": 0}})
        ruled = stream.next()
        control.put("/state", json={"workshop.memberships": []})
        emptied = stream.next()

    assert [each[1] for each in (frozen, ruled, emptied)] == ["world"] * 3
    assert frozen[2]["clock"]["frozen"]
    assert (frozen[2]["faults"], ruled[2]["faults"]) == (0, 1)


def test_another_world_is_not_seen(control: httpx.Client, workshop: httpx.Client) -> None:
    """A stream is of one world, which the header may name."""
    control.post("/worlds", json={"name": "t1"})
    with watching(control, {"X-Mock-World": "t1"}) as stream:
        stream.next()
        workshop.get("/v1/lists")
        workshop.get("/v1/lists", headers={"X-Mock-World": "t1"})
        _, _, data = stream.next()

    assert (data["world"], len(data["entries"])) == ("t1", 1)


def test_a_stream_ends_with_its_world(control: httpx.Client) -> None:
    """One of the same name that comes later is another."""
    control.post("/worlds", json={"name": "t1"})
    with watching(control, world="t1") as stream:
        stream.next()
        control.delete("/worlds/t1")
        control.post("/worlds", json={"name": "t1"})
        rest = list(stream)

    assert [each[1:] for each in rest] == [("gone", {"world": "t1"})]


def test_a_server_that_stops_ends_its_streams() -> None:
    """At once, not when the grace of requests under way is over."""
    server = MockServer(["workshop"], shutdown_timeout=2 * PATIENCE).start()
    with httpx.stream("GET", f"{server.url}/_mock/events") as answer:
        stream = Stream(answer)
        stream.next()
        began = time.monotonic()
        server.stop()
        rest = list(stream)
    took = time.monotonic() - began

    assert (rest, took < PATIENCE) == ([], True)


def test_silence_is_broken_by_comments(control: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody between takes the connection for dead."""
    monkeypatch.setattr(events, "SILENCE", 1)
    with watching(control) as stream:
        stream.next()
        comment = stream.next()

    assert comment == ("", "", "nothing new")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("?world=t9", {}, 404),
        ("?world=a%20b", {}, 400),
        ("?after=-1", {}, 400),
        ("?more=1", {}, 400),
        *(("", {"Last-Event-ID": each}, 400) for each in ("x", "7", "1-", "-1-1", "1-2-3", "")),
    ],
)
def test_what_is_no_stream(control: httpx.Client, query: str, headers: dict[str, str], status: int) -> None:
    """Refused as everything else."""
    answer = control.get(f"/events{query}", headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_head_of_a_stream(control: httpx.Client) -> None:
    """It has no body, and so it ends."""
    answer = control.head("/events")

    assert (answer.status_code, answer.content) == (200, b"")
    assert control.post("/events").status_code == 405


def test_a_stream_asks_for_the_token() -> None:
    """As the rest of the control plane."""
    with MockServer(["workshop"], control_token="secret") as server:
        refused = httpx.get(f"{server.url}/_mock/events")
        with httpx.stream("GET", f"{server.url}/_mock/events", headers={"X-Mock-Token": "secret"}) as answer:
            kind = Stream(answer).next()[1]

    assert (refused.status_code, kind) == (401, "world")


def view(server: MockServer, world: World, **query: int) -> View:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return View(Service.of(server.app), world, Request("GET", "/_mock/events", asked.encode(), []))


def seen(view: View) -> list[tuple[str, Any]]:
    """What the view tells now: kinds with the first and last numbers, or the count of what was left out."""
    told = []
    for event in view.news():
        _, kind, data = (line.partition(": ")[2] for line in event.decode().strip().split("\n"))
        found = json.loads(data)
        numbers = [each["number"] for each in found.get("entries", ())]
        told.append((kind, (numbers[0], numbers[-1]) if numbers else found.get("count")))
    return told


def fill(world: World, count: int) -> None:
    for _ in range(count):
        world.journal.add(Exchange(world.name, "GET", "/", "/", Message((), b"", 0), 0.0))


@pytest.fixture
def world() -> tuple[MockServer, World]:
    server = MockServer(["workshop"])
    return server, server.world("t1")


def test_a_batch_has_so_many_rows(world: tuple[MockServer, World]) -> None:
    """The rest waits for the next one, in order."""
    looking = view(*world)
    first = seen(looking)
    fill(world[1], ROWS + 50)
    batches = [seen(looking) for _ in range(3)]

    assert first == [("world", None)]
    assert batches == [[("entries", (1, ROWS))], [("entries", (ROWS + 1, ROWS + 50))], []]


def test_a_viewer_that_cannot_keep_up_is_told_how_much_it_missed(world: tuple[MockServer, World]) -> None:
    """Of more than may wait, the latest are sent."""
    looking = view(*world)
    seen(looking)
    fill(world[1], 3 * BACKLOG)

    assert seen(looking) == [("lagged", 3 * BACKLOG - ROWS), ("entries", (3 * BACKLOG - ROWS + 1, 3 * BACKLOG))]
    assert seen(looking) == []


def test_what_the_journal_does_not_keep_is_missed(world: tuple[MockServer, World]) -> None:
    """It may keep few, or none."""
    server, watched = world
    watched.journal = Journal(entries=3)
    few = view(server, watched)
    seen(few)
    fill(watched, 10)
    lagged = seen(few)
    watched.journal = Journal(entries=0)
    none = view(server, watched)
    seen(none)
    fill(watched, 10)

    assert lagged == [("lagged", 7), ("entries", (8, 10))]
    assert seen(none) == [("lagged", 10)]


def test_a_journal_is_read_from_a_number_on() -> None:
    """At most as many as are wanted, of those that are kept."""
    world = World("t", MockServer(["workshop"]).world().origin)
    world.journal = Journal(entries=5)
    fill(world, 8)

    def numbers(number: int, most: int) -> list[int]:
        return [each.number for each in world.journal.behind(number, most)]

    assert numbers(0, 2) == [4, 5]
    assert numbers(6, 9) == [7, 8]
    assert numbers(8, 9) == numbers(99, 9) == []
