"""The worlds of a server by name: forked from the seed when first used, evicted when there are too many."""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock

from mockserver.errors import WorldError
from mockserver.limits import WORLDS
from mockserver.world.journal import ENTRIES, Budget, Journal
from mockserver.world.worlds import DEFAULT, Snapshot, World

SNAPSHOTS = 1_000
"""Named snapshots that a server keeps."""

EVICTIONS = 100
"""Evicted worlds whose names a server remembers."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class NamedSnapshot:
    """A named snapshot: the world it was taken of, and when (by that world's clock)."""

    name: str
    world: str
    taken_at: datetime
    snapshot: Snapshot


@dataclass(frozen=True)
class Eviction:
    """A world deleted because there were too many: when (in real time), and how many requests it had answered."""

    world: str
    at: datetime
    requests: int


class Worlds:
    """The worlds of one server, each with a journal of up to `entries`. Safe to use from several threads."""

    def __init__(
        self,
        default: World,
        limit: int = WORLDS,
        entries: int = ENTRIES,
    ) -> None:
        self.limit = limit
        self.budget = Budget()
        self._entries = entries
        default.journal = Journal(self.budget, entries)
        self.default = default
        self.evictions: deque[Eviction] = deque(maxlen=EVICTIONS)
        self._named: OrderedDict[str, World] = OrderedDict()
        self._snapshots: dict[str, NamedSnapshot] = {}
        self._lock = RLock()

    def get(self, name: str) -> World:
        """The world of that name, forked from the seed if it is new; WorldError if the name is not valid."""
        if name == DEFAULT:
            return self.default
        with self._lock:
            world = self._named.get(name)
            if world is None:
                return self.create(name)
            # an OrderedDict in order of use is the whole bookkeeping of what to evict
            self._named.move_to_end(name)
            return world

    def enter(self, name: str) -> World:
        """The world of that name as from `get`, marked busy until `leave`, so that it is not evicted."""
        with self._lock:
            world = self.get(name)
            world.busy += 1
            return world

    def leave(self, world: World) -> None:
        """End what `enter` began."""
        with self._lock:
            world.busy -= 1

    def find(self, name: str) -> World:
        """The world of that name; WorldError if there is none."""
        world = self.default if name == DEFAULT else self._named.get(name)
        if world is None:
            raise WorldError(
                "unknown", f"no world is called {name!r}{self._fate(name)}. Create it, or send it a request."
            )
        return world

    def _fate(self, name: str) -> str:
        """Why there is no world of that name, if it was evicted lately."""
        evicted = next((each for each in reversed(self.evictions) if each.world == name), None)
        if evicted is None:
            return ""
        return f": it was evicted at {evicted.at:%H:%M:%S} UTC as the least recently used of too many worlds"

    def create(self, name: str, origin: Snapshot | None = None) -> World:
        """A new world that starts from `origin` (None: the seed), and resets to it."""
        _check_name("world", name)
        with self._lock:
            if name == DEFAULT or name in self._named:
                raise WorldError("taken", f"a world called {name!r} exists already. Choose another name or delete it.")
            while len(self._named) >= self.limit:
                self._evict()
            # what it begins with is shared until it writes, so a world costs nothing but its name
            world = World(name, origin or self.default.origin)
            world.journal = Journal(self.budget, self._entries)
            self._named[name] = world
            return world

    def _evict(self) -> None:
        # a world that answers a request is not taken from under it
        idle = next((world for world in self._named.values() if not world.busy), None)
        if idle is None:
            raise WorldError("full", f"all {self.limit} worlds are in use. Delete one or serve with more --max-worlds.")
        self.evictions.append(Eviction(idle.name, datetime.now(UTC), idle.journal.added))
        self.delete(idle.name)

    def delete(self, name: str) -> None:
        """Delete a named world; WorldError for the default one, and if there is none."""
        if name == DEFAULT:
            raise WorldError("conflict", f"the world {DEFAULT!r} cannot be deleted. Reset it instead.")
        with self._lock:
            # its entries count against the budget of all
            self.find(name).journal.close()
            del self._named[name]

    def __iter__(self) -> Iterator[World]:
        """The default world, then the others from the least to the most recently used."""
        with self._lock:
            return iter([self.default, *self._named.values()])

    def __len__(self) -> int:
        return 1 + len(self._named)

    def __contains__(self, world: object) -> bool:
        """Whether this very world is here, not another of its name."""
        return isinstance(world, World) and world is (self._named.get(world.name) or self.default)

    def take(self, name: str, world: World) -> NamedSnapshot:
        """Keep the current state of a world under a name; WorldError if the name is taken."""
        _check_name("snapshot", name)
        with world.lock:
            taken = NamedSnapshot(name, world.name, world.now(), world.snapshot())
        with self._lock:
            if name in self._snapshots:
                raise WorldError("taken", f"a snapshot called {name!r} exists already. Choose another or delete it.")
            if len(self._snapshots) >= SNAPSHOTS:
                raise WorldError("full", f"{SNAPSHOTS} snapshots are kept already. Delete one.")
            self._snapshots[name] = taken
        return taken

    def snapshots(self) -> list[NamedSnapshot]:
        return list(self._snapshots.values())

    def snapshot(self, name: str) -> NamedSnapshot:
        """The snapshot of that name; WorldError if there is none."""
        found = self._snapshots.get(name)
        if found is None:
            raise WorldError("unknown", f"no snapshot is called {name!r}. Take it first.")
        return found

    def replace_snapshot(self, taken: NamedSnapshot) -> None:
        """Keep another in the place of the one of its name."""
        with self._lock:
            self._snapshots[taken.name] = taken

    def forget(self, name: str) -> None:
        """Delete a snapshot; WorldError if there is none."""
        with self._lock:
            self.snapshot(name)
            del self._snapshots[name]


def _check_name(what: str, name: str) -> None:
    if not NAME.fullmatch(name):
        raise WorldError(
            "invalid",
            f"{name!r:.80} cannot name a {what}: expected 1 to 64 letters, digits, dots, dashes and underscores, "
            "a letter or digit first.",
        )
