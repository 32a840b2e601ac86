"""Collections of records, with unique keys and ordered indexes; a fork of one costs nothing.

A `Collection` declares what is stored; a `TableState` is one immutable version of it, which a world reads and replaces
through a `Table` (see `table`). Records are plain JSON objects and never changed in place: a write puts a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any

from mockserver.world.persistent import PersistentMap, PersistentSortedList, sorted_weight

Record = Mapping[str, Any]

VERSION = 1024
"""Approximate bytes of one version of a collection, with a record of its own, without its containers."""

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


@dataclass(slots=True)
class TableState:
    """One version of a collection. Shared by every world and snapshot that has not written since.

    Never changed once it is made, but for its memos and how many records the lists among them have, `remembered`;
    frozen, it would take three times as long to make.
    """

    rows: PersistentMap[Any, tuple[int, Record]]
    unique: Mapping[str, PersistentMap[Hashable, Any]]
    indexes: Mapping[str, PersistentMap[Hashable, PersistentSortedList]]
    next_sequence: int
    memos: dict[Hashable, Any] = field(default_factory=dict)  # a new version begins without any: that invalidates them
    remembered: int = 0

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

    def records(self) -> list[Record]:
        """All records, in the order in which they came in."""
        return self.of(self.indexes[INSERTED].get(None) or ())

    def of(self, items: Iterable[Any]) -> list[Record]:
        """The records for which items of an index stand, in their order."""
        rows = self.rows.values(map(KEY, items))
        try:
            return [*map(RECORD, rows)]
        except TypeError:  # without the world's lock, a row may be gone before its item
            return [row[1] for row in rows if row is not None]

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
