"""Documents as people write them: each flaw is named, costs what it touches, and operations are served all the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.flaws import Flaw
from mockserver.contract.operation import Operation
from mockserver.contract.reading import report
from mockserver.contract.reading.reader import read
from mockserver.contract.reading.soundness import BROKEN
from mockserver.contract.request import RawRequest
from mockserver.errors import OperationError

HEAD = {"openapi": "3.0.3", "info": {"title": "Specimen", "version": "1"}}
OK = {"200": {"description": "Done."}}


def write(folder: Path, raw: Any) -> Document:
    path = folder / "specimen.json"
    path.write_text(json.dumps(raw))
    return read(path)


def compiled(
    folder: Path, operation: Any, path: str = "/things", item: dict[str, Any] | None = None, **members: Any
) -> tuple[Operation, list[Flaw]]:
    """The only operation of a document, compiled, and the flaws found on the way."""
    document = write(folder, {**HEAD, "paths": {path: {"post": operation, **(item or {})}}, **members})
    contract = Contract(document)
    [name] = contract.operations
    return contract.operation(name), document.flaws


def accepts(
    folder: Path, schema: Any, value: Any, version: str = "3.0.3", schemas: Any = None
) -> tuple[bool, list[Flaw]]:
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}, "responses": OK}
    made, flaws = compiled(folder, body, openapi=version, components={"schemas": schemas or {}})
    _, violations = made.decode(SENT, {}, json.dumps(value).encode())
    return not violations, flaws


SENT = RawRequest("/things", [("Content-Type", "application/json")])
SCHEMA = "#/paths/~1things/post/requestBody/content/application~1json/schema"


@pytest.mark.parametrize(
    ("schema", "good", "bad", "kind", "at"),
    [
        ({"minimum": "3"}, 3, 2, "wrong-type", "/minimum"),
        ({"maxLength": "2"}, "ab", "abc", "wrong-type", "/maxLength"),
        ({"maxLength": -1}, "abc", None, "wrong-type", "/maxLength"),
        ({"maxItems": 1.5}, [1, 2], None, "wrong-type", "/maxItems"),
        ({"multipleOf": 0}, 3, None, "wrong-type", "/multipleOf"),
        ({"minimum": "none"}, 3, None, "wrong-type", "/minimum"),
        ({"minimum": True}, 3, None, "wrong-type", "/minimum"),
        ({"minimum": "inf"}, 3, None, "wrong-type", "/minimum"),
        ({"type": "int"}, 3, "a", "wrong-type", "/type"),
        ({"type": "String"}, "a", 3, "wrong-type", "/type"),
        ({"type": "thing"}, "a", None, "wrong-type", "/type"),
        ({"type": {}}, "a", None, "wrong-type", "/type"),
        ({"type": ["string", None]}, None, 3, "wrong-type", "/type"),
        ({"type": ["string", "string"]}, "a", 3, "wrong-type", "/type"),
        ({"type": []}, "a", None, "wrong-type", "/type"),
        (
            {"properties": {"a": {"type": "null", "required": True}}},
            {},
            {"a": 1},
            "wrong-type",
            "/properties/a/required",
        ),
        ({"required": "a"}, {"a": 1}, {}, "wrong-type", "/required"),
        ({"required": ["a", "a", 1]}, {"a": 1}, {}, "wrong-type", "/required"),
        ({"properties": []}, {}, None, "wrong-type", "/properties"),
        ({"properties": {"a": None, "b": {"type": "string"}}}, {"a": 1}, {"b": 1}, "wrong-type", "/properties/a"),
        ({"properties": {"a": "string"}}, {"a": 1}, None, "wrong-type", "/properties/a"),
        ({"items": None, "type": "array"}, [1], 1, "wrong-type", "/items"),
        ({"additionalProperties": "false", "type": "object"}, {}, {"a": 1}, "wrong-type", "/additionalProperties"),
        ({"enum": "a"}, "b", None, "wrong-type", "/enum"),
        ({"enum": []}, "b", None, "wrong-type", "/enum"),
        ({"allOf": []}, "b", None, "wrong-type", "/allOf"),
        ({"allOf": {}}, "b", None, "wrong-type", "/allOf"),
        ({"oneOf": [1, {"type": "string"}]}, "b", None, "wrong-type", "/oneOf/0"),
        ({"nullable": "true", "type": "string"}, None, 1, "wrong-type", "/nullable"),
        ({"pattern": "("}, "b", None, "wrong-type", "/pattern"),
        ({"pattern": 3}, "b", None, "wrong-type", "/pattern"),
        ({"patternProperties": {"(": False, "a": False}}, {"(": 1}, {"a": 1}, "wrong-type", "/patternProperties/("),
        ({"$ref": "#/components/schemas/None"}, 1, None, "reference", ""),
        ({"$ref": "#/components/schemas/Circle"}, 1, None, "reference", ""),
        ({"properties": {"a": {"$ref": "#/nowhere/at/all"}}}, {"a": 1}, None, "reference", "/properties/a"),
        ({"discriminator": "kind", "type": "object"}, {}, 1, "wrong-type", "/discriminator"),
        ({"items": [{"type": "string"}], "type": "array"}, ["a"], [1], "json-schema", "/items"),
        ({"items": [{}], "additionalItems": {"type": "null"}}, ["a", None], ["a", "b"], "json-schema", "/items"),
        ({"readOnly": "no", "title": 3}, 1, None, "wrong-type", "/readOnly"),
    ],
)  # fmt: skip
def test_a_flaw_of_a_schema_costs_its_keyword(
    tmp_path: Path, schema: Any, good: Any, bad: Any, kind: str, at: str
) -> None:
    """What was plainly meant counts, else the keyword is as if it were not there; the rest of the schema holds."""
    schemas = {"Circle": {"$ref": "#/components/schemas/Circle"}}

    taken, flaws = accepts(tmp_path, schema, good, schemas=schemas)

    assert taken
    assert (flaws[0].kind, flaws[0].pointer, flaws[0].costs) == (kind, f"{SCHEMA}{at}", "nothing")
    assert bad is None or not accepts(tmp_path, schema, bad, schemas=schemas)[0]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"dependencies": {"a": ["b"]}}, {"a": 1, "b": 1}, {"a": 1}),
        ({"dependencies": {"a": {"required": ["b"]}}}, {"c": 1}, {"a": 1}),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "type": "string"}, "a", 1),
        ({"items": True, "not": False}, [1], None),
        ({"type": "array", "items": {"$ref": "#/components/schemas/True"}}, [1], 1),
    ],
)
def test_what_older_json_schema_has_is_read(tmp_path: Path, schema: Any, good: Any, bad: Any) -> None:
    """As its successor, without a word."""
    assert accepts(tmp_path, schema, good, schemas={"True": True}) == (True, [])
    assert bad is None or not accepts(tmp_path, schema, bad, schemas={"True": True})[0]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, None, 1),
        ({"allOf": [{"type": "string"}], "nullable": True}, None, 1),
        ({"$ref": "#/components/schemas/A", "nullable": True}, None, 1),
        ({"minimum": 3, "exclusiveMinimum": True}, 4, 3),
        ({"maximum": 3, "exclusiveMaximum": False}, 3, 4),
    ],
)
def test_words_of_3_0_are_read_in_3_1(tmp_path: Path, schema: Any, good: Any, bad: Any) -> None:
    """With a warning."""
    taken, [flaw] = accepts(tmp_path, schema, good, "3.1.0", {"A": {"type": "string"}})

    assert taken
    assert flaw.costs == "nothing"
    assert not accepts(tmp_path, schema, bad, "3.1.0", {"A": {"type": "string"}})[0]


@pytest.mark.parametrize(
    ("operation", "kinds"),
    [
        ({}, ["no-responses"]),
        ({"responses": {}}, ["no-responses"]),
        ({"responses": []}, ["wrong-type", "no-responses"]),
        ({"responses": {"200": None}}, ["wrong-type"]),
        ({"responses": {"ok": {}, "2xx": {}}}, ["wrong-type", "wrong-type"]),
        ({"responses": {"200": {"$ref": "#/components/responses/None"}}}, ["reference"]),
        ({"responses": {"200": {"content": []}}}, ["wrong-type"]),
        ({"responses": {"200": {"content": {"application/json": None}}}}, ["wrong-type"]),
        ({"responses": {"200": {"content": {"application/json": {"schema": []}}}}}, ["wrong-type"]),
        ({"responses": {"200": {"headers": {"a": 1, "b": {"$ref": "#/no"}}}}}, ["reference", "wrong-type"]),
        ({"responses": OK, "requestBody": {}}, ["incomplete"]),
        ({"responses": OK, "requestBody": []}, ["wrong-type"]),
        ({"responses": OK, "requestBody": {"$ref": "#/components/requestBodies/None"}}, ["reference"]),
        ({"responses": OK, "parameters": {}}, ["wrong-type"]),
        ({"responses": OK, "parameters": [None]}, ["wrong-type"]),
        ({"responses": OK, "parameters": [{"in": "query"}]}, ["incomplete"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": "body"}]}, ["incomplete"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": []}]}, ["incomplete"]),
        ({"responses": OK, "parameters": [{"$ref": "#/components/parameters/None"}]}, ["reference"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": "query", "style": "simple"}]}, ["style"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": "query", "content": {}}]}, ["wrong-type"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": "query", "required": "no"}]}, ["wrong-type"]),
        ({"responses": OK, "parameters": [{"name": "a", "in": "path", "schema": {}}]}, ["path-parameter"]),
        ({"responses": OK, "security": {}}, ["wrong-type"]),
        ({"responses": OK, "security": ["key"]}, ["wrong-type"]),
        ({"responses": OK, "security": [{"unknown": []}]}, ["security"]),
        ({"responses": OK, "security": [{"certificate": []}]}, ["security"]),
        ({"responses": OK, "security": [{"broken": []}]}, ["security"]),
        ({"responses": OK, "tags": "one", "deprecated": "yes", "callbacks": []}, ["wrong-type"] * 3),
        ({"responses": OK, "operationId": 3}, ["wrong-type"]),
    ],
)  # fmt: skip
def test_an_operation_with_flaws_is_served(tmp_path: Path, operation: Any, kinds: list[str]) -> None:
    """Each flaw is a warning; nothing of the wrong type reaches whoever compiles."""
    schemes = {"certificate": {"type": "mutualTLS"}, "broken": {"type": "http"}, "key": {"type": "ours"}}

    made, flaws = compiled(tmp_path, operation, components={"securitySchemes": schemes})

    found = [flaw for flaw in flaws if not flaw.pointer.startswith("#/components/securitySchemes")]
    assert sorted(flaw.kind for flaw in found) == sorted(kinds)
    assert {flaw.costs for flaw in flaws} <= {"nothing"}
    assert made.responses


def test_what_a_status_meant_counts(tmp_path: Path) -> None:
    """`2xx` is `2XX`."""
    made, _ = compiled(tmp_path, {"responses": {"2xx": {"description": ""}, "ok": {"description": ""}}})

    assert list(made.responses) == ["2XX"]


@pytest.mark.parametrize(
    ("parameters", "inherited", "flaws"),
    [
        ([], [], 1),
        ([{"name": "id", "in": "path", "schema": {"type": "string"}}], [], 0),
        ([], [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}], 0),
        ([{"name": "ID", "in": "path", "required": True, "schema": {"type": "string"}}], [], 2),
    ],
)
def test_path_parameters_are_those_of_the_template(
    tmp_path: Path, parameters: list[Any], inherited: list[Any], flaws: int
) -> None:
    """What is not described takes any text; what the template has not got is left out."""
    operation = {"responses": OK, "parameters": parameters}

    made, found = compiled(tmp_path, operation, "/things/{id}", {"parameters": inherited})

    assert [each.name for each in made.parameters["path"]] == ["id"]
    assert made.parameters["path"][0].required
    assert [flaw.kind for flaw in found] == ["path-parameter"] * flaws


def test_a_path_parameter_of_the_query_is_a_query_parameter(tmp_path: Path) -> None:
    """Where the path says so itself."""
    parameters: list[Any] = [{"name": name, "in": "path", "required": True, "schema": {}} for name in ("id", "from")]

    made, flaws = compiled(
        tmp_path, {"responses": OK, "parameters": parameters}, "/things/{id}?date_from={from}&full=1"
    )

    assert [each.name for each in made.parameters["path"]] == ["id"]
    assert [each.name for each in made.parameters["query"]] == ["date_from"]
    assert flaws == []


@pytest.mark.parametrize(
    ("requirements", "alternatives"),
    [
        ([{"unknown": []}], 0),
        ([{"unknown": []}, {"key": []}], 1),
        ([{"unknown": [], "key": []}], 1),
        ([{"key": []}], 1),
        ([{"certificate": []}, {}], 0),
    ],
)
def test_what_nobody_can_check_is_asked_of_nobody(tmp_path: Path, requirements: list[Any], alternatives: int) -> None:
    """Neither an undeclared scheme nor a client's certificate; what can be checked is."""
    schemes = {"key": {"type": "apiKey", "in": "query", "name": "key"}, "certificate": {"type": "mutualTLS"}}
    operation = {"responses": OK, "security": requirements}

    made, _ = compiled(tmp_path, operation, components={"securitySchemes": schemes})
    inherited, _ = compiled(tmp_path, {"responses": OK}, components={"securitySchemes": schemes}, security=requirements)

    assert len(made.security.alternatives) == len(inherited.security.alternatives) == alternatives


