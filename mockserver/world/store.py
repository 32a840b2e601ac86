"""Collections of records, with unique keys and ordered indexes; a fork of one costs nothing.

A `Collection` declares what is stored; a `TableState` is one immutable version of it, and a `Table` the handle
through which a world's current version is read and replaced. Records are plain JSON objects and never changed
in place: a write puts a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, Protocol, TypeVar

from mockserver.world.persistent import PersistentMap, PersistentSortedList, sorted_weight

Record = Mapping[str, Any]
T = TypeVar("T")

MEMOS = 4096
"""Results that one version of a collection caches; beyond that, the cache is cleared."""

VERSION = 1024
"""Approximate bytes of one version of a collection, with a record of its own, without its containers."""

UNKNOWN: Any = object()

KEY = itemgetter(1)
"""The key of the record that an item of an index stands for."""

RECORD: Callable[[Any], Record] = itemgetter(1)
"""The record in a row."""


def everywhere(_: Record) -> tuple[Hashable, ...]:
    """One partition that holds every record."""
    return (None,)


@dataclass(frozen=True)
class Index:
    """Records in order, within partitions: a record is in each partition that `partition` names for it.

    `order` gives a comparable sort key; without it a partition is in insertion order.
    """

    partition: Callable[[Record], Iterable[Hashable]] = everywhere
    order: Callable[[Record], Any] | None = None


INSERTED = "inserted"
"""The index every collection has: all records, in insertion order."""


@dataclass(frozen=True, eq=False)
class Collection:
    """One kind of record: its name, key, unique values, indexes and schema.

    `unique` maps a name to a value that no two records may share (None: no value); `schema` is the JSON Schema of a
    record, in which `#/components/…` refers to the API's document; `references` maps a field to the collection in which
    its value (or each of its values) must be a key; `least` is the minimum number of records. `begin` makes its first
    version, always the same, when a world that has none is first asked for it.
    """

    name: str
    key: Callable[[Record], Any] = itemgetter("id")
    unique: Mapping[str, Callable[[Record], Hashable | None]] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    schema: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)
    least: int = 0
    begin: Callable[[], TableState] | None = None

    @cached_property
    def all_indexes(self) -> Mapping[str, Index]:
        return {INSERTED: Index(), **self.indexes}


class Duplicate(Exception):
    """Two records have one key: `constraint` is `key` or the name of a unique value."""

    def __init__(self, collection: str, constraint: str, value: Any, position: int | None = None) -> None:
        super().__init__(f"{collection}: {constraint} {value!r} is taken by another record")
        self.constraint = constraint
        self.value = value
        self.position = position


class _Last:
    """Sorts after everything, so that (position, LAST) sorts after every item of that position."""

    def __lt__(self, other: object) -> bool:
        return False


LAST = _Last()


@dataclass(slots=True)
class TableState:
    """One version of a collection. Shared by every world and snapshot that has not written since.

    Never changed once it is made, but for its memos; frozen, it would take three times as long to make.
    """

    rows: PersistentMap[Any, tuple[int, Record]]
    unique: Mapping[str, PersistentMap[Hashable, Any]]
    indexes: Mapping[str, PersistentMap[Hashable, PersistentSortedList]]
    next_sequence: int
    memos: dict[Hashable, Any] = field(default_factory=dict)  # a new version begins without any: that invalidates them

    @classmethod
    def load(cls, collection: Collection, records: Iterable[Record]) -> TableState:
        """A version with these records in their order; Duplicate gives the position of the second one with a key."""
        rows: dict[Any, tuple[int, Record]] = {}
        for sequence, record in enumerate(records):
            key = collection.key(record)
            if key in rows:
                raise Duplicate(collection.name, "key", key, sequence)
            rows[key] = (sequence, record)
        return cls(
            rows=PersistentMap(rows.items()),
            unique={name: _unique(collection, name, rows) for name in collection.unique},
            indexes={name: _indexed(index, rows) for name, index in collection.all_indexes.items()},
            next_sequence=len(rows),
        )

    def weight(self, before: TableState | None) -> int:
        """Approximate bytes that the transaction which made this version has copied; `before`: the one before it."""
        edit = self.rows.edit
        total = VERSION + self.rows.weight(edit)
        if before is None or self.unique is not before.unique:
            total += sum(taken.weight(edit) for taken in self.unique.values())
        if before is None or self.indexes is not before.indexes:
            count = len(self.rows)
            for partitions in self.indexes.values():
                total += partitions.weight(edit, sorted_weight(count // (len(partitions) or 1)))
        return total


def written(before: Mapping[str, TableState], after: Mapping[str, TableState]) -> int:
    """Approximate bytes that the versions of a world do not share with those before a transaction."""
    total = 0
    if before is not after:
        for name, state in after.items():
            earlier = before.get(name)
            if earlier is not state:
                total += state.weight(earlier)
    return total


def _unique(collection: Collection, name: str, rows: dict[Any, tuple[int, Record]]) -> PersistentMap[Hashable, Any]:
    value_of = collection.unique[name]
    taken: dict[Hashable, Any] = {}
    for key, (sequence, record) in rows.items():
        value = value_of(record)
        if value is None:
            continue
        if value in taken:
            raise Duplicate(collection.name, name, value, sequence)
        taken[value] = key
    return PersistentMap(taken.items())


def _indexed(index: Index, rows: dict[Any, tuple[int, Record]]) -> PersistentMap[Hashable, PersistentSortedList]:
    partitions: defaultdict[Hashable, list[Any]] = defaultdict(list)
    for key, (sequence, record) in rows.items():
        # the key makes items distinct whose order is equal, and leads back to the record
        item = (index.order(record) if index.order else sequence, key)
        for partition in index.partition(record):
            partitions[partition].append(item)
    return PersistentMap((partition, PersistentSortedList(items)) for partition, items in partitions.items())


class Tables(Protocol):
    """What has the current version of each collection, by its name: a world."""

    @property
    def states(self) -> Mapping[str, TableState]: ...

    def replace(self, collection: Collection, state: TableState) -> None: ...

    @property
    def edit(self) -> object | None:
        """The current transaction, whose writes may change what it has copied already."""


class Table:
    """A world's current version of one collection. The cost of a page depends on its size only; look-ups are O(1)."""

    __slots__ = ("_collection", "_name", "_tables")

    def __init__(self, tables: Tables, collection: Collection) -> None:
        self._tables = tables
        self._collection = collection
        self._name = collection.name

    def __len__(self) -> int:
        return len(self._tables.states[self._name].rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.slice(INSERTED, None))

    def get(self, key: Any) -> Record | None:
        row = self._tables.states[self._name].rows.get(key)
        return None if row is None else row[1]

    def find(self, unique: str, value: Hashable) -> Record | None:
        """The record whose unique value `unique` is `value`."""
        state = self._tables.states[self._name]
        key = state.unique[unique].get(value)
        if key is None:
            return None
        row = state.rows.get(key)
        return None if row is None else row[1]

    def sequence(self, key: Any) -> int | None:
        """The place of a record in the order they came in; None if there is no record of that key."""
        row = self._tables.states[self._name].rows.get(key)
        return None if row is None else row[0]

    @property
    def following(self) -> int:
        """The place that the next record gets."""
        return self._tables.states[self._name].next_sequence

    def count(self, index: str, partition: Hashable = None) -> int:
        items = self._tables.states[self._name].indexes[index].get(partition)
        return 0 if items is None else len(items)

    def counts(self, index: str, partitions: Iterable[Hashable]) -> list[int]:
        """How many records each of the partitions has."""
        found = self._tables.states[self._name].indexes[index].values(partitions)
        return [0 if items is None else items.count for items in found]

    def contains(self, index: str, partition: Hashable, key: Any) -> bool:
        record = self.get(key)
        return record is not None and partition in self._collection.all_indexes[index].partition(record)

    def slice(self, index: str, partition: Hashable = None, offset: int = 0, limit: int | None = None) -> list[Record]:
        """Up to `limit` records of the partition from position `offset`, in the index's order."""
        state = self._tables.states[self._name]
        items = state.indexes[index].get(partition)
        return [] if items is None else _records(state, items.slice(offset, limit))

    def after(self, index: str, partition: Hashable, position: Any, limit: int | None = None) -> list[Record]:
        """Up to `limit` records that sort after the order key `position` (None: from the start)."""
        if position is None:
            return self.slice(index, partition, 0, limit)
        state = self._tables.states[self._name]
        items = state.indexes[index].get(partition)
        # LAST is behind every key, so records that share the position are left behind, too
        return [] if items is None else _records(state, items.after((position, LAST), limit))

    def memo(self, key: Hashable, compute: Callable[[], T]) -> T:
        """`compute()`, cached under `key` until the collection changes."""
        memos = self._tables.states[self._name].memos
        known: T = memos.get(key, UNKNOWN)
        if known is UNKNOWN:
            known = compute()
            # all at once: to know the least recently used would cost every hit
            if len(memos) >= MEMOS:
                memos.clear()
            memos[key] = known
        return known

    def put(self, record: Record) -> Record:
        """Insert, or replace the record with the same key in its place; Duplicate if a unique value is taken."""
        collection, state = self._collection, self._tables.states[self._name]
        key = collection.key(record)
        old = state.rows.get(key)
        # a record that is replaced stays in its place in the order of insertion
        sequence = state.next_sequence if old is None else old[0]
        self._change(state, key, sequence, None if old is None else old[1], record)
        return record

    def delete(self, key: Any) -> Record | None:
        """Remove and return the record; None if there is none."""
        state = self._tables.states[self._name]
        row = state.rows.get(key)
        if row is None:
            return None
        sequence, record = row
        self._change(state, key, sequence, record, None)
        return record

    def _change(self, state: TableState, key: Any, sequence: int, before: Record | None, after: Record | None) -> None:
        """Put the record `after` in the place of `before`."""
        # whatever can fail comes first: from the first write on, containers may be changed in place
        collection, edit = self._collection, self._tables.edit
        claims = [*_claims(collection, state.unique, before, after)]
        moves = [*_moves(collection, key, sequence, before, after)]
        rows = state.rows.remove(key, edit) if after is None else state.rows.set(key, (sequence, after), edit)
        unique, indexes = state.unique, state.indexes
        if claims:
            unique = {**unique, **{each.name: each.move(unique[each.name], key, edit) for each in claims}}
        if moves:
            indexes = {**indexes, **{name: _move(indexes[name], old, new, edit) for name, old, new in moves}}
        self._tables.replace(collection, TableState(rows, unique, indexes, max(state.next_sequence, sequence + 1)))


