"""The records of a world as JSON: read, replaced, patched, checked like fixtures.

Whatever changes a world changes all it was asked to or nothing, and names every flaw of what it was given. Records are
copied on their way in and out, so nobody holds one that a world shares with others.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw, refuse, words
from mockserver.contract.bodies import read_json, write_json
from mockserver.contract.contract import Contract
from mockserver.contract.validator import Validator, shown
from mockserver.errors import StateError
from mockserver.world import Collection, Duplicate, Record, World
from mockserver.world.fixtures import values_of
from mockserver.world.merging import merged
from mockserver.world.store import INSERTED, TableState
from mockserver.world.worlds import begun

RECORDS = 2_000_000
"""Records that a world takes at once."""

PARTS = 100
"""Schemas that one is made of which are looked through for its fields."""

Changes = Mapping[str, Any]


def read(world: World, collection: Collection) -> list[Record]:
    """The collection's records, in the order they came in."""
    with world.lock:
        records = list(world[collection])
    return copied(records)


def page(world: World, collection: Collection, offset: int, limit: int) -> tuple[int, list[Record]]:
    """How many records the collection has, and at most `limit` of them behind the first `offset`."""
    with world.lock:
        total = len(world[collection])
        return total, world[collection].slice(INSERTED, None, min(offset, total), limit)


def fields(apis: Apis, collection: Collection) -> list[str]:
    """The fields that the collection's schema names, in its order; none if it names none."""
    api = apis.by_name[collection.name.partition(".")[0]]
    schemas_of = [collection.schema]
    found: dict[str, None] = {}
    for schema in schemas_of:  # grows, by what the schema is made of
        node = api.document.resolve(schema) if len(schemas_of) < PARTS else {}
        if isinstance(node, Mapping):
            found |= dict.fromkeys(map(str, node.get("properties", ())))
            schemas_of += node.get("allOf", [])
    return list(found)


def replace(world: World, apis: Apis, given: Any) -> None:
    """Put whole `Collections` in the place of those of the same names, all or none; StateError names every flaw."""
    kept = Kept(apis)
    states = kept.states(schemas.checked("Collections", given, StateError))
    with world.transaction():
        refuse("conflict", kept.dangling(states, world), StateError)
        for name, state in states.items():
            world.replace(kept.collections[name], state)


def patch(world: World, apis: Apis, given: Any) -> None:
    """Merge `Changes` (RFC 7396) into records by their keys, all or none; StateError names every flaw.

    Null deletes the record; a key that no record has creates one, which must carry that key.
    """
    kept = Kept(apis)
    changes: Mapping[str, Changes] = schemas.checked("Changes", given, StateError)
    known = [name for name in changes if name in kept.collections]
    with world.transaction():
        merging = (flaw for name in known for flaw in kept.merge(world, name, changes[name]))
        # one after the other: what refers to what can be said of sound records only
        for flaws in (
            chain(kept.unknown(changes), merging),
            (flaw for name in changes for flaw in kept.dangling_after(world, name, changes[name])),
            (flaw for name in changes for flaw in kept.too_few(name, len(world[kept.collections[name]]))),
        ):
            refuse("conflict", flaws, StateError)


def counts(world: World, apis: Apis, names: Iterable[str]) -> dict[str, int]:
    """How many records the collections of those names have."""
    return {name: len(world[apis.collection(name)]) for name in names}


