"""Schemas as inference looks at them: which properties, which items, which of them is which, all without compiling.

A schema that cannot be read has no properties; who asks then finds nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.generation.shape import Shape, Shapes
from mockserver.contract.operation import Described
from mockserver.errors import DocumentError
from mockserver.inference.exemplified import exemplified

Pointer = tuple[str, ...]
ALTERNATIVES = 12
"""Alternatives of a schema whose properties are looked at."""
DEEPEST = 3
"""Levels of objects in which an array or an item is looked for."""
SEEN = 200
"""Properties that one such search looks at."""
NO_SHAPE = Shape({}, [], None)


class Looks:
    """Looks at the schemas of one document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._shapes = Shapes(document)
        self._properties: dict[int, tuple[Any, Mapping[str, Any]]] = {}
        self._by_example: dict[int, tuple[Any, Any]] = {}

    def shape(self, schema: Any) -> Shape:
        """All that holds at a place of a value, merged."""
        try:
            return self._shapes.of(schema)
        except (DocumentError, AttributeError, TypeError, ValueError, KeyError):  # of a wrong type, which `check` tells
            return NO_SHAPE

    def properties(self, schema: Any) -> Mapping[str, Any]:
        """The schemas of an object's properties by name, those of its alternatives included."""
        if isinstance(schema, Mapping) and not schema:
            return schema  # and not remembered: whoever has no schema makes a new one
        known = self._properties.get(id(schema))
        if known is None:
            known = self._properties[id(schema)] = (schema, dict(self._listed(schema, 0)))
        return known[1]

    def _listed(self, schema: Any, depth: int) -> Iterator[tuple[str, Any]]:
        shape = self.shape(schema)
        # the last of a name stays: that of the schema itself, else that of its first alternative
        if depth < DEEPEST:
            for alternatives in shape.alternatives:
                for each in reversed(alternatives[:ALTERNATIVES]):
                    yield from self._listed(each, depth + 1)
        properties = shape.schema.get("properties")
        if isinstance(properties, Mapping):
            yield from properties.items()

    def required(self, schema: Any) -> frozenset[str]:
        names = self.shape(schema).schema.get("required")
        return frozenset(each for each in names if isinstance(each, str)) if isinstance(names, list) else frozenset()

    def default(self, schema: Any) -> Any:
        """The default of a schema, where it is not merged: references keep their examples apart."""
        node = schema
        for _ in range(5):
            if not isinstance(node, Mapping):
                return None
            if "default" in node:
                return node["default"]
            node = self.document.resolve(node) if "$ref" in node else None
        return None

    def kinds(self, schema: Any) -> frozenset[str]:
        """The types that a schema allows, null apart."""
        shape = self.shape(schema)
        found = set(shape.types)
        for alternatives in shape.alternatives:
            for each in alternatives[:ALTERNATIVES]:
                found |= set(self.shape(each).types)
        return frozenset(found - {"null"})

    def is_open(self, schema: Any) -> bool:
        """Whether the schema explicitly allows other properties than it names, or names none."""
        shape = self.shape(schema)
        rest = shape.schema.get("additionalProperties")
        return rest is True or isinstance(rest, Mapping) or (rest is None and not self.properties(schema))

    def is_closed(self, schema: Any) -> bool:
        """Whether an object may have no properties but those that are named."""
        schema = self.shape(schema).schema
        return (
            schema.get("additionalProperties") is False
            or schema.get("unevaluatedProperties") is False
            or "closed" in schema
        )

    def is_object(self, schema: Any) -> bool:
        return "object" in self.kinds(schema) or bool(self.properties(schema))

    def items(self, schema: Any) -> Any:
        """The schema of an array's items; None if it is no array."""
        shape = self.shape(schema)
        if "array" not in self.kinds(schema):
            return None
        if "items" in shape.schema:
            return shape.schema["items"]
        for alternatives in shape.alternatives:
            for each in alternatives[:ALTERNATIVES]:
                found = self.items(each)
                if found is not None:
                    return found
        return {}

    def identity(self, schema: Any) -> Any:
        """The identity of a schema: the last reference to it, or the object itself."""
        reference = None
        for _ in range(20):
            if not isinstance(schema, Mapping):
                break
            parts = schema.get("allOf")
            if isinstance(schema.get("$ref"), str):
                reference = schema["$ref"]
                try:
                    schema = self.document.at(reference)
                except DocumentError:
                    break
            elif isinstance(parts, list) and len(parts) == 1 and "properties" not in schema:
                schema = parts[0]  # a reference with a description: in 3.0 nothing beside a `$ref` counts
            else:
                break
        return reference or id(schema)

    def inner(self, schema: Any, path: Pointer) -> Any:
        """The schema of what stands at a path of properties; None if there is none."""
        for name in path:
            schema = self.properties(schema).get(name)
        return schema

    def places(self, schema: Any) -> Iterator[tuple[Pointer, Any]]:
        """Every property of an object, those nearest to its root first: (path, schema)."""
        level: list[tuple[Pointer, Any]] = [((), schema)]
        seen = 0
        for _ in range(DEEPEST):
            following: list[tuple[Pointer, Any]] = []
            for path, each in level:
                for name, property_ in self.properties(each).items():
                    seen += 1
                    if seen > SEEN:
                        return
                    yield (*path, name), property_
                    if "array" not in self.kinds(property_) and self.is_object(property_):
                        following.append(((*path, name), property_))
            level = following

    def answer(self, described: Described) -> Any:
        """The schema of the body of an operation's lowest documented success; None if it has none."""
        try:
            responses = described.members.get("responses") or {}
            statuses = sorted(str(each) for each in responses if str(each)[:1] == "2") or ["default"]
            by_text = {str(status): each for status, each in responses.items()}
            for status in statuses:
                found = self._json(self.document.resolve(by_text.get(status)))
                if found is not None:
                    return found
        except (DocumentError, AttributeError, TypeError):  # of a wrong type, which `check` tells
            pass
        return None

    def sent(self, described: Described) -> Any:
        """The schema of the body that an operation takes; None if it takes none."""
        try:
            return self._json(self.document.resolve(described.members.get("requestBody")))
        except (DocumentError, AttributeError, TypeError):  # of a wrong type, which `check` tells
            return None

    def _json(self, holder: Any) -> Any:
        content = holder.get("content") if isinstance(holder, Mapping) else None
        if not isinstance(content, Mapping) or not content:
            return None
        media = next((each for name, each in content.items() if "json" in str(name)), next(iter(content.values())))
        if not isinstance(media, Mapping):
            return None
        schema = media.get("schema")
        return self._exemplified(media) or schema if self._says_nothing(schema) else schema

    def _says_nothing(self, schema: Any) -> bool:
        """Whether a schema names no properties, of what is listed included, and nothing else that a body may be."""
        if schema is None:
            return True
        kinds, shape = self.kinds(schema), self.shape(schema)
        if shape.alternatives or kinds - {"object", "array"}:
            return False
        if "array" in kinds:
            return self.kinds(self.items(schema)) <= {"object"} and not self.properties(self.items(schema))
        rest = shape.schema.get("additionalProperties")
        return not self.properties(schema) and not (isinstance(rest, Mapping) and rest)

    def _exemplified(self, media: Mapping[str, Any]) -> Any:
        known = self._by_example.get(id(media))
        if known is None:
            known = self._by_example[id(media)] = (media, exemplified(self.document, media))
        return known[1]
