"""Records: the item of a resource as it is kept, its key and parents, and how a new one is completed.

The record is the item. Path values that no field of the item holds stand in its member `$path`, which no answer has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.paths import PATH
from mockserver.world import Collection, Index, Record

WITHIN = "within"
"""The index of the records of each parent, in the order they came in."""


@dataclass(frozen=True)
class Placing:
    """Where a record has the values of its path: parents in their order, then the key; None: in `$path`, by `names`.

    alone: of a singleton, which has parents only, the text that is its key where it has none.
    """

    names: tuple[str, ...]
    fields: tuple[Pointer | None, ...]
    alone: str | None = None

    @property
    def hidden(self) -> tuple[str, ...]:
        """The names of the values that stand in `$path`."""
        return tuple(name for name, field in zip(self.names, self.fields, strict=True) if field is None)

    def values(self, record: Record) -> tuple[str, ...]:
        """The texts of a record's path values."""
        if len(self.fields) == 1 and self.fields[0] is not None and len(self.fields[0]) == 1:
            return (text_of(record.get(self.fields[0][0], "")),)
        hidden: Mapping[str, Any] = record.get(PATH) or {}
        return tuple(
            text_of(hidden.get(name, "") if field is None else at(record, field))
            for name, field in zip(self.names, self.fields, strict=True)
        )

    def put(self, record: dict[str, Any], texts: Sequence[Any], convert: Sequence[Callable[[Any], Any]]) -> None:
        """Give a record its path values, those in fields in the type of the field."""
        hidden = {}
        for name, field, value, read in zip(self.names, self.fields, texts, convert, strict=True):
            if field is None:
                hidden[name] = text_of(value)
            else:
                put(record, field, read(value))
        if hidden:
            record[PATH] = {**(record.get(PATH) or {}), **hidden}


def joined(texts: Sequence[str]) -> str:
    """The path values as one key: `octocat/hello/1`; a slash in one of them is encoded."""
    return texts[0] if len(texts) == 1 else "/".join(quote(each, safe="") for each in texts)


def key_of(placing: Placing) -> Callable[[Record], str]:
    """What gives a record's key."""
    if not placing.names:
        alone = placing.alone or "only"
        return lambda _: alone
    if len(placing.names) == 1 and placing.fields[0] is not None and len(placing.fields[0]) == 1:
        name = placing.fields[0][0]
        return lambda record: text_of(record.get(name, ""))
    return lambda record: joined(placing.values(record))


def indexed(placing: Placing) -> dict[str, Index]:
    """The index of a collection that has parents: a record is below each beginning of its path."""
    parents = len(placing.names) - (placing.alone is None)
    if not parents:
        return {}

    def partition(record: Record) -> tuple[tuple[str, ...], ...]:
        values = placing.values(record)
        return tuple(values[:length] for length in range(1, parents + 1))

    return {WITHIN: Index(partition)}


def schema_of(placing: Placing, item: Any, *, closed: bool) -> dict[str, Any]:
    """The schema of a record: that of the item, its key required, and `$path` where it has one."""
    parts: list[Any] = [] if closed and placing.hidden else [item]
    parts += [_requiring(field) for field in placing.fields if field is not None]
    schema: dict[str, Any] = {"type": "object", "allOf": parts}
    if placing.hidden:
        named = {name: {"type": "string"} for name in placing.hidden}
        schema["required"] = [PATH]
        schema["properties"] = {PATH: {"type": "object", "required": list(named), "properties": named}}
    return schema


def _requiring(field: Pointer) -> dict[str, Any]:
    inner = _requiring(field[1:]) if len(field) > 1 else {}
    return {"type": "object", "required": [field[0]], "properties": {field[0]: inner}}


def collection_of(name: str, placing: Placing, item: Any, *, closed: bool, **more: Any) -> Collection:
    """The collection of a resource's records."""
    return Collection(
        name,
        key=key_of(placing),
        indexes=indexed(placing),
        schema=schema_of(placing, item, closed=closed),
        **more,
    )


def at(record: Any, field: Pointer) -> Any:
    """What stands at a path of properties; empty text if nothing does."""
    for name in field:
        record = record.get(name, "") if isinstance(record, Mapping) else ""
    return record


def put(record: dict[str, Any], field: Pointer, value: Any) -> None:
    """Put a value at a path of properties; the objects on the way are new ones."""
    for name in field[:-1]:
        inner = record.get(name)
        record[name] = dict(inner) if isinstance(inner, Mapping) else {}
        record = record[name]
    record[field[-1]] = value


def without_path(record: Record) -> dict[str, Any]:
    """The item of a record."""
    return {name: value for name, value in record.items() if name != PATH}