class Kept:
    """What the APIs keep, and how records for it are judged. `within` is where the collections stand in the JSON."""

    def __init__(self, apis: Apis, within: tuple[str, ...] = ()) -> None:
        self._apis = apis
        self.collections = apis.collections
        self._contracts = {each.name: api.contract for api in apis for each in api.stored()}
        self._within = within

    def _flaw(self, rule: str, message: str, *place: str | int, **more: Any) -> ValueFlaw:
        return ValueFlaw((*self._within, *place), message, rule, **more)

    def unknown(self, given: Iterable[str]) -> Iterator[ValueFlaw]:
        """Names that no collection has."""
        for name in given:
            if name not in self.collections:
                message = f"is not the name of a collection; {self._apis.nearest_collection(name)}"
                yield self._flaw("known", message, name, expected=list(self.collections))

    def missing(self, given: Iterable[str]) -> Iterator[ValueFlaw]:
        """Collections that are not given and do not begin by themselves, and names that no collection has."""
        names = set(given)
        needed = [name for name, each in self.collections.items() if each.begin is None]
        served, exported = _apis_of(self.collections), _apis_of(names)
        if not _apis_of(needed) <= exported <= served:
            message = f"is the state of {_listed(exported)}, but {_listed(served)} are served. Serve the same APIs"
            yield self._flaw("apis", message, expected=sorted(served), received=sorted(exported))
            return
        for name in needed:
            if name not in names:
                message = "is required: an export has every collection of an API written by hand"
                yield self._flaw("required", message, name)
        yield from self.unknown(sorted(names))

    def states(self, records: Mapping[str, Sequence[Record]], *, whole: bool = False) -> dict[str, TableState]:
        """The collections' first versions; StateError names every flaw. `whole`: none may be missing."""
        if not whole and sum(map(len, records.values())) > RECORDS:  # a whole world may have become larger in pieces
            raise StateError("conflict", f"a world takes at most {RECORDS} records at once. Give fewer.")
        known = [name for name in records if name in self.collections]
        flaws = (flaw for name in known for flaw in self._judge_all(name, records[name]))
        lacking = (flaw for name in known for flaw in self.too_few(name, len(records[name])))
        named = self.missing(records) if whole else self.unknown(records)
        refuse("conflict", chain(named, flaws, lacking), StateError)
        return {name: TableState.load(self.collections[name], each) for name, each in records.items()}

    def too_few(self, name: str, count: int) -> Iterator[ValueFlaw]:
        """Whether the collection would have fewer records than its API cannot do without."""
        least = self.collections[name].least
        if count < least:
            message = f"must have at least {least} record{'' if least == 1 else 's'}, would have {count}"
            yield self._flaw("least", message, name, expected=least, received=count)

    def _judge_all(self, name: str, records: Sequence[Record]) -> Iterator[ValueFlaw]:
        # only sound records are sure to have the members by which they are called
        sound = True
        for number, record in enumerate(records):
            for flaw in self._judge(name, number, record):
                sound = False
                yield flaw
        if sound:
            yield from self._repeated(name, records)

    def _judge(self, name: str, at: str | int, record: Record) -> Iterator[ValueFlaw]:
        """Where the record breaks the schema of its collection."""
        validator = _validator(self._contracts[name], self.collections[name])
        if not validator.accepts(record):
            for each in validator.violations(record, "body"):
                told = {"expected": each.expected, "received": each.received}
                yield self._flaw(each.keyword, each.message, name, at, *each.path, **told)

    def _repeated(self, name: str, records: Sequence[Record]) -> Iterator[ValueFlaw]:
        """Records that claim what an earlier one has."""
        collection = self.collections[name]
        claims: dict[str, Callable[[Record], Hashable | None]] = {"key": collection.key, **collection.unique}
        for constraint, value_of in claims.items():
            taken: set[Hashable] = set()
            for number, record in enumerate(records):
                value = value_of(record)
                if value is not None and value in taken:
                    message = f"{constraint}: {shown(value)} is already taken by an earlier record"
                    yield self._flaw("taken", message, name, number, received=value)
                taken.add(value)

    def dangling(self, states: Mapping[str, TableState], world: World | None = None) -> Iterator[ValueFlaw]:
        """References that lead to no record, once the states are in the world."""

        def state(name: str) -> TableState:
            if name in states:
                return states[name]
            collection = self.collections[name]
            return begun(collection) if world is None else world.state(collection)

        for name, collection in self.collections.items():
            for field, target in collection.references.items():
                if name in states or target in states:
                    known = state(target).rows
                    for number, record in enumerate(state(name).records()):
                        place = (name, number, field) if name in states else (target,)
                        source = () if name in states else (name, number, field)
                        for value in values_of(record.get(field)):
                            if value not in known:
                                message = _said(source, f"{shown(value)} is not the key of any record in {target}")
                                yield self._flaw("reference", message, *place, received=value, source=source)

    def merge(self, world: World, name: str, changes: Changes) -> Iterator[ValueFlaw]:
        """Put the changed records; what cannot be put is a flaw."""
        collection = self.collections[name]
        table = world[collection]
        # deletions first, since what they free another change of the same patch may take
        for key in [key for key, change in changes.items() if change is None]:
            if table.delete(key) is None:
                yield self._flaw("known", "no record has this key, so none can be deleted", name, key)
        for key, change in changes.items():
            if change is None:
                continue
            record = merged(table.get(key), change)
            flaws = list(self._judge(name, key, record))
            yield from flaws
            if flaws:
                continue
            if collection.key(record) != key:
                own = collection.key(record)
                yield self._flaw("key", f"the record's own key is {shown(own)}", name, key, expected=key, received=own)
                continue
            try:
                table.put(record)
            except Duplicate as error:
                message = f"{error.constraint}: {shown(error.value)} is already taken"
                yield self._flaw("taken", message, name, key, received=error.value)

    def dangling_after(self, world: World, name: str, changes: Changes) -> Iterator[ValueFlaw]:
        """References to or from the changed records that lead to no record now."""
        collection = self.collections[name]
        for key, change in changes.items():
            record = {} if change is None else world[collection].get(key) or {}
            for field, target in collection.references.items():
                for value in values_of(record.get(field)):
                    if value not in world.state(self.collections[target]).rows:
                        message = f"{shown(value)} is not the key of any record in {target}"
                        yield self._flaw("reference", message, name, key, field, received=value)
        gone = {key for key, change in changes.items() if change is None}
        for other in self.collections.values() if gone else ():
            for field in (field for field, target in other.references.items() if target == name):
                for number, record in enumerate(world.state(other).records()):
                    for value in gone.intersection(values_of(record.get(field))):
                        source = (other.name, number, field)
                        yield self._flaw("reference", f"{words(source)} still refers to it", name, value, source=source)


@lru_cache(maxsize=256)
def _validator(contract: Contract, collection: Collection) -> Validator:
    return contract.validator(collection.schema)


def copied(records: list[Record]) -> list[Record]:
    """The records once more, which are nobody else's. They may nest deeper than what is given from outside."""
    copy: list[Record]
    copy, _ = read_json(write_json(records), math.inf)
    return copy


def _apis_of(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no API"


def _said(source: tuple[str | int, ...], message: str) -> str:
    return f"{words(source)}: {message}" if source else message
