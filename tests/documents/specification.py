"""The OpenAPI documents as trees: where a JSON Pointer leads, what must be founded, and what is inferred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "specs"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
CONSTRAINTS = {
    *("enum", "not", "default", "format", "pattern", "multipleOf", "uniqueItems"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
}
NAMED_SCHEMAS = {"properties", "schemas"}
SCHEMAS = {"schema", "items", "additionalProperties", "not", "allOf", "anyOf", "oneOf"}
WHOLE = re.compile(r"#(/components|/paths(/[^/]+(/\w+)?)?)?")
"""The pointers of what is too large to be inferred as a whole."""
VALUES = {"example", "examples", "enum", "default"}


@dataclass(frozen=True)
class Place:
    """Where a pointer leads: every node passed on the way, references followed, the last being the value."""

    trail: tuple[tuple[str, Any], ...]

    @property
    def value(self) -> Any:
        return self.trail[-1][1]

    @property
    def pointer(self) -> str:
        """The pointer that leads here without passing a reference."""
        return self.trail[-1][0]

    @property
    def pointers(self) -> tuple[str, ...]:
        return tuple(pointer for pointer, _ in self.trail)

    @property
    def inferred(self) -> str:
        """The reason for what was chosen in the smallest object around this place; empty if nothing was."""
        return next((node.get("x-inferred", "") for _, node in reversed(self.trail) if isinstance(node, dict)), "")

    def concerns(self, name: str) -> bool:
        """Whether the pointer passes the name or a parameter of that name, or the value is or lists it."""
        return (
            any(pointer.endswith(f"/{escaped(name)}") for pointer in self.pointers)
            or any(isinstance(node, dict) and node.get("name") == name for _, node in self.trail)
            or self.value == name
            or (isinstance(self.value, dict | list) and name in self.value)
        )


@cache
def document(api: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{api}.yaml").read_text("utf-8"))
    return loaded


def escaped(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def place(root: dict[str, Any], pointer: str) -> Place:
    """Where `#/…` leads, through references on the way and at the end; LookupError if nowhere."""
    trail: list[tuple[str, Any]] = [("#", root)]
    for token, following in pairwise([*pointer.split("/")[1:], ""]):
        here, node = trail[-1]
        trail.append((f"{here}/{token}", _step(node, token.replace("~1", "/").replace("~0", "~"), pointer)))
        reference = trail[-1][1].get("$ref") if isinstance(trail[-1][1], dict) else None
        if reference is not None and following != "$ref":
            trail += place(root, reference).trail
    return Place(tuple(trail))


def _step(node: Any, key: str, pointer: str) -> Any:
    if isinstance(node, list) and key.isdecimal() and int(key) < len(node):
        return node[int(key)]
    if isinstance(node, dict) and key in node:
        return node[key]
    raise LookupError(f"{pointer}: nothing is called {key!r} there")


def claims(root: dict[str, Any]) -> Iterator[str]:
    """The pointer of everything that must be documented or inferred: responses, security schemes, constraints."""
    for path, item in root["paths"].items():
        for method in METHODS:
            for status, response in item.get(method, {}).get("responses", {}).items():
                if "$ref" not in response:
                    yield f"#/paths/{escaped(path)}/{method}/responses/{status}"
    for kind in ("responses", "securitySchemes"):
        for name in root.get("components", {}).get(kind, {}):
            yield f"#/components/{kind}/{name}"
    yield from _constraints(root, "#")


def _constraints(node: Any, here: str, *, is_schema: bool = False) -> Iterator[str]:
    if isinstance(node, list):
        for at, item in enumerate(node):
            yield from _constraints(item, f"{here}/{at}", is_schema=is_schema)
    if not isinstance(node, dict):
        return
    for key, child in node.items():
        below = f"{here}/{escaped(str(key))}"
        if is_schema and key in CONSTRAINTS:
            yield below
        if key in NAMED_SCHEMAS:
            for name, schema in child.items():
                yield from _constraints(schema, f"{below}/{escaped(name)}", is_schema=True)
        elif key not in VALUES and not str(key).startswith("x-"):
            yield from _constraints(child, below, is_schema=key in SCHEMAS)


def is_inferred(root: dict[str, Any], pointer: str) -> bool:
    """Whether the object there or one around it is inferred, as far up as its response, parameter or schema."""
    return any(
        "x-inferred" in node
        for around, node in place(root, pointer).trail
        if isinstance(node, dict) and not WHOLE.fullmatch(around)
    )


def is_stated(pointer: str, places: list[Place]) -> bool:
    """Whether one of the places is there or beyond; for a constraint, also whether one is the schema that has it."""
    around, _, last = pointer.rpartition("/")
    schema = around if last in CONSTRAINTS else pointer
    return any(pointer in where.pointers or where.pointer == schema for where in places)
