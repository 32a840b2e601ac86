"""Alternatives told apart by a discriminator: accepted as before, refused in the words of the one that was meant."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.discriminator import told_apart
from mockserver.contract.document import Document
from mockserver.contract.schemas import SchemaCompiler, Validator

SHAPES = {
    "Circle": {
        "type": "object",
        "required": ["kind", "radius"],
        "additionalProperties": False,
        "properties": {"kind": {"type": "string", "enum": ["circle"]}, "radius": {"type": "number", "minimum": 0}},
    },
    "Square": {
        "type": "object",
        "required": ["kind", "side"],
        "additionalProperties": False,
        "properties": {"kind": {"type": "string", "enum": ["square"]}, "side": {"type": "number"}},
    },
    "Shape": {
        "description": "Either.",
        "oneOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Square"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"circle": "#/components/schemas/Circle", "square": "#/components/schemas/Square"},
        },
    },
    "Drawing": {"type": "array", "items": {"$ref": "#/components/schemas/Shape"}},
    "Loose": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
}
DOCUMENT = Document(
    {"openapi": "3.0.3", "info": {"title": "T", "version": "1"}, "paths": {}, "components": {"schemas": SHAPES}}, "here"
)


def validator(document: Document, name: str = "Drawing") -> Validator:
    return SchemaCompiler(document).compile({"$ref": f"#/components/schemas/{name}"})


@pytest.mark.parametrize(
    ("drawing", "broken"),
    [
        ([], {}),
        ([{"kind": "circle", "radius": 1}, {"kind": "square", "side": -1}], {}),
        ([{"kind": "circle", "radius": -1}], {"/0/radius": "must be at least 0, got -1"}),
        ([{"kind": "circle"}], {"/0/radius": "is required"}),
        ([{"kind": "square", "radius": 1}], {"/0/side": "is required", "/0/radius": "is not an allowed property"}),
        ([{"kind": "star"}], {"/0/kind": 'must be one of circle, square, got "star"'}),
        ([{"radius": 1}], {"/0/kind": "is required"}),
        ([{}], {"/0/kind": "is required"}),
        ([5, None], {"/0": "must be of type object, got 5", "/1": "must be of type object, got null"}),
        ([{"kind": []}], {"/0/kind": "must be one of circle, square, got []"}),
    ],
)
def test_the_form_that_was_meant_is_held_against_the_value(drawing: Any, broken: dict[str, str]) -> None:
    """Each rule that it breaks is named in its place; the original accepts and refuses the same."""
    told = validator(told_apart(DOCUMENT))

    found = {each.pointer: each.message for each in told.violations(drawing, "body")}

    assert found.keys() == broken.keys()
    assert all(found[pointer].startswith(message) for pointer, message in broken.items()), found
    assert told.accepts(drawing) is validator(DOCUMENT).accepts(drawing) is (not broken)


def test_alternatives_without_a_discriminator_stay() -> None:
    """Nothing says which of them is meant."""
    assert told_apart(DOCUMENT).schemas["Loose"] == SHAPES["Loose"]
    assert DOCUMENT.schemas["Shape"] == SHAPES["Shape"]
