"""The named parts of a request schema: its properties and enum values, wherever it nests or combines them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from mockserver.contract.bodies import read_json, write_json
from mockserver.contract.document import Document
from mockserver.contract.kinds import COMBINING
from mockserver.contract.pointers import pointer_of

Kind = Literal["property", "value"]
Place = tuple[str, Any]
"""A pointer into the document and what stands there."""


@dataclass
class Parts:
    """What can be named below one place of a value; `pointer` is where the document has it."""

    pointer: str
    properties: dict[str, Parts] = field(default_factory=dict)
    items: Parts | None = None
    values: dict[str, str] = field(default_factory=dict)
    """The JSON text of each enum value, and its pointer."""

    def named(self, at: str = "") -> Iterator[tuple[Kind, str, str]]:
        """Every part as (kind, name, pointer): `filters[].operator` is a property, `filters[].operator=eq` a value."""
        for text, pointer in self.values.items():
            yield "value", f"{at}={_plain(text)}", pointer
        for name, parts in self.properties.items():
            path = f"{at}.{name}" if at else name
            yield "property", path, parts.pointer
            yield from parts.named(path)
        if self.items is not None:
            yield from self.items.named(f"{at}[]")

    def carried(self, value: Any, at: str = "") -> Iterator[tuple[Kind, str]]:
        """The parts, as (kind, name), that a value has."""
        if self.values:
            text = write_json(value).decode()
            if text in self.values:
                yield "value", f"{at}={_plain(text)}"
        if isinstance(value, dict):
            for name, parts in self.properties.items():
                if name in value:
                    path = f"{at}.{name}" if at else name
                    yield "property", path
                    yield from parts.carried(value[name], path)
        elif isinstance(value, list) and self.items is not None:
            for item in value:
                yield from self.items.carried(item, f"{at}[]")


def _plain(text: str) -> str:
    """Text without its quotation marks, unless it could be taken for other JSON without them."""
    bare = text[1:-1]
    _, flaw = read_json(bare.encode())
    return bare if text.startswith('"') and bare and flaw is not None else text


def follow(document: Document, place: Place) -> Place:
    """Where the reference at a place leads in the end; the place itself if it is none."""
    pointer, node = place
    while isinstance(node, Mapping) and isinstance(node.get("$ref"), str):
        pointer, node = node["$ref"], document.at(node["$ref"])
    return pointer, node


def compile_parts(document: Document, places: Iterable[Place], within: tuple[int, ...] = ()) -> Parts:
    """The parts of the schemas that hold together at one place. A recursive schema is followed once."""
    places = list(places)
    branches = [branch for place in places for branch in _branches(document, place, within)]
    within = (*within, *(id(schema) for _, schema in branches))
    parts = Parts(places[0][0])
    properties: dict[str, list[Place]] = {}
    items: list[Place] = []
    for pointer, schema in branches:
        for at, value in enumerate(schema.get("enum", ())):
            parts.values.setdefault(write_json(value).decode(), f"{pointer}/enum/{at}")
        for name, inner in schema.get("properties", {}).items():
            properties.setdefault(name, []).append((f"{pointer}/properties{pointer_of([name])}", inner))
        if isinstance(schema.get("items"), Mapping):
            items.append((f"{pointer}/items", schema["items"]))
    for name, found in properties.items():
        if not any(_read_only(document, place) for place in found):
            parts.properties[name] = compile_parts(document, found, within)
    if items:
        parts.items = compile_parts(document, items, within)
    return parts


def _branches(document: Document, place: Place, within: tuple[int, ...]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schema at a place and those it combines, each once, without those that hold it."""
    seen = set(within)
    rest = [place]
    while rest:
        pointer, schema = follow(document, rest.pop())
        if isinstance(schema, Mapping) and id(schema) not in seen:
            seen.add(id(schema))
            yield pointer, schema
            for keyword in reversed(COMBINING):
                inner = [(f"{pointer}/{keyword}/{at}", each) for at, each in enumerate(schema.get(keyword, ()))]
                rest += reversed(inner)


def _read_only(document: Document, place: Place) -> bool:
    _, schema = follow(document, place)
    return isinstance(schema, Mapping) and schema.get("readOnly") is True
