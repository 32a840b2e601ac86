"""Where a document states the rule that a request broke."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.location import locate, parameter_pointer
from mockserver.contract.violations import ABSENT, Violation, Where

PET: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}},
        "owner": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/Owner"}]},
        "notes": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
OWNER: dict[str, Any] = {
    "allOf": [{"type": "object", "properties": {"age": {"type": "integer"}}}, {"required": ["email"]}]
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/pets/{id}": {
            "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "put": {
                "operationId": "put_pet",
                "parameters": [
                    {"$ref": "#/components/parameters/limit"},
                    {"name": "X-Kind", "in": "header", "schema": {"type": "string"}},
                ],
                "requestBody": {"$ref": "#/components/requestBodies/Pet"},
                "responses": {"204": {"description": "done"}},
            },
        }
    },
    "components": {
        "parameters": {"limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}},
        "requestBodies": {
            "Pet": {
                "content": {
                    "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}},
                    "application/xml": {"schema": {"type": "object", "properties": {"name": {"type": "integer"}}}},
                    "text/plain": {},
                }
            }
        },
        "schemas": {"Pet": PET, "Tag": {"type": "string"}, "Owner": OWNER},
    },
}
BODY = "#/components/requestBodies/Pet"
CASES = {
    "a parameter that is referred to": ("query", "/limit", "type", "#/components/parameters/limit"),
    "a header, in any case": ("header", "/x-kind", "type", "#/paths/~1pets~1{id}/put/parameters/1"),
    "a parameter of the path item": ("path", "/id", "type", "#/paths/~1pets~1{id}/parameters/0"),
    "an unknown parameter": ("query", "/nope", "unknown", "#/paths/~1pets~1{id}/put"),
    "a property": ("body", "/name", "type", "#/components/schemas/Pet/properties/name"),
    "a missing property": ("body", "/name", "required", "#/components/schemas/Pet/required"),
    "an item that is referred to": ("body", "/tags/3", "type", "#/components/schemas/Tag"),
    "a branch": ("body", "/owner/age", "type", "#/components/schemas/Owner/allOf/0/properties/age"),
    "what a branch requires": ("body", "/owner/email", "required", "#/components/schemas/Pet/properties/owner"),
    "a further property": (
        "body",
        "/notes/x",
        "type",
        "#/components/schemas/Pet/properties/notes/additionalProperties",
    ),
    "no such property": ("body", "/nope/x", "additionalProperties", "#/components/schemas/Pet"),
    "the whole body": ("body", "", "type", "#/components/schemas/Pet"),
}


def located(where: Where, pointer: str, keyword: str, content_type: str = "") -> str:
    document = Document(DOCUMENT)
    described = Contract(document).operations["put_pet"]
    return locate(document, described, Violation(where, pointer, keyword, None, ABSENT, "is wrong"), content_type)


@pytest.mark.parametrize(("where", "pointer", "keyword", "expected"), CASES.values(), ids=CASES)
def test_the_rule_is_found(where: Where, pointer: str, keyword: str, expected: str) -> None:
    """Across references and alternatives, as far as the document describes the value."""
    assert located(where, pointer, keyword) == expected


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json; charset=utf-8", "#/components/schemas/Pet/properties/name"),
        ("Application/XML", f"{BODY}/content/application~1xml/schema/properties/name"),
        ("text/plain", BODY),
        ("image/png", "#/components/schemas/Pet/properties/name"),
    ],
)
def test_the_content_type_chooses_the_schema(content_type: str, expected: str) -> None:
    """Of the media types that the body may have; the first one if none is meant."""
    assert located("body", "/name", "type", content_type) == expected


def test_what_a_branch_requires_is_found_there() -> None:
    """Where the object itself is the one that the branches describe."""
    document = Document({**DOCUMENT, "components": {**DOCUMENT["components"], "schemas": {"Pet": OWNER}}})
    described = Contract(document).operations["put_pet"]

    found = locate(document, described, Violation("body", "/email", "required", True, ABSENT, "is required"))

    assert found == "#/components/schemas/Pet/allOf/1/required"


def test_a_flawed_part_costs_no_more_than_its_place() -> None:
    """A reference to nothing leads to the operation."""
    components = {**DOCUMENT["components"], "requestBodies": {}}
    document = Document({**DOCUMENT, "components": components})
    described = Contract(document).operations["put_pet"]

    found = locate(document, described, Violation("body", "/name", "type", "string", 1, "is wrong"))

    assert found == "#/paths/~1pets~1{id}/put"


def test_a_parameter_of_an_additional_operation_stands_there() -> None:
    """A method that OpenAPI has no keyword for is none of the path item's own members."""
    copying = {"operationId": "copy", "parameters": [{"name": "to", "in": "query"}], "responses": {}}
    raw = {
        "openapi": "3.2.0",
        "info": {"title": "A", "version": "1"},
        "paths": {"/a": {"additionalOperations": {"COPY": copying}}},
    }
    described = Contract(Document(raw)).operations["copy"]

    expected = "#/paths/~1a/additionalOperations/COPY/parameters/0"
    assert parameter_pointer(Document(raw), described, "TO") == expected
    assert parameter_pointer(Document(raw), described, "to", "header") is None


def test_alternatives_that_lead_back_are_looked_through_once() -> None:
    """A form whose parent has it among its forms is reached in more ways than anybody can wait for."""
    forms = {f"Form{number}": {"allOf": [{"$ref": "#/components/schemas/Any"}, {}]} for number in range(9)}
    last = {"allOf": [{"$ref": "#/components/schemas/Any"}, {"properties": {"last": {"type": "string"}}}]}
    alternatives = [{"$ref": f"#/components/schemas/{name}"} for name in (*forms, "Last")]
    whole = {**DOCUMENT, "components": {**DOCUMENT["components"]}}
    whole["components"]["schemas"] = {**forms, "Last": last, "Any": {"oneOf": alternatives}, "Pet": alternatives[-1]}
    found = Document(whole)
    described = Contract(found).operations["put_pet"]

    def place(pointer: str) -> str:
        return locate(found, described, Violation("body", pointer, "type", "string", 1, "m"), "application/json")

    assert place("/last") == "#/components/schemas/Last/allOf/1/properties/last"
    assert place("/other") == "#/components/schemas/Last"
