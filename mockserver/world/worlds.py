"""A world: everything a request can change, as one value that is shared until it is written.

Snapshots and forks share immutable versions, so they cost the same for ten records and for a million; a transaction
keeps the versions it began with and restores them when anything in it fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from threading import RLock
from types import TracebackType
from typing import Any

from mockserver.world.clock import Clock
from mockserver.world.ids import Ids
from mockserver.world.journal import Journal
from mockserver.world.store import Collection, Table, TableState

DEFAULT = "default"


@dataclass(frozen=True)
class Snapshot:
    """The state of a world: each collection's version, clock, numbers of ids drawn, fault rules, seed, stubs."""

    states: Mapping[str, TableState]
    clock: Clock
    ids: int
    request_ids: int
    faults: tuple[Any, ...] = ()
    seed: int = 0
    stubs: tuple[Any, ...] = ()


class Current:
    """The versions that a world's tables read and replace.

    An object of its own, so that tables do not refer back to their world: a world that is deleted is freed at once,
    and leaves no reference cycle to the garbage collector.
    """

    __slots__ = ("edit", "states")

    def __init__(self) -> None:
        self.edit: object | None = None
        self.states: dict[str, TableState] = {}

    def replace(self, collection: Collection, state: TableState) -> None:
        self.states[collection.name] = state

    def shared(self) -> dict[str, TableState]:
        """A copy of the versions, which no later write changes in place."""
        self.edit = (
            self.edit and object()
        )  # the transaction goes on as another, to which the copied pieces do not belong
        return self.states.copy()


class World:
    """One isolated set of collections with its own clock, identifiers, fault rules, stubs and journal.

    The seed is the origin's unless another is given. `busy` counts the current requests, `tallies` has the counters of
    fault rules and stubs. What these and a journal entry are, only the runtime knows.
    """

    def __init__(self, name: str, origin: Snapshot, seed: int | None = None) -> None:
        self.name = name
        self.origin = origin if seed is None else replace(origin, seed=seed)
        self.lock = RLock()
        self._current = Current()
        self._tables: dict[Collection, Table] = {}
        self.busy = 0
        self.journal: Journal[Any] = Journal()
        self.restore(self.origin)

    def __getitem__(self, collection: Collection) -> Table:
        table = self._tables.get(collection)
        if table is None:
            table = self._tables[collection] = Table(self._current, collection)
        return table

    def state(self, collection: Collection) -> TableState:
        return self._current.states[collection.name]

    def replace(self, collection: Collection, state: TableState) -> None:
        self._current.replace(collection, state)

    def now(self) -> datetime:
        """The world's time, aware and in UTC."""
        return self.clock.now()

    def timestamp(self, timespec: str = "seconds") -> str:
        """The world's time in RFC 3339, in `seconds` or `milliseconds`: `2026-04-22T10:00:00Z`."""
        return self.now().isoformat(timespec=timespec).replace("+00:00", "Z")

    def request_id(self) -> str:
        """A new UUID for the body of an error, from a sequence of its own, which no failed transaction winds back."""
        return self._request_ids.uuid()

    def transaction(self) -> Transaction:
        """A block that holds the world's lock and changes nothing if it raises."""
        return Transaction(self)

    def snapshot(self) -> Snapshot:
        with self.lock:
            states = self._current.shared()
            drawn = self.ids.count, self._request_ids.count
            return Snapshot(states, self.clock, *drawn, self.faults, self.seed, self.stubs)

    def restore(self, snapshot: Snapshot) -> None:
        with self.lock:
            self._current.states = dict(snapshot.states)
            self.clock = snapshot.clock
            self.seed = snapshot.seed
            self.ids = Ids(snapshot.seed, "ids", snapshot.ids)
            self._request_ids = Ids(snapshot.seed, "requests", snapshot.request_ids)
            self.faults: tuple[Any, ...] = snapshot.faults
            self.stubs: tuple[Any, ...] = snapshot.stubs
            self.tallies: dict[str, Any] = {}

    def reset(self) -> None:
        """Restore the state that the world began with, and clear the journal."""
        self.restore(self.origin)
        self.journal.clear()

    def fork(self, name: str) -> World:
        """A new world with the current state of this one, to which it also resets."""
        return World(name, self.snapshot())


class Transaction:
    """See World.transaction. Ids for the bodies of errors are not wound back, see World.request_id."""

    __slots__ = ("_before", "_drawn", "_edit", "_outer", "_states", "_world")

    def __init__(self, world: World) -> None:
        self._world = world

    def __enter__(self) -> World:
        world = self._world
        world.lock.acquire()
        current = world._current
        # new for a nested transaction, too: it must not change in place what it may have to restore
        self._outer, self._edit = current.edit, object()
        current.edit = self._edit
        self._states = current.states.copy()
        rules = world.faults, world.stubs, world.tallies
        self._before = (world.clock, world.seed, world.ids, world._request_ids, rules)
        self._drawn = world.ids.count
        return world

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        world, current = self._world, self._world._current
        shared = current.edit is not self._edit  # a snapshot has what the transaction around this one wrote so far
        if kind is not None:
            current.states = self._states
            world.clock, world.seed, world.ids, world._request_ids, rules = self._before
            world.faults, world.stubs, world.tallies = rules
            world.ids.count = self._drawn  # the same object may still be there, with more drawn
        current.edit = self._outer and object() if shared else self._outer
        world.lock.release()
