"""Whatever a schema asks for, the value made is one that its validator takes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mockserver.contract.generation import NoValueError, Style
from tests.contract.generation.made import NOW, Sample, value

TREE = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "parent": {"$ref": "#/components/schemas/Tree"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    },
}

SCHEMAS: dict[str, Any] = {
    "anything": {},
    "true": True,
    "const": {"const": {"a": 1}},
    "enum": {"enum": ["a", "b", None]},
    "null": {"type": "null"},
    "several types": {"type": ["integer", "null"]},
    "boolean": {"type": "boolean"},
    "integer in a narrow range": {"type": "integer", "minimum": 17, "maximum": 17},
    "far below zero": {"type": "integer", "maximum": -1000},
    "far above": {"type": "integer", "exclusiveMinimum": 10**12},
    "multiple": {"type": "integer", "multipleOf": 7, "minimum": 100, "maximum": 110},
    "multiple of a hundredth": {"type": "number", "multipleOf": 0.01, "minimum": 8, "maximum": 9},
    "decimal multiple": {"type": "number", "multipleOf": 0.01, "exclusiveMaximum": 1, "minimum": 0},
    "tiny range": {"type": "number", "minimum": 0.001, "maximum": 0.002},
    "short": {"type": "string", "maxLength": 3},
    "long": {"type": "string", "minLength": 400},
    "exact length": {"type": "string", "minLength": 2, "maxLength": 2},
    "pattern": {"type": "string", "pattern": "^[A-Z]{3}-\\d{4}$"},
    "pattern with bounds": {"type": "string", "pattern": "^[a-z]+$", "minLength": 30, "maxLength": 40},
    "look-ahead": {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d).{8,}$"},
    "two patterns": {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "b$"}]},
    "unicode property": {"type": "string", "pattern": "^\\p{Lu}\\p{L}+$"},
    "map": {"type": "object", "additionalProperties": {"type": "integer"}},
    "pattern properties": {
        "type": "object",
        "patternProperties": {"^x-[a-z]{2}$": {"type": "integer"}},
        "additionalProperties": False,
        "minProperties": 2,
    },
    "property names": {"type": "object", "propertyNames": {"pattern": "^[A-Z]{4}$"}, "minProperties": 3},
    "closed": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False},
    "at most one property": {
        "type": "object",
        "properties": {"a": True, "b": True, "c": True},
        "maxProperties": 1,
        "required": ["b"],
    },
    "alternatives that every object keeps": {
        "type": "array",
        "minItems": 2,
        "items": {
            "oneOf": [
                {"type": "object", "properties": {"a": {"type": "string"}}},
                {"type": "object", "properties": {"b": {"type": "integer"}}},
            ]
        },
    },
    "required without a schema": {"type": "object", "required": ["a"], "minProperties": 3},
    "dependent": {"type": "object", "properties": {"a": {"type": "string"}}, "dependentRequired": {"a": ["b", "c"]}},
    "dependent schema": {
        "type": "object",
        "required": ["card"],
        "properties": {"card": {"type": "string"}},
        "dependentSchemas": {
            "card": {"required": ["cvc"], "properties": {"cvc": {"type": "string", "pattern": "^[0-9]{3}$"}}}
        },
    },
    "dependent schema that nothing keeps": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "dependentSchemas": {"a": {"properties": {"b": False}, "required": ["b"]}},
    },
    "unique": {"type": "array", "items": {"enum": [1, 2, 3]}, "uniqueItems": True, "minItems": 3},
    "prefix": {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
    "contains": {"type": "array", "items": {"type": "integer"}, "contains": {"minimum": 500}, "minContains": 2},
    "one of": {
        "oneOf": [{"type": "string"}, {"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 3}]
    },
    "overlapping one of": {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "integer", "maximum": 10}]},
    "any of with required": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "two lists of alternatives": {
        "anyOf": [{"minimum": 5}, {"maximum": 1}],
        "oneOf": [{"type": "integer"}, {"type": "string"}],
    },
    "not": {"type": "string", "enum": ["a", "b"], "not": {"const": "a"}},
    "if then else": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["a", "b"]}, "size": {"type": "integer"}},
        "if": {"properties": {"kind": {"const": "a"}}},
        "then": {"required": ["size"]},
        "else": {"required": ["name"]},
    },
    "unevaluated": {
        "allOf": [{"properties": {"a": {"type": "integer"}}}],
        "type": "object",
        "properties": {"b": {"type": "integer"}},
        "unevaluatedProperties": False,
    },
    "closed within all of": {
        "allOf": [
            {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": False},
            {"properties": {"a": {"minimum": 3}, "b": {"type": "string"}}},
        ]
    },
    "numbers that meet": {
        "allOf": [{"type": "number", "minimum": 3}, {"type": "integer", "maximum": 4}, {"exclusiveMinimum": 3}]
    },
}


@pytest.mark.parametrize("style", ["documented", "fresh", "extreme"])
@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_a_value_is_valid_by_its_schema(schema: Any, style: Style) -> None:
    """For every seed and every style; the generator itself raises if it has none."""
    sample = Sample()
    validator = sample.validator(schema)

    for seed in range(8):
        made = sample.value(schema, seed, style=style)

        assert validator.accepts(made), made


def test_the_same_seed_makes_the_same_value() -> None:
    """And another one another, also in another process, whose hashes differ."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "id": {"type": "string", "format": "uuid"}}}

    assert value(schema, 7) == value(schema, 7)
    assert value(schema, 7) != value(schema, 8)


