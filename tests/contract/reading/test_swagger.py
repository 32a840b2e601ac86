"""Swagger 2.0 read as OpenAPI 3.0: each of its words has its counterpart."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from mockserver.contract.document import Document
from mockserver.contract.reading.swagger import upgrade

OK = {"200": {"description": "Done."}}


def upgraded(operation: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    """A document of one operation, upgraded; it is valid OpenAPI 3.0."""
    item = {"post": {"responses": OK, **(operation or {})}}
    raw = {"swagger": "2.0", "info": {"title": "Specimen", "version": "1"}, "paths": {"/things": item}, **members}
    upgraded = upgrade(raw)
    made = upgraded.raw
    assert upgraded.flaws == []
    assert list(OpenAPIV30SpecValidator(made).iter_errors()) == []
    return made


def post(made: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = made["paths"]["/things"]["post"]
    return operation


@pytest.mark.parametrize(
    ("members", "urls"),
    [
        ({}, ["/"]),
        ({"basePath": "/v1"}, ["/v1"]),
        ({"basePath": "v1/"}, ["/v1"]),
        ({"basePath": "/"}, ["/"]),
        ({"host": "api.test"}, ["https://api.test"]),
        (
            {"host": "api.test:8443", "basePath": "/v1", "schemes": ["http", "https"]},
            ["http://api.test:8443/v1", "https://api.test:8443/v1"],
        ),
    ],
)
def test_servers_are_made_of_host_path_and_schemes(members: dict[str, Any], urls: list[str]) -> None:
    """One server for each scheme; the path alone where no host is given."""
    assert [server["url"] for server in upgraded(**members)["servers"]] == urls


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"type": "string", "x-nullable": True}, {"type": "string", "x-nullable": True, "nullable": True}),
        ({"$ref": "#/definitions/B"}, {"$ref": "#/components/schemas/B"}),
        ({"type": "array", "items": {"$ref": "#/definitions/B"}}, None),
        ({"allOf": [{"$ref": "#/definitions/B"}]}, {"allOf": [{"$ref": "#/components/schemas/B"}]}),
        (
            {"type": "object", "additionalProperties": {"$ref": "#/definitions/B"}},
            {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/B"}},
        ),
        (
            {"type": "object", "discriminator": "kind", "required": ["kind"], "properties": {"kind": {}}},
            {
                "type": "object",
                "discriminator": {"propertyName": "kind"},
                "required": ["kind"],
                "properties": {"kind": {}},
            },
        ),
    ],
)
def test_definitions_become_component_schemas(written: dict[str, Any], read: dict[str, Any] | None) -> None:
    """Their references follow, and what Swagger wrote otherwise."""
    made = upgraded(definitions={"A": written, "B": {"type": "string"}})

    expected = read or {"type": "array", "items": {"$ref": "#/components/schemas/B"}}
    assert made["components"]["schemas"]["A"] == expected
    assert "definitions" not in made


def test_a_definition_that_refers_to_itself_is_read_once() -> None:
    """Circles end."""
    made = upgraded(definitions={"A": {"type": "object", "properties": {"a": {"$ref": "#/definitions/A"}}}})

    assert made["components"]["schemas"]["A"]["properties"]["a"] == {"$ref": "#/components/schemas/A"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (
            {"name": "a", "in": "query", "type": "integer", "minimum": 1, "description": "A."},
            {"name": "a", "in": "query", "description": "A.", "schema": {"type": "integer", "minimum": 1}},
        ),
        (
            {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}},
            {"style": "form", "explode": False},
        ),
        (
            {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
            {"style": "form", "explode": True},
        ),
        (
            {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "ssv"},
            {"style": "spaceDelimited", "explode": False},
        ),
        (
            {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "pipes"},
            {"style": "pipeDelimited", "explode": False},
        ),
        (
            {"name": "a", "in": "header", "type": "array", "items": {"type": "string"}},
            {"style": "simple"},
        ),
        (
            {"name": "a", "in": "query", "type": "string", "x-example": "b", "allowEmptyValue": True},
            {"example": "b", "allowEmptyValue": True, "schema": {"type": "string"}},
        ),
    ],
)
def test_a_parameter_has_a_schema_and_a_style(written: dict[str, Any], read: dict[str, Any]) -> None:
    """`collectionFormat` is a style; what describes the value is its schema."""
    [parameter] = post(upgraded({"parameters": [written]}))["parameters"]

    assert parameter.items() >= read.items()


@pytest.mark.parametrize(
    "written",
    [
        {"name": "a", "in": "query", "type": "array", "items": {"type": "string"}, "collectionFormat": "tsv"},
        {"name": "a", "in": "header", "type": "array", "items": {"type": "string"}, "collectionFormat": "pipes"},
        {"name": "a", "in": "query", "type": "array", "items": {"type": "array", "items": {"type": "string"}}},
    ],
)
def test_what_openapi_3_cannot_write_is_a_flaw(written: dict[str, Any]) -> None:
    """Such a parameter takes any text rather than refusing all."""
    raw = {"swagger": "2.0", "paths": {"/things": {"post": {"parameters": [written], "responses": OK}}}}

    upgraded = upgrade(raw)
    made, [flaw] = upgraded.raw, upgraded.flaws

    assert post(made)["parameters"][0]["schema"] == {"type": "string"}
    assert (flaw.kind, flaw.pointer) == ("collection-format", "#/paths/~1things/post/parameters/0")


@pytest.mark.parametrize(
    ("members", "operation", "media"),
    [
        ({}, {}, ["application/json"]),
        ({"consumes": ["application/xml"]}, {}, ["application/xml"]),
        ({"consumes": ["application/xml"]}, {"consumes": ["text/plain", "text/html"]}, ["text/plain", "text/html"]),
    ],
)
def test_a_body_parameter_becomes_the_request_body(
    members: dict[str, Any], operation: dict[str, Any], media: list[str]
) -> None:
    """Of the media types that the operation consumes, else the document, else JSON."""
    body = {"name": "thing", "in": "body", "required": True, "schema": {"$ref": "#/definitions/A"}}

    made = upgraded({"parameters": [body], **operation}, definitions={"A": {}}, **members)

    assert post(made)["requestBody"] == {
        "required": True,
        "content": {each: {"schema": {"$ref": "#/components/schemas/A"}} for each in media},
        "x-name": "thing",
    }
    assert "parameters" not in post(made)


@pytest.mark.parametrize(
    ("kind", "consumes", "media"),
    [
        ("string", [], ["application/x-www-form-urlencoded"]),
        ("file", [], ["multipart/form-data"]),
        ("string", ["multipart/form-data"], ["multipart/form-data"]),
        ("file", ["application/json"], ["multipart/form-data"]),
        (
            "string",
            ["multipart/form-data", "application/x-www-form-urlencoded"],
            ["multipart/form-data", "application/x-www-form-urlencoded"],
        ),
    ],
)
def test_form_parameters_become_one_form(kind: str, consumes: list[str], media: list[str]) -> None:
    """Each a property; a file is binary; of the types of form that the operation consumes."""
    form = [
        {"name": "a", "in": "formData", "type": kind, "required": True, "description": "A."},
        {"name": "b", "in": "formData", "type": "array", "items": {"type": "string"}, "collectionFormat": "multi"},
    ]

    body = post(upgraded({"parameters": form, "consumes": consumes}))["requestBody"]

    text = {"type": "string", "format": "binary"} if kind == "file" else {"type": "string"}
    assert list(body["content"]) == media
    assert body["required"] is True
    for each in body["content"].values():
        assert each["schema"] == {
            "type": "object",
            "properties": {"a": {**text, "description": "A."}, "b": {"type": "array", "items": {"type": "string"}}},
            "required": ["a"],
        }
        assert each["encoding"] == {"b": {"style": "form", "explode": True}}


def test_parameters_of_the_path_hold_for_its_operations() -> None:
    """A body among them too; an operation's own counts first."""
    raw = {
        "swagger": "2.0",
        "parameters": {"B": {"name": "b", "in": "body", "schema": {"type": "object"}}},
        "paths": {
            "/things": {
                "parameters": [
                    {"$ref": "#/parameters/B"},
                    {"name": "a", "in": "query", "type": "string"},
                    {"name": "c", "in": "query", "type": "string"},
                ],
                "post": {"responses": OK, "parameters": [{"name": "a", "in": "query", "type": "integer"}]},
                "get": {"responses": OK, "parameters": [{"name": "b", "in": "body", "schema": {"type": "array"}}]},
            }
        },
    }

    made = upgrade(raw).raw

    assert [each["schema"]["type"] for each in post(made)["parameters"]] == ["integer", "string"]
    assert post(made)["requestBody"]["content"]["application/json"]["schema"] == {"type": "object"}
    get = made["paths"]["/things"]["get"]
    assert get["requestBody"]["content"]["application/json"]["schema"] == {"type": "array"}
    assert made["components"]["parameters"] == {}


