"""A world: everything a request can change, as one value that is shared until it is written.

Snapshots and forks share immutable versions, so they cost the same for ten records and for a million; a transaction
keeps the versions it began with and restores them when anything in it fails. So does the journal: how the world stood
before a request and after it are two references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Any, cast

from mockserver.world.clock import Clock
from mockserver.world.ids import Ids
from mockserver.world.journal import Journal
from mockserver.world.store import Collection, TableState
from mockserver.world.table import Table

DEFAULT = "default"


@dataclass(slots=True)
class Snapshot:
    """The state of a world: each collection's version, clock, numbers of ids drawn, fault rules, seed, stubs.

    `tallies` are the counters of fault rules and stubs. The journal keeps them; a snapshot that is taken has none, so
    that a world which begins with it counts anew. Never changed once it is made; frozen, it would take three times as
    long to make.
    """

    states: Mapping[str, TableState]
    clock: Clock
    ids: int
    request_ids: int
    faults: tuple[Any, ...] = ()
    seed: int = 0
    stubs: tuple[Any, ...] = ()
    tallies: Mapping[str, Any] = field(default_factory=dict)

    def state(self, collection: Collection) -> TableState:
        """The version of a collection; its first one if nobody has looked at it yet."""
        found = self.states.get(collection.name)
        return begun(collection) if found is None else found


def begun(collection: Collection) -> TableState:
    """The first version of a collection that begins by itself; KeyError if it does not."""
    if collection.begin is None:
        raise KeyError(collection.name)
    return collection.begin()


class Current:
    """The versions that a world's tables read and replace; each replacement makes a new mapping.

    An object of its own, so that tables do not refer back to their world: a world that is deleted is freed at once,
    and leaves no reference cycle to the garbage collector.
    """

    __slots__ = ("edit", "states")

    def __init__(self) -> None:
        self.edit: object | None = None
        self.states: Mapping[str, TableState] = {}

    def replace(self, collection: Collection, state: TableState) -> None:
        self.states = {**self.states, collection.name: state}

    def part(self) -> None:
        """Have no later write change in place what has been copied: somebody keeps the versions as they are."""
        self.edit = self.edit and object()


class World:
    """One isolated set of collections with its own clock, identifiers, fault rules, stubs and journal.

    The seed is the origin's unless another is given. `busy` counts the current requests, `tallies` has the counters of
    fault rules and stubs. What these and a journal entry are, only the runtime knows. `source` is what whoever made
    the world says that it was made from; None: the seed. `adoptions`: what was done to the versions of the collections
    when what is served was read anew, with the journal's epoch and its latest entry at that time.
    """

    def __init__(self, name: str, origin: Snapshot, seed: int | None = None) -> None:
        self.name = name
        self.source: Mapping[str, Any] | None = None
        self.origin = origin if seed is None else replace(origin, seed=seed)
        self.lock = RLock()
        self._current = Current()
        self._tables: dict[Collection, Table] = {}
        self.busy = 0
        self.journal: Journal[Any] = Journal()
        self.adoptions: tuple[tuple[int, int, Callable[[Snapshot], Snapshot]], ...] = ()
        self._answering = False
        self._read: tuple[Clock, datetime] | None = None
        self._moment: Snapshot
        self.clock: Clock
        self.seed: int
        self.ids: Ids
        self._request_ids: Ids
        self.faults: tuple[Any, ...]
        self.stubs: tuple[Any, ...]
        self.tallies: Mapping[str, Any]
        self.restore(self.origin)

    def __getitem__(self, collection: Collection) -> Table:
        table = self._tables.get(collection)
        if table is None:
            self._begin(collection)
            table = self._tables[collection] = Table(self._current, collection)
        return table

    def _begin(self, collection: Collection) -> None:
        """Make sure that there is a version of the collection.

        A first version is put into the mapping in place: whoever shares it would begin with the same, and nothing has
        changed.
        """
        states = self._current.states
        if collection.name not in states:
            cast("dict[str, TableState]", states)[collection.name] = begun(collection)

    def complete(self) -> None:
        """Have a version of each collection of which there is a table, after the versions have been put back."""
        for collection in self._tables:
            self._begin(collection)

    def state(self, collection: Collection) -> TableState:
        """The version of a collection as it stands."""
        self._begin(collection)
        return self._current.states[collection.name]

    def has_used(self, collection: Collection) -> bool:
        """Whether there is a version of the collection: one that begins by itself is not there before it is used."""
        return collection.name in self._current.states

    def replace(self, collection: Collection, state: TableState) -> None:
        """Put another version in the place of a collection's."""
        self._current.replace(collection, state)

    def now(self) -> datetime:
        """The world's time, aware and in UTC; one and the same while a request is answered, see `begin`."""
        if not self._answering:
            return self.clock.now()
        # a handler may freeze or advance the clock, which is then read anew
        if self._read is None or self._read[0] is not self.clock:
            self._read = self.clock, self.clock.now()
        return self._read[1]

    def timestamp(self, timespec: str = "seconds") -> str:
        """The world's time in RFC 3339, in `seconds` or `milliseconds`: `2026-04-22T10:00:00Z`."""
        return self.now().isoformat(timespec=timespec).replace("+00:00", "Z")

    def request_id(self) -> str:
        """A new UUID for the body of an error, from a sequence of its own, which no failed transaction winds back."""
        return self._request_ids.uuid()

    @contextmanager
    def transaction(self) -> Iterator[World]:
        """A block that holds the world's lock and changes nothing if it raises."""
        with self.lock:
            begun = Transaction(self)
            try:
                yield self
            except BaseException:
                begun.undo()
                raise
            finally:
                begun.end()

    def moment(self) -> Snapshot:
        """How the world stands, with the counters of its fault rules; one object for as long as nothing changes.

        For whoever holds the world's lock outside of any transaction; within one, see `snapshot`.
        """
        known, states = self._moment, self._current.states
        if (
            known.states is states
            and known.ids == self.ids.count
            and known.request_ids == self._request_ids.count
            and known.tallies is self.tallies
            and known.clock is self.clock
            and known.faults is self.faults
            and known.stubs is self.stubs
            and known.seed == self.seed
        ):
            return known
        self._moment = Snapshot(
            states,
            self.clock,
            self.ids.count,
            self._request_ids.count,
            self.faults,
            self.seed,
            self.stubs,
            self.tallies,
        )
        return self._moment

    def begin(self, counted: Snapshot | None = None, read_at: datetime | None = None) -> Snapshot:
        """How the world stands before a request. Until `end`, while the lock is held, the clock is read once at most.

        So the answer is the same whenever it is given again with this state and this reading. `counted`: how the world
        stood before its fault rules counted the request, `read_at`: what its clock said to them; what has happened
        since, while a rule delayed the request, is part of the state before it.
        """
        if self._current.edit is not None:
            self._current.part()
        self._answering = True
        self._read = None if read_at is None else (self.clock, read_at)
        moment = self.moment()
        if counted is None or counted.tallies is moment.tallies:
            return moment
        return replace(moment, tallies=counted.tallies)

    def end(self) -> tuple[Snapshot, datetime | None]:
        """How the world stands after the request, and what the clock said, if it was read."""
        if self._current.edit is not None:
            self._current.part()
        self._answering = False
        return self.moment(), None if self._read is None else self._read[1]

    @contextmanager
    def as_of(self, moment: Snapshot, read_at: datetime | None) -> Iterator[Clock]:
        """A block that holds the lock, in which ids are those drawn behind a moment and the clock says what it read.

        Afterwards the clock, which is what the block is given, goes on, and ids that were drawn are not drawn again.
        """
        with self.lock:
            clock, ids, request_ids = self.clock, self.ids, self._request_ids
            pinned = self.clock if read_at is None else Clock(frozen_at=read_at)
            self.clock = pinned
            self.ids = Ids(moment.seed, "ids", moment.ids)
            self._request_ids = Ids(moment.seed, "requests", moment.request_ids)
            try:
                yield clock
            finally:
                if moment.seed == self.seed:
                    ids.count = max(ids.count, self.ids.count)
                    request_ids.count = max(request_ids.count, self._request_ids.count)
                self.ids, self._request_ids = ids, request_ids
                if self.clock is pinned:
                    self.clock = clock

    def snapshot(self) -> Snapshot:
        """How the world stands, for a world that begins so; the counters of its rules stay behind."""
        with self.lock:
            self._current.part()
            moment = self.moment()
            # a world that begins here counts anew, see Snapshot
            return replace(moment, tallies={}) if moment.tallies else moment

    def restore(self, snapshot: Snapshot) -> None:
        """Have the world stand as a snapshot says; the journal stays."""
        with self.lock:
            self._moment = snapshot
            self._current.states = snapshot.states
            self.clock = snapshot.clock
            self.seed = snapshot.seed
            self.complete()
            # new objects: a transaction around this holds on to the others, to wind them back
            self.ids = Ids(snapshot.seed, "ids", snapshot.ids)
            self._request_ids = Ids(snapshot.seed, "requests", snapshot.request_ids)
            self.faults = snapshot.faults
            self.stubs = snapshot.stubs
            self.tallies = snapshot.tallies

    def adopt(self, states: Mapping[str, TableState]) -> None:
        """Go on with other versions of the collections, of which there may be others now."""
        with self.lock:
            self._tables = {}
            self._current.part()
            self._current.states = dict(states)

    def as_served(self, number: int, moment: Snapshot) -> Snapshot:
        """The moment that an entry of the journal keeps, fit for what is served now."""
        # each reload of what is served has left one; an entry needs those that came after it
        for epoch, latest, adopt in self.adoptions:
            if epoch == self.journal.epoch and number <= latest:
                moment = adopt(moment)
        return moment

    def reset(self) -> None:
        """Restore the state that the world began with, and clear the journal."""
        self.restore(self.origin)
        self.journal.clear()


class Transaction:
    """See World.transaction. Ids for the bodies of errors are not wound back, see World.request_id.

    Whoever holds the world's lock already may begin it by making it, `undo` it on a failure, and must `end` it, which
    costs half as much as a block.
    """

    __slots__ = ("_before", "_drawn", "_outer", "_states", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        current, ids = world._current, world.ids
        # new for a nested transaction, too: it must not change in place what it may have to restore
        self._outer, current.edit = current.edit, object()
        self._states = current.states
        self._before = (
            world.clock, world.seed, ids, world._request_ids, world.faults, world.stubs, world.tallies
        )  # fmt: skip
        self._drawn = ids.count

    def undo(self) -> None:
        """Have the world stand as it did when this began."""
        world = self._world
        world._current.states = self._states
        (
            world.clock, world.seed, world.ids, world._request_ids, world.faults, world.stubs, world.tallies
        ) = self._before  # fmt: skip
        world.complete()
        world.ids.count = self._drawn  # the same object may still be there, with more drawn

    def end(self) -> None:
        # new again for the one around this: within, somebody may have kept what it had written so far
        self._world._current.edit = self._outer and object()
