"""Operations: what is compiled of one, and which answers keep its contract."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.operation import Operation, Response
from mockserver.errors import ContractBreach
from tests.contract.specimen import document, one_operation, operation

NAMED = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
JSON = {"application/json": {"schema": NAMED}}
PLACE = "#/paths/~1things/get/responses"


def answering(**responses: Any) -> Operation:
    """An operation of those responses; `s200` is the status 200."""
    return one_operation(
        responses={status.lstrip("s"): {"description": "", **each} for status, each in responses.items()}
    )


def breach(compiled: Operation, status: int, payload: Any, headers: dict[str, str]) -> tuple[str, str, str]:
    with pytest.raises(ContractBreach) as caught:
        compiled.check(status, payload, headers)
    assert caught.value.operation_id == "specimen"
    return caught.value.pointer, caught.value.rule, caught.value.message


def test_an_operation_is_compiled_whole() -> None:
    """Everything that a request needs is known beforehand."""
    parameters = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"name": "limit", "in": "query", "schema": {"type": "integer"}},
        {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
        {"name": "session", "in": "cookie", "schema": {"type": "string"}},
    ]
    described = {"operationId": "change", "parameters": parameters, "requestBody": {"content": JSON}, "responses": {}}
    read = document({"/things/{id}": {"patch": described}})

    compiled = operation(read, "/things/{id}", "patch")

    assert (compiled.operation_id, compiled.method, compiled.path) == ("change", "PATCH", "/things/{id}")
    assert compiled.pointer == "#/paths/~1things~1{id}/patch"
    assert {place: [each.name for each in found] for place, found in compiled.parameters.items()} == {
        "path": ["id"],
        "query": ["limit"],
        "header": ["X-Trace"],
        "cookie": ["session"],
    }
    assert compiled.body is not None
    assert compiled.security.optional


def test_an_operation_without_an_id_is_called_by_method_and_path() -> None:
    """`operationId` is optional in OpenAPI."""
    read = document({"/things": {"get": {"responses": {}}}})

    assert operation(read).operation_id == "get_things"


@pytest.mark.parametrize("name", ["Accept", "content-type", "AUTHORIZATION"])
def test_some_header_parameters_are_ignored(name: str) -> None:
    """OpenAPI has them described by responses, request bodies and security instead."""
    parameters = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}},
        {"name": name, "in": "query", "schema": {"type": "string"}},
    ]

    compiled = one_operation(parameters=parameters)

    assert compiled.parameters["header"] == ()
    assert [each.name for each in compiled.parameters["query"]] == [name]


@pytest.mark.parametrize(
    ("status", "found"), [(200, "200"), (201, "2XX"), (299, "2XX"), (404, "404"), (418, "default"), (500, "default")]
)
def test_a_status_is_documented_by_itself_its_range_or_the_default(status: int, found: str) -> None:
    """The more exact entry wins."""
    compiled = answering(s200={}, s2XX={}, s404={}, default={})

    response = compiled.response(status)

    assert response is not None
    assert response.status == found
    assert compiled.check(status, None, {}) is response


def test_an_undocumented_status_is_a_breach() -> None:
    """The breach names what is documented."""
    compiled = answering(s200={}, s404={})

    assert compiled.response(500) is None
    assert breach(compiled, 500, None, {}) == ("", PLACE, "status 500 is not documented (documented: 200, 404)")


@pytest.mark.parametrize(
    ("payload", "pointer", "rule", "message"),
    [
        ({"name": 1}, "/name", "/properties/name/type", "must be of type string, got 1"),
        ({}, "/name", "/required", "is required"),
        (None, "", "/type", "must be of type object, got null"),
        ([], "", "/type", "must be of type object, got []"),
    ],
)
def test_a_payload_that_its_schema_forbids_is_a_breach(payload: Any, pointer: str, rule: str, message: str) -> None:
    """The breach points into the payload and to the rule in the document."""
    compiled = answering(s200={"content": JSON})

    found = breach(compiled, 200, payload, {})

    assert found == (pointer, f"{PLACE}/200/content/application~1json/schema{rule}", message)


def test_a_breach_of_a_referenced_response_points_to_the_component() -> None:
    """The rule is where the document really has it, not where it is used."""
    read = document(
        {
            "/things": {
                "get": {"operationId": "specimen", "responses": {"200": {"$ref": "#/components/responses/Named"}}}
            }
        },
        {"responses": {"Named": {"description": "", "content": {"application/json": {"schema": NAMED}}}}},
    )

    _, rule, _ = breach(operation(read), 200, {}, {})

    assert rule == "#/components/responses/Named/content/application~1json/schema/required"


def test_a_breach_says_everything_in_one_sentence() -> None:
    """The exception's text is what the log shows."""
    with pytest.raises(ContractBreach) as caught:
        answering(s200={"content": JSON}).check(200, {"name": 1}, {})

    assert str(caught.value) == (
        "specimen: must be of type string, got 1 (at /name of the answer; broken: "
        "#/paths/~1things/get/responses/200/content/application~1json/schema/properties/name/type)"
    )


