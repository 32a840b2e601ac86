"""Fault rules as a test words them, and the handle that it gets."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import TracebackType
from typing import Any

from mockserver.contract.violations import ABSENT
from mockserver.errors import StartError
from mockserver.runtime.faults import Damage, Delay, Limit, Match, Reply, Rule
from mockserver.world import World

DAMAGES = ("close", "reset", "truncate", "malformed", "drip")


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
    """The rule that the arguments of Mock.fault describe; StartError if it would do nothing or cannot be."""
    if damage is not None and damage not in DAMAGES:
        raise StartError(f"damage must be one of {', '.join(DAMAGES)}, got {damage!r}.")
    reply = _reply(status, example, retry_after, body, headers, limited=limit is not None and damage is None)
    if reply is None and delay is None and damage is None:
        raise StartError("a fault does something: give it a delay, a status, a body, a limit or a damage.")
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
    if isinstance(delay, tuple):
        return Delay("uniform", *delay)
    return delay if isinstance(delay, Delay) or delay is None else Delay("fixed", delay)