@pytest.mark.parametrize(
    ("response", "produces", "content"),
    [
        ({}, ["application/json"], None),
        ({"schema": {"type": "string"}}, [], {"application/json": {"schema": {"type": "string"}}}),
        (
            {"schema": {"type": "string"}, "examples": {"text/plain": "a"}},
            ["text/plain", "text/html"],
            {
                "text/plain": {"schema": {"type": "string"}, "example": "a"},
                "text/html": {"schema": {"type": "string"}},
            },
        ),
        ({"examples": {"text/csv": "a,b"}}, ["text/csv"], {"text/csv": {"example": "a,b"}}),
        (
            {"schema": {"type": "file"}},
            [],
            {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        ),
        (
            {"schema": {"type": "file"}},
            ["application/pdf"],
            {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
        ),
        (
            {"schema": {"type": "string"}, "examples": {"ours": 1}},
            [],
            {"application/json": {"schema": {"type": "string"}}},
        ),
    ],
)
def test_a_response_has_content(response: dict[str, Any], produces: list[str], content: Any) -> None:
    """Its schema under each type that the operation produces, with the example for it."""
    made = upgraded({"responses": {"200": {"description": "", **response}}, "produces": produces})

    assert post(made)["responses"]["200"].get("content") == content


def test_response_headers_have_schemas() -> None:
    """What describes the value moves into the schema."""
    headers = {"X-Rate": {"type": "integer", "description": "Left."}}

    made = upgraded({"responses": {"200": {"description": "", "headers": headers}}})

    assert post(made)["responses"]["200"]["headers"] == {
        "X-Rate": {"description": "Left.", "schema": {"type": "integer"}}
    }


def test_shared_parameters_and_responses_are_components() -> None:
    """References to them follow."""
    made = upgraded(
        {"parameters": [{"$ref": "#/parameters/P"}], "responses": {"200": {"$ref": "#/responses/R"}}},
        parameters={"P": {"name": "p", "in": "query", "type": "string"}},
        responses={"R": {"description": "", "schema": {"type": "string"}}},
    )

    assert post(made)["parameters"] == [{"$ref": "#/components/parameters/P"}]
    assert post(made)["responses"] == {"200": {"$ref": "#/components/responses/R"}}
    assert made["components"]["responses"]["R"]["content"] == {"application/json": {"schema": {"type": "string"}}}
    assert Document(made).resolve(post(made)["parameters"][0])["schema"] == {"type": "string"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"type": "basic", "description": "B."}, {"type": "http", "scheme": "basic", "description": "B."}),
        ({"type": "apiKey", "name": "k", "in": "query"}, {"type": "apiKey", "name": "k", "in": "query"}),
        (
            {"type": "oauth2", "flow": "accessCode", "authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {"x": "X"}},
            {
                "type": "oauth2",
                "flows": {"authorizationCode": {"authorizationUrl": "/a", "tokenUrl": "/t", "scopes": {"x": "X"}}},
            },
        ),
        (
            {"type": "oauth2", "flow": "application", "tokenUrl": "/t", "scopes": {}},
            {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": "/t", "scopes": {}}}},
        ),
    ],
)
def test_security_definitions_become_schemes(written: dict[str, Any], read: dict[str, Any]) -> None:
    """`basic` is an HTTP scheme, each OAuth flow has its new name."""
    assert upgraded(securityDefinitions={"s": written})["components"]["securitySchemes"]["s"] == read


def test_a_reference_to_what_has_moved_is_followed() -> None:
    """Schemas inside of paths, parameters and responses can be referred to wherever they are now."""
    body = {"name": "b", "in": "body", "schema": {"type": "object", "properties": {"a": {"type": "string"}}}}
    made = upgraded(
        {"parameters": [body]},
        definitions={"A": {"$ref": "#/paths/~1things/post/parameters/0/schema/properties/a"}},
    )

    assert Document(made).resolve({"$ref": "#/components/schemas/A"}) == {"type": "string"}


@pytest.mark.parametrize(
    "members",
    [
        {"paths": []},
        {"paths": {"/x": None, "/y": {"get": []}, "/z": {"get": {"parameters": {}, "responses": []}}}},
        {"paths": {"/x": {"get": {"parameters": [None, 1, {"$ref": 1}], "responses": {"200": None}}}}},
        {"paths": {"/x": {"get": {"parameters": [{"in": []}], "responses": {"200": {"headers": {"a": 1}}}}}}},
        {
            "paths": {"/x": {"get": {"parameters": [{"$ref": "#/parameters/A"}], "responses": {}}}},
            "parameters": {"A": 1},
        },
        {"paths": {"/x": {"$ref": "#/paths/~1x"}}},
        {"definitions": [], "parameters": 1, "responses": "", "securityDefinitions": None, "host": 1, "schemes": {}},
        {"definitions": {"A": 1, "B": {"properties": [], "items": 3, "allOf": {}}}, "securityDefinitions": {"a": 1}},
        {"definitions": {"A": {"$ref": "#/definitions/A"}}},
        {"consumes": "application/json", "produces": [1], "basePath": 1},
    ],
)
def test_parts_of_the_wrong_type_are_passed_over(members: dict[str, Any]) -> None:
    """Whatever stands in a document, reading it goes on."""
    made = upgrade({"swagger": "2.0", **members}).raw

    assert made["openapi"] == "3.0.3"
