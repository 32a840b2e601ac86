"""The handle of a collection in a world: its current version is read, and replaced by another with each write.

A write copies no more than the pieces of containers on the way to what changes. Whatever can fail is worked out before
the first of them is touched: the claims on unique values, and the places in indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from mockserver.world.persistent import PersistentMap, PersistentSortedList
from mockserver.world.store import INSERTED, Collection, Duplicate, Index, Record, TableState, everywhere

T = TypeVar("T")

MEMOS = 4096
"""Results that one version of a collection caches; beyond that, the cache is cleared."""

LISTED = 200_000
"""Records in the lists among them, likewise; a longer one is cached alone."""

UNKNOWN: Any = object()


class _Last:
    """Sorts after everything, so that (position, LAST) sorts after every item of that position."""

    def __lt__(self, other: object) -> bool:
        return False


LAST = _Last()


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
        return [] if items is None else state.of(items.slice(offset, limit))

    def after(self, index: str, partition: Hashable, position: Any, limit: int | None = None) -> list[Record]:
        """Up to `limit` records that sort after the order key `position` (None: from the start)."""
        if position is None:
            return self.slice(index, partition, 0, limit)
        state = self._tables.states[self._name]
        items = state.indexes[index].get(partition)
        # LAST is behind every key, so records that share the position are left behind, too
        return [] if items is None else state.of(items.after((position, LAST), limit))

    def memo(self, key: Hashable, compute: Callable[[], T]) -> T:
        """`compute()`, cached under `key` until the collection changes."""
        state = self._tables.states[self._name]
        memos = state.memos
        known: T = memos.get(key, UNKNOWN)
        if known is UNKNOWN:
            known = compute()
            state.remembered += len(known) if isinstance(known, list) else 0
            # all at once: to know the least recently used would cost every hit
            if len(memos) >= MEMOS or state.remembered > LISTED:
                memos.clear()
                state.remembered = len(known) if isinstance(known, list) else 0
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
        if before is not None and after is not None and index.order is None:
            partition = index.partition
            if partition is everywhere or partition(before) == partition(after):
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
