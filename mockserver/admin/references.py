"""One record of a world, with the records that it refers to and those that refer to it.

What refers to what is said by a collection, or by the inference where the API has one: fields that hold the key of a
record elsewhere, or several of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any

from mockserver.admin.apis import Apis
from mockserver.admin.records import copied
from mockserver.api import Api
from mockserver.contract.bodies import value_text
from mockserver.errors import MockServerError, StateError
from mockserver.inference.errors import Stateless
from mockserver.inference.records import at
from mockserver.world import Collection, Record, World
from mockserver.world.fixtures import values_of

REFERRING = 200
"""Records that are named as referring to one."""

Json = dict[str, Any]


def record(world: World, apis: Apis, name: str, key: str) -> Json:
    """The record of that key, as the schema `FoundRecord` has it; StateError if there is none."""
    collection = apis.collection(name)
    with world.lock:
        found = _find(world, collection, key)
        if found is None:
            raise StateError("unknown", f"no record of {name} has the key {key!r:.100} in the world {world.name!r}.")
        referring = _referring(world, apis, collection, found)
        named = list(islice(referring, REFERRING))
        return {
            "world": world.name,
            "collection": name,
            "key": key,
            "record": copied([found])[0],
            "refersTo": list(_referred(world, apis, collection, found)),
            "referredBy": named,
            "more": sum(1 for _ in referring),
        }


def _find(world: World, collection: Collection, key: str) -> Record | None:
    found: Record | None = world[collection].get(key)
    if found is not None:
        return found
    rows = world.state(collection).rows.items()
    # a key that is no text, such as a number, comes as text in a URL
    return next((row[1] for own, row in rows if not isinstance(own, str) and value_text(own) == key), None)


def _referred(world: World, apis: Apis, collection: Collection, record: Record) -> Iterator[Json]:
    """The records that a record names, whether they are there or not."""
    for field, target in _fields(apis, collection).items():
        other = apis.collections[target]
        values = [str(each) for each in values_of(record.get(field))]
        found = _named(world, other, _own(apis, other), values)
        for value in values:
            key = value_text(other.key(found[value])) if value in found else value
            yield {"field": field, "collection": target, "key": key, "exists": value in found}


def _referring(world: World, apis: Apis, collection: Collection, record: Record) -> Iterator[Json]:
    """The records that name a record."""
    names = _names(collection, _own(apis, collection), record)
    for other in apis.collections.values():
        for field in (field for field, target in _fields(apis, other).items() if target == collection.name):
            for key, (_, each) in world.state(other).rows.items():
                if any(str(value) in names for value in values_of(each.get(field))):
                    yield {"collection": other.name, "key": value_text(key), "field": field}


def _fields(apis: Apis, collection: Collection) -> Mapping[str, str]:
    """The fields that name records, and of which collections."""
    api = apis.by_name.get(collection.name.partition(".")[0])
    found = dict(collection.references)
    if api is not None and api.inferred is not None:
        # a collection of a handler's has no model, and one of a resource that keeps nothing has no references
        with suppress(Stateless, MockServerError, KeyError):
            model = api.inferred.model(collection.name.partition(".")[2])
            for field, resource in api.inferred.lineage.references(model).items():
                found.setdefault(field, f"{api.name}.{resource}")
    return {field: target for field, target in found.items() if target in apis.collections}


def _named(world: World, collection: Collection, own: Any, values: Sequence[str]) -> dict[str, Record]:
    """The records that values mean: those of that key, or else the first whose own key within its parent each is."""
    table = world[collection]
    found: dict[str, Record] = {value: record for value in values if (record := table.get(value)) is not None}
    wanted = {value for value in values if value not in found} if own is not None else set()
    # in one pass for all of them, as the world waits meanwhile
    for _, (_, each) in world.state(collection).rows.items() if wanted else ():
        for value in wanted & _names(collection, own, each):
            found[value] = each
            wanted.discard(value)
        if not wanted:
            break
    return found


def _names(collection: Collection, own: Any, record: Record) -> set[str]:
    """The values that name a record: its key, and its own key within its parent."""
    key = value_text(collection.key(record))
    return {key} if own is None else {key, str(at(record, own))}


def _own(apis: Apis, collection: Collection) -> Any:
    """Where the records of an inferred collection have their own key; None for any other."""
    api: Api | None = apis.by_name.get(collection.name.partition(".")[0])
    if api is None or api.inferred is None:
        return None
    # as above: of a collection without a model the key alone names a record
    with suppress(Stateless, MockServerError, KeyError):
        return api.inferred.model(collection.name.partition(".")[2]).key.field
    return None