def _records(state: TableState, items: list[Any]) -> list[Record]:
    rows = state.rows.values(map(KEY, items))
    try:
        return [*map(RECORD, rows)]
    except TypeError:  # without the world's lock, a row may be gone before its item
        return [row[1] for row in rows if row is not None]


class _Claim(NamedTuple):
    """A record's change of a unique value; None is no value."""

    name: str
    old: Hashable | None
    new: Hashable | None

    def move(self, taken: PersistentMap[Hashable, Any], key: Any, edit: object | None) -> PersistentMap[Hashable, Any]:
        if self.old is not None:
            taken = taken.remove(self.old, edit)
        return taken if self.new is None else taken.set(self.new, key, edit)


def _claims(
    collection: Collection,
    unique: Mapping[str, PersistentMap[Hashable, Any]],
    before: Record | None,
    after: Record | None,
) -> Iterator[_Claim]:
    """The unique values that the record changes; Duplicate if another record has one of them."""
    for name, value_of in collection.unique.items():
        old = None if before is None else value_of(before)
        new = None if after is None else value_of(after)
        if old != new:
            # None is no value: any number of records may lack one
            if new is not None and new in unique[name]:
                raise Duplicate(collection.name, name, new)
            yield _Claim(name, old, new)


_Places = dict[Hashable, tuple[Any, Any]]
"""The item of an index that stands for a record, by the partitions that it is in."""


