"""Schemas: what OpenAPI 3.0 says in its own way and 3.1 in JSON Schema's, and how a broken rule is told."""

from __future__ import annotations

import math
from typing import Any

import pytest

from mockserver.contract.pointers import pointer_of
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import LARGE, MOST, Validator, shown
from mockserver.contract.violations import ABSENT
from mockserver.errors import DocumentError
from tests.contract.specimen import document, validator

STRING = {"type": "string"}
TREE = {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}}


def told(compiled: Validator, instance: Any) -> list[tuple[str, str, Any, Any, str]]:
    """Everything a violation says, for each."""
    return [
        (each.pointer, each.keyword, each.expected, each.received, each.message)
        for each in compiled.violations(instance, "body")
    ]


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"type": "string", "nullable": True}, ["a", None], [1]),
        ({"type": "string", "nullable": False}, ["a"], [None]),
        ({"type": "string", "nullable": True, "enum": ["a", "b"]}, ["a", None], ["c"]),
        ({"type": "string", "nullable": True, "enum": ["a", None]}, ["a", None], ["c"]),
        ({"nullable": True, "allOf": [STRING]}, ["a", None], [1]),
        ({"type": "object", "nullable": True, "allOf": [{"type": "object"}]}, [{}, None], [1]),
        ({"type": "string", "nullable": True, "not": {"enum": [None]}}, ["a", None], [1]),
        ({"enum": ["a"], "nullable": True}, ["a", None], ["b"]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": False}, [1], [0]),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": True}, [8], [9]),
        ({"type": "integer", "maximum": 9, "exclusiveMaximum": False}, [9], [10]),
        ({"type": "integer", "exclusiveMinimum": True, "exclusiveMaximum": True}, [-1, 1], ["a"]),
        ({"type": "integer"}, [3, 3.0, 10**400, -(10**400)], [3.5, "3", True, None]),
        ({"type": "integer", "maximum": 5}, [5], [10**400]),
        ({"type": "string", "minLength": 1, "maxLength": 2}, ["é", "👍👍"], ["", "👍👍👍"]),
        ({"type": "string", "format": "uuid"}, ["937ccbe2-4cb5-4c76-96bf-29510b514dfa"], ["937ccbe2"]),
        ({"type": "string", "format": "date-time"}, ["2026-04-22T10:00:00Z"], ["2026-04-22"]),
        ({"type": "string", "format": "made-up"}, ["anything"], [1]),
        ({"type": "array", "items": STRING, "uniqueItems": True}, [[], ["a"]], [["a", "a"], [1]]),
        ({"type": "object", "additionalProperties": STRING}, [{"a": "b"}], [{"a": 1}]),
        ({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Name"}}, [{"a": "b"}], [{"a": 1}]),
        ({"not": {"$ref": "#/components/schemas/Name"}}, [1], ["a"]),
        ({"oneOf": [{"$ref": "#/components/schemas/Name"}, {"type": "string", "maxLength": 1}]}, ["ab"], ["a", 1]),
        (
            {"properties": {"example": STRING, "x-a": STRING, "nullable": STRING}},
            [{"x-a": ""}],
            [{"x-a": 1}, {"example": 1}],
        ),
        ({"example": 1, "x-inferred": "why", "xml": {}, "externalDocs": {}, "type": "string"}, ["a"], [1]),
        ({}, [1, None, "a"], []),
    ],
)
def test_an_openapi_3_0_schema_means_what_3_0_says(
    schema: dict[str, Any], accepted: list[Any], refused: list[Any]
) -> None:
    """The dialect of OpenAPI 3.0 is kept where it differs from JSON Schema."""
    compiled = validator(schema, Name=STRING)

    assert [each for each in accepted if not compiled.accepts(each)] == []
    assert [each for each in refused if compiled.accepts(each)] == []


