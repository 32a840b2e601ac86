"""The journal of a world: listed, read whole, cleared; and whether what it holds is as expected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from mockserver.admin import changes, history, schemas
from mockserver.admin.apis import Apis
from mockserver.admin.clock import read_time, write_time
from mockserver.admin.entries import summary, whole
from mockserver.admin.flaws import ValueFlaw, refuse
from mockserver.admin.service import Service
from mockserver.contract.violations import ABSENT
from mockserver.errors import WorldError
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import BODY_KEPT
from mockserver.runtime.pattern import RequestPattern, nearest
from mockserver.world import DEFAULT, World
from mockserver.world.journal import ENTRIES, JOURNAL_BYTES

NEAREST = 3
"""Requests that are named when a verification fails."""

VERSION = 1
"""Of the exported form."""

FIELDS = {"api": "api", "operationId": "operation_id", "method": "method", "path": "path", "status": "status"}
"""What an expectation says of a request's line, and how a pattern calls it."""

EXCLUDED = {**FIELDS, "violations": "violations", "rule": "rule", "touched": "touched", "text": "text"}
"""What `without` can name, and how a filter calls it."""

TIMES = {"exactly": "exactly", "atLeast": "at least", "atMost": "at most"}
"""How many requests an expectation can ask for, in words."""


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted; None asks nothing. `without`: conditions that no wanted entry meets, `status:4XX`."""

    violations: bool = False
    api: str | None = None
    operation_id: str | None = None
    method: str | None = None
    path: str | None = None
    status: str | None = None
    since: str | None = None
    before: int | None = None
    after: int | None = None
    touched: str | None = None
    text: str | None = None
    rule: str | None = None
    without: tuple[str, ...] = ()

    def passes(self, exchange: Exchange) -> bool:
        return (
            # the cheapest first: what was touched compares versions, and text is looked for in bodies
            exchange.started_at >= self._earliest
            and (not self.violations or exchange.rejection is not None)
            and (self.before is None or exchange.number < self.before)
            and (self.after is None or exchange.number > self.after)
            and self._pattern.matches(exchange)
            and (self.touched is None or changes.touches(exchange, *self._touched))
            and (self.text is None or _holds(exchange, self.text.lower()))
            and (self.rule is None or self.rule in (*exchange.faults, exchange.answered_by.rule))
            and not any(each.passes(exchange) for each in self._excluded)
        )

    def collections(self) -> Iterator[str]:
        """The names of the collections that are asked for."""
        for each in (self, *self._excluded):
            if each.touched is not None:
                yield each._touched[0]

    @cached_property
    def _excluded(self) -> list[Filter]:
        """Filters of one condition each; an entry that passes any of them is not wanted."""
        return [_condition(*each.partition(":")[::2]) for each in self.without]

    @cached_property
    def _touched(self) -> tuple[str, str | None]:
        """The name of a collection, and the key of a record of it."""
        collection, slash, key = (self.touched or "").partition("/")
        return collection, key if slash else None

    @cached_property
    def _pattern(self) -> RequestPattern:
        return RequestPattern(self.api, self.operation_id, self.method, self.path, self.status, preflights=True)

    @cached_property
    def _earliest(self) -> float:
        return -math.inf if self.since is None else _epoch(self.since)


def _condition(name: str, value: str) -> Filter:
    """The filter of one condition; without a value it is a flag."""
    given: dict[str, Any] = {EXCLUDED[name]: value or True}
    return Filter(**given)


@dataclass(frozen=True)
class Wanted:
    """How many requests are expected: at least, at most (None: any number), and both in words."""

    least: int
    most: int | None
    words: str

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Wanted:
        """What an `Expectation` expects, at least one if it does not say; WorldError if no number can be so."""
        asked = {name: given[name] for name in TIMES if name in given} or {"atLeast": 1}
        words = " and ".join(f"{TIMES[name]} {number}" for name, number in asked.items())
        least = max((number for name, number in asked.items() if name != "atMost"), default=0)
        most = min((number for name, number in asked.items() if name != "atLeast"), default=None)
        if most is not None and most < least:
            flaws = [ValueFlaw((name,), f"cannot be met: {words}", "order", received=asked[name]) for name in asked]
            raise WorldError("conflict", f"no number of requests is {words}. Correct the bounds.", flaws)
        return cls(least, most, words)

    def met_by(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most)


def page(service: Service, world: World, wanted: Filter, limit: int) -> tuple[dict[str, Any], bool]:
    """The latest entries that are wanted, as the schema `Journal` has them but for `next`; and whether more are."""
    for name in wanted.collections():
        service.apis.collection(name)
    kept = world.journal.entries()
    # one more than asked for says whether there is another page
    found = [*islice((each for each in reversed(kept) if wanted.passes(each)), limit + 1)]
    return {
        "world": world.name,
        "total": world.journal.added,
        "kept": len(kept),
        "limits": {
            "entries": ENTRIES,
            "bytes": JOURNAL_BYTES,
            "allBytes": service.worlds.budget.limit,
            "bodyBytes": BODY_KEPT,
        },
        "entries": [summary(each) for each in found[:limit]],
        "evicted": _evicted(service, world),
    }, len(found) > limit


def entry(service: Service, world: World, number: int) -> dict[str, Any]:
    """One entry, as the schema `Entry` has it; WorldError if the journal does not have it."""
    return whole(service, world, history.entry(world, number))


def export(service: Service, world: World) -> dict[str, Any]:
    """Every entry that is kept, as the schema `ExportedJournal` has them."""
    kept = world.journal.entries()
    return {
        "version": VERSION,
        "world": world.name,
        "apis": list(service.apis.by_name),
        "total": world.journal.added,
        "entries": [whole(service, world, each) for each in kept],
    }


def clear(world: World) -> None:
    """Forget all entries; numbers begin at 1 again."""
    world.journal.clear()


def expected(given: Any) -> Wanted:
    """How many requests an `Expectation` expects."""
    return Wanted.of(schemas.checked("Expectation", given))


def expectation(apis: Apis, given: Any) -> tuple[RequestPattern, Wanted]:
    """Which requests an `Expectation` means, and how many; WorldError for what nothing served has."""
    given = schemas.checked("Expectation", given)
    refuse("conflict", apis.unknown(given))
    pattern = RequestPattern(
        **{name: given[field] for field, name in FIELDS.items() if field in given},
        query=given.get("query", {}),
        headers=given.get("headers", {}),
        body=given.get("body", ABSENT),
    )
    return pattern, Wanted.of(given)


def verify(world: World, apis: Apis, given: Any) -> dict[str, Any]:
    """Whether requests came as an `Expectation` says, as the schema `Verification` has it."""
    pattern, wanted = expectation(apis, given)
    entries, came = world.journal.entries(), world.journal.added
    matching = [each for each in entries if pattern.matches(each)]
    verified = wanted.met_by(len(matching))
    # near misses explain too few requests, and nothing about too many
    missed = [] if verified or len(matching) >= wanted.least else nearest(pattern, entries, NEAREST)
    return {
        "verified": verified,
        "expected": wanted.words,
        "count": len(matching),
        "numbers": [each.number for each in reversed(matching)],
        "nearest": [{"entry": summary(each), "differences": differences} for each, differences in missed],
        "forgotten": max(0, came - len(entries)),
    }


def _holds(exchange: Exchange, text: str) -> bool:
    """Whether the text, in small letters, stands in what was asked for or in a body, as far as that is kept."""
    bodies = (side.body for side in (exchange.request, exchange.response) if side is not None)
    return text in exchange.target.lower() or any(text in body.decode("utf-8", "replace").lower() for body in bodies)


def _epoch(text: str) -> float:
    """The seconds of a time; one that no clock may show is before or behind everything."""
    try:
        return read_time(text).timestamp()
    except ValueError:
        # years have four digits (RFC 3339, 5.6), so that texts sort as times do
        return -math.inf if text < "1970" else math.inf


def _evicted(service: Service, world: World) -> list[dict[str, Any]]:
    return [
        {"world": each.world, "at": write_time(each.at), "requests": each.requests}
        for each in reversed(service.worlds.evictions)
        if world.name in (DEFAULT, each.world)
    ]
