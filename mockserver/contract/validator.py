"""A compiled schema: whether it accepts an instance, and what is wrong with one, as violations."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import jsonschema_rs

from mockserver.contract.pointers import escape, pointer_of
from mockserver.contract.violations import ABSENT, Violation, Where

MOST = 100
"""Violations that one refusal lists at most."""

SHOWN = 60
"""Characters of a received value, as JSON, that a message quotes."""

LARGE = 5000
"""Values in an instance beyond which only the first violation is looked for."""


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
            errors = self.errors(instance)
        found = (violation for error in errors for violation in _violations(error, where, prefix))
        return islice(found, MOST)

    def errors(self, instance: Any) -> Iterator[Any]:
        """Every error of an instance."""
        return iter(self._validator.iter_errors(instance))

    def first_error(self, instance: Any) -> Any:
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
        # the place in hexadecimal, as `schemas._kept_at` wrote it
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
    # one error has all the properties that are too many; each becomes a violation at its own place
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
    # one flaw each: an alternative that lacks two properties is not fulfilled by one of them
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
