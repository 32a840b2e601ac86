"""Any document to one Document: its version, and what is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read
from mockserver.errors import DocumentError


def write(folder: Path, text: str, name: str = "specimen.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("written", "version", "flawed"),
    [
        ("openapi: 3.0.0", "3.0.0", False),
        ("openapi: 3.0.3", "3.0.3", False),
        ("openapi: 3.0.0-rc2", "3.0.0-rc2", False),
        ("openapi: 3.1.1", "3.1.1", False),
        ("openapi: 3.2.0", "3.2.0", False),
        ("openapi: 3.0", "3.0.3", True),
        ("openapi: '3.1'", "3.1.1", True),
        ("openapi: 3", "3.0.3", True),
        ("openapi: 3.2.x", "3.2.0", True),
        ("swagger: '2.0'", "3.0.3", False),
        ("swagger: 2.0", "3.0.3", False),
        ("swagger: 2", "3.0.3", False),
    ],
)
def test_every_version_is_read(tmp_path: Path, written: str, version: str, *, flawed: bool) -> None:
    """Also where it is written as a number, which is a flaw where OpenAPI 3 is meant."""
    document = read(write(tmp_path, f"{written}\ninfo: {{title: Specimen, version: '1'}}\npaths: {{}}"))

    assert document.raw["openapi"] == version
    assert [flaw.kind for flaw in document.flaws] == (["version"] if flawed else [])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "openapi: 4.0.0",
            "expected an OpenAPI document of version 3.0, 3.1, 3.2 or Swagger 2.0, got openapi: '4.0.0'",
        ),
        ("openapi: [3]", "got openapi: [3]"),
        ("swagger: '1.2'", "expected Swagger 2.0 or OpenAPI 3, got swagger: '1.2'"),
        ("a: 1", "got no `openapi` key"),
        ("- openapi: 3.0.3", "expected an OpenAPI document, which is an object; got an array"),
        ("just words", "got a text"),
        ("", "got nothing"),
        ("12", "got 12"),
        ("a: [", "expected YAML or JSON, but it does not parse"),
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """With what was expected and what came, by the name of the file."""
    path = write(tmp_path, text)

    with pytest.raises(DocumentError) as refused:
        read(path)

    assert str(refused.value).startswith(f"{path}: ")
    assert reason in str(refused.value)


def test_json_and_yaml_say_the_same(tmp_path: Path) -> None:
    """The text decides, whatever the file is called."""
    raw = {"openapi": "3.0.3", "info": {"title": "Specimen", "version": "1"}, "paths": {}, "components": {}}

    as_json = read(write(tmp_path, json.dumps(raw), "a.yaml"))
    as_yaml = read(
        write(tmp_path, "openapi: 3.0.3\ninfo: {title: Specimen, version: '1'}\npaths: {}\ncomponents: {}", "a.json")
    )

    assert as_json.raw == as_yaml.raw == raw


def test_swagger_may_be_in_several_files(tmp_path: Path) -> None:
    """Parameters, responses and definitions of other files are read as OpenAPI 3 too."""
    write(
        tmp_path,
        """
        parameters:
          P: {name: p, in: query, type: integer}
          B: {name: b, in: body, schema: {$ref: '#/definitions/D'}}
        responses: {R: {description: '', schema: {$ref: '#/definitions/D'}}}
        definitions: {D: {type: string, x-nullable: true}}
        """,
        "common.yaml",
    )
    path = write(
        tmp_path,
        """
        swagger: '2.0'
        paths:
          /things:
            post:
              parameters: [{$ref: 'common.yaml#/parameters/P'}, {$ref: 'common.yaml#/parameters/B'}]
              responses: {'200': {$ref: 'common.yaml#/responses/R'}}
        """,
    )

    document = read(path)
    [(_, _, operation)] = document.operations()
    [parameter] = document.parameters("/things", operation)

    assert parameter["schema"] == {"type": "integer"}
    for described in (operation["requestBody"], document.resolve(operation["responses"]["200"])):
        schema = document.resolve(described["content"]["application/json"]["schema"])
        assert schema == {"type": "string", "x-nullable": True, "nullable": True}


def test_parameters_of_a_media_type_say_nothing_of_its_body(tmp_path: Path) -> None:
    """One without a schema has that of the same with others, and it is a flaw; another type has none."""
    schema = {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    content = {
        "application/json": {"example": {"ok": True}},
        "Application/JSON; charset=utf-8": {"schema": schema},
        "application/problem+json": {"example": {}},
    }
    answers = {"200": {"description": "d", "content": content}}
    body = {"content": {"application/json; v=1": {}, "application/json; v=2": {"schema": schema}}}
    paths = {"/a": {"post": {"requestBody": body, "responses": answers}}}
    text = json.dumps({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})
    document = read(write(tmp_path, text, "specimen.json"))
    contract = Contract(document)
    operation = contract.operation(next(iter(contract.operations)))
    read_as = {each.pointer.rpartition("/content/")[2]: each.schema for each in operation.responses["200"].media}
    assert operation.body is not None

    assert read_as == {
        "application~1json/schema": schema,
        "Application~1JSON; charset=utf-8/schema": schema,
        "application~1problem+json/schema": {},
    }
    assert [each.schema for each in operation.body.media] == [schema, schema]
    assert len([each for each in document.flaws if "counts for both" in each.message]) == 2
