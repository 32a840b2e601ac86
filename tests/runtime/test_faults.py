"""Fault rules in the runtime: whom they meet, when they fire, what they do, and that chance is the seed's."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from mockserver.runtime.answer import Answer
from mockserver.runtime.application import MockApp
from mockserver.runtime.damage import deliver
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import LONGEST_DELAY, Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.tally import SPARED, Window
from mockserver.runtime.transport import EXTENSION
from tests.runtime.desk import NOTES, ask, seeded, served
from tests.runtime.desk import Reply as Received

TEAPOT = Reply("respond", status=418)
NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)


def app_with(*rules: Rule, seed: int = 0, **options: Any) -> MockApp:
    world = seeded()
    world.seed = seed
    world.faults = rules
    return served(world=world, **options)


def statuses(app: MockApp, count: int, target: str = "/notes/1") -> list[int]:
    return [ask(app, "GET", target).status for _ in range(count)]


@pytest.mark.parametrize(
    ("match", "fires"),
    [
        (RequestPattern(), True),
        (RequestPattern(api="desk", operation_id="get_note", method="GET", path="/notes/1"), True),
        (RequestPattern(path="/notes/*"), True),
        (RequestPattern(path="/*/?"), True),
        (RequestPattern(headers={"X-Trace": "b"}), True),
        (RequestPattern(headers={"x-trace": "abc", "ACCEPT": ""}), True),
        (RequestPattern(api="other"), False),
        (RequestPattern(operation_id="list_notes"), False),
        (RequestPattern(method="DELETE"), False),
        (RequestPattern(path="/notes"), False),
        (RequestPattern(path="/Notes/*"), False),
        (RequestPattern(headers={"X-Trace": "x"}), False),
        (RequestPattern(headers={"X-Other": ""}), False),
    ],
)
def test_a_rule_meets_what_it_asks_for(match: RequestPattern, fires: bool) -> None:
    """All of it; what it does not ask for may be anything."""
    app = app_with(Rule("r", match, reply=TEAPOT))

    reply = ask(app, "GET", "/notes/1", x_trace="abc", accept="*/*")

    assert (reply.status == 418) is fires


def test_a_rule_meets_what_no_operation_serves() -> None:
    """An unknown path, too."""
    assert ask(app_with(Rule("r", reply=TEAPOT)), "GET", "/nope").status == 418


@pytest.mark.parametrize(
    ("rule", "fired"),
    [
        (Rule("r", reply=TEAPOT), [1, 1, 1, 1]),
        (Rule("r", nth=2, reply=TEAPOT), [0, 1, 0, 0]),
        (Rule("r", times=2, reply=TEAPOT), [1, 1, 0, 0]),
        (Rule("r", probability=0.0, reply=TEAPOT), [0, 0, 0, 0]),
        (Rule("r", limit=Limit(3, 60), reply=TEAPOT), [0, 0, 0, 1]),
        (Rule("r", limit=Limit(2, 60), times=1, reply=TEAPOT), [0, 0, 1, 0]),
    ],
)
def test_a_rule_fires_when_it_is_time(rule: Rule, fired: list[int]) -> None:
    """On the nth request it meets, so many times, by chance, or beyond a limit."""
    assert [status == 418 for status in statuses(app_with(rule), 4)] == fired


def test_only_requests_that_are_met_are_counted() -> None:
    """The second of its kind, not the second of all."""
    app = app_with(Rule("r", RequestPattern(operation_id="get_note"), nth=2, reply=TEAPOT))

    assert statuses(app, 2, "/notes") == [200, 200]
    assert statuses(app, 2) == [200, 418]


def test_chance_is_the_seeds() -> None:
    """The same seed meets the same faults, another others; a reset begins anew."""
    rule = Rule("r", probability=0.5, reply=TEAPOT)
    first, again, other = (app_with(rule, seed=seed) for seed in (1, 1, 2))

    drawn = statuses(first, 40)

    assert 8 < drawn.count(418) < 32
    assert statuses(again, 40) == drawn
    assert statuses(other, 40) != drawn


def test_a_limit_is_a_sliding_window_of_the_worlds_time() -> None:
    """Requests pass again when others are old enough; those that were turned down do not count."""
    app = app_with(Rule("r", limit=Limit(2, 60), reply=Reply("too_many_requests")))
    world = app.worlds.default
    world.clock = world.clock.freeze(NOON)

    def after(seconds: int) -> Received:
        world.clock = world.clock.freeze(NOON + timedelta(seconds=seconds))
        return ask(app, "GET", "/notes/1")

    replies = [after(seconds) for seconds in (0, 20, 30, 59, 60, 61, 80)]

    assert [reply.status for reply in replies] == [200, 200, 429, 429, 200, 429, 200]
    assert [reply.headers.get("retry-after") for reply in replies] == [None, None, "30", "1", None, "19", None]


def test_a_limit_survives_a_clock_that_is_put_back() -> None:
    """Requests of a time to come are forgotten, rather than waited for."""
    app = app_with(Rule("r", limit=Limit(1, 60), reply=Reply("too_many_requests")))
    world = app.worlds.default

    def at(day: int) -> int:
        world.clock = world.clock.freeze(NOON + timedelta(days=day))
        return ask(app, "GET", "/notes/1").status

    assert [at(day) for day in (1, 1, 0, 0)] == [200, 429, 200, 429]


@pytest.mark.parametrize(("given", "said"), [(None, "1"), (7, "7"), (0, "1")])
def test_too_many_requests_says_when_to_come_again(given: int | None, said: str) -> None:
    """Once, and at least a second; the body is a problem where none is documented."""
    reply = ask(app_with(Rule("r", reply=Reply("too_many_requests", retry_after=given))), "GET", "/notes/1")

    assert (reply.status, reply.headers["retry-after"]) == (429, said)
    assert reply.content_type == "application/problem+json"


TEXT = "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    ("reply", "status", "content_type", "body"),
    [
        (Reply("documented", 404), 404, "application/json", b'{"kind":"any","message":""}'),
        (Reply("documented", 200, "first"), 200, "application/json", b'{"id":1,"text":"call home"}'),
        (Reply("respond", 200, body="plain"), 200, "text/plain; charset=utf-8", b"plain"),
        (Reply("respond", 299, body={"a": 1}), 299, "application/json", b'{"a":1}'),
        (Reply("respond", 200, body="<a/>", headers={"Content-Type": "text/xml"}), 200, "text/xml", b"<a/>"),
        (Reply("respond", 200, body="x", headers={"Content-Length": "9", "Connection": "close"}), 200, TEXT, b"x"),
        (Reply("respond", 204, body="ignored"), 204, None, b""),
        (Reply("respond", 503), 503, None, b""),
    ],
)
def test_a_rule_answers_in_the_operations_place(
    reply: Reply, status: int, content_type: str | None, body: bytes
) -> None:
    """With a documented example, or with whatever it is told."""
    received = ask(app_with(Rule("r", reply=reply)), "GET", "/notes/99")

    assert (received.status, received.content_type, received.body) == (status, content_type, body)
    assert "preference-applied" not in received.headers


@pytest.mark.parametrize(("status", "title"), [(503, "Service Unavailable"), (599, "Problem")])
def test_a_status_that_is_not_documented_is_a_problem(status: int, title: str) -> None:
    """Even one that nobody has a name for."""
    reply = ask(app_with(Rule("flaky", reply=Reply("documented", status))), "GET", "/notes/1")

    assert (reply.status, reply.content_type) == (status, "application/problem+json")
    assert reply.json()["title"] == title
    assert reply.json()["detail"] == "Fault rule 'flaky'; the operation documents no such response."


def test_nothing_is_done_where_a_rule_answers() -> None:
    """The handler is not asked."""
    app = app_with(Rule("r", reply=TEAPOT))

    ask(app, "DELETE", "/notes/1", authorization="Bearer writer")

    assert len(app.worlds.default[NOTES]) == 3


@pytest.mark.parametrize(
    ("damage", "length", "end"), [("truncate", 13, b'"text'), ("malformed", 27, b'home",'), ("drip", 27, b'home"}')]
)
def test_an_answer_may_be_damaged_on_its_way(damage: Any, length: int, end: bytes) -> None:
    """Half of it, no JSON any more, or bit by bit; the journal has what was sent, and that it broke the contract."""
    seen: list[Exchange] = []
    app = app_with(Rule("r", damage=damage, rate=2_000), observers=[seen.append])

    reply = ask(app, "GET", "/notes/1")

    assert (reply.status, len(reply.body)) == (200, length)
    assert reply.body.endswith(end)
    assert seen[0].response is not None
    assert seen[0].response.body == reply.body
    assert (seen[0].breach, seen[0].faults, str(seen[0].answered_by)) == (True, ["r"], "handler")


class Connection(asyncio.Transport):
    """A connection that is lost after some parts of an answer."""

    def __init__(self, parts: int) -> None:
        super().__init__({"socket": object()})
        self.left = parts

    def is_closing(self) -> bool:
        return self.left <= 0


def test_a_drip_ends_with_the_connection() -> None:
    """Nobody is dripped at who has gone: it might take hours, in which the world would count as busy."""
    connection, sent = Connection(parts=3), []
    scope = {"method": "GET", "path": "/", "headers": [], "query_string": b"", "extensions": {EXTENSION: connection}}

    async def send(message: Any) -> None:
        sent.append(message)
        connection.left -= message["type"] == "http.response.body"

    asyncio.run(
        deliver(Rule("r", damage="drip", rate=2_000), Answer(200, b"x" * 9_000, None), "GET", scope, nobody, send)
    )

    assert [len(message.get("body", b"")) for message in sent] == [0, 100, 100, 100]
    assert sent[-1]["more_body"] is True


async def nobody() -> Any:
    raise AssertionError("nothing is received")


def test_a_header_may_be_any_latin_1() -> None:
    """As HTTP has it."""
    app = app_with(Rule("r", reply=Reply("respond", headers={"X-City": "Zürich\t~"})))

    assert ask(app, "GET", "/notes/1").headers["x-city"] == "Zürich\t~"


def test_what_a_rule_says_of_other_origins_stands() -> None:
    """The server adds only what the rule leaves open."""
    reply = Reply("respond", headers={"Access-Control-Allow-Origin": "https://one.example"})

    answer = ask(app_with(Rule("r", reply=reply)), "GET", "/notes/1", origin="https://page.example")

    assert answer.headers["access-control-allow-origin"] == "https://one.example"
    assert answer.headers["access-control-expose-headers"] == "*"


@pytest.mark.parametrize("damage", ["truncate", "malformed", "drip"])
def test_there_is_nothing_to_damage_without_a_body(damage: Any) -> None:
    """HEAD and 204 come as they are."""
    app = app_with(Rule("r", damage=damage))

    assert ask(app, "HEAD", "/notes/1").status == 200
    assert ask(app, "DELETE", "/notes/1", authorization="Bearer writer").status == 204


def test_without_a_connection_none_can_be_ended() -> None:
    """In process such a rule sends half an answer."""
    assert len(ask(app_with(Rule("r", damage="reset")), "GET", "/notes/1").body) == 13


def test_a_rule_may_delay_and_leave_the_rest_to_others() -> None:
    """Of several rules all delay, and the first answer counts."""
    slow = Rule("slow", delay=Delay("fixed", 0.05))
    started = time.monotonic()

    reply = ask(app_with(slow, Rule("r", reply=TEAPOT), Rule("s", reply=Reply("respond", 500))), "GET", "/notes/1")

    assert reply.status == 418
    assert time.monotonic() - started >= 0.05


@pytest.mark.parametrize(
    ("delay", "least", "most"),
    [
        (Delay("fixed", 0.5), 0.5, 0.5),
        (Delay("fixed", 1_000), LONGEST_DELAY, LONGEST_DELAY),
        (Delay("uniform", 1, 2), 1, 2),
        (Delay("lognormal", 1, 0.5), 0.05, 20),
        (Delay("lognormal", 0, 0.5), 0, 0),
        (Delay("lognormal", 1_000, 5), 0, LONGEST_DELAY),
    ],
)
def test_a_delay_is_drawn_from_its_distribution(delay: Delay, least: float, most: float) -> None:
    """Never longer than a minute, and the same for the same chance."""
    drawn = [delay.draw(random) for random in [Random(7)] * 200]

    assert all(least <= seconds <= most for seconds in drawn)
    assert (min(drawn) == max(drawn)) is (least == most)
    assert drawn == [delay.draw(random) for random in [Random(7)] * 200]


def test_the_median_of_a_lognormal_delay_is_as_asked() -> None:
    """Half are shorter."""
    random = Random(7)
    drawn = sorted(Delay("lognormal", 0.2, 1).draw(random) for _ in range(2_001))

    assert 0.18 < drawn[1_000] < 0.22


def test_a_window_shares_its_times_and_nobody_sees_those_of_another() -> None:
    """Two that go on from the same each have their own; what has left is let go of in time."""
    begun = Window([]).added(1.0).added(2.0)
    one, other = begun.added(3.0), begun.added(4.0)
    long = begun
    for each in range(5, 5_000):
        long = long.added(float(each)).within(10.0, float(each))

    assert [*map(len, (begun, one, other))] == [2, 3, 3]
    assert (one.within(1.0, 3.0).first, other.within(1.0, 4.0).first) == (3.0, 4.0)
    assert (len(long), long.first) == (10, 4_990.0)
    assert len(long._times) < 3 * SPARED


@pytest.mark.parametrize("status", [204, 304])
def test_an_undocumented_status_without_a_body_has_none(status: int) -> None:
    """What stood behind such a head would be read as the beginning of the next answer."""
    app = app_with(Rule("r", reply=Reply("documented", status)))

    reply = ask(app, "GET", "/notes/1")

    assert (reply.status, reply.body) == (status, b"")
