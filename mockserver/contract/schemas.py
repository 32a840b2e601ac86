"""Schemas, compiled: each to a jsonschema_rs validator, shared by all places that have the same schema.

An OpenAPI 3.0 schema is first rewritten as JSON Schema 2020-12 (`nullable`, boolean `exclusiveMinimum`, `readOnly`);
a 3.1 schema already is one. A `$ref` is kept, so a recursive schema stays finite: its target is stored beside the
schema, under the name of the component or, for any other place of the document, under a generated name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import jsonschema_rs
import orjson

from mockserver.contract.discriminator import COMPONENTS, Discriminators, by_name, requires, told_apart
from mockserver.contract.document import Document
from mockserver.contract.groups import LARGE, Groups
from mockserver.contract.reading.patterns import readable
from mockserver.contract.validator import Validator
from mockserver.errors import DocumentError

Direction = Literal["request", "response"]
COMPONENT = re.compile(rf"{COMPONENTS}[A-Za-z0-9._-]+")

ONE_SCHEMA = (
    *("additionalProperties", "unevaluatedProperties", "propertyNames", "items", "unevaluatedItems", "contains"),
    *("not", "if", "then", "else"),
)
MANY_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
COMBINED = ("allOf", "anyOf", "oneOf", "not")
ANNOTATIONS = ("example", "discriminator", "xml", "externalDocs", "nullable")
"""Keywords that a validator ignores; every validator keeps a copy of all schemas it refers to, so they are left out."""


BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
"""What the formats of OpenAPI's registry say of integers; a validator leaves them aside."""

FAMILY = "family "
"""Before the reference of a component that stands for all of its forms, as its discriminator tells them apart."""

MOST_TARGETS = 500
"""Schemas in one validator from which on further components stand for themselves alone."""


