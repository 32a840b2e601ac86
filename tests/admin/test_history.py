"""The journal against a model that copies whole worlds: whatever happens, each entry leads back to its moment.

And whoever sends its request again there is given the same answer, byte for byte.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mockserver import MockServer
from mockserver.admin import exports, faults, replays
from mockserver.admin.service import Service
from mockserver.mock import Mock
from mockserver.runtime.exchange import Exchange
from mockserver.world import Snapshot, World
from mockserver.world.journal import Budget, Journal
from tests.control.steps import LIST

Json = dict[str, Any]
Asked = tuple[str, str, Json | None]

SERVER = MockServer(["workshop", "audience"])
SERVICE = Service.of(SERVER.app)
FEW = 20
"""Contacts of the six thousand that audience begins with: each is copied each time that a world is."""
KEPT = 6
"""Entries of a journal, so that some go while others are looked at."""

TITLES = st.sampled_from(["Sales", "Support", "", "Sold out"])
NUMBERS = st.integers(0, 3)


def new(number: int, title: str) -> Asked:
    return "POST", "/v1/lists", {"external_id": f"e{number}", "title": title}


def contact(number: int) -> Asked:
    return "POST", "/api/v1/contacts", {"email": f"{number}@example.com", "firstName": "A", "listId": LETTER}


LETTER = "clx_list_newsletter_id"
requests = st.one_of(
    st.builds(new, NUMBERS, TITLES),
    st.builds(contact, NUMBERS),
    st.builds(lambda title: ("PATCH", f"/v1/lists/{LIST}", {"title": title}), TITLES),
    st.sampled_from(
        [
            ("DELETE", f"/v1/lists/{LIST}", None),
            ("GET", "/v1/lists?limit=2", None),
            ("GET", f"/v1/lists/{LIST}/memberships", None),
            ("GET", "/api/v1/contacts/find?email=0@example.com", None),
            ("GET", "/v1/nowhere", None),
            ("HEAD", "/v1/lists", None),
            ("POST", "/v1/lists", {"title": 5}),
        ]
    ),
)
conditions: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {},
    optional={
        "match": st.fixed_dictionaries({"method": st.sampled_from(["GET", "POST"])}),
        "nth": st.integers(1, 3),
        "times": st.integers(1, 2),
        "probability": st.sampled_from([0.0, 0.5]),
        "rateLimit": st.fixed_dictionaries({"requests": st.integers(1, 2), "seconds": st.sampled_from([1, 60])}),
    },
)
effects: st.SearchStrategy[Json] = st.sampled_from(
    [
        {"reply": {"kind": "respond", "status": 503, "body": {"error": "out"}}},
        {"reply": {"kind": "tooManyRequests"}},
        {"reply": {"kind": "fuzz"}},
        {"damage": {"kind": "malformed"}},
        {"damage": {"kind": "truncate"}},
        {"damage": {"kind": "close"}},
    ]
)
rules = st.builds(lambda when, what: {**when, **what}, conditions, effects)


def ask(mock: Mock, asked: Asked) -> None:
    """Send a request; a connection that ends is as good as an answer."""
    method, path, body = asked
    headers = mock.headers("audience" if path.startswith("/api") else "workshop")
    with suppress(httpx.TransportError):
        mock.client.request(method, path, json=body, headers=headers)


def thin_out(mock: Mock) -> None:
    mock.state["audience.contacts"] = list(mock.state["audience.contacts"])[:FEW]


def state(world: World) -> Json:
    """Everything that there is of a world, copied."""
    return {"world": exports.export(world, SERVICE.apis), "counted": dict(world.tallies)}


def told(exchange: Exchange) -> Any:
    response = exchange.response
    return exchange.status, None if response is None else (list(response.headers), response.body), exchange.faults


@dataclass
class Past:
    """A mock with what its world was before and after each request, as it was copied then."""

    mock: Mock
    moments: dict[int, tuple[Json, Json]] = field(default_factory=dict)

    def ask(self, asked: Asked) -> None:
        before = state(self.mock.world)
        ask(self.mock, asked)
        self.moments[self.mock.world.journal.added] = before, state(self.mock.world)

    def check(self) -> None:
        """Each entry that is kept leads to where the world was, and is answered there as it was then."""
        kept = self.mock.world.journal.entries()
        assert len(kept) == min(KEPT, len(self.moments))
        for exchange in kept:
            assert exchange.before is not None
            assert exchange.after is not None
            before, after = self.moments[exchange.number]
            assert state(World("probe", exchange.before)) == before
            assert state(World("probe", exchange.after)) == after
            again = replays.again(SERVICE, self.mock.world, exchange)
            assert told(again) == told(exchange)
            assert again.after is not None
            assert state(World("probe", again.after)) == after


class Histories(RuleBasedStateMachine):
    """Worlds that are asked, changed by hand, put back and forked, each with all of its past."""

    pasts = Bundle("pasts")

    def __init__(self) -> None:
        super().__init__()
        self.all: list[Past] = []
        self.taken: list[Snapshot] = []
        self.turn = count()

    def teardown(self) -> None:
        """Whatever happened in one world, every other still has its past."""
        try:
            for past in self.all:
                past.check()
        finally:
            for past in self.all:
                past.mock.close()

    def _past(self, origin: Snapshot | None = None) -> Past:
        mock = SERVER.mock(seed=len(self.all))
        if origin is None:
            thin_out(mock)
        else:
            mock.world.origin = origin
            mock.world.reset()
        mock.world.journal = Journal(Budget(), KEPT)
        self.all.append(Past(mock))
        return self.all[-1]

    @initialize(target=pasts)
    def begin(self) -> Past:
        return self._past()

    @rule(past=pasts, asked=requests)
    def ask(self, past: Past, asked: Asked) -> None:
        past.ask(asked)

    @rule(past=pasts, fault=rules)
    def add_a_rule(self, past: Past, fault: Json) -> None:
        faults.add(past.mock.world, SERVICE.apis, fault)

    @rule(past=pasts)
    def clear_the_rules(self, past: Past) -> None:
        past.mock.world.faults = ()

    @rule(past=pasts, seconds=st.integers(0, 90))
    def turn_the_clock(self, past: Past, seconds: int) -> None:
        past.mock.freeze("2026-04-22T10:00:00Z")
        past.mock.advance(seconds)

    @rule(past=pasts)
    def let_it_run(self, past: Past) -> None:
        past.mock.resume()

    @rule(past=pasts)
    def empty(self, past: Past) -> None:
        past.mock.state["workshop.memberships"] = []

    @rule(past=pasts)
    def take(self, past: Past) -> None:
        self.taken.append(past.mock.snapshot())

    @rule(past=pasts, at=st.integers(0))
    def restore(self, past: Past, at: int) -> None:
        if self.taken:
            past.mock.restore(self.taken[at % len(self.taken)])

    @rule(past=pasts)
    def reset(self, past: Past) -> None:
        past.mock.reset()
        past.moments.clear()

    @rule(past=pasts)
    def load(self, past: Past) -> None:
        past.mock.state.load(past.mock.state.export())

    @rule(target=pasts, past=pasts, at=st.integers(0), after=st.booleans())
    def fork(self, past: Past, at: int, after: bool) -> Past:
        """A world goes on from where another stood at any of its entries."""
        kept = past.mock.world.journal.entries()
        exchange = kept[at % len(kept)] if kept else None
        return self._past(None if exchange is None else exchange.after if after else exchange.before)

    @invariant()
    def every_entry_leads_back(self) -> None:
        """In one world after each step, in turn, and in every world in the end."""
        if self.all:
            self.all[next(self.turn) % len(self.all)].check()


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(8, marks=pytest.mark.sample, id="sample"),
        pytest.param(60, marks=pytest.mark.campaign, id="whole"),
    ],
)
def test_every_entry_leads_back_to_its_moment(size: int) -> None:
    """After any sequence of requests, resets, restores, imports, clocks and fault rules."""
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=size, stateful_step_count=20),
    )


@settings(max_examples=25)
@given(asked=st.lists(requests, max_size=8), ruled=st.lists(rules, max_size=2), frozen=st.booleans())
def test_a_fork_s_whole_history_is_answered_again(asked: list[Asked], ruled: list[Json], frozen: bool) -> None:
    """Each of its requests in turn, in another world that begins where it began, which ends as it ended."""
    with SERVER.mock() as one, SERVER.mock() as other:
        for rule_ in ruled:
            faults.add(one.world, SERVICE.apis, rule_)
        if frozen:
            one.freeze()
        thin_out(one)
        begun = one.snapshot()
        other.restore(begun)
        for each in asked:
            ask(one, each)
        kept = one.world.journal.entries()
        answers = [replays.again(SERVICE, one.world, each, target=other.name) for each in kept]

        assert list(map(told, answers)) == list(map(told, kept))
        assert state(other.world) == state(one.world)
        for mock in (one, other):
            mock.forgive()
