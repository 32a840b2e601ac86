"""Seed data: a folder of JSON arrays, one file per collection, validated record by record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from mockserver.errors import FixtureError
from mockserver.world.store import Collection, Duplicate, Record, TableState

Check = Callable[[Record], Iterable[tuple[str, str]]]
"""Returns (field, message) for every flaw of a record."""


def read_records(path: Path) -> list[Record]:
    """The JSON array of objects in the file, in its order; FixtureError names file and record."""
    try:
        records = orjson.loads(path.read_bytes())
    except OSError as error:
        raise FixtureError(
            f"{path}: the fixture file cannot be read ({error.strerror}). Restore it or its permissions."
        ) from None
    except orjson.JSONDecodeError as error:
        raise FixtureError(
            f"{path}: expected a JSON array of records, but it is not JSON: {error}. Correct the file."
        ) from None
    if not isinstance(records, list):
        raise FixtureError(
            f"{path}: expected a JSON array of records, got {type(records).__name__}. Wrap the records in [ ]."
        )
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise FixtureError(f"{path}: record {number}: expected a JSON object, got {record!r:.80}.")
    return records


def load_collection(collection: Collection, records: list[Record], check: Check, source: Path) -> TableState:
    """The collection's first version; FixtureError names file, record and field of the first flaw of each kind."""
    for number, record in enumerate(records, start=1):
        for field, flaw in check(record):
            raise FixtureError(f"{source}: record {number}: {field or 'the record'}: {flaw}")
    if len(records) < collection.least:
        raise FixtureError(f"{source}: expected at least {collection.least} record(s), got {len(records)}. Add some.")
    try:
        return TableState.load(collection, records)
    except Duplicate as error:
        number = (error.position or 0) + 1
        raise FixtureError(
            f"{source}: record {number}: {error.constraint}: {error.value!r} is already taken by an earlier record. "
            "Each must be different."
        ) from None


def check_references(
    collections: Iterable[Collection], states: Mapping[str, TableState], sources: Mapping[str, Path]
) -> None:
    """Every reference names a record that exists; FixtureError names file, record and field otherwise."""
    for collection in collections:
        for field, target in collection.references.items():
            known = states[target].rows
            for number, record in enumerate(states[collection.name].records(), start=1):
                for value in values_of(record.get(field)):
                    if value not in known:
                        raise FixtureError(
                            f"{sources[collection.name]}: record {number}: {field}: {value!r} is not the key of any "
                            f"record in {target}. Add that record or correct the reference."
                        )


def values_of(value: Any) -> list[Any]:
    """What a field that refers to records holds: none, one or several keys."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
