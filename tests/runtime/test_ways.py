"""The same traffic over both ways, with fault rules: answered in the step that read it, and by ASGI's messages.

Nobody can tell which it was: not by a byte, not by the journal, not by the counters of the rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver.runtime.application import MockApp
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.prompt import PromptProtocol
from mockserver.world import Clock, World
from tests import timers
from tests.runtime.desk import NOTES, seeded, served
from tests.runtime.lines import ByMessages, Line, connected

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)
WRITER = b"Authorization: Bearer writer\r\n"


def _request(line: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    length = [b"Content-Length: %d\r\n" % len(body)] if body else []
    return b"".join((line, b" HTTP/1.1\r\nHost: desk\r\n", *headers, *length, b"\r\n", body))


REQUESTS = {
    "list": _request(b"GET /notes?limit=1"),
    "list of a world": _request(b"GET /_world/w1/notes"),
    "list of a world below itself": _request(b"GET /_world/w1/_world/w1/notes?limit=1&a=%20"),
    "list of a world by header": _request(b"GET /notes", b"X-Mock-World: w1\r\n"),
    "no world": _request(b"GET /_world/-/notes"),
    "head": _request(b"HEAD /notes/1"),
    "read": _request(b"GET /notes/2"),
    "read nothing": _request(b"GET /notes/99"),
    "wrong": _request(b"GET /notes/x"),
    "nowhere": _request(b"GET /nowhere"),
    "preferred": _request(b"GET /notes/2", b"Prefer: code=404\r\n"),
    "create": _request(b"POST /notes", WRITER, b"Content-Type: application/json\r\n", body=b'{"text": "new"}'),
    "create in a world": _request(b"POST /_world/w1/notes", WRITER, body=b'{"text": "new"}'),
    "crash": _request(b"POST /notes", WRITER, body=b'{"text": "crash"}'),
    "too much": _request(b"POST /notes", WRITER, body=b" " * 300),
    "delete": _request(b"DELETE /notes/1", WRITER),
    "delete without leave": _request(b"DELETE /notes/1"),
    "preflight": _request(b"OPTIONS /notes", b"Origin: https://a\r\nAccess-Control-Request-Method: POST\r\n"),
    "of another origin": _request(b"GET /notes", b"Origin: https://a\r\n"),
    "health": _request(b"GET /_mock/health"),
    "last": _request(b"GET /notes", b"Connection: close\r\n"),
}
NAMES = sorted(REQUESTS)

PATTERNS = [
    *(RequestPattern(), RequestPattern(operation_id="list_notes"), RequestPattern(operation_id="create_note")),
    *(RequestPattern(method="GET"), RequestPattern(path="/notes/*"), RequestPattern(api="elsewhere")),
    *(RequestPattern(method="OPTIONS"), RequestPattern(preflights=True), RequestPattern(query={"limit": "1"})),
    *(RequestPattern(headers={"authorization": "writer"}), RequestPattern(body={"text": "new"})),
    RequestPattern(path_values={"noteId": "2"}),
]
REPLIES = [
    *(Reply("respond", 418, headers={"X-Odd": "yes"}, body="odd"), Reply("respond", 204, body={"none": 1})),
    *(Reply("respond", 599, body={"odd": [1]}), Reply("documented", 404), Reply("documented", 304)),
    *(Reply("too_many_requests"), Reply("too_many_requests", retry_after=3), Reply("fuzz")),
]
DELAYS = [Delay("fixed", 0.0), Delay("uniform", 0.1, 40.0), Delay("lognormal", 2.0, 1.0)]

rules = st.builds(
    Rule,
    st.just("r"),
    st.sampled_from(PATTERNS),
    nth=st.none() | st.integers(1, 3),
    probability=st.sampled_from([1.0, 1.0, 0.5, 0.0]),
    times=st.none() | st.integers(0, 2),
    limit=st.none() | st.builds(Limit, st.integers(1, 2), st.just(60.0)),
    delay=st.none() | st.sampled_from(DELAYS),
    reply=st.none() | st.sampled_from(REPLIES),
    damage=st.sampled_from([None] * 6 + ["close", "reset", "truncate", "malformed", "drip"]),
)
turns = st.lists(
    # several connections with a request each, or one with several requests, in one piece or in small ones
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(lambda names: (names, None))
    | st.tuples(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3), st.sampled_from([7, 60, 10_000])),
    min_size=1,
    max_size=8,
)
AT_ONCE = 20
"""Turns of the loop in which everything is done that waits for no timer."""

Turn = tuple[Sequence[str], int | None]


async def over(app: Any, turns: Sequence[Turn]) -> list[tuple[bytes, int, bool, bool]]:
    """What was sent on each connection that was opened, and how it ended."""
    lines: list[Line] = []
    opened: list[tuple[PromptProtocol, Line]] = []
    for turn in turns:
        said = pieces(*turn)
        while len(opened) < len(said):
            opened.append(connected(app))
            lines.append(opened[-1][1])
        for (protocol, line), parts in zip(opened, said, strict=False):
            await say(protocol, line, parts)
        for protocol, line in opened:
            await answered(protocol, line)
        opened = [each for each in opened if not each[1].closed]
    return [(*_without_close(line.sent), line.closed, line.aborted) for line in lines]


def pieces(names: Sequence[str], size: int | None) -> list[list[bytes]]:
    """What is sent on each connection: each request on one of its own, or all on one in pieces of a size."""
    if size is None:
        return [[REQUESTS[name]] for name in names]
    together = b"".join(REQUESTS[name] for name in names)
    return [[together[at : at + size] for at in range(0, len(together), size)]]


async def say(protocol: PromptProtocol, line: Line, parts: Sequence[bytes]) -> None:
    """Send the parts, and let everything be done that waits for no timer: else two ask at once, in any order."""
    for part in parts:
        if not line.closed:
            protocol.data_received(part)
    for _ in range(AT_ONCE):
        await asyncio.sleep(0)


async def answered(protocol: PromptProtocol, line: Line) -> None:
    """Wait until nothing is under way on the connection."""
    while protocol.tasks:
        await asyncio.sleep(0.01)
        if line.closed and protocol in protocol.connections:
            protocol.connection_lost(None)


def _without_close(sent: bytes) -> tuple[bytes, int]:
    """uvicorn writes that a connection closes as the last header, we among the server's own, beside the Date."""
    close = b"connection: close\r\n"
    return sent.replace(close, b""), sent.count(close)


