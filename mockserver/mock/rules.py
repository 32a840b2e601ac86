"""What the handles of fault rules and stubs have in common, and how a refusal is worded for the arguments of a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import methodcaller
from types import TracebackType
from typing import Generic, Self

from mockserver.admin.flaws import ValueFlaw
from mockserver.admin.rulesets import Member, RuleSet
from mockserver.errors import MockServerError, WorldError
from mockserver.world import World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead


class Handle(Generic[Member]):
    """A rule in force in a world, until it is removed or the `with` block ends."""

    def __init__(self, world: World, rules: RuleSet[Member], member: Member) -> None:
        self._world = world
        self._rules = rules
        self._member = member
        self._acted = 0

    def _count(self) -> int:
        """On how many requests it has acted; the count outlives the rule."""
        return self._acted or self._rules.tally(self._world, self._member).fired

    def remove(self) -> None:
        """Remove the rule; nothing happens if it is gone already."""
        self._acted = self._count()
        self._rules.remove(self._world, self._member)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()


@contextmanager
def by_argument(line: Callable[[ValueFlaw], str]) -> Iterator[None]:
    """A block whose WorldError has a line for each flaw, which `line` words by the arguments of the call."""
    try:
        yield
    except WorldError as error:
        raise WorldError(error.kind, "\n".join(map(line, error.flaws)) or str(error), error.flaws) from None
