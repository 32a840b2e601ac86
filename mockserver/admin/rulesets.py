"""What fault rules and stubs have in common: a world keeps so many, in order, each with an id and counters."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Generic, Literal, Protocol, TypeVar

from mockserver.errors import WorldError
from mockserver.runtime.tally import Tally, tally_of, without
from mockserver.world import World


class Identified(Protocol):
    """A fault rule, or a stub."""

    @property
    def id(self) -> str:
        """Its id, unique in its world among those of its kind."""


Member = TypeVar("Member", bound=Identified)


@dataclass(frozen=True)
class RuleSet(Generic[Member]):
    """One kind of rules that worlds keep.

    name: what one is called. prefix: of the ids of those that come without one. most: how many a world keeps.
    attribute: where a world has them. counter: the id of one's counters.
    """

    name: str
    prefix: str
    most: int
    attribute: Literal["faults", "stubs"]
    counter: Callable[[Member], str]

    def of(self, world: World) -> tuple[Member, ...]:
        """Those of a world, in order."""
        found: tuple[Member, ...] = getattr(world, self.attribute)
        return found

    def add(self, world: World, make: Callable[[str], Member], wanted: str | None, names: Iterable[str]) -> Member:
        """Add the one that `make` makes for an id: the one wanted, else the first of `names` that is free.

        If none of them is, it is numbered.
        """
        with world.lock:
            kept = self.of(world)
            taken = {each.id for each in kept}
            if len(kept) >= self.most:
                raise WorldError("full", f"a world keeps at most {self.most} {self.name}s. Delete one.")
            numbered = (f"{self.prefix}-{number}" for number in count(len(kept) + 1))
            # the number goes on from how many there are: ids of deleted ones may come again, as nothing keeps them
            id_ = wanted or next(each for each in chain(names, numbered) if each not in taken)
            if id_ in taken:
                message = f"a {self.name} called {id_!r} exists already. Choose another id or delete it."
                raise WorldError("taken", message)
            made = make(id_)
            self._keep(world, (*kept, made), [made])
            return made

    def find(self, world: World, id_: str) -> Member:
        """The one of that id; WorldError if the world has none."""
        found = next((each for each in self.of(world) if each.id == id_), None)
        if found is None:
            raise WorldError("unknown", f"the world {world.name!r} has no {self.name} called {id_!r}.")
        return found

    def remove(self, world: World, member: Member) -> None:
        """Remove one, with its counters; nothing happens if the world does not have it any more."""
        with world.lock:
            kept = self.of(world)
            # by identity: another one may have its id by now
            left = tuple(each for each in kept if each is not member)
            if len(left) < len(kept):
                self._keep(world, left, [member])

    def clear(self, world: World) -> None:
        """Remove all."""
        with world.lock:
            self._keep(world, (), self.of(world))

    def tally(self, world: World, member: Member) -> Tally:
        """How many requests one has met and acted on in a world."""
        return tally_of(world, self.counter(member))

    def _keep(self, world: World, kept: tuple[Any, ...], uncounted: Iterable[Member]) -> None:
        # replaced and not changed: snapshots share the tuple
        setattr(world, self.attribute, kept)
        world.tallies = without(world.tallies, map(self.counter, uncounted))
