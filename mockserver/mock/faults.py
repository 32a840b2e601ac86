"""Fault rules as a test words them, and the handle that it gets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPMethod, HTTPStatus
from operator import methodcaller
from types import TracebackType
from typing import Any, get_args

from mockserver.contract.bodies import write_json
from mockserver.contract.operation import Operation
from mockserver.contract.violations import ABSENT
from mockserver.errors import MockServerError
from mockserver.runtime.faults import LONGEST_DELAY, Damage, Delay, Limit, Match, Reply, Rule
from mockserver.world import World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead


def _whole(value: Any) -> bool:
    return isinstance(value, int) and value >= 1


def _number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and low <= value <= high


def _delays(value: Any) -> bool:
    match value:
        case (low, high):
            return _delays(low) and _delays(high) and bool(low <= high)
        case _:
            return isinstance(value, Delay) or _number(value, 0, LONGEST_DELAY)


def _limits(value: Any) -> bool:
    match value:
        case (requests, seconds):
            return _whole(requests) and _number(seconds, 1e-3, 86_400)
        case _:
            return False


def _named(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, str) for pair in value.items() for each in pair)


def _json(value: Any) -> bool:
    try:
        write_json(value)
    except (TypeError, ValueError):
        return False
    return True


WHOLE = "a whole number from 1"

CHECKS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "method": (lambda value: value in list(HTTPMethod), f"one of {', '.join(HTTPMethod)}"),
    "request_headers": (_named, "text by the name of a header"),
    "nth": (_whole, WHOLE),
    "probability": (lambda value: _number(value, 0, 1), "a number from 0 to 1"),
    "times": (_whole, WHOLE),
    "limit": (_limits, "(requests, seconds), such as (5, 1.0)"),
    "delay": (_delays, f"seconds up to {LONGEST_DELAY:g}, two such as (0.1, 0.5), or a Delay"),
    "status": (lambda value: _whole(value) and _number(value, 200, 599), "a number from 200 to 599"),
    "retry_after": (_whole, WHOLE),
    "headers": (_named, "text by the name of a header"),
    "damage": (lambda value: value in get_args(Damage), f"one of {', '.join(get_args(Damage))}"),
    "rate": (_whole, WHOLE),
}
"""What an argument of Mock.fault must be, unless it is left out."""


class Fault:
    """A fault rule at work in a world, until it is removed or its `with` block ends."""

    def __init__(self, world: World, rule: Rule) -> None:
        self._world = world
        self.rule = rule
        with world.lock:
            world.faults = (*world.faults, rule)

    @property
    def fired(self) -> int:
        """How often it has fired."""
        tally = self._world.tallies.get(self.rule.id)
        return 0 if tally is None else int(tally.fired)

    def remove(self) -> None:
        """Take the rule away; nothing happens if it is gone already."""
        with self._world.lock:
            self._world.faults = tuple(rule for rule in self._world.faults if rule is not self.rule)

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


def check_arguments(given: Mapping[str, Any]) -> None:
    """Raise MockServerError for an argument of Mock.fault that cannot be."""
    for name, (holds, expected) in CHECKS.items():
        value = given[name]
        if value is not None and not holds(value):
            raise MockServerError(f"a fault's {name} must be {expected}, got {value!r}.")
    if given["body"] is not ABSENT and not _json(given["body"]):
        raise MockServerError(f"a fault's body must be text or a JSON value, got {given['body']!r:.80}.")


def check_documented(rule: Rule, operations: Iterable[Operation]) -> None:
    """Raise MockServerError if the rule is to answer what none of these operations documents.

    Server errors need no document: what stands before a server may answer them.
    """
    reply = rule.reply
    known: dict[str, set[str]] = {}
    for status, response in ((status, each) for one in operations for status, each in one.responses.items()):
        known.setdefault(status, set()).update(response.examples)
    if reply is None or reply.kind != "documented":
        return
    name, examples = rule.match.operation_id, known.get(str(reply.status))
    if examples is None and reply.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise MockServerError(
            f"{name} documents no {reply.status}, but {', '.join(sorted(known))}. "
            f"To have it answer {reply.status} all the same, give the fault a body, which may be None."
        )
    if reply.example is not None and reply.example not in (examples or ()):
        expected = ", ".join(sorted(examples or ())) or "none"
        raise MockServerError(f"{name} has no example {reply.example!r} of {reply.status}; expected {expected}.")


def rule_of(
    name: str,
    match: Match,
    *,
    nth: int | None,
    probability: float,
    times: int | None,
    limit: tuple[int, float] | None,
    delay: float | tuple[float, float] | Delay | None,
    status: int | None,
    example: str | None,
    retry_after: int | None,
    body: Any,
    headers: Mapping[str, str] | None,
    damage: Damage | None,
    rate: int,
) -> Rule:
    """The rule that the arguments of Mock.fault describe; MockServerError if it would do nothing."""
    reply = _reply(status, example, retry_after, body, headers, limited=limit is not None and damage is None)
    if reply is None and delay is None and damage is None:
        raise MockServerError("a fault does something: give it a delay, a status, a body, a limit or a damage.")
    return Rule(
        id=name,
        match=match,
        nth=nth,
        probability=probability,
        times=times,
        limit=None if limit is None else Limit(*limit),
        delay=_delay(delay),
        reply=reply,
        damage=damage,
        rate=rate,
    )


def _reply(
    status: int | None,
    example: str | None,
    retry_after: int | None,
    body: Any,
    headers: Mapping[str, str] | None,
    *,
    limited: bool,
) -> Reply | None:
    if body is not ABSENT or headers is not None:
        return Reply("respond", status or 500, headers=headers or {}, body=None if body is ABSENT else body)
    if status == HTTPStatus.TOO_MANY_REQUESTS or retry_after is not None or (limited and status is None):
        return Reply("too_many_requests", status or 429, example, retry_after)
    return None if status is None else Reply("documented", status, example)


def _delay(delay: float | tuple[float, float] | Delay | None) -> Delay | None:
    if isinstance(delay, tuple | list):
        return Delay("uniform", *delay)
    return delay if isinstance(delay, Delay) or delay is None else Delay("fixed", delay)
