"""Alternatives told apart by a discriminator: accepted as before, refused in the words of the one that was meant."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.document import Document
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import Validator
from tests.contract.generation.made import Sample
from tests.patience import bounded

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
    """Each rule that it breaks is named in its place."""
    told = validator(DOCUMENT)

    found = {each.pointer: each.message for each in told.violations(drawing, "body")}

    assert found.keys() == broken.keys()
    assert all(found[pointer].startswith(message) for pointer, message in broken.items()), found
    assert told.accepts(drawing) is (not broken)


CAT = {"properties": {"lives": {"type": "integer"}}, "required": ["lives"]}
DOG = {"properties": {"bark": {"type": "boolean"}}, "required": ["bark"]}
KIND = {"properties": {"kind": {"type": "string"}}, "required": ["kind"], "type": "object"}
REFERENCES = [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}]


def kinds(cat: str, dog: str, keyword: str = "enum") -> dict[str, Any]:
    """Two forms that say themselves which values of `kind` they take."""

    def form(own: dict[str, Any], value: str) -> dict[str, Any]:
        rule = {"const": value} if keyword == "const" else {"enum": [value]}
        return {"allOf": [KIND, own, {"properties": {"kind": rule}}]}

    return {"Cat": form(CAT, cat), "Dog": form(DOG, dog)}


def pets(keyword: str = "oneOf", mapping: Any = None, **schemas: Any) -> Sample:
    """A pet that is a cat or a dog."""
    discriminator = {"propertyName": "kind", **({} if mapping is None else {"mapping": mapping})}
    plain = {"Cat": {"allOf": [KIND, CAT]}, "Dog": {"allOf": [KIND, DOG]}}
    return Sample(**{"Pet": {keyword: REFERENCES, "discriminator": discriminator}, **plain, **schemas})


def family(mapping: Any = None, kind: Any = None, **children: Any) -> Sample:
    """A pet whose kinds refer to it."""
    parent = {"allOf": [{"$ref": "#/components/schemas/Pet"}]}
    discriminator = {"propertyName": "kind", **({} if mapping is None else {"mapping": mapping})}
    whole = {**KIND, "properties": {"kind": kind or {"type": "string"}}, "discriminator": discriminator}
    cat, dog = {"allOf": [*parent["allOf"], CAT]}, {**parent, **DOG}
    return Sample(**{"Pet": whole, "Cat": cat, "Dog": dog, **children})


LION = {"Lion": {"allOf": [{"$ref": "#/components/schemas/Cat"}, {"required": ["mane"]}]}}
MAPPED = {"c": "#/components/schemas/Cat", "d": "Dog"}


@pytest.mark.parametrize(
    ("sample", "value", "valid"),
    [
        (pets(), {"kind": "Cat", "lives": 9}, True),
        (pets(), {"kind": "Cat", "bark": True}, False),
        (pets(), {"kind": "Cat", "lives": 9, "bark": True}, True),
        (pets(), {"kind": "Fish", "lives": 9}, False),
        (pets(), {"lives": 9}, False),
        (pets("anyOf"), {"kind": "Dog", "bark": True}, True),
        (pets("anyOf"), {"kind": "Dog", "lives": 9}, False),
        (pets(mapping=MAPPED), {"kind": "c", "lives": 9}, True),
        (pets(mapping=MAPPED), {"kind": "d", "lives": 9}, False),
        (pets(mapping=MAPPED), {"kind": "Cat", "lives": 9}, True),
        (pets(**kinds("cat", "dog")), {"kind": "cat", "lives": 9}, True),
        (pets(**kinds("cat", "dog")), {"kind": "Cat", "lives": 9}, False),
        (pets(**kinds("cat", "dog", "const")), {"kind": "dog", "bark": True}, True),
        (pets(**kinds("pet", "pet")), {"kind": "pet", "lives": 9}, True),
        (pets(Cat={"allOf": [CAT]}), {"lives": 9}, True),
        (family(), {"kind": "Cat", "lives": 9}, True),
        (family(), {"kind": "Cat"}, False),
        (family(), {"kind": "Dog", "lives": 9}, False),
        (family(), {"kind": "Pet"}, True),
        (family(), {"kind": "Fish"}, False),
        (family(kind={"enum": ["Cat", "Fish"]}), {"kind": "Fish"}, True),
        (family(kind={"enum": ["Cat", "Fish"]}), {"kind": "Cat"}, False),
        (family(mapping=MAPPED), {"kind": "c"}, False),
        (family(mapping=MAPPED), {"kind": "d", "bark": True}, True),
        (family(**LION), {"kind": "Lion", "lives": 9}, False),
        (family(**LION), {"kind": "Lion", "lives": 9, "mane": 1}, True),
        (family(**LION), {"kind": "Cat", "lives": 9}, True),
        (
            family(Cat={"allOf": [{"$ref": "#/components/schemas/Pet"}], "x-ms-discriminator-value": "#Cat"}),
            {"kind": "#Cat"},
            True,
        ),
    ],
)
def test_a_discriminator_decides_what_a_value_is_held_against(sample: Sample, value: Any, valid: bool) -> None:
    """By mapping, by the names of the components, or by what each form says of the property itself."""
    assert sample.validator({"$ref": "#/components/schemas/Pet"}).accepts(value) is valid


@pytest.mark.parametrize(
    "sample", [pets(), pets("anyOf"), pets(mapping=MAPPED), pets(**kinds("cat", "dog")), family(), family(**LION)]
)
def test_a_form_that_is_made_is_one_of_those(sample: Sample) -> None:
    """Every form comes some time, and in lists, too."""
    found = sample.value({"type": "array", "minItems": 40, "items": {"$ref": "#/components/schemas/Pet"}})

    named = {each["kind"]: each.keys() - {"kind"} for each in found}
    assert len(named) >= 2
    assert set(map(frozenset, named.values())) <= {
        *map(frozenset, ({"lives"}, {"bark"}, {"lives", "mane"}, set[str]())),
    }


def test_a_form_is_held_against_what_all_forms_have() -> None:
    """Where a form is asked for by its own name, the others have nothing to say."""
    cat = family().validator({"$ref": "#/components/schemas/Cat"})

    assert cat.accepts({"kind": "Cat", "lives": 9})
    assert not cat.accepts({"lives": 9})
    assert not cat.accepts({"kind": "Cat"})


def test_a_form_may_hold_others() -> None:
    """The circle is broken by the names."""
    friend = {
        "allOf": [
            {"$ref": "#/components/schemas/Pet"},
            {"properties": {"friend": {"$ref": "#/components/schemas/Pet"}}},
        ]
    }
    pet = family(Cat=friend).validator({"$ref": "#/components/schemas/Pet"})

    assert pet.accepts({"kind": "Cat", "friend": {"kind": "Cat", "friend": {"kind": "Dog", "bark": True}}})
    assert not pet.accepts({"kind": "Cat", "friend": {"kind": "Cat", "friend": {"kind": "Dog"}}})


def test_a_family_of_too_many_is_not_told_apart() -> None:
    """Each of its members would make every validator larger."""
    children = {f"Pet{number}": {"allOf": [{"$ref": "#/components/schemas/Pet"}, CAT]} for number in range(70)}
    pet = family(**children).validator({"$ref": "#/components/schemas/Pet"})

    assert pet.accepts({"kind": "Pet7"})


def test_forms_of_a_parent_that_lists_them_are_named_once() -> None:
    """Each leads to the parent, and by it to each other: three levels of sixty forms are two hundred thousand."""
    parent = {"$ref": "#/components/schemas/Pet"}
    children = {f"Pet{number}": {"allOf": [parent, CAT]} for number in range(60)}
    forms = [{"$ref": f"#/components/schemas/{name}"} for name in children]
    pet = {**KIND, "discriminator": {"propertyName": "kind"}, "oneOf": forms}

    with bounded():
        Sample(Pet=pet, **children).validator(parent)