@pytest.mark.parametrize(
    ("schema", "accepted", "refused"),
    [
        ({"type": ["string", "null"]}, ["a", None], [1]),
        ({"type": "string", "nullable": True}, ["a"], [None]),
        ({"exclusiveMinimum": 1}, [2], [1]),
        ({"const": "a"}, ["a"], ["b"]),
        ({"$ref": "#/components/schemas/Name", "maxLength": 1}, ["a"], ["ab", 1]),
        ({"$ref": "#/x-schemas/Name"}, ["a"], [1]),
        ({"unevaluatedProperties": {"$ref": "#/x-schemas/Name"}}, [{"a": "b"}], [{"a": 1}]),
        ({"$defs": {"A": {"$ref": "#/x-schemas/Name"}}, "prefixItems": [STRING]}, [["a"]], [[1]]),
        ({"if": STRING, "then": {"minLength": 1}}, ["a", 1], [""]),
        ({"properties": {"a": True, "b": False}}, [{"a": 1}], [{"b": 1}]),
        ({"required": ["a"], "properties": {"a": True}}, [{"a": 1}], [{}]),
        (True, [1, None], []),
        (False, [], [1, None]),
    ],
)
def test_an_openapi_3_1_schema_is_json_schema(schema: Any, accepted: list[Any], refused: list[Any]) -> None:
    """From 3.1 on a schema is JSON Schema 2020-12, with references to anywhere in the document."""
    members: dict[str, Any] = {"x-schemas": {"Name": STRING}}
    compiled = validator(schema, version="3.1.0", members=members, Name=STRING)

    assert [each for each in accepted if not compiled.accepts(each)] == []
    assert [each for each in refused if compiled.accepts(each)] == []


@pytest.mark.parametrize(
    ("schema", "direction", "accepts_without"),
    [
        ({"readOnly": True}, "request", True),
        ({"readOnly": True}, "response", False),
        ({"writeOnly": True}, "request", False),
        ({"writeOnly": True}, "response", True),
        ({}, "request", False),
        ({}, "response", False),
        ({"$ref": "#/components/schemas/ReadOnly"}, "request", True),
        ({"$ref": "#/components/schemas/ReadOnly"}, "response", False),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_required_holds_one_way_for_read_only_and_write_only(
    schema: dict[str, Any], direction: str, accepts_without: bool, version: str
) -> None:
    """A required property that is read-only need not be in a request, and one that is write-only not in an answer."""
    whole = {"type": "object", "required": ["a"], "properties": {"a": schema}}

    compiled = validator(whole, direction, version, ReadOnly={"readOnly": True})

    assert compiled.accepts({"a": 1})
    assert compiled.accepts({}) is accepts_without


def test_in_3_1_a_reference_has_siblings() -> None:
    """`readOnly` beside a `$ref` counts as much as in the schema it leads to."""
    whole = {"required": ["a"], "properties": {"a": {"$ref": "#/components/schemas/A", "readOnly": True}}}

    assert validator(whole, "request", "3.1.0", A=STRING).accepts({})


def test_a_required_name_that_no_property_describes_is_required() -> None:
    """`required` may name what `properties` does not."""
    compiled = validator({"required": ["a"]})

    assert compiled.accepts({"a": 1})
    assert not compiled.accepts({})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize(
    "reference", ["#/components/schemas/Tree", "#/components/schemas/Tree/properties/below/items", "#/x-schemas/Tree"]
)
def test_a_recursive_schema_stays_finite(reference: str, version: str) -> None:
    """A schema that refers to itself, by whichever pointer, is checked to any depth."""
    here = {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": reference}}}}

    compiled = validator({"$ref": reference}, version=version, members={"x-schemas": {"Tree": here}}, Tree=TREE)

    assert compiled.accepts({"below": [{"below": []}, {"below": [{}]}]})
    assert not compiled.accepts({"below": [{"below": [1]}]})


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_schema_takes_along_all_that_it_leads_to(version: str) -> None:
    """By way of a property called `$ref`, of another component, of a place that is none, and back."""
    far = {"properties": {"size": {"type": "integer", "enum": [1, {"$ref": "#/components/schemas/None"}]}}}
    inner = {"properties": {"$ref": {"$ref": "#/x-schemas/Far"}, "outer": {"$ref": "#/components/schemas/Outer"}}}
    outer = {"allOf": [{"$ref": "#/components/schemas/Inner"}]}
    members = {"x-schemas": {"Far": far}}

    compiled = validator(
        {"$ref": "#/components/schemas/Outer"}, version=version, members=members, Outer=outer, Inner=inner
    )

    assert compiled.accepts({"$ref": {"size": 1}, "outer": {"$ref": {"size": 1}}})
    assert not compiled.accepts({"outer": {"$ref": {"size": "large"}}})


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "pattern": "("}, r"a schema does not compile"),
        ({"$ref": "#/components/schemas/None"}, r"#/components/schemas/None cannot be resolved"),
        ({"$ref": "#/nowhere"}, r"#/nowhere cannot be resolved"),
        ({"$ref": "other.yaml"}, r"other\.yaml refers to another file"),
    ],
)
def test_a_schema_that_cannot_be_compiled_is_refused(schema: dict[str, Any], words: str) -> None:
    """A pattern that is none, or a reference to nothing, is an error of the document."""
    with pytest.raises(DocumentError, match=rf"specimen\.yaml: {words}"):
        validator(schema)


