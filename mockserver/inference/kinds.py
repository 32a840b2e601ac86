"""Kinds: the alternatives of an item, and of which of them a record is: by its discriminator, else by its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.errors import DocumentError
from mockserver.inference.looks import ALTERNATIVES, Looks

CHOOSING = frozenset(("oneOf", "anyOf", "discriminator", "title", "description", "example", "examples"))
"""Keywords of an item that say nothing of its kinds in common."""


@dataclass(frozen=True)
class Kind:
    """One alternative of an item: its schema, its fields, and the values of the fields that tell it from the others."""

    schema: Any
    fields: frozenset[str]
    values: Mapping[str, frozenset[Any]]

    def is_told(self, record: Mapping[str, Any]) -> bool:
        """Whether a record says that it is of this kind."""
        told = [name for name in self.values if name in record]
        return bool(told) and all(_plain(record[name]) in self.values[name] for name in told)


class Kinds:
    """The kinds of the items of one schema; none if it has no alternatives."""

    def __init__(self, looks: Looks, schema: Any) -> None:
        self._looks = looks
        self._all = self._found(schema)
        self._known = frozenset(name for each in self._all for name in each.fields)

    def __bool__(self) -> bool:
        return bool(self._all)

    def of(self, record: Mapping[str, Any]) -> Kind | None:
        """The kind of a record; None if nothing tells it."""
        told = next((each for each in self._all if each.is_told(record)), None)
        if told is not None:
            return told
        own = self._known & record.keys()
        fitting = [each for each in self._all if own <= each.fields]
        return fitting[0] if len(fitting) == 1 else None

    def kept(self, before: Mapping[str, Any], after: dict[str, Any]) -> None:
        """Give the record that takes the place of another the values that tell its kind, where it has none."""
        names = [name for each in self._all[:1] for name in each.values]
        if not any(name in after for name in names):
            after.update({name: before[name] for name in names if name in before})

    def _found(self, schema: Any) -> list[Kind]:
        groups = self._looks.shape(schema).alternatives
        group = [each for each in groups[0][:ALTERNATIVES] if self._looks.is_object(each)] if groups else []
        if len(group) <= 1:
            return []
        told = [self._values(each) for each in group]
        names = [name for name in told[0] if _tells(name, told)]
        rest = self._rest(schema)
        return [
            Kind(
                {**rest, "allOf": [*rest.get("allOf", ()), each]} if rest else each,
                frozenset(self._looks.properties(each)),
                {name: values[name] for name in names},
            )
            for each, values in zip(group, told, strict=True)
        ]

    def _values(self, alternative: Any) -> dict[str, frozenset[Any]]:
        found = {}
        for name, each in self._looks.properties(alternative).items():
            schema = self._looks.shape(each).schema
            values = [schema["const"]] if "const" in schema else schema.get("enum")
            if isinstance(values, list):
                found[name] = frozenset(map(_plain, values))
        return found

    def _rest(self, schema: Any) -> dict[str, Any]:
        """What an item has whatever its kind."""
        try:
            node = self._looks.document.resolve(schema)
        except DocumentError:
            return {}
        if not isinstance(node, Mapping) or not {"oneOf", "anyOf"} & node.keys():
            return {}
        return {name: each for name, each in node.items() if name not in CHOOSING}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else repr(value)


def _tells(name: str, told: list[dict[str, frozenset[Any]]]) -> bool:
    """Whether a field has other values in each alternative."""
    seen: set[Any] = set()
    for each in told:
        values = each.get(name)
        if not values or values & seen:
            return False
        seen |= values
    return True
