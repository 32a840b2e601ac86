"""Schemas, compiled: one jsonschema_rs validator each, whose errors come back as violations.

An OpenAPI 3.0 schema is first rewritten as JSON Schema 2020-12 (`nullable`, boolean `exclusiveMinimum`, `readOnly`);
a 3.1 schema already is one. `$ref`s into `#/components/schemas` stay, so a recursive schema stays finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, Literal

import jsonschema_rs

from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import DocumentError

Direction = Literal["request", "response"]
COMPONENTS = "#/components/schemas/"

ONE_SCHEMA = ("additionalProperties", "items", "not", "contains", "propertyNames", "if", "then", "else")
MANY_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
ANNOTATIONS = ("example", "discriminator", "xml", "externalDocs", "nullable")


class SchemaCompiler:
    """Makes the validators of one document. `direction` decides what `readOnly` and `writeOnly` ask for."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def compile(self, schema: Mapping[str, Any], direction: Direction = "request") -> Validator:
        """A validator of the schema; DocumentError if it is not a schema (a bad pattern, for one)."""
        whole = {**self.convert(schema, direction), "components": {"schemas": self._components[direction]}}
        try:
            return Validator(jsonschema_rs.Draft202012Validator(whole, validate_formats=True))
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise DocumentError(f"{self._document.source}: a schema does not compile: {error}") from None

    @cached_property
    def _components(self) -> dict[str, dict[str, Any]]:
        return {
            direction: {name: self.convert(schema, direction) for name, schema in self._document.schemas.items()}
            for direction in ("request", "response")
        }

    def convert(self, schema: Any, direction: str) -> Any:
        """The schema as JSON Schema 2020-12."""
        if not isinstance(schema, Mapping):
            return schema
        reference = schema.get("$ref")
        if isinstance(reference, str) and self._document.is_3_0:
            if reference.startswith(COMPONENTS) and "/" not in reference[len(COMPONENTS) :]:
                return {"$ref": reference}
            return self.convert(self._document.at(reference), direction)
        converted = {
            key: self._convert_keyword(key, value, direction)
            for key, value in schema.items()
            if key not in ANNOTATIONS and not key.startswith("x-")
        }
        self._relax_required(schema, converted, direction)
        return _from_3_0(schema, converted) if self._document.is_3_0 else converted

    def _convert_keyword(self, key: str, value: Any, direction: str) -> Any:
        if key in ONE_SCHEMA:
            return self.convert(value, direction)
        if key in MANY_SCHEMAS:
            return [self.convert(each, direction) for each in value]
        if key in NAMED_SCHEMAS:
            return {name: self.convert(each, direction) for name, each in value.items()}
        return value

    def _relax_required(self, schema: Mapping[str, Any], converted: dict[str, Any], direction: str) -> None:
        one_way = "readOnly" if direction == "request" else "writeOnly"
        if "required" in converted:
            properties = schema.get("properties", {})
            converted["required"] = [
                name for name in schema["required"] if not self._document.resolve(properties.get(name, {})).get(one_way)
            ]


def _from_3_0(schema: Mapping[str, Any], converted: dict[str, Any]) -> dict[str, Any]:
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if converted.get(exclusive) is True and bound in converted:
            converted[exclusive] = converted.pop(bound)
        elif isinstance(converted.get(exclusive), bool):
            del converted[exclusive]
    if not schema.get("nullable"):
        return converted
    if isinstance(converted.get("enum"), list) and None not in converted["enum"]:
        converted["enum"] = [*converted["enum"], None]
    if isinstance(converted.get("type"), str):
        return {**converted, "type": [converted["type"], "null"]}
    return {"anyOf": [converted, {"type": "null"}]}


class Validator:
    """One compiled schema. `accepts` is the fast answer, `violations` the whole one."""

    __slots__ = ("_validator", "accepts")

    def __init__(self, validator: jsonschema_rs.Draft202012Validator) -> None:
        self._validator = validator
        self.accepts: Callable[[Any], bool] = validator.is_valid

    def violations(self, instance: Any, where: Where, prefix: str = "") -> Iterator[Violation]:
        """Every rule the instance breaks; `prefix` is a JSON Pointer put before each place."""
        for error in self._validator.iter_errors(instance):
            yield from _violations(error, where, prefix)

    def flaws(self, instance: Any) -> Iterator[tuple[str, str, str]]:
        """(pointer into the instance, pointer into the schema, message) of every rule broken."""
        for error in self._validator.iter_errors(instance):
            rule = "/" + "/".join(map(str, error.schema_path))
            for violation in _violations(error, "body", ""):
                yield violation.pointer, rule, violation.message


def _violations(error: jsonschema_rs.ValidationError, where: Where, prefix: str) -> Iterator[Violation]:
    keyword = error.kind.name
    details: dict[str, Any] = error.kind.as_dict()
    pointer = prefix + pointer_of(error.instance_path)
    if keyword == "required":
        missing = details["property"]
        yield Violation(where, f"{pointer}/{_escape(missing)}", keyword, True, ABSENT, "is required, but did not come")
    elif keyword == "additionalProperties":
        for name in details["unexpected"]:
            yield Violation(where, f"{pointer}/{_escape(name)}", keyword, False, ABSENT, "is not a property that may come")
    else:
        expected = next(iter(details.values()), None) if keyword not in ("anyOf", "oneOf", "not") else None
        wording = MESSAGES.get(keyword, "breaks the rule `{keyword}`")
        message = wording.format(keyword=keyword, expected=_plain(expected), received=_shown(error.instance))
        yield Violation(where, pointer, keyword, expected, error.instance, message)


MESSAGES: dict[str, str] = {
    "type": "must be of type {expected}, got {received}",
    "enum": "must be one of {expected}, got {received}",
    "const": "must be {expected}, got {received}",
    "minimum": "must be at least {expected}, got {received}",
    "maximum": "must be at most {expected}, got {received}",
    "exclusiveMinimum": "must be more than {expected}, got {received}",
    "exclusiveMaximum": "must be less than {expected}, got {received}",
    "multipleOf": "must be a multiple of {expected}, got {received}",
    "minLength": "must have at least {expected} characters",
    "maxLength": "must have at most {expected} characters",
    "pattern": "must match the pattern {expected}, got {received}",
    "format": "must be in the format {expected}, got {received}",
    "minItems": "must have at least {expected} items",
    "maxItems": "must have at most {expected} items",
    "uniqueItems": "must not have an item twice",
    "minProperties": "must have at least {expected} properties",
    "maxProperties": "must have at most {expected} properties",
    "anyOf": "matches none of the forms it may take, got {received}",
    "oneOf": "must match exactly one of the forms it may take, got {received}",
    "not": "must not be {received}",
}


def pointer_of(path: list[str | int]) -> str:
    """The path as a JSON Pointer."""
    return "".join(f"/{_escape(str(part))}" for part in path)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _plain(expected: Any) -> str:
    return ", ".join(map(str, expected)) if isinstance(expected, list) else str(expected)


def _shown(received: Any) -> str:
    text = ascii(received) if isinstance(received, str) else repr(received)
    return text if len(text) <= 60 else f"{text[:57]}..."