@pytest.mark.parametrize(
    ("schema", "instance", "violation"),
    [
        (STRING, 1, ("", "type", ["string"], 1, "must be of type string, got 1")),
        ({"type": "string", "nullable": True}, 1, ("", "type", None, 1, "must be of type null, string, got 1")),
        ({"enum": ["a", 2]}, "c", ("", "enum", ["a", 2], "c", 'must be one of a, 2, got "c"')),
        ({"minimum": 1}, 0, ("", "minimum", 1, 0, "must be at least 1, got 0")),
        ({"maximum": 1}, 10**30, ("", "maximum", 1, 10**30, f"must be at most 1, got {10**30}")),
        ({"maximum": 10**30}, 10**31, ("", "maximum", 10**30, 10**31, f"must be at most {10**30}, got {10**31}")),
        ({"minimum": 1, "exclusiveMinimum": True}, 1, ("", "exclusiveMinimum", 1, 1, "must be more than 1, got 1")),
        ({"maximum": 1, "exclusiveMaximum": True}, 1, ("", "exclusiveMaximum", 1, 1, "must be less than 1, got 1")),
        ({"multipleOf": 2}, 3, ("", "multipleOf", 2, 3, "must be a multiple of 2, got 3")),
        ({"minLength": 2}, "é", ("", "minLength", 2, "é", "must have at least 2 character(s)")),
        ({"maxLength": 1}, "ab", ("", "maxLength", 1, "ab", "must have at most 1 character(s)")),
        ({"pattern": "^a$"}, "b", ("", "pattern", "^a$", "b", 'must match the pattern ^a$, got "b"')),
        ({"format": "uuid"}, "b", ("", "format", "uuid", "b", 'must be in the format uuid, got "b"')),
        ({"minItems": 1}, [], ("", "minItems", 1, [], "must have at least 1 item(s)")),
        ({"maxItems": 0}, [1], ("", "maxItems", 0, [1], "must have at most 0 item(s)")),
        ({"uniqueItems": True}, [1, 1], ("", "uniqueItems", None, [1, 1], "must not contain duplicate items")),
        ({"minProperties": 1}, {}, ("", "minProperties", 1, {}, "must have at least 1 properties")),
        ({"maxProperties": 0}, {"a": 1}, ("", "maxProperties", 0, {"a": 1}, "must have at most 0 properties")),
        ({"anyOf": [STRING]}, 1, ("", "anyOf", None, 1, "matches none of the allowed schemas, got 1")),
        ({"oneOf": [{}, {}]}, 1, ("", "oneOf", None, 1, "must match exactly one of the allowed schemas, got 1")),
        ({"not": {}}, True, ("", "not", None, True, "must not be true")),
        ({"required": ["a"]}, {}, ("/a", "required", True, ABSENT, "is required")),
        ({"required": ["a/b~"]}, {}, ("/a~1b~0", "required", True, ABSENT, "is required")),
        (
            {"additionalProperties": False},
            {"a/b": 1},
            ("/a~1b", "additionalProperties", False, ABSENT, "is not an allowed property"),
        ),
        (
            {"properties": {"a": {"items": STRING}}},
            {"a": ["b", 1]},
            ("/a/1", "type", ["string"], 1, "must be of type string, got 1"),
        ),
    ],
)
def test_a_violation_says_what_was_expected_and_what_came(
    schema: dict[str, Any], instance: Any, violation: tuple[str, str, Any, Any, str]
) -> None:
    """Place, keyword, the keyword's value, what came instead, and a sentence of it."""
    (found,) = told(validator(schema), instance)

    pointer, keyword, expected, received, message = violation
    assert (found[0], found[1], found[3], found[4]) == (pointer, keyword, received, message)
    assert expected is None or found[2] == expected


