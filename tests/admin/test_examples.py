"""A valid request of an operation, to begin with: what the document, the records and the schema give for it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.admin import examples
from mockserver.admin.apis import Apis
from mockserver.admin.service import Service
from mockserver.catalog import document_api
from mockserver.contract.document import Document
from mockserver.errors import WorldError

IMPOSSIBLE: dict[str, Any] = {"type": "string", "minLength": 3, "maxLength": 2}
OK: dict[str, Any] = {"200": {"description": "Done."}}


def parameter(name: str, where: str = "query", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": where, "required": True, **more}


DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shelf", "version": "1"},
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "paths": {
        "/books": {
            "get": {
                "operationId": "list_books",
                "parameters": [
                    parameter("shelf", description="Where.", schema={"type": "string"}, example="b2"),
                    parameter("tags", schema={"type": "array", "items": {"type": "string"}, "example": ["a", "b"]}),
                    parameter("from", schema={"type": "integer", "const": 7}),
                    parameter("never", schema=IMPOSSIBLE),
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    parameter("session", "cookie", schema={"type": "string"}),
                ],
                "responses": OK,
            },
            "post": {
                "operationId": "create_book",
                "security": [{"key": []}],
                "parameters": [parameter("shelf", schema={"type": "string"})],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["title"],
                                "properties": {"title": {"type": "string"}},
                            },
                            "examples": {"bad": {"value": {"title": 1}}, "good": {"value": {"title": "Emma"}}},
                        }
                    }
                },
                "responses": OK,
            },
            "put": {
                "operationId": "replace_books",
                "requestBody": {"content": {"application/json": {"schema": {"type": "integer", "const": 3}}}},
                "responses": OK,
            },
            "patch": {
                "operationId": "change_books",
                "requestBody": {"content": {"text/plain": {"schema": IMPOSSIBLE}}},
                "responses": OK,
            },
            "delete": {
                "operationId": "delete_books",
                "parameters": [parameter("q", schema={"type": "string", "pattern": "("})],
                "responses": OK,
            },
        }
    },
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    file = tmp_path_factory.mktemp("examples") / "shelf.json"
    file.write_text(json.dumps(DOCUMENT))
    return Service.of(MockServer(["workshop", str(file)]).app)


def request(service: Service, operation_id: str, api: str = "shelf") -> Any:
    return examples.request(service, service.world("default"), api, operation_id)


def test_parameters_have_a_value_where_one_is_needed(service: Service) -> None:
    """From an example, the schema, or made up. What no value fits is left to the person, cookies to the client."""
    found = {each["name"]: each for each in request(service, "list_books")["parameters"]}

    assert {name: each["value"] for name, each in found.items()} == {
        "shelf": "b2",
        "tags": "a,b",
        "from": "7",
        "never": "",
        "limit": "",
    }
    assert [found[name]["description"] for name in ("shelf", "limit")] == ["Where.", ""]
    assert [found[name]["required"] for name in ("shelf", "limit")] == [True, False]


def test_a_parameter_without_an_example_has_that_of_its_namesake_on_the_path(service: Service) -> None:
    """Documents often give an example once, where they describe the first operation of a path."""
    [shelf] = request(service, "create_book")["parameters"]

    assert shelf["value"] == "b2"


@pytest.mark.parametrize(
    ("operation_id", "body", "secured"),
    [
        ("create_book", {"mediaType": "application/json", "text": '{"title":"Emma"}'}, True),
        ("replace_books", {"mediaType": "application/json", "text": "3"}, False),
        ("change_books", {"mediaType": "text/plain", "text": ""}, False),
        ("list_books", None, False),
    ],
)
def test_the_body_is_the_first_valid_example_or_made_up(
    service: Service, operation_id: str, body: Any, secured: bool
) -> None:
    """Empty if no value is valid; null if the operation has none."""
    found = request(service, operation_id)

    assert found["body"] == body
    assert found["secured"] is secured


def test_a_path_names_a_record_that_exists(service: Service) -> None:
    """So that the request finds something. The API has handlers of its own, so its document's example names it."""
    [known] = [each for each in request(service, "get_list", "workshop")["parameters"] if each["in"] == "path"]

    assert (
        service.world("default").state(service.apis.collection("workshop.lists")).rows.get(known["value"]) is not None
    )


@pytest.mark.parametrize(
    ("api", "operation_id", "words"),
    [
        ("shelf", "list_book", "shelf has no operation 'list_book'; did you mean list_books"),
        ("shelves", "list_books", "no API called 'shelves' is served; expected one of shelf, workshop."),
    ],
)
def test_what_has_no_request_says_what_has(service: Service, api: str, operation_id: str, words: str) -> None:
    """By the nearest names."""
    with pytest.raises(WorldError) as refused:
        request(service, operation_id, api)

    assert refused.value.kind == "unknown"
    assert words in str(refused.value)


def test_an_operation_that_cannot_be_served_says_why(service: Service) -> None:
    """Its flaw is that of the document, here of one that was not brought into form."""
    unsound = {"operationId": "list_books", "security": [{"none": []}], "responses": OK}
    flawed = Document({**DOCUMENT, "paths": {"/books": {"get": unsound}}})
    with pytest.raises(WorldError) as refused:
        request(replace(service, apis=Apis([document_api("flawed", flawed)])), "list_books", "flawed")

    assert refused.value.kind == "conflict"
    assert "security scheme 'none' is not declared" in str(refused.value)