def told(exchange: Exchange) -> tuple[Any, ...]:
    """All that the journal has of an exchange but for its times."""
    before, after = exchange.before, exchange.after
    assert before is not None
    assert after is not None
    head = (exchange.world, exchange.method, exchange.target, exchange.operation_id, exchange.route, exchange.prefix)
    kind = exchange.rejection and exchange.rejection.kind
    sides = [
        each and (list(each.headers), each.body, each.size, type(each.body))
        for each in (exchange.request, exchange.response)
    ]
    faults = (list(exchange.faults), exchange.breach, str(exchange.answered_by), exchange.status)
    moments = [(each.tallies, each.ids, each.request_ids, _notes(each.states)) for each in (before, after)]
    return (*head, kind, *sides, *faults, moments, before is after, exchange.read_at)


def _notes(states: Any) -> list[Any]:
    return [*states["desk.notes"].rows.items()] if "desk.notes" in states else []


def left(world: World) -> tuple[Any, ...]:
    return world.tallies, [*world[NOTES]], world.ids.count, world.faults, world.busy


def asked(app: MockApp, turns: Sequence[Turn], *, at_once: bool) -> tuple[Any, ...]:
    """Everything that anybody can see of it."""
    sent = timers.run(over(app if at_once else ByMessages(app), turns))
    worlds = [app.worlds.default, *(app.worlds.enter(name) for name in ("w1",))]
    journals = [[told(each) for each in world.journal.entries()] for world in worlds]
    return sent, journals, [left(world) for world in worlds]


def app_with(found: Sequence[Rule]) -> MockApp:
    world = seeded()
    world.seed = 5
    world.clock = Clock(frozen_at=NOON)
    world.faults = tuple(replace(rule, id=f"r{number}") for number, rule in enumerate(found))
    # worlds that requests name begin with the rules as well
    world.origin = world.snapshot()
    return served(world=world, body_limit=100)


@settings(max_examples=300)
@given(st.lists(rules, max_size=4), turns)
@example([Rule("r", reply=Reply("documented", 304))], [(["read", "read"], 10_000)])
@example([Rule("r", damage="drip", rate=20)], [(["list"], None), (["list", "list of a world"], 10_000)])
def test_the_way_of_a_request_makes_no_difference(found: list[Rule], traffic: list[Turn]) -> None:
    """Answers, entries, counters of the rules, records and ids are equal, to the byte."""
    assert asked(app_with(found), traffic, at_once=True) == asked(app_with(found), traffic, at_once=False)
