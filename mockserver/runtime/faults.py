"""Fault rules: which requests they meet, when they fire, and what they do instead of, before or to the answer.

A rule is a frozen value; how often it has met and fired is kept per world in a `Tally`, seeded, so that the same
requests meet the same faults. A delay comes before anything else; an answer replaces the operation's; a damage is done
to whatever answer there is.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import Any, Literal

from mockserver.contract.bodies import write_json
from mockserver.contract.operation import Operation
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.pattern import matches_path
from mockserver.runtime.preference import preferred
from mockserver.runtime.request import Request
from mockserver.world import World

LONGEST_DELAY = 60.0
"""Seconds that a rule delays at most."""

FRAMING = ("content-length", "transfer-encoding", "connection")
"""Headers of an answer that are the server's own; what ends a connection, or an answer too early, is a damage."""

Damage = Literal["close", "reset", "truncate", "malformed", "drip"]


@dataclass(frozen=True)
class Match:
    """What a request must be for a rule to meet it; None and empty ask nothing. `path` may hold * and ? wildcards.

    The preflights that a browser sends for itself are met by the method OPTIONS only.
    """

    api: str | None = None
    operation_id: str | None = None
    method: str | None = None
    path: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def meets(self, request: Request, api: str | None, operation_id: str | None) -> bool:
        return (
            self.operation_id in (None, operation_id)
            and self.api in (None, api)
            and (self.method == request.method or (self.method is None and not request.is_preflight))
            and (self.path is None or matches_path(request.path, self.path))
            and all(
                any(part in value for value in request.headers.get(name.lower(), ()))
                for name, part in self.headers.items()
            )
        )


@dataclass(frozen=True)
class Delay:
    """Seconds to wait. fixed: `low`; uniform: between `low` and `high`; lognormal: median `low`, sigma `high`."""

    kind: Literal["fixed", "uniform", "lognormal"]
    low: float
    high: float = 0.0

    def draw(self, random: Random) -> float:
        seconds = {
            "fixed": lambda: self.low,
            "uniform": lambda: random.uniform(self.low, self.high),
            "lognormal": lambda: random.lognormvariate(math.log(self.low), self.high) if self.low > 0 else 0.0,
        }[self.kind]()
        return min(seconds, LONGEST_DELAY)


@dataclass(frozen=True)
class Reply:
    """An answer instead of the operation's.

    documented: the operation's example for `status` (and `example`). too_many_requests: 429 with `Retry-After`.
    respond: `status`, `headers` and `body` (text as it is, anything else as JSON).
    """

    kind: Literal["documented", "too_many_requests", "respond"]
    status: int = 429
    example: str | None = None
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Limit:
    """So many requests in a sliding window of so many seconds pass; the rule fires on those beyond."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Rule:
    """One fault rule. It fires on requests it meets: on the `nth` only if that is given, with `probability`,
    at most `times` times, beyond the `limit` only. `rate` is the bytes a second of a drip."""

    id: str
    match: Match = Match()
    nth: int | None = None
    probability: float = 1.0
    times: int | None = None
    limit: Limit | None = None
    delay: Delay | None = None
    reply: Reply | None = None
    damage: Damage | None = None
    rate: int = 100


@dataclass
class Tally:
    """How often a rule has met a request and fired, its chance, and the times (world's clock) of its window."""

    random: Random
    met: int = 0
    fired: int = 0
    window: deque[float] = field(default_factory=deque)


def fire(world: World, rule: Rule, request: Request, api: str | None, operation_id: str | None) -> bool:
    """Whether the rule fires on this request; counts it."""
    if not rule.match.meets(request, api, operation_id):
        return False
    with world.lock:
        tally = tally_of(world, rule)
        tally.met += 1
        fires = (
            (rule.nth is None or tally.met == rule.nth)
            and (rule.times is None or tally.fired < rule.times)
            and (rule.limit is None or _beyond(rule.limit, tally, world.now().timestamp()))
            and (rule.probability >= 1.0 or tally.random.random() < rule.probability)
        )
        tally.fired += fires
        return fires


def tally_of(world: World, rule: Rule) -> Tally:
    """The rule's counters in this world."""
    tally: Tally | None = world.tallies.get(rule.id)
    if tally is None:
        tally = world.tallies[rule.id] = Tally(Random(f"{world.seed}:{rule.id}"))  # noqa: S311  # chance, not secrecy
    return tally


def _beyond(limit: Limit, tally: Tally, now: float) -> bool:
    window = tally.window
    while window and not now - limit.seconds < window[0] <= now:  # a clock may have been put back
        window.popleft()
    if len(window) >= limit.requests:
        return True
    window.append(now)
    return False


async def hold(rule: Rule, world: World) -> None:
    """Wait as long as the rule's delay says."""
    if rule.delay is not None:
        await asyncio.sleep(rule.delay.draw(tally_of(world, rule).random))


def reply(rule: Rule, world: World, operation: Operation | None, prefix: str = "") -> tuple[Answer, bool] | None:
    """The answer that the rule gives, and whether the operation does not document it; None if it gives none.

    `prefix` is that of the request, below which the links of a documented answer are to lead.
    """
    if rule.reply is None:
        return None
    return REPLIES[rule.reply.kind](rule, rule.reply, world, operation, prefix)


def _documented(
    rule: Rule, given: Reply, world: World, operation: Operation | None, prefix: str
) -> tuple[Answer, bool]:
    del world
    wanted = {"code": str(given.status)} | ({} if given.example is None else {"example": given.example})
    answer = None if operation is None else preferred(operation, wanted, prefix)
    if answer is None:
        return problem(given.status, f"Fault rule {rule.id!r}; the operation documents no such answer."), True
    answer.headers = [header for header in answer.headers if header[0] != b"preference-applied"]
    return answer, False


def _too_many_requests(
    rule: Rule, given: Reply, world: World, operation: Operation | None, prefix: str
) -> tuple[Answer, bool]:
    answer, breach = _documented(rule, given, world, operation, prefix)
    wait = given.retry_after
    if wait is None and rule.limit is not None:
        window = tally_of(world, rule).window
        wait = math.ceil(window[0] + rule.limit.seconds - world.now().timestamp()) if window else 0
    answer.headers = [header for header in answer.headers if header[0] != b"retry-after"]
    answer.add("Retry-After", str(max(1, wait or 1)))
    return answer, breach


def _respond(rule: Rule, given: Reply, world: World, operation: Operation | None, prefix: str) -> tuple[Answer, bool]:
    del rule, world, operation, prefix
    empty = given.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) or given.body is None
    body = b"" if empty else given.body.encode() if isinstance(given.body, str) else write_json(given.body)
    content_type = "text/plain; charset=utf-8" if isinstance(given.body, str) else "application/json"
    headers = {name: value for name, value in given.headers.items() if name.lower() not in FRAMING}
    typed = empty or any(name.lower() == "content-type" for name in headers)
    return Answer(given.status, body, None if typed else content_type, headers), True


REPLIES = {"documented": _documented, "too_many_requests": _too_many_requests, "respond": _respond}
