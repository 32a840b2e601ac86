"""Schemas, compiled: one jsonschema_rs validator each, whose errors come back as violations.

An OpenAPI 3.0 schema is first rewritten as JSON Schema 2020-12 (`nullable`, boolean `exclusiveMinimum`, `readOnly`);
a 3.1 schema already is one. A `$ref` stays one, so a recursive schema stays finite: what it leads to is kept beside
the schema, under the name of the component or, for any other place of the document, under a name of ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any, Literal

import jsonschema_rs

from mockserver.contract.document import Document
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import DocumentError

Direction = Literal["request", "response"]
COMPONENTS = "#/components/schemas/"
REFERENCE = re.compile(r"#/components/(?P<kind>schemas|places)/(?P<name>[^/]*)")

MOST = 100
"""Violations named at most in one refusal."""

SHOWN = 60
"""Characters of a received value, as JSON, that a message repeats."""

LARGE = 5000
"""Values of an instance beyond which only its first violation is looked for."""

ONE_SCHEMA = (
    *("additionalProperties", "unevaluatedProperties", "propertyNames", "items", "unevaluatedItems", "contains"),
    *("not", "if", "then", "else"),
)
MANY_SCHEMAS = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED_SCHEMAS = ("properties", "patternProperties", "$defs", "dependentSchemas")
COMBINED = ("allOf", "anyOf", "oneOf", "not")
ANNOTATIONS = ("example", "discriminator", "xml", "externalDocs", "nullable")


class SchemaCompiler:
    """Makes the validators of one document. `direction` decides what `readOnly` and `writeOnly` ask for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._places: dict[str, dict[str, Any]] = {"request": {}, "response": {}}

    def compile(self, schema: Mapping[str, Any] | bool, direction: Direction = "request") -> Validator:
        """A validator of the schema; DocumentError if it is not a schema (a bad pattern, for one)."""
        converted = self.convert(schema, direction)
        if isinstance(converted, bool):
            converted = {} if converted else {"not": {}}
        whole = {**converted, "components": self._used(converted, direction)}
        try:
            return Validator(jsonschema_rs.Draft202012Validator(whole, validate_formats=True))
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise DocumentError(f"{self._document.source}: a schema does not compile: {error}") from None

    def _used(self, converted: Mapping[str, Any], direction: Direction) -> dict[str, dict[str, Any]]:
        """The components and places that the schema leads to; a validator keeps a copy of all it is given."""
        known = {"schemas": self._components[direction], "places": self._places[direction]}
        used: dict[str, dict[str, Any]] = {"schemas": {}, "places": {}}
        rest: list[Any] = [converted]
        while rest:
            for kind, name in _references(rest.pop()):
                if name in known[kind] and name not in used[kind]:
                    used[kind][name] = known[kind][name]
                    rest.append(known[kind][name])
        return used

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
        if isinstance(schema.get("$ref"), str) and self._document.is_3_0:
            return {"$ref": self._reference(schema["$ref"], direction)}
        converted = {
            key: self._convert_keyword(key, value, direction)
            for key, value in schema.items()
            if key not in ANNOTATIONS and not key.startswith("x-")
        }
        if converted.get("additionalProperties") is False:
            converted.setdefault("properties", {})  # without it jsonschema_rs does not tell which one is too many
        self._relax_required(schema, converted, direction)
        return _from_3_0(schema, converted) if self._document.is_3_0 else converted

    def _convert_keyword(self, key: str, value: Any, direction: str) -> Any:
        if key == "$ref":
            return self._reference(value, direction)
        if key in ONE_SCHEMA:
            return self.convert(value, direction)
        if key in MANY_SCHEMAS:
            return [self.convert(each, direction) for each in value]
        if key in NAMED_SCHEMAS:
            return {name: self.convert(each, direction) for name, each in value.items()}
        return value

    def _reference(self, reference: str, direction: str) -> str:
        if reference.startswith(COMPONENTS) and "/" not in reference[len(COMPONENTS) :]:
            return reference
        places = self._places[direction]
        name = reference.encode().hex()
        if name not in places:
            places[name] = {}
            places[name] = self.convert(self._document.at(reference), direction)
        return f"#/components/places/{name}"

    def _relax_required(self, schema: Mapping[str, Any], converted: dict[str, Any], direction: str) -> None:
        one_way = "readOnly" if direction == "request" else "writeOnly"
        if "required" in converted:
            properties = schema.get("properties", {})
            converted["required"] = [
                name for name in schema["required"] if not self._says(properties.get(name), one_way)
            ]

    def _says(self, schema: Any, keyword: str) -> bool:
        """Whether the schema, or the one it refers to, has the keyword set."""
        return any(isinstance(each, Mapping) and each.get(keyword) for each in (schema, self._document.resolve(schema)))


def _references(schema: Any) -> Iterator[tuple[str, str]]:
    """(`schemas` or `places`, name) of what a converted schema refers to, wherever in it."""
    rest = [schema]
    while rest:
        node = rest.pop()
        children = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
        rest += [child for child in children if isinstance(child, Mapping | list)]
        reference = node.get("$ref") if isinstance(node, Mapping) else None
        if isinstance(reference, str) and (found := REFERENCE.fullmatch(reference)):
            yield found["kind"], found["name"]


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
    if isinstance(converted.get("type"), str) and not any(keyword in converted for keyword in COMBINED):
        return {**converted, "type": [converted["type"], "null"]}
    return {"anyOf": [converted, {"type": "null"}]}


