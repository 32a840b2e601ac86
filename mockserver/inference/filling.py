"""Fillings: the fields of an item that are filled in where a request says nothing: times, defaults, the required."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import spelled

CREATED = (
    *("created", "createdat", "createdon", "createdate", "creationdate", "datecreated", "createtime", "creationtime"),
    *("createddate", "createdtime", "creationtimestamp", "dateadded", "addedat", "insertedat", "createddatetime"),
)
UPDATED = (
    *("updated", "updatedat", "updatedon", "updatedate", "dateupdated", "updatetime", "modified", "modifiedat"),
    *("lastmodified", "lastupdated", "lastupdatedat", "modifieddate", "datemodified", "lastmodifiedat", "changedat"),
    *("lastmodifieddate", "modifiedon", "lastupdatedtime", "updateddate", "lastupdateddate", "modificationtime"),
)
MILLISECONDS = 100_000_000_000
"""A time in whole numbers from here on is one in milliseconds."""


@dataclass(frozen=True)
class Filling:
    """Fields of an item that the world fills in, and what they begin with where nothing was sent."""

    created: Mapping[str, Callable[[datetime], Any]]
    updated: Mapping[str, Callable[[datetime], Any]]
    defaults: Mapping[str, Any]
    made: Sequence[str]
    hidden: frozenset[str] = field(default_factory=frozenset)


def filling_of(looks: Looks, item: Any, key: Pointer | None, asked: Collection[str] = ()) -> Filling:
    """The filling of the items of a schema; `key`: the field of their key; `asked`: those that lists require."""
    required = looks.required(item)
    properties = looks.properties(item)
    created, updated, defaults, made = {}, {}, {}, []
    for name, schema in properties.items():
        shape = looks.shape(schema).schema
        if spelled(name) in CREATED and (clock := clock_of(looks, schema)):
            created[name] = clock
        elif spelled(name) in UPDATED and (clock := clock_of(looks, schema)):
            updated[name] = clock
        elif "default" in shape or looks.default(schema) is not None:
            defaults[name] = shape.get("default", looks.default(schema))
        elif (
            (name in required or name in asked or shape.get("readOnly"))
            and (name,) != key
            and not shape.get("writeOnly")
        ):
            made.append(name)
    hidden = frozenset(name for name, each in properties.items() if looks.shape(each).schema.get("writeOnly"))
    return Filling(created, updated, defaults, made, hidden)


def clock_of(looks: Looks, schema: Any) -> Callable[[datetime], Any] | None:
    """What writes a time as a field has it; None if the field has none."""
    kinds, shape = looks.kinds(schema), looks.shape(schema)
    if "string" in kinds:
        if shape.schema.get("format") == "date":
            return lambda now: now.date().isoformat()
        return lambda now: now.isoformat(timespec="seconds").replace("+00:00", "Z")
    if kinds & {"integer", "number"}:
        example = next((each for each in shape.examples if isinstance(each, int | float)), 0)
        scale = 1000 if example > MILLISECONDS else 1
        return lambda now: int(now.timestamp() * scale)
    return None