def test_a_schema_that_contains_itself_ends() -> None:
    """An optional part that leads back into itself stays away."""
    made = Sample(Tree=TREE).value({"$ref": "#/components/schemas/Tree"})

    assert set(made) == {"id", "children"}
    assert made["children"] == []


def test_a_schema_that_requires_itself_has_no_value() -> None:
    """It is given up, by name and within bounds."""
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/components/schemas/Endless"}}}

    with pytest.raises(NoValueError, match="of node: the schema requires itself without end"):
        Sample(Endless=endless).value({"$ref": "#/components/schemas/Endless"}, name="node")


def test_an_alternative_that_ends_is_taken_where_the_other_does_not() -> None:
    """A list of cells is finite, as its end is an alternative."""
    cell = {
        "type": "object",
        "required": ["rest"],
        "properties": {"rest": {"oneOf": [{"$ref": "#/components/schemas/Cell"}, {"type": "null"}]}},
    }

    assert Sample(Cell=cell).value({"$ref": "#/components/schemas/Cell"}) == {"rest": None}


@pytest.mark.parametrize(
    "schema",
    [
        False,
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"enum": []},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "string", "minLength": 10**7},
        {"type": "array", "minItems": 10**7},
        {"type": "string", "pattern": "^a$", "minLength": 5},
    ],
)
def test_what_has_no_value_is_said(schema: Any) -> None:
    """Impossible and unreasonable schemas are an error and no wrong value."""
    with pytest.raises(NoValueError, match="no valid value was found"):
        value(schema)


def test_an_example_is_taken_as_it_stands() -> None:
    """It is what the document's author meant."""
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "example": "doggie"}, "size": {"type": "integer", "default": 4}},
    }

    assert value(schema) == {"name": "doggie", "size": 4}


def test_a_wrong_example_is_never_served() -> None:
    """A third of the examples in public documents break their own schema."""
    schema = {
        "type": "object",
        "required": ["when", "size"],
        "properties": {
            "when": {"type": "string", "format": "date-time", "example": "yesterday"},
            "size": {"type": "integer", "example": 4},
        },
    }
    made = value(schema)

    assert made["size"] == 4
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", made["when"])


def test_a_wrong_example_is_looked_at_once() -> None:
    """The next value takes another way at once."""
    sample, schema = Sample(), {"type": "integer", "example": "four"}
    sample.value(schema)

    assert sample.generator._shapes.of(schema).spoiled


def test_further_items_are_like_the_example_but_others() -> None:
    """Records of one list differ where the example identifies one."""
    item = {
        "type": "object",
        "properties": {"id": {"type": "string", "example": "ord_100"}, "total": {"type": "integer", "example": 40}},
    }
    first, second, *_ = value({"type": "array", "minItems": 3, "items": item})

    assert first == {"id": "ord_100", "total": 40}
    assert re.fullmatch(r"ord_[1-9]{3}", second["id"])
    assert second["id"] != first["id"]


def test_examples_of_a_component_count_where_it_is_referred_to() -> None:
    """Directly, and as the only part of an allOf."""
    sample = Sample(Pet={"type": "object", "properties": {"name": {"type": "string"}}, "example": {"name": "Rex"}})

    assert sample.value({"$ref": "#/components/schemas/Pet"}) == {"name": "Rex"}
    assert sample.value({"allOf": [{"$ref": "#/components/schemas/Pet"}]}) == {"name": "Rex"}


