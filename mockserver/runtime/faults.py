"""Fault rules: which requests they match, when they fire, and what they do before, to or instead of the response.

A rule is a frozen value; how often it has matched and fired is counted per world in a `Tally`, and chance follows from
the world's seed and these counts, so that the same requests get the same faults. A delay comes first; a reply replaces
the response of the operation; a damage is done to whatever response there is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from mockserver.contract.bodies import write_json
from mockserver.contract.operation import Operation
from mockserver.contract.violations import ABSENT
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.answered import AnsweredBy
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.invention import fuzzed, made_up
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.preference import preferred
from mockserver.runtime.tally import Tally, chance, tally_of
from mockserver.world import World

if TYPE_CHECKING:  # a call brings Connexion, which whoever only makes rules need not wait for
    from mockserver.runtime.call import Call
    from mockserver.runtime.damage import Damage

LONGEST_DELAY = 60.0
"""Maximum delay of a rule, in seconds."""

EVERY_REQUEST = RequestPattern()

FRAMING = ("content-length", "transfer-encoding", "connection")
"""Headers that only the server sets: a rule that ends a connection, or truncates a response, is a damage."""


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
        # a lognormal delay has no limit of its own
        return min(seconds, LONGEST_DELAY)


@dataclass(frozen=True)
class Reply:
    """An answer instead of the operation's.

    documented: the operation's example for `status` (and `example`). too_many_requests: 429 with `Retry-After`.
    respond: `status`, `headers` and `body` (text as it is, anything else as JSON). fuzz: the operation's response for
    success with new values at the edges of its schema each time.
    """

    kind: Literal["documented", "too_many_requests", "respond", "fuzz"]
    status: int = 429
    example: str | None = None
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True)
class Limit:
    """A number of requests per sliding window in seconds; the rule fires on the requests beyond."""

    requests: int
    seconds: float


@dataclass(frozen=True)
class Rule:
    """One fault rule. It fires on requests it meets: on the `nth` only if that is given, with `probability`,
    at most `times` times, beyond the `limit` only. `rate` is the bytes a second of a drip."""

    id: str
    match: RequestPattern = EVERY_REQUEST
    nth: int | None = None
    probability: float = 1.0
    times: int | None = None
    limit: Limit | None = None
    delay: Delay | None = None
    reply: Reply | None = None
    damage: Damage | None = None
    rate: int = 100


class Fired(NamedTuple):
    """The rules that fire on a request, in order; the seconds that they delay it; the first one that damages.

    Delays are drawn together with the rules: chance follows from counts, which other requests change meanwhile.
    """

    rules: Sequence[Rule] = ()
    delays: Sequence[float] = ()
    damage: Rule | None = None

    @property
    def waits(self) -> bool:
        """Whether the response comes later than the request, or other than in one piece on a connection that stays."""
        return bool(self.delays) or self.damage is not None


NOTHING_FIRED = Fired()


def fired(call: Call) -> Fired:
    """The rules of the world that fire on the call; all that match count it."""
    world = call.world
    found = [rule for rule in world.faults if fire(world, rule, call.exchange)]
    if not found:
        return NOTHING_FIRED
    call.exchange.faults = [rule.id for rule in found]
    delays = [seconds(rule, world) for rule in found if rule.delay is not None]
    return Fired(found, delays, next((rule for rule in found if rule.damage is not None), None))


def fire(world: World, rule: Rule, exchange: Exchange, body: Any = ABSENT) -> bool:
    """Whether the rule fires on this request, which it counts; `body`: its value, where that is known."""
    if not rule.match.matches(exchange, body):
        return False
    with world.lock:
        tally = tally_of(world, rule.id)
        met, window = tally.met + 1, tally.window
        fires = (rule.nth is None or met == rule.nth) and (rule.times is None or tally.fired < rule.times)
        if fires and rule.limit is not None:
            now = world.now().timestamp()
            window = window.within(rule.limit.seconds, now)
            fires = len(window) >= rule.limit.requests
            # refused requests do not use up the limit, else a client that goes on trying would never get through
            window = window if fires else window.added(now)
        # chance follows from the seed and the count alone, so that a replay falls the same way
        fires = fires and (rule.probability >= 1.0 or chance(world, rule.id, met, "fire").random() < rule.probability)
        # a new mapping: the journal keeps the one before as the state that the request met
        world.tallies = {**world.tallies, rule.id: Tally(met, tally.fired + fires, window)}
        return fires


def seconds(rule: Rule, world: World) -> float:
    """How long the rule, which has just fired, delays."""
    if rule.delay is None:
        return 0.0
    return rule.delay.draw(chance(world, rule.id, tally_of(world, rule.id).met, "delay"))


def replied(rules: Iterable[Rule], call: Call) -> Answer | None:
    """The response of the first rule that has one for the call; the exchange records which."""
    operation = None if call.exchange.operation_id is None or call.endpoint is None else call.endpoint.servable
    for rule in rules:
        if rule.reply is not None:
            reply = REPLIES[rule.reply.kind](rule, rule.reply, call, operation)
            if reply is None:
                continue
            answer, call.exchange.breach = reply
            call.exchange.answered_by = AnsweredBy("fault", rule.id)
            return answer
    return None


def _documented(rule: Rule, given: Reply, call: Call, operation: Operation | None) -> tuple[Answer, bool]:
    wanted = {"code": str(given.status)} | ({} if given.example is None else {"example": given.example})
    request = call.request
    answer = None if operation is None else preferred(operation, wanted, request.prefix, request.accept)
    if answer is None and call.endpoint is not None and given.example is None:
        answer = made_up(call, call.endpoint, wanted["code"])
    if answer is None:
        return problem(given.status, f"Fault rule {rule.id!r}; the operation documents no such response."), True
    # it came by a rule: the request has stated no preference
    answer.remove(b"preference-applied")
    return answer, False


def _too_many_requests(rule: Rule, given: Reply, call: Call, operation: Operation | None) -> tuple[Answer, bool]:
    answer, breach = _documented(rule, given, call, operation)
    wait = given.retry_after
    if wait is None and rule.limit is not None:
        window = tally_of(call.world, rule.id).window
        wait = math.ceil(window.first + rule.limit.seconds - call.world.now().timestamp()) if window else 0
    answer.remove(b"retry-after")
    answer.add("Retry-After", str(max(1, wait or 1)))
    return answer, breach


def _respond(rule: Rule, given: Reply, call: Call, operation: Operation | None) -> tuple[Answer, bool]:
    del rule, call, operation
    empty = given.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED) or given.body is None
    body = b"" if empty else given.body.encode() if isinstance(given.body, str) else write_json(given.body)
    content_type = "text/plain; charset=utf-8" if isinstance(given.body, str) else "application/json"
    headers = {name: value for name, value in given.headers.items() if name.lower() not in FRAMING}
    typed = empty or any(name.lower() == "content-type" for name in headers)
    return Answer(given.status, body, None if typed else content_type, headers), True


def _fuzz(rule: Rule, given: Reply, call: Call, operation: Operation | None) -> tuple[Answer, bool] | None:
    """Nothing where no operation is asked for: there is no schema then."""
    del given
    if operation is None or call.endpoint is None:
        return None
    seed = f"{call.world.seed}:{rule.id}:{tally_of(call.world, rule.id).met}:fuzz"
    answer = fuzzed(call, call.endpoint, seed)
    return None if answer is None else (answer, False)


REPLIES: Mapping[str, Callable[[Rule, Reply, Call, Operation | None], tuple[Answer, bool] | None]] = {
    "documented": _documented,
    "too_many_requests": _too_many_requests,
    "respond": _respond,
    "fuzz": _fuzz,
}
