"""Whether an answer keeps its document, by a validator that is not ours: openapi-schema-validator over the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import orjson
from openapi_schema_validator import OAS30Validator, OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

URI = "urn:document"
JAVASCRIPT = re.compile(r"/(\^.*\$)/([gimsuy]*)")
PARTS = ("properties", "items", "additionalProperties")


class Judge:
    """Holds answers against one document as it was read."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._is_3_0 = str(raw.get("openapi", "")).startswith("3.0")
        plain = _alone(raw) if self._is_3_0 else _meant(raw)
        self._plain = plain
        self._registry = _registry(plain)

    @cached_property
    def _undiscriminated(self) -> Registry[Any]:
        """The document without discriminators."""
        return _registry(_without_discriminators(self._plain))

    def flaw(
        self, described: Mapping[str, Any], status: int, content_type: str | None, body: bytes, method: str = "GET"
    ) -> str | None:
        """What is wrong with the answer to an operation; None if nothing is, or if it is none of JSON."""
        responses = described.get("responses", {})
        keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        response = next((responses[key] for key in keys if key in responses), None)
        if response is None:
            return f"status {status} is not documented"
        content = self._resolved(response).get("content") or {}
        if method == "HEAD":  # whose answers have no body, whatever is documented
            return "a body came to HEAD" if body else None
        if not content:
            return "a body came where none is documented" if body else None
        media = self._media(content, content_type or "")
        if media is None:
            return f"{content_type} is not documented"
        if "schema" not in media or "json" not in str(content_type):
            return None
        return self._schema(media["schema"], body)

    def knows(self, described: Mapping[str, Any], status: int) -> bool:
        """Whether the documented answer of a status has properties or items of which it could have some."""
        responses = described.get("responses", {})
        keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
        response = self._resolved(next((responses[key] for key in keys if key in responses), {}))
        content: Mapping[str, Any] = response.get("content") or {}
        media: Mapping[str, Any] = next(iter(content.values()), {})
        rest: list[Any] = [media.get("schema")]
        seen = 0
        while rest and seen < 100:
            seen += 1
            schema = self._resolved(rest.pop())
            if (
                schema.get("properties")
                or schema.get("items")
                or isinstance(schema.get("additionalProperties"), Mapping)
            ):
                return True
            rest += [part for keyword in ("allOf", "oneOf", "anyOf") for part in schema.get(keyword) or []]
        return False

    def _schema(self, schema: Any, body: bytes) -> str | None:
        try:
            value = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            return f"the body is not JSON: {error}"
        validator = OAS30Validator if self._is_3_0 else OAS31Validator
        absolute = _absolute(_alone(schema) if self._is_3_0 else _meant(schema))
        try:
            try:
                first = _first(validator(absolute, registry=self._registry), value)
            except RecursionError:
                # it follows a discriminator beside `allOf` to a form that leads back to it, without end
                absolute = _without_discriminators(absolute)
                first = _first(validator(absolute, registry=self._undiscriminated), value)
        except re.error:
            return (
                None  # a pattern that Python's engine cannot read, as a discriminator that leads nowhere, says nothing
            )
        return None if first is None else f"{first.message[-150:]} at {'/'.join(map(str, first.absolute_path))}"

    def _resolved(self, node: Any) -> Mapping[str, Any]:
        for _ in range(50):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                break
            node = self._registry.resolver(URI).lookup(node["$ref"]).contents
        return node if isinstance(node, Mapping) else {}

    @staticmethod
    def _media(content: Mapping[str, Any], content_type: str) -> Mapping[str, Any] | None:
        name = content_type.partition(";")[0].strip().lower()
        family = f"{name.partition('/')[0]}/*"
        ranges = (name, f"{family}+{name.rpartition('+')[2]}", family, "*/*")
        known = {each.partition(";")[0].strip().lower(): value for each, value in content.items()}
        return next((known[each] for each in ranges if each in known), None)


def _registry(document: Any) -> Registry[Any]:
    resource: Resource[Any] = Resource.from_contents(document, default_specification=DRAFT202012)
    found: Registry[Any] = Registry().with_resource(URI, resource)
    return found


def _first(validator: Any, value: Any) -> Any:
    """The first error; a discriminator that leads nowhere is none."""
    errors = validator.iter_errors(value)
    return next((each for each in errors if "could not be resolved" not in each.message), None)


def _without_discriminators(node: Any, *, names: bool = False) -> Any:
    """Schemas without theirs. names: the keys are those of properties, of which one may be called so."""
    if isinstance(node, Mapping):
        return {
            key: _without_discriminators(each, names=key == "properties" and not names)
            for key, each in node.items()
            if names or key != "discriminator"
        }
    return [_without_discriminators(each) for each in node] if isinstance(node, list) else node


def _alone(node: Any) -> Any:
    """References without what stands beside them, which counts for nothing in OpenAPI 3.0 but does to the validator."""
    if isinstance(node, Mapping):
        reference = node.get("$ref")
        if isinstance(reference, str):
            return {"$ref": reference}
        return {key: _pattern(key, _alone(each)) for key, each in node.items()}
    return [_alone(each) for each in node] if isinstance(node, list) else node


def _meant(node: Any) -> Any:
    """The same, with patterns that are written as JavaScript has them, `/^[a-z]$/i`, as JSON Schema has them."""
    if isinstance(node, Mapping):
        return {key: _pattern(key, _meant(each)) for key, each in node.items()}
    return [_meant(each) for each in node] if isinstance(node, list) else node


def _pattern(key: str, value: Any) -> Any:
    found = JAVASCRIPT.fullmatch(value) if key == "pattern" and isinstance(value, str) else None
    return value if found is None else f"(?i){found[1]}" if "i" in found[2] else found[1]


def _absolute(node: Any) -> Any:
    """The schema with references into the document that do not depend on where it stands."""
    if isinstance(node, Mapping):
        return {
            key: f"{URI}{value}"
            if key == "$ref" and isinstance(value, str) and value.startswith("#")
            else _absolute(value)
            for key, value in node.items()
        }
    return [_absolute(each) for each in node] if isinstance(node, list) else node