def _moves(
    collection: Collection, key: Any, sequence: int, before: Record | None, after: Record | None
) -> Iterator[tuple[str, _Places, _Places]]:
    """The indexes in which the record has another place than before: their names, the old places and the new."""
    for name, index in collection.all_indexes.items():
        if before is not None and after is not None and index.order is None and index.partition is everywhere:
            continue  # as it is with most writes
        old, new = _places(index, before, key, sequence), _places(index, after, key, sequence)
        if old != new:
            yield name, old, new


def _move(
    partitions: PersistentMap[Hashable, PersistentSortedList],
    old: _Places,
    new: _Places,
    edit: object | None,
) -> PersistentMap[Hashable, PersistentSortedList]:
    # what is the same in both stays: a record that keeps its place costs no write to the index
    for partition, item in old.items() - new.items():
        items = partitions.get(partition)
        assert items is not None
        items = items.remove(item, edit)
        partitions = partitions.set(partition, items, edit) if items else partitions.remove(partition, edit)
    for partition, item in new.items() - old.items():
        items = partitions.get(partition)
        partitions = partitions.set(partition, (EMPTY if items is None else items).add(item, edit), edit)
    return partitions


EMPTY = PersistentSortedList()


def _places(index: Index, record: Record | None, key: Any, sequence: int) -> _Places:
    if record is None:
        return {}
    item = (index.order(record) if index.order else sequence, key)
    return dict.fromkeys(index.partition(record), item)