def test_an_answer_documented_without_a_body_has_none() -> None:
    """A payload where none is documented is a breach, even an empty one."""
    compiled = answering(s204={})

    assert compiled.check(204, None, {}).content_type is None
    assert breach(compiled, 204, {}, {}) == ("", f"{PLACE}/204", "the response is documented without a body")


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        (JSON, "application/json"),
        ({"text/plain": {}, "application/problem+json": {}}, "application/problem+json"),
        ({"text/plain": {}, "text/html": {}}, "text/plain"),
        ({}, None),
    ],
)
def test_an_answer_is_sent_as_json_if_it_can_be(content: dict[str, Any], content_type: str | None) -> None:
    """Of several documented media types the first JSON one is taken."""
    assert answering(s200={"content": content}).responses["200"].content_type == content_type


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Location": "/things/1", "X-Left": "5"}, None),
        ({"location": "/things/1"}, None),
        ({"LOCATION": "/things/1", "X-Other": "?"}, None),
        ({}, "the header Location is required"),
        ({"Location": "things"}, 'the header Location must match the pattern ^/, got "things"'),
        ({"Location": "/", "X-Left": "many"}, 'the header X-Left must be of type integer, got "many"'),
        ({"Location": "/", "X-Left": "-1"}, "the header X-Left must be at least 0, got -1"),
    ],
)
def test_documented_headers_are_checked(headers: dict[str, str], message: str | None) -> None:
    """A required header must come, and its text must read as what the schema says."""
    described = {
        "Location": {"required": True, "schema": {"type": "string", "pattern": "^/"}},
        "X-Left": {"$ref": "#/components/headers/Left"},
        "Content-Type": {"required": True, "schema": {"type": "integer"}},
    }
    left = {"schema": {"type": "integer", "minimum": 0}, "example": 5}
    responses = {"200": {"description": "", "headers": described}}
    read = document(
        {"/things": {"get": {"operationId": "specimen", "responses": responses}}}, {"headers": {"Left": left}}
    )
    compiled = operation(read)

    if message is None:
        assert compiled.check(200, None, headers).status == "200"
    else:
        pointer, rule, said = breach(compiled, 200, None, headers)
        name = "X-Left" if "X-Left" in message else "Location"
        assert (pointer, rule, said) == ("", f"{PLACE}/200/headers/{name}", message)


def the_response(response: dict[str, Any]) -> Response:
    return answering(s200=response).responses["200"]


@pytest.mark.parametrize(
    ("media", "examples"),
    [
        ({}, {}),
        ({"example": {"name": "a"}}, {"example": {"name": "a"}}),
        ({"example": None}, {"example": None}),
        ({"examples": {"one": {"value": 1}, "two": {"value": 2}}}, {"one": 1, "two": 2}),
        ({"examples": {"far": {"externalValue": "https://example.com"}, "one": {"value": None}}}, {"one": None}),
        ({"examples": {"one": {"value": 1}}, "example": 2}, {"one": 1}),
    ],
)
def test_examples_are_known_by_name(media: dict[str, Any], examples: dict[str, Any]) -> None:
    """Named examples in the document's order, or the only one under the name `example`."""
    assert the_response({"content": {"application/json": media}}).examples == examples


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ({"example": "abc"}, "abc"),
        ({"example": 5}, "5"),
        ({"example": True}, "true"),
        ({"examples": {"one": {"value": "a"}, "two": {"value": "b"}}}, "a"),
        ({}, None),
    ],
)
def test_headers_have_an_example_as_text(header: dict[str, Any], text: str | None) -> None:
    """The first example of a header, written as a header is."""
    described = {"X-A": {"schema": {}, **header}}

    assert the_response({"headers": described}).header_examples == ({} if text is None else {"X-A": text})


def test_extensions_are_no_responses() -> None:
    """A key that begins with `x-` is nobody's status."""
    compiled = one_operation(responses={"204": {"description": ""}, "x-note": "nothing to see"})

    assert list(compiled.responses) == ["204"]


def test_extensions_are_no_paths() -> None:
    """Nor is it a path, even if its text holds the name of a method."""
    read = document({"x-note": "get put", "/things": {"get": {"responses": {}}}})

    assert [(path, method) for path, method, _ in read.operations()] == [("/things", "get")]
