"""What forms and XML have no way to write: objects without properties, and arrays without items.

A body that has nothing of a property says that it is empty, where it is required and may be empty; where it is not
required, it is not there. What a body does say is never changed.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from mockserver.contract.codecs.typed import Typed

DEEPEST = 20
"""Objects that require one another which are looked into."""
COMPOUND = frozenset({"object", "array"})


def completed(value: Any, schema: Any, typed: Typed, depth: int = 0) -> Any:
    """The value with what is required in it, is not there and may be empty; changed in place."""
    if isinstance(value, dict):
        for name, each in value.items():
            if isinstance(each, dict | list):
                completed(each, typed.property(schema, name), typed, depth)
        value |= missing(value, schema, typed, COMPOUND, depth)
    elif isinstance(value, list):
        items = typed.items(schema)
        for each in value:
            completed(each, items, typed, depth)
    return value


def missing(
    names: Collection[str], schema: Any, typed: Typed, kinds: Collection[str], depth: int = 0
) -> dict[str, dict[str, Any] | list[Any]]:
    """The properties of an object that has these names which are required and may be empty, as far as they are of these
    kinds."""
    required = [name for name in typed.required(schema) if name not in names]
    found = {name: _empty(typed.property(schema, name), typed, kinds, depth) for name in required}
    return {name: each for name, each in found.items() if each is not None}


def _empty(schema: Any, typed: Typed, kinds: Collection[str], depth: int) -> dict[str, Any] | list[Any] | None:
    """The empty value of a schema; None if that is not valid, or of another kind."""
    found = typed.kinds(schema) - {"null"}
    if depth >= DEEPEST or len(found) != 1 or not found.intersection(kinds):
        return None
    if found == {"array"}:
        return None if typed.asks(schema, "minItems", "contains", "enum", "const") else []
    if typed.asks(schema, "minProperties", "enum", "const"):
        return None
    made: dict[str, Any] = completed({}, schema, typed, depth + 1)
    return None if any(name not in made for name in typed.required(schema, alternatives=True)) else made
