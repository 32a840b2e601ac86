"""The whole check: every flaw by file and line, found as serving would find it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from mockserver.contract.reading.check import check
from mockserver.contract.reading.reader import read

HEAD = "openapi: 3.0.3\ninfo: {title: Specimen, version: '1'}\n"
OK = "responses: {'200': {description: Done.}}"


def found(folder: Path, text: str, name: str = "specimen.yaml", **files: str) -> list[tuple[str, str, int | None, str]]:
    """Kind, file, line and pointer of each finding."""
    for other, content in files.items():
        (folder / f"{other}.yaml").write_text(dedent(content))
    path = folder / name
    path.write_text(dedent(text) if name != "specimen.yaml" else HEAD + dedent(text))
    return [
        (each.flaw.kind, Path(each.place.file).name, each.place.line, each.place.pointer) for each in check(read(path))
    ]


def test_a_sound_document_has_no_flaws(tmp_path: Path) -> None:
    """Whatever it leaves out."""
    assert found(tmp_path, f"paths: {{/a: {{get: {{{OK}}}}}}}") == []


@pytest.mark.parametrize(
    ("text", "kind", "line", "pointer"),
    [
        (
            """\
            paths:
              /a:
                get:
                  responses:
                    200:
                      description: Done.
                      content:
                        application/json:
                          schema: {type: integer}
                          example: one
            """,
            "example",
            12,
            "#/paths/~1a/get/responses/200/content/application~1json/example",
        ),
        (
            """\
            paths:
              /a:
                get:
                  responses:
                    200:
                      description: Done.
                      content:
                        application/json:
                          schema: {type: integer}
                          examples:
                            good: {value: 1}
                            bad: {value: one}
            """,
            "example",
            14,
            "#/paths/~1a/get/responses/200/content/application~1json/examples/bad",
        ),
        (
            """\
            paths: {}
            components:
              schemas:
                A:
                  type: integer
                  default: one
            """,
            "default",
            8,
            "#/components/schemas/A/default",
        ),
        (
            """\
            paths: {}
            components:
              parameters:
                A:
                  {name: a, in: query, schema: {type: integer},
                   example: one}
            """,
            "example",
            8,
            "#/components/parameters/A/example",
        ),
        (
            """\
            paths: {}
            components:
              schemas:
                A: {requierd: [a]}
            """,
            "unknown-keyword",
            6,
            "#/components/schemas/A/requierd",
        ),
        (
            """\
            paths: {}
            components:
              responses:
                A: {content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
            """,
            "reference",
            6,
            "#/components/responses/A/content/application~1json/schema",
        ),
        (
            f"""\
            paths:
              /a: {{get: {{operationId: a, {OK}}}}}
              /b:
                get:
                  operationId: a
                  {OK}
            """,
            "operation-id",
            7,
            "#/paths/~1b/get/operationId",
        ),
        (
            """\
            paths:
              /a:
                get: here
            """,
            "wrong-type",
            5,
            "#/paths/~1a/get",
        ),
        (
            """\
            paths: {}
            x-a: 1
            x-a: 2
            """,
            "duplicate-key",
            5,
            "#/x-a",
        ),
    ],
)
def test_a_flaw_has_its_place(tmp_path: Path, text: str, kind: str, line: int, pointer: str) -> None:
    """In the file as it was written, also what no operation leads to."""
    assert found(tmp_path, text) == [(kind, "specimen.yaml", line, pointer)]


def test_a_duplicate_operation_id_says_how_the_operation_is_called(tmp_path: Path) -> None:
    """The name that it is served under."""
    path = tmp_path / "specimen.yaml"
    path.write_text(HEAD + f"paths: {{/a: {{get: {{operationId: a, {OK}}}, put: {{operationId: a, {OK}}}}}}}")

    [finding] = check(read(path))

    assert "this one is called 'put_a'" in finding.flaw.message


def test_a_value_that_is_right_in_one_direction_is_no_flaw(tmp_path: Path) -> None:
    """An example may be that of a request or of an answer."""
    text = """\
        paths: {}
        components:
          schemas:
            A:
              required: [id]
              properties: {id: {type: integer, readOnly: true}}
              example: {}
        """

    assert found(tmp_path, text) == []


def test_a_flaw_of_another_file_has_its_place_there(tmp_path: Path) -> None:
    """With the pointer into that file."""
    text = "paths: {/a: {$ref: other.yaml}}"
    other = f"""\
        get:
          {OK}
          tags: one
        """

    assert found(tmp_path, text, other=other) == [("wrong-type", "other.yaml", 3, "#/get/tags")]


def test_a_key_that_stands_twice_in_json_is_found(tmp_path: Path) -> None:
    """Also in a file that is referred to."""
    text = '{"openapi": "3.0.3", "info": {"title": "A", "version": "1",\n"title": "B"},\n"paths": {}}'

    assert found(tmp_path, text, "specimen.json") == [("duplicate-key", "specimen.json", 2, "#/info/title")]


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        (6, "#/definitions/A/minimum"),
        (8, "#/parameters/P/maxLength"),
        (10, "#/responses/R/schema/minLength"),
        (11, "#/responses/R/headers/H/minimum"),
        (14, "#/paths/~1a/parameters/1/minimum"),
        (17, "#/paths/~1a/post/parameters/0/schema/maximum"),
        (18, "#/paths/~1a/post/parameters/1/maxLength"),
        (21, "#/paths/~1a/post/responses/200/examples/application~1json"),
        (25, "#/paths/~1b/post/parameters/0/minLength"),
        (26, "#/paths/~1b/post/parameters/1"),
        (2, "#/securityDefinitions/s"),
    ],
)
def test_a_flaw_of_swagger_has_the_place_where_swagger_has_it(tmp_path: Path, line: int, pointer: str) -> None:
    """Though the document has been read as OpenAPI 3."""
    text = """\
        swagger: '2.0'
        securityDefinitions: {s: {type: ours}}
        info: {title: Specimen, version: '1'}
        definitions:
          A:
            minimum: '1'
        parameters:
          P: {name: p, in: query, type: string, maxLength: '1'}
        responses:
          R: {description: '', schema: {minLength: '1'},
              headers: {H: {type: integer, minimum: '1'}}}
        paths:
          /a:
            parameters: [{name: q, in: query, type: string}, {name: b, in: query, type: integer, minimum: '1'}]
            post:
              parameters:
                - {name: body, in: body, schema: {maximum: '1'}}
                - {name: c, in: query, type: string, maxLength: '1'}
              responses:
                200: {description: '', schema: {type: integer}, examples: {
                  application/json: one}}
          /b:
            post:
              parameters:
                - {name: f, in: formData, type: string, minLength: '1'}
                - {name: g, in: query, type: array, items: {type: string}, collectionFormat: tsv}
              responses: {200: {$ref: '#/responses/R'}}
        """

    places = {(where, at) for _, _, at, where in found(tmp_path, text, "swagger.yaml")}

    assert (pointer, line) in places
    assert len(places) == 11


def test_an_answer_that_no_value_keeps_is_a_warning(tmp_path: Path) -> None:
    """Each operation that has it; one with a sound example, or of which another answer is none, is served."""
    none = "{allOf: [{type: string}, {type: integer}]}"
    text = f"""\
    paths:
      /a:
        get: &a
          responses: {{"200": {{description: Done., content: {{application/json: {{schema: {none}}}}}}}}}
        put: *a
        post:
          responses:
            "200": {{description: Done.}}
            "400": {{description: Bad., content: {{application/json: {{schema: {none}}}}}}}
    """

    told = found(tmp_path, text)

    assert [kind for kind, *_ in told] == ["no-value", "no-value"]
    assert [pointer.split("/")[3] for *_, pointer in told] == ["get", "put"]