def test_a_keyword_without_a_sentence_of_its_own_is_named() -> None:
    """Rules that few documents use are told by their name."""
    ((_, keyword, _, _, message),) = told(validator({"contains": STRING}, version="3.1.0"), [1])

    assert keyword == "contains"
    assert message == "violates `contains`"


@pytest.mark.parametrize(
    ("schema", "instance", "violation"),
    [
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            ("", "propertyNames", 'has a property with a name that is not allowed: "ab" is longer than 1 character'),
        ),
        (
            {"unevaluatedProperties": False},
            {"a": 1},
            ("/a", "unevaluatedProperties", "is not an allowed property"),
        ),
        ({"properties": {"a": False}}, {"a": 1}, ("/a", "falseSchema", "is not allowed")),
        ({"const": "a"}, "b", ("", "const", 'must be a, got "b"')),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}, ("/b", "required", "is required")),
    ],
)
def test_a_violation_of_what_only_3_1_knows(schema: Any, instance: Any, violation: tuple[str, str, str]) -> None:
    """The keywords that came with 3.1 are told as plainly."""
    ((pointer, keyword, _, _, message),) = told(validator(schema, version="3.1.0"), instance)

    assert (pointer, keyword, message) == violation


def test_every_violation_is_told() -> None:
    """All rules that an instance breaks come at once, and the place of each under the prefix given."""
    schema = {"type": "object", "required": ["a", "b"], "properties": {"c": {"minLength": 2, "pattern": "x"}}}

    found = validator(schema).violations({"c": "y"}, "query", "/filter")

    assert sorted((each.where, each.pointer, each.keyword) for each in found) == [
        ("query", "/filter/a", "required"),
        ("query", "/filter/b", "required"),
        ("query", "/filter/c", "minLength"),
        ("query", "/filter/c", "pattern"),
    ]


def test_violations_are_bounded_in_number() -> None:
    """No refusal names more than so many, whether of many values or in one object."""
    many = told(validator({"items": STRING}), [1] * (MOST + 1))
    unknown = told(validator({"additionalProperties": False}), {str(each): each for each in range(MOST + 1)})

    assert len(many) == MOST
    assert len(unknown) == MOST


