"""Schemas, compiled: each to a jsonschema_rs validator, whose errors become violations.

An OpenAPI 3.0 schema is first rewritten as JSON Schema 2020-12 (`nullable`, boolean `exclusiveMinimum`, `readOnly`);
a 3.1 schema already is one. A `$ref` is kept, so a recursive schema stays finite: its target is stored beside the
schema, under the name of the component or, for any other place of the document, under a generated name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Literal, NamedTuple

import jsonschema_rs

from mockserver.contract.discriminator import COMPONENTS, Discriminators, by_name, requires, told_apart
from mockserver.contract.document import Document
from mockserver.contract.pointers import escape, pointer_of
from mockserver.contract.reading.patterns import readable
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import DocumentError

Direction = Literal["request", "response"]
COMPONENT = re.compile(rf"{COMPONENTS}[A-Za-z0-9._-]+")

MOST = 100
"""Violations that one refusal lists at most."""

SHOWN = 60
"""Characters of a received value, as JSON, that a message quotes."""

LARGE = 5000
"""Values in an instance beyond which only the first violation is looked for."""

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

    def compile(self, schema: Mapping[str, Any] | bool, direction: Direction = "request") -> Validator:
        """A validator of the schema; DocumentError if it is not valid (because of a bad pattern, for example)."""
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
        schemas: dict[str, dict[str, Any]] = {"schemas": {}, "places": {}}
        for reference, converted in used.items():
            _, _, kind, name = _kept_at(reference).split("/")
            schemas[kind][name] = converted.schema
        whole = root.schema if isinstance(root.schema, Mapping) else {} if root.schema else {"not": {}}
        try:
            return Validator(
                jsonschema_rs.Draft202012Validator({**whole, "components": schemas}, validate_formats=True)
            )
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


class Validator:
    """One compiled schema. `accepts` is the fast check, `violations` the complete one."""

    __slots__ = ("_validator", "accepts")

    def __init__(self, validator: jsonschema_rs.Draft202012Validator) -> None:
        self._validator = validator
        self.accepts: Callable[[Any], bool] = validator.is_valid

    def violations(self, instance: Any, where: Where, prefix: str = "") -> Iterator[Violation]:
        """The violations of an instance, up to MOST; `prefix` is a JSON Pointer put before each place.

        Of an instance of more than LARGE values only the first is looked for: to collect a million takes half a minute.
        """
        if _is_large(instance):
            # each error holds a copy of its instance, so that collecting them costs more than validating
            first = self.first_error(instance)
            errors = iter(() if first is None else (first,))
        else:
            errors = iter(self._validator.iter_errors(instance))
        found = (violation for error in errors for violation in _violations(error, where, prefix))
        return islice(found, MOST)

    def first_error(self, instance: Any) -> jsonschema_rs.ValidationError | None:
        """The first error, found without looking further."""
        try:
            self._validator.validate(instance)
        except jsonschema_rs.ValidationError as error:
            return error
        return None

    def flaw(self, instance: Any, schema: str = "#") -> tuple[str, str, str]:
        """The first violation of an instance: (pointer into the instance, pointer to the violated rule, message).

        `schema` is where the document has the schema.
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
        yield Violation(where, f"{pointer}/{escape(missing)}", keyword, True, ABSENT, "is required")
    elif keyword in ("additionalProperties", "unevaluatedProperties"):
        message = "is not an allowed property"
        for name in details["unexpected"]:
            yield Violation(where, f"{pointer}/{escape(name)}", keyword, False, ABSENT, message)
    # `anyOf: [{required: [a]}, {required: [b]}]` is how documents write "at least one of"
    elif keyword == "anyOf" and (names := _one_of(details["context"])):
        message = f"must have at least one of {', '.join(names)}"
        yield Violation(where, pointer, keyword, names, error.instance, message)
    else:
        expected = next(iter(details.values()), None) if keyword not in ("anyOf", "oneOf", "not") else None
        wording = MESSAGES.get(keyword, "violates `{keyword}`")
        message = wording.format(keyword=keyword, expected=_plain(expected), received=shown(error.instance))
        yield Violation(where, pointer, keyword, expected, error.instance, message)


def _one_of(forms: list[list[jsonschema_rs.ValidationError]]) -> list[str]:
    """The properties of which one is enough, if every alternative of an `anyOf` fails for a missing one only."""
    flaws = [each.kind for form in forms for each in form]
    if len(flaws) != len(forms) or any(flaw.name != "required" for flaw in flaws):
        return []
    return list(dict.fromkeys(flaw.as_dict()["property"] for flaw in flaws))


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
    "uniqueItems": "must not contain duplicate items",
    "minProperties": "must have at least {expected} properties",
    "maxProperties": "must have at most {expected} properties",
    "anyOf": "matches none of the allowed schemas, got {received}",
    "oneOf": "must match exactly one of the allowed schemas, got {received}",
    "not": "must not be {received}",
    "falseSchema": "is not allowed",
    "propertyNames": "has a property with a name that is not allowed: {expected}",
}


def _plain(expected: Any) -> str:
    return ", ".join(map(_text, expected)) if isinstance(expected, list) else _text(expected)


def _text(value: Any) -> str:
    if isinstance(value, jsonschema_rs.ValidationError):  # of propertyNames: the flaw of the name
        return value.message.partition("\n")[0]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def shown(received: Any) -> str:
    """A received value as a message quotes it: JSON, truncated."""
    text = json.dumps(received, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