@pytest.mark.parametrize(
    ("members", "flaws", "operations"),
    [
        ({}, [], 0),
        ({"info": None}, ["no-title"], 0),
        ({"info": {"title": 3}}, ["no-title"], 0),
        ({"paths": []}, ["wrong-type"], 0),
        ({"components": []}, ["wrong-type"], 0),
        ({"components": {"schemas": [], "x-own": []}}, ["wrong-type"], 0),
        ({"components": {"securitySchemes": {"a": [], "b": {"type": "x"}}}}, ["incomplete", "wrong-type"], 0),
        ({"security": [1], "servers": {}}, ["wrong-type", "wrong-type"], 0),
        ({"servers": [{"url": 3}, "https://x.test"]}, ["incomplete", "wrong-type"], 0),
        ({"paths": {"things": {"get": {"responses": OK}}, "x-own": 1}}, ["path"], 1),
        ({"paths": {"things": {}, "/things": {"get": {"responses": OK}}}}, ["path"], 1),
        ({"paths": {"/a": None, "/b": {"get": {"responses": OK}}}}, ["wrong-type"], 1),
        ({"paths": {"/a": {"$ref": "#/none"}, "/b": {"get": {"responses": OK}}}}, ["reference"], 1),
        ({"paths": {"/a": {"get": "here", "post": {"responses": OK}}}}, ["wrong-type"], 2),
        ({"paths": {"/a": {"additionalOperations": []}}}, ["wrong-type"], 0),
        ({"paths": {"/a": {"additionalOperations": {"COPY": 1, "LOCK": {"responses": OK}}}}}, ["wrong-type"], 2),
        ({"paths": {"/a/{b}": {"get": {}}, "/a/{c}": {"get": {}, "put": {}}}}, ["same-path"], 2),
        ({"paths": {"/a/{b}": {"get": {}}, "/a/{c}": {"$ref": "#/paths/~1a~1{b}"}}}, ["same-path"], 1),
        ({"paths": {"/a?x=1": {"get": {}}, "/a?x=2": {"get": {}}, "/a?x={y}": {"get": {}}}}, [], 3),
    ],
)  # fmt: skip
def test_what_holds_the_operations_has_its_form_at_once(
    tmp_path: Path, members: dict[str, Any], flaws: list[str], operations: int
) -> None:
    """A flaw of a path costs the path, and what stands beside it is served."""
    document = write(tmp_path, {**HEAD, **members})
    contract = Contract(document)

    assert sorted(flaw.kind for flaw in document.flaws) == flaws
    assert len(contract.operations) == operations
    for name, described in contract.operations.items():
        if BROKEN in described.members:
            with pytest.raises(OperationError, match="expected an operation, got"):
                contract.operation(name)
        else:
            assert contract.operation(name).responses


