"""The journal: listed, read whole, cleared; and whether what it holds is as expected."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.contract.violations import ABSENT
from mockserver.control.entries import summary, whole
from mockserver.control.problems import Problem
from mockserver.control.served import Served
from mockserver.runtime.dataplane import CONTROL
from mockserver.runtime.exchange import BODY_KEPT, Exchange
from mockserver.runtime.pattern import RequestPattern, matches_path, nearest
from mockserver.state import read_time, write_time
from mockserver.world import DEFAULT, World
from mockserver.world.journal import ENTRIES, JOURNAL_BYTES

NEAREST = 3
"""Requests that are named when a verification fails."""

VERSION = 1
"""Of the exported form."""

FIELDS = {"api": "api", "operationId": "operation_id", "method": "method", "path": "path", "status": "status"}
"""What an expectation says of a request's line, and how a pattern calls it."""


def list_journal(
    served: Served,
    world: str,
    limit: int,
    violations: bool,
    api: str | None = None,
    operation_id: str | None = None,
    method: str | None = None,
    path: str | None = None,
    status: str | None = None,
    since: str | None = None,
    before: int | None = None,
    after: int | None = None,
) -> dict[str, Any]:
    found = served.world(world)
    kept = found.journal.entries()
    wanted = Filter(violations, api, operation_id, method, path, status, since, before, after)
    page = [*islice((each for each in reversed(kept) if wanted.passes(each)), limit + 1)]
    return {
        "world": found.name,
        "total": found.journal.added,
        "kept": len(kept),
        "limits": {
            "entries": ENTRIES,
            "bytes": JOURNAL_BYTES,
            "allBytes": served.worlds.budget.limit,
            "bodyBytes": BODY_KEPT,
        },
        "entries": [summary(each) for each in page[:limit]],
        "next": wanted.following(found, limit, page[limit - 1].number) if len(page) > limit else None,
        "evicted": _evicted(served, found),
    }


def get_journal_entry(served: Served, number: int, world: str) -> dict[str, Any]:
    found = served.world(world)
    exchange = found.journal.get(number)
    if exchange is None:
        raise Problem(404, f"The journal of {found.name!r} has no entry {number}; {CONTROL}/journal lists what it has.")
    return whole(served, found, exchange)


def export_journal(served: Served, world: str) -> dict[str, Any]:
    found = served.world(world)
    kept = found.journal.entries()
    return {
        "version": VERSION,
        "world": found.name,
        "apis": list(served.apis),
        "total": found.journal.added,
        "entries": [whole(served, found, each) for each in kept],
    }


def clear_journal(served: Served, world: str) -> tuple[None, int]:
    served.world(world).journal.clear()
    return None, 204


def verify_requests(served: Served, world: str, body: dict[str, Any]) -> dict[str, Any]:
    served.expect(body.get("api"), body.get("operationId"))
    least, most, words = _expected(body)
    found = served.world(world)
    entries, came = found.journal.entries(), found.journal.added
    pattern = RequestPattern(
        **{name: body[field] for field, name in FIELDS.items() if field in body},
        query=body.get("query", {}),
        headers=body.get("headers", {}),
        body=body.get("body", ABSENT),
    )
    matching = [each for each in entries if pattern.matches(each)]
    verified = least <= len(matching) and (most is None or len(matching) <= most)
    missed = [] if verified or len(matching) >= least else nearest(pattern, entries, NEAREST)
    return {
        "verified": verified,
        "expected": words,
        "count": len(matching),
        "numbers": [each.number for each in reversed(matching)],
        "nearest": [{"entry": summary(each), "differences": differences} for each, differences in missed],
        "forgotten": max(0, came - len(entries)),
    }


def _expected(body: dict[str, Any]) -> tuple[int, int | None, str]:
    """The least and the most requests expected, and both in words; Problem if no number can be as expected."""
    least, most, words = 0, None, []
    if "exactly" in body:
        least, most = body["exactly"], body["exactly"]
        words.append(f"exactly {least}")
    if "atLeast" in body or not body.keys() & {"exactly", "atMost"}:
        at_least = body.get("atLeast", 1)
        least = max(least, at_least)
        words.append(f"at least {at_least}")
    if "atMost" in body:
        most = body["atMost"] if most is None else min(most, body["atMost"])
        words.append(f"at most {body['atMost']}")
    expected = " and ".join(words)
    if most is not None and most < least:
        errors = [
            {"where": "body", "pointer": f"/{each}", "message": f"cannot be met: {expected}"}
            for each in ("exactly", "atLeast", "atMost")
            if each in body
        ]
        raise Problem(409, f"No number of requests is {expected}. Expect one that can be.", errors)
    return least, most, expected


@dataclass(frozen=True)
class Filter:
    """Which entries are wanted; None asks nothing."""

    violations: bool
    api: str | None
    operation_id: str | None
    method: str | None
    path: str | None
    status: str | None
    since: str | None
    before: int | None
    after: int | None

    def passes(self, exchange: Exchange) -> bool:
        return (
            self.api in (None, exchange.api)
            and self.operation_id in (None, exchange.operation_id)
            and self.method in (None, exchange.method)
            and (self.path is None or matches_path(exchange.path, self.path))
            and (self.status is None or _is_of(exchange.status, self.status))
            and exchange.started_at >= self._earliest
            and (not self.violations or exchange.rejection is not None)
            and (self.before is None or exchange.number < self.before)
            and (self.after is None or exchange.number > self.after)
        )

    @cached_property
    def _earliest(self) -> float:
        return -math.inf if self.since is None else _epoch(self.since)

    def following(self, world: World, limit: int, number: int) -> str:
        """The URL of the entries behind the one of that number."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        given["operationId"] = given.pop("operation_id")
        given |= {
            "world": world.name,
            "limit": limit,
            "before": number,
            "violations": "true" if self.violations else None,
        }
        known = {name: value for name, value in given.items() if value is not None}
        return f"{CONTROL}/journal?{urlencode(known, quote_via=quote)}"


def _epoch(text: str) -> float:
    """The seconds of a time; one that no clock may show is before or behind everything."""
    try:
        return read_time(text).timestamp()
    except ValueError:
        return -math.inf if text < "1970" else math.inf


def _is_of(status: int | None, wanted: str) -> bool:
    return status is not None and (str(status) == wanted or f"{status // 100}XX" == wanted)


def _evicted(served: Served, world: World) -> list[dict[str, Any]]:
    return [
        {"world": each.world, "at": write_time(each.at), "requests": each.requests}
        for each in reversed(served.worlds.evictions)
        if world.name in (DEFAULT, each.world)
    ]