def test_a_large_instance_is_searched_for_its_first_violation_only() -> None:
    """Collecting every flaw of a huge body would take longer than any caller waits."""
    at_the_limit = told(validator({"items": {"items": STRING}}), [[1]] * ((LARGE - 1) // 2))
    beyond = told(validator({"items": {"items": STRING}}), [[1]] * LARGE)
    of_objects = told(validator({"additionalProperties": STRING}), {str(each): each for each in range(LARGE)})

    assert len(at_the_limit) == MOST
    assert len(beyond) == 1
    assert len(of_objects) == 1


def test_a_valid_instance_has_no_first_error() -> None:
    """Nothing is found where nothing is broken, however large the instance."""
    compiled = validator({"items": STRING})

    assert compiled.first_error(["a"]) is None
    assert told(compiled, ["a"] * LARGE) == []


@pytest.mark.parametrize(
    ("instance", "pointer", "rule"),
    [
        ({"own": 1}, "/own", "#/somewhere/properties/own/type"),
        ({"named": 1}, "/named", "#/components/schemas/Name/type"),
        ({"placed": 1}, "/placed", "#/components/schemas/Thing/properties/title/type"),
        ({"deep": [{"title": 1}]}, "/deep/0/title", "#/components/schemas/Thing/properties/title/type"),
    ],
)
def test_a_flaw_names_the_part_of_the_document_that_is_broken(instance: Any, pointer: str, rule: str) -> None:
    """The rule is a pointer into the document, through references to where the rule really stands."""
    thing = {"type": "object", "properties": {"title": STRING}}
    compiled = validator(
        {
            "properties": {
                "own": STRING,
                "named": {"$ref": "#/components/schemas/Name"},
                "placed": {"$ref": "#/components/schemas/Thing/properties/title"},
                "deep": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
            }
        },
        Name=STRING,
        Thing=thing,
    )

    assert compiled.flaw(instance, "#/somewhere") == (pointer, rule, "must be of type string, got 1")


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_json_cannot_say_is_no_number(value: float) -> None:
    """An answer with NaN or Infinity breaks its contract."""
    assert not validator({"type": "number"}, "response").accepts(value)


@pytest.mark.parametrize(
    ("path", "pointer"), [([], ""), (["a", 0, "b"], "/a/0/b"), (["a/b", "c~d", ""], "/a~1b/c~0d/")]
)
def test_a_pointer_is_escaped(path: list[str | int], pointer: str) -> None:
    """RFC 6901: `~` and `/` in a name are escaped."""
    assert pointer_of(path) == pointer


@pytest.mark.parametrize(
    ("received", "text"),
    [
        (None, "null"),
        ("é\x00", '"é\\u0000"'),
        ({"a": [1]}, '{"a": [1]}'),
        ("x" * 58, '"' + "x" * 58 + '"'),
        ("x" * 59, '"' + "x" * 56 + "..."),
    ],
)
def test_a_received_value_is_shown_as_json_and_cut_short(received: Any, text: str) -> None:
    """A message repeats at most sixty characters of what came."""
    assert shown(received) == text


def test_components_are_converted_for_either_direction() -> None:
    """One compiler makes validators for requests and answers, and neither spoils the other."""
    schema = {"required": ["a"], "properties": {"a": {"readOnly": True}}}
    compiler = SchemaCompiler(document(components={"schemas": {"A": schema}}))

    request = compiler.compile({"$ref": "#/components/schemas/A"}, "request")
    response = compiler.compile({"$ref": "#/components/schemas/A"}, "response")

    assert request.accepts({})
    assert not response.accepts({})


@pytest.mark.parametrize(
    ("schema", "value", "valid"),
    [
        ({"type": "integer", "format": "int32"}, 2**31 - 1, True),
        ({"type": "integer", "format": "int32"}, 2**31, False),
        ({"type": "integer", "format": "int32"}, -(2**31) - 1, False),
        ({"type": "integer", "format": "int64"}, 2**63 - 1, True),
        ({"type": "integer", "format": "int64"}, 2**63, False),
        ({"type": "integer", "format": "int32", "maximum": 5}, 6, False),
        ({"type": "integer", "format": "int32", "maximum": 2**40}, 2**31, False),
        ({"type": "integer", "format": "int32", "nullable": True}, None, True),
        ({"type": "string", "format": "int32"}, "9999999999", True),
    ],
)
def test_the_format_of_an_integer_bounds_it(schema: Any, value: Any, valid: bool) -> None:
    """As OpenAPI's registry of formats has it."""
    assert validator(schema).accepts(value) is valid