def test_a_part_is_looked_at_when_it_is_needed(tmp_path: Path) -> None:
    """A flaw of one operation is found when that one is asked for."""
    paths = {"/a": {"get": {"responses": OK, "tags": 1}}, "/b": {"get": {"responses": OK, "tags": 2}}}
    document = write(tmp_path, {**HEAD, "paths": paths})
    contract = Contract(document)

    assert document.flaws == []
    contract.operation("get_a")
    assert [flaw.pointer for flaw in document.flaws] == ["#/paths/~1a/get/tags"]


def test_a_flaw_of_a_shared_part_is_named_once(tmp_path: Path) -> None:
    """However many operations lead there, by the place where it stands."""
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    operation = {"responses": {"200": {"description": "", "content": content}}}
    schemas = {"A": {"properties": {"a": {"minimum": "1"}, "b": {"$ref": "#/components/schemas/A"}}}}
    document = write(
        tmp_path, {**HEAD, "paths": {"/a": {"get": operation, "put": operation}}, "components": {"schemas": schemas}}
    )
    contract = Contract(document)
    for name in contract.operations:
        contract.operation(name)

    assert [flaw.pointer for flaw in document.flaws] == ["#/components/schemas/A/properties/a/minimum"]


@pytest.mark.parametrize(
    ("schemas", "kind", "message"),
    [
        (
            {f"s{at}": {"$ref": f"#/components/schemas/s{at + 1}"} for at in range(60)} | {"s60": {"type": "string"}},
            "reference",
            "goes through too many references; any value is accepted.",
        ),
        (
            {f"s{at}": {"allOf": [{"$ref": f"#/components/schemas/s{at + 1}"}] * 2} for at in range(20)} | {"s20": {}},
            "too-many-ways",
            "A value would be validated by over 10,000 schemas; their combination is ignored.",
        ),
    ],
)
def test_what_no_validator_comes_to_an_end_with_is_left_out(
    tmp_path: Path, schemas: dict[str, Any], kind: str, message: str
) -> None:
    """Chains of references, and combinations that double at each step."""
    taken, flaws = accepts(tmp_path, {"$ref": "#/components/schemas/s0"}, 1, schemas=schemas)

    assert taken
    assert flaws[0].kind == kind
    assert message in flaws[0].message