class SchemaCompiler:
    """Makes the validators of one document. `direction` decides the effect of `readOnly` and `writeOnly`."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._discriminators = Discriminators(document)
        self._targets: dict[tuple[str, Direction], _Converted] = {}
        self._groups = {"request": Groups(self._compiled), "response": Groups(self._compiled)}
        self._shared: dict[tuple[bytes, Direction], Validator] = {}

    def compile(self, schema: Mapping[str, Any] | bool, direction: Direction = "request") -> Validator:
        """A validator of the schema; DocumentError if it is not valid (because of a bad pattern, for example)."""
        # equal schemas share one validator: generated documents repeat a schema hundreds of times
        try:
            key = orjson.dumps(schema), direction
        except TypeError:  # an integer of more than 64 bits
            return self._made(schema, direction)
        found = self._shared.get(key)
        if found is None:
            found = self._shared[key] = self._made(schema, direction)
        return found

    def _made(self, schema: Mapping[str, Any] | bool, direction: Direction) -> Validator:
        # a validator holds a copy of every schema below it: only those that this one reaches go in
        root = self._converted(schema, direction)
        used: dict[str, _Converted] = {}
        rest = [*root.references]
        while rest:
            reference = rest.pop()
            if reference not in used:
                # with families of hundreds of forms each validator would hold the whole document
                used[reference] = self._target(reference, direction, alone=len(used) > MOST_TARGETS)
                rest += used[reference].references
        targets = {_kept_at(reference): converted.schema for reference, converted in used.items()}
        if len(targets) >= LARGE:
            return self._groups[direction].validator(root.schema, targets)
        # `true` and `false` have no room for the targets beside them
        whole = root.schema if isinstance(root.schema, Mapping) else {} if root.schema else {"not": {}}
        return Validator(self._compiled(whole, targets))

    def _compiled(self, schema: Mapping[str, Any], targets: Mapping[str, Any]) -> jsonschema_rs.Draft202012Validator:
        schemas: dict[str, dict[str, Any]] = {"schemas": {}, "places": {}}
        for place, target in targets.items():
            _, _, kind, name = place.split("/")
            schemas[kind][name] = target
        try:
            return jsonschema_rs.Draft202012Validator({**schema, "components": schemas}, validate_formats=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            words = str(error).partition("\n")[0]
            raise DocumentError(f"{self._document.source}: a schema does not compile: {words}") from None

    def _target(self, reference: str, direction: Direction, *, alone: bool) -> _Converted:
        """The target of a reference, converted once for all schemas that refer to it; `alone`: without its forms."""
        base = reference.removeprefix(FAMILY)
        if alone and base != reference:
            return _Converted({"$ref": _kept_at(base)}, (base,))
        found = self._targets.get((reference, direction))
        if found is None:
            found = self._family(base) if base != reference else self._component(base, direction)
            self._targets[reference, direction] = found
        return found

    def _component(self, reference: str, direction: Direction) -> _Converted:
        references: dict[str, None] = {}
        schema = self._convert(self._document.at(reference), direction, references, is_component=True)
        return _Converted(schema, tuple(references))

    def _family(self, reference: str) -> _Converted:
        """The component and, by the property that tells them apart, the form that is meant."""
        found = self._discriminators.family(reference)
        assert found is not None
        name, forms = found
        rules = [(names, {"$ref": _kept_at(form)}) for form, names in forms.items()]
        meant = by_name(name, rules, closed=self._discriminators.is_closed(reference))
        # the component itself, and not its family, or it would refer to itself without end
        meant["allOf"].insert(0, {"$ref": _kept_at(reference)})
        return _Converted(meant, (reference, *forms))

    def _converted(self, schema: Any, direction: Direction) -> _Converted:
        references: dict[str, None] = {}
        return _Converted(self._convert(schema, direction, references), tuple(references))

    def _convert(
        self, schema: Any, direction: Direction, references: dict[str, None], *, is_component: bool = False
    ) -> Any:
        """The schema as JSON Schema 2020-12; its references are added to `references`.

        is_component: its `allOf` says what it is a form of.
        """
        if not isinstance(schema, Mapping):
            return schema
        if isinstance(schema.get("$ref"), str) and self._document.is_3_0:
            schema = {"$ref": schema["$ref"]}  # before 3.1, siblings of a reference are ignored
        converted = {
            key: self._convert_parents(value, direction, references)
            if key == "allOf" and is_component
            else self._convert_keyword(key, value, direction, references)
            for key, value in schema.items()
            if key not in ANNOTATIONS and not key.startswith("x-")
        }
        # OpenAPI makes it an annotation; a value of the wrong form would pass wherever another alternative allows it
        if "discriminator" in schema:
            self._tell_apart(schema, converted)
        if converted.get("additionalProperties") is False:
            converted.setdefault("properties", {})  # without it jsonschema_rs does not name the unexpected property
        if converted.get("format") in BOUNDS and converted.get("type") == "integer":
            _bound(converted, *BOUNDS[converted["format"]])
        self._relax_required(schema, converted, direction)
        return _from_3_0(schema, converted) if self._document.is_3_0 else converted

    def _convert_keyword(self, key: str, value: Any, direction: Direction, references: dict[str, None]) -> Any:
        if key == "$ref" and isinstance(value, str):
            # a reference to a component with forms means any of them, except in the `allOf` of a form
            reference = value if self._discriminators.family(value) is None else f"{FAMILY}{value}"
            references[reference] = None
            return _kept_at(reference)
        if key in ONE_SCHEMA:
            return self._convert(value, direction, references)
        if key in MANY_SCHEMAS:
            return [self._convert(each, direction, references) for each in value]
        if key in NAMED_SCHEMAS:
            named = {name: self._convert(each, direction, references) for name, each in value.items()}
            return {_pattern(name): each for name, each in named.items()} if key == "patternProperties" else named
        if key == "pattern":
            return _pattern(value)
        return value

    def _convert_parents(self, parts: Any, direction: Direction, references: dict[str, None]) -> Any:
        """The `allOf` of a component: what it refers to there is what all forms have, and not any of them."""
        converted = []
        for part in parts:
            if isinstance(part, Mapping) and isinstance(part.get("$ref"), str) and len(part) == 1:
                references[part["$ref"]] = None
                converted.append({"$ref": _kept_at(part["$ref"])})
            else:
                converted.append(self._convert(part, direction, references, is_component=True))
        return converted

    def _tell_apart(self, schema: Mapping[str, Any], converted: dict[str, Any]) -> None:
        """Have the discriminator decide among the alternatives."""
        found = self._discriminators.alternatives(schema)
        if found is None:
            return
        keyword, name, named = found
        forms = list(zip(named, converted.pop(keyword), strict=True))
        required = all(named) and requires(self._document, schema[keyword], name)
        converted.setdefault("allOf", []).append(told_apart(name, keyword, forms, required=required))

    def _relax_required(self, schema: Mapping[str, Any], converted: dict[str, Any], direction: Direction) -> None:
        one_way = "readOnly" if direction == "request" else "writeOnly"
        if "required" in converted:  # which holds for the other direction only (OpenAPI 3.0.3, Schema Object)
            properties = schema.get("properties", {})
            converted["required"] = [
                name for name in schema["required"] if not self._says(properties.get(name), one_way)
            ]

    def _says(self, schema: Any, keyword: str) -> bool:
        """Whether the schema, or the one it refers to, has the keyword set."""
        return any(isinstance(each, Mapping) and each.get(keyword) for each in (schema, self._document.resolve(schema)))


class _Converted(NamedTuple):
    """A converted schema, and the references in it."""

    schema: Any
    references: tuple[str, ...]


def _kept_at(reference: str) -> str:
    """Where a validator keeps the target of a reference: a component under its name, others under a generated name.

    That is the reference in hexadecimal, which needs no escaping in a pointer and can be turned back in `_rule`.
    """
    if COMPONENT.fullmatch(reference):
        return reference
    if reference.startswith(FAMILY):  # beside the component itself
        return f"#/components/places/{reference.removeprefix(FAMILY).encode().hex().upper()}"
    return f"#/components/places/{reference.encode().hex()}"


def _bound(converted: dict[str, Any], low: int, high: int) -> None:
    for keyword, narrower, bound in (("minimum", max, low), ("maximum", min, high)):
        given = converted.get(keyword)
        converted[keyword] = narrower(given, bound) if isinstance(given, int | float) else bound


def _pattern(written: Any) -> Any:
    """The pattern in the engine's syntax; one that cannot be translated stays as it is, and the engine reports it."""
    return (readable(written) or written) if isinstance(written, str) else written


def _from_3_0(schema: Mapping[str, Any], converted: dict[str, Any]) -> dict[str, Any]:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if converted.get(exclusive) is True and bound in converted:
            converted[exclusive] = converted.pop(bound)
        elif isinstance(converted.get(exclusive), bool):
            del converted[exclusive]
    if not schema.get("nullable"):
        return converted
    # 3.0.3 asks for null among the values of an enum, too; many documents leave it out and mean it
    if isinstance(converted.get("enum"), list) and None not in converted["enum"]:
        converted["enum"] = [*converted["enum"], None]
    if isinstance(converted.get("type"), str) and not any(keyword in converted for keyword in COMBINED):
        return {**converted, "type": [converted["type"], "null"]}
    # a wider type is not enough where schemas are combined: each of them would still have to allow null
    return {"anyOf": [converted, {"type": "null"}]}