def test_a_discriminator_names_the_form_that_is_taken() -> None:
    """By its mapping, else by the name of the component."""
    form: dict[str, Any] = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    sample = Sample("3.0.3", Cat=form, Dog={**form, "properties": {**form["properties"], "bark": {"type": "string"}}})
    schema = {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind", "mapping": {"canine": "#/components/schemas/Dog"}},
    }
    anyhow = {"anyOf": schema["oneOf"], "discriminator": schema["discriminator"]}
    kinds = {(made["kind"], "bark" in made) for made in (sample.value(anyhow, seed) for seed in range(20))}

    assert kinds == {("Cat", False), ("canine", True)}


def test_only_what_may_be_read_is_answered_and_what_may_be_written_is_sent() -> None:
    """`writeOnly` stays out of an answer, `readOnly` out of a request."""
    sample = Sample()
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer", "readOnly": True}, "password": {"type": "string", "writeOnly": True}},
    }
    validator = sample.validator(schema)

    assert set(sample.generator.value(schema, validator, 1, now=NOW)) == {"id"}
    assert set(sample.generator.value(schema, validator, 1, now=NOW, direction="request")) == {"password"}


def test_nullable_and_exclusive_bounds_are_read_by_the_document_s_version() -> None:
    """OpenAPI 3.0 has them as booleans."""
    sample = Sample("3.0.3")
    schema = {"type": "integer", "minimum": 4, "exclusiveMinimum": True, "maximum": 5, "nullable": True}
    edges = {sample.value(schema, seed, style="extreme") for seed in range(30)}

    assert sample.value(schema) == 5
    assert edges == {5, None}


def test_extremes_reach_the_edges() -> None:
    """Empty and longest texts, absent properties, additional ones, empty and full arrays."""
    schema = {
        "type": "object",
        "required": ["text"],
        "properties": {
            "text": {"type": "string", "maxLength": 50},
            "list": {"type": "array", "items": {"type": "integer"}},
        },
    }
    made = [value(schema, seed, style="extreme") for seed in range(60)]

    assert {0, 50} <= {len(each["text"]) for each in made}
    assert {"list" in each for each in made} == {True, False}
    assert {"undocumentedProperty" in each for each in made} == {True, False}
    assert {0, 20} <= {len(each["list"]) for each in made if "list" in each}


def test_a_draft_of_a_very_wide_schema_is_bounded() -> None:
    """A tree of optional parts, twelve wide and without end, stays small."""
    wide = {
        "type": "object",
        "properties": {
            f"p{at}": {
                "type": "object",
                "properties": {f"q{at}": {"$ref": "#/components/schemas/Wide"} for at in range(12)},
            }
            for at in range(12)
        },
    }
    made = Sample(Wide=wide).value({"type": "array", "minItems": 5, "items": {"$ref": "#/components/schemas/Wide"}})

    assert len(str(made)) < 100_000


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 2.0, "maxLength": 3.0},
        {"contains": False},
        {"if": True, "then": {"const": "then"}, "else": {"const": "else"}},
        {"if": {"const": 1}, "then": True, "else": False},
        {"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "required": ["a"]},
        {"not": {"type": "object", "properties": {"a": {"type": "string"}}}},
        {"type": "integer", "multipleOf": 1e-8},
        {"allOf": [{"prefixItems": [True, {"type": "string"}]}], "prefixItems": [{"const": 1}], "minItems": 2},
        {"prefixItems": [{"const": 1}], "unevaluatedItems": {"type": "integer"}, "minItems": 3},
        {"type": "string", "contentMediaType": "application/json", "contentSchema": {"const": {"a": 1}}},
        {"type": "string", "contentEncoding": "base64"},
    ],
)
def test_what_is_rare_is_made_as_well(schema: Any) -> None:
    """Whole numbers with a fraction of zero, conditions without a type, exclusions, tuples, text within text."""
    sample = Sample()

    assert sample.validator(schema).accepts(sample.value(schema))


def test_text_of_a_schema_within_is_that_text() -> None:
    """In base64 where it is encoded."""
    schema = {"type": "string", "contentMediaType": "application/json", "contentSchema": {"const": {"a": 1}}}

    assert value(schema) == '{"a":1}'
    assert value({**schema, "contentEncoding": "base64"}) == "eyJhIjoxfQ=="