def test_flaws_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document of nothing but flaws fills no memory with them."""
    monkeypatch.setattr(report, "MOST_FLAWS", 3)
    document = write(tmp_path, {**HEAD, "paths": {f"/{n}": None for n in range(10)}})

    assert len(document.flaws) == 3


def test_additional_operations_are_operations(tmp_path: Path) -> None:
    """Of OpenAPI 3.2: methods that OpenAPI has no keyword for, and QUERY."""
    item = {"query": {"responses": OK}, "additionalOperations": {"COPY": {"responses": OK, "tags": 1}}}
    document = write(tmp_path, {**HEAD, "openapi": "3.2.0", "paths": {"/a": item}})
    contract = Contract(document)

    made = [contract.operation(name) for name in contract.operations]

    assert [(each.method, each.pointer) for each in made] == [
        ("QUERY", "#/paths/~1a/query"),
        ("COPY", "#/paths/~1a/additionalOperations/COPY"),
    ]
    assert [flaw.pointer for flaw in document.flaws] == ["#/paths/~1a/additionalOperations/COPY/tags"]


WORDS = st.sampled_from(
    [
        *(
            "type",
            "properties",
            "items",
            "required",
            "allOf",
            "oneOf",
            "$ref",
            "enum",
            "pattern",
            "nullable",
            "minimum",
        ),
        *("schema", "content", "application/json", "responses", "200", "parameters", "name", "in", "a", "headers"),
        *(
            "requestBody",
            "security",
            "examples",
            "example",
            "style",
            "discriminator",
            "additionalProperties",
            "default",
        ),
    ]
)
LEAVES = (
    st.sampled_from([None, True, 0, -1, 1.5, "", "string", "object", "array", "query", "path", "(", "#/paths", "#"])
    | WORDS
    | st.sampled_from(["#/components/schemas/A", "#/components/schemas/B", "#/components/nothing", "other.yaml"])
)
JUNK = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)


@settings(max_examples=300)
@given(JUNK, JUNK, JUNK, JUNK, st.sampled_from(["3.0.3", "3.1.0", "3.2.0"]))
def test_whatever_stands_in_a_document_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, operation: Any, a: Any, b: Any, body: Any, version: str
) -> None:
    """Whatever is an operation at all compiles, with every schema that it leads to."""
    content = {"application/json": {"schema": body}}
    paths = {"/a": {"get": operation}, "/b": {"post": {"requestBody": {"content": content}, "parameters": [a, b]}}}
    raw = {**HEAD, "openapi": version, "paths": paths, "components": {"schemas": {"A": a, "B": b}}}

    contract = Contract(write(tmp_path_factory.getbasetemp(), raw))

    for name, described in contract.operations.items():
        if BROKEN not in described.members:
            made = contract.operation(name)
            bodies = made.body.media if made.body is not None else ()
            for media in (*bodies, *(each for response in made.responses.values() for each in response.media)):
                media.validator.accepts({"a": 1})