class Validator:
    """One compiled schema. `accepts` is the fast answer, `violations` the whole one."""

    __slots__ = ("_validator", "accepts")

    def __init__(self, validator: jsonschema_rs.Draft202012Validator) -> None:
        self._validator = validator
        self.accepts: Callable[[Any], bool] = validator.is_valid

    def violations(self, instance: Any, where: Where, prefix: str = "") -> Iterator[Violation]:
        """The rules the instance breaks, up to MOST; `prefix` is a JSON Pointer put before each place.

        An instance of more than LARGE values is searched for the first only: collecting a million takes half a minute.
        """
        if _is_large(instance):
            first = self.first_error(instance)
            errors = iter(() if first is None else (first,))
        else:
            errors = iter(self._validator.iter_errors(instance))
        found = (violation for error in errors for violation in _violations(error, where, prefix))
        return islice(found, MOST)

    def first_error(self, instance: Any) -> jsonschema_rs.ValidationError | None:
        """The first rule broken, found without looking further."""
        try:
            self._validator.validate(instance)
        except jsonschema_rs.ValidationError as error:
            return error
        return None

    def flaw(self, instance: Any, schema: str = "#") -> tuple[str, str, str]:
        """The first rule an instance breaks: (pointer into the instance, pointer into the document, message).

        `schema` is the pointer to where the document has the schema.
        """
        error = self.first_error(instance)
        assert error is not None
        violation = next(_violations(error, "body", ""))
        return violation.pointer, _rule(error.schema_path, schema), violation.message


def _rule(path: list[str | int], schema: str) -> str:
    match path:
        case ["components", "schemas", *rest]:
            return f"#/components/schemas{pointer_of(rest)}"
        case ["components", "places", str(name), *rest]:
            return f"{bytes.fromhex(name).decode()}{pointer_of(rest)}"
        case _:
            return f"{schema}{pointer_of(path)}"


def _violations(error: jsonschema_rs.ValidationError, where: Where, prefix: str) -> Iterator[Violation]:
    keyword = error.kind.name
    details: dict[str, Any] = error.kind.as_dict()
    pointer = prefix + pointer_of(error.instance_path)
    if keyword == "required":
        missing = details["property"]
        yield Violation(where, f"{pointer}/{_escape(missing)}", keyword, True, ABSENT, "is required, but did not come")
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        message = "is not a property that may come"
        for name in details["unexpected"]:
            yield Violation(where, f"{pointer}/{_escape(name)}", keyword, False, ABSENT, message)
    else:
        expected = next(iter(details.values()), None) if keyword not in ("anyOf", "oneOf", "not") else None
        wording = MESSAGES.get(keyword, "breaks the rule `{keyword}`")
        message = wording.format(keyword=keyword, expected=_plain(expected), received=shown(error.instance))
        yield Violation(where, pointer, keyword, expected, error.instance, message)


def _is_large(instance: Any) -> bool:
    size = 0
    level = [instance]
    while level and size <= LARGE:
        size += len(level)
        level = [child for each in level for child in _children(each)]
    return size > LARGE


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


MESSAGES: dict[str, str] = {
    "type": "must be of type {expected}, got {received}",
    "enum": "must be one of {expected}, got {received}",
    "const": "must be {expected}, got {received}",
    "minimum": "must be at least {expected}, got {received}",
    "maximum": "must be at most {expected}, got {received}",
    "exclusiveMinimum": "must be more than {expected}, got {received}",
    "exclusiveMaximum": "must be less than {expected}, got {received}",
    "multipleOf": "must be a multiple of {expected}, got {received}",
    "minLength": "must have at least {expected} character(s)",
    "maxLength": "must have at most {expected} character(s)",
    "pattern": "must match the pattern {expected}, got {received}",
    "format": "must be in the format {expected}, got {received}",
    "minItems": "must have at least {expected} item(s)",
    "maxItems": "must have at most {expected} item(s)",
    "uniqueItems": "must not have an item twice",
    "minProperties": "must have at least {expected} properties",
    "maxProperties": "must have at most {expected} properties",
    "anyOf": "matches none of the forms it may take, got {received}",
    "oneOf": "must match exactly one of the forms it may take, got {received}",
    "not": "must not be {received}",
    "falseSchema": "must not come at all",
    "propertyNames": "has a property of a name that may not be: {expected}",
}


def pointer_of(path: list[str | int]) -> str:
    """The path as a JSON Pointer."""
    return "".join(f"/{_escape(str(part))}" for part in path)


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _plain(expected: Any) -> str:
    return ", ".join(map(_text, expected)) if isinstance(expected, list) else _text(expected)


def _text(value: Any) -> str:
    if isinstance(value, jsonschema_rs.ValidationError):  # of propertyNames: the flaw of the name
        return value.message.partition("\n")[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shown(received: Any) -> str:
    """A received value as a message repeats it: JSON, cut short."""
    text = json.dumps(received, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
