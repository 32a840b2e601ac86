"""Names that the document does not have, in requests that it allows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.errors import StartError
from mockserver.mock.undocumented import rejection
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.server import MockServer

ADDRESS = {"type": "object", "properties": {"city": {"type": "string"}}}
PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "email_address": {"type": "string"},
        "address": {"$ref": "#/components/schemas/Address"},
        "homes": {"type": "array", "items": {"$ref": "#/components/schemas/Address"}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "anything": {"type": "object", "additionalProperties": True},
        "open": {"properties": {"a": {}}, "additionalProperties": True},
        "parent": {"$ref": "#/components/schemas/Person"},
        "choice": {"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": ADDRESS}}]},
        "keyed": {"properties": {"a": {}}, "patternProperties": {"^x-": {}}},
    },
    "allOf": [{"properties": {"age": {"type": "integer"}}}],
}
QUERY = [
    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
    {"name": "filter", "in": "query", "style": "deepObject", "schema": {"type": "object"}},
    {"name": "point", "in": "query", "schema": {"type": "object", "properties": {"x": {}, "y": {}}}},
    {"name": "ids[]", "in": "query", "schema": {"type": "array"}},
    {"name": "X-Other", "in": "header", "schema": {}},
]


def document(parameters: list[Any], schema: Any, media: str) -> Document:
    operation = {
        "operationId": "create",
        "parameters": parameters,
        "requestBody": {"content": {media: {"schema": schema}}},
        "responses": {"200": {"description": "d"}},
    }
    bad = {"operationId": "bad", "requestBody": {"content": {}}, "responses": {}}
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "api_key"}}
    return Document(
        {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "paths": {"/people": {"post": operation, "put": bad}},
            "components": {"schemas": {"Address": ADDRESS, "Person": PERSON}, "securitySchemes": schemes},
        }
    )


def told(
    target: str = "/people",
    body: bytes = b"",
    *,
    parameters: list[Any] = QUERY,
    schema: Any = PERSON,
    media: str = "application/json",
    size: int | None = None,
    operation: str | None = "create",
) -> list[str]:
    message = Message([(b"content-type", media.encode())], body, len(body) if size is None else size)
    exchange = Exchange("w", "POST", target, "/people", message, 0.0, operation_id=operation)
    found = rejection(
        Contract(document(parameters, schema, "application/json" if media == "*/bad" else media)), exchange
    )
    return [] if found is None else [str(each) for each in found.violations]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=1&filter[a][b]=1&x=1&y=2&ids[]=1&api_key=k", []),
        ("", []),
        ("limt=1", ["query limt: is not documented; did you mean limit?"]),
        ("ids=1", ["query ids: is not documented; did you mean ids[]?"]),
        ("filter=1&point=1", [
            "query filter: is not documented; did you mean filter[?",
            "query point: is not documented; documented: api_key, filter[, ids[], limit, x, y",
        ]),
    ],
)  # fmt: skip
def test_query_parameters_have_documented_names(query: str, expected: list[str]) -> None:
    """Exploded objects have those of their properties; a key in the query is documented by its security scheme."""
    assert told(f"/people?{query}") == expected


@pytest.mark.parametrize(
    "parameter",
    [
        {"name": "any", "in": "query", "schema": {"type": "object"}},
        {"name": "any", "in": "query", "schema": {"type": "object", "additionalProperties": True}},
        {"name": "whole", "in": "querystring", "content": {"application/json": {"schema": {}}}},
    ],
)
def test_a_query_of_any_names_has_no_unknown_one(parameter: dict[str, Any]) -> None:
    """An object that names no property takes them all."""
    assert told("/people?limt=1", parameters=[parameter]) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"email_address": "a", "age": 1, "address": {"city": "x"}, "labels": {"any": "y"}, "anything": {"z": 1}}, []),
        ({"choice": {"a": 1}, "keyed": {"b": 1}}, []),
        ({"emial_address": "a"}, ["body emial_address: is not documented; did you mean email_address?"]),
        ({"address": {"town": 1}}, ["body address.town: is not documented; documented: city"]),
        ({"homes": [{}, {"ctiy": 1}]}, ["body homes.1.ctiy: is not documented; did you mean city?"]),
        ({"parent": {"parent": {"agee": 1}}}, ["body parent.parent.agee: is not documented; did you mean age?"]),
        ({"choice": {"c": 1}}, ["body choice.c: is not documented; documented: a, b"]),
        ({"open": {"zz": 1}}, ["body open.zz: is not documented; documented: a"]),
        ([{"x": 1}], []),
        (1, []),
    ],
)
def test_properties_have_documented_names(body: Any, expected: list[str]) -> None:
    """At any depth, and in any of the schemas that are combined; where others are allowed on purpose, any may come."""
    assert told(body=json.dumps(body).encode()) == expected


def test_a_form_has_documented_names() -> None:
    """A body is read by its media type."""
    assert told(body=b"email_address=a&agge=1", media="application/x-www-form-urlencoded") == [
        "body agge: is not documented; did you mean age?"
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"operation": None},
        {"operation": "other"},
        {"operation": "bad", "body": b'{"x": 1}'},
        {"body": b'{"x": 1}', "size": 100_000},
        {"body": b"{"},
        {"body": b'{"x": 1}', "media": "*/bad"},
        {"body": b'{"x": 1}', "schema": {"properties": {"y": {}}, "then": {"properties": {"x": {}}}}},
    ],
)
def test_what_cannot_be_told_is_no_violation(more: dict[str, Any]) -> None:
    """No operation, one that cannot be served, a body that was not kept whole or is none, a conditional schema."""
    assert told(**more) == []


def test_other_apis_need_another_server() -> None:
    """But under pytest, where there may be several."""
    with pytest.raises(StartError, match=r"apis must be those that this server has, crm, got workshop\."):
        MockServer(["crm"]).mock(apis="workshop")
    assert MockServer(["crm"]).mock(apis=["crm"], strict=True).server
