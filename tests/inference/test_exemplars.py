"""The keys of a document's examples of creating something are free when a client begins."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer

EXAMPLE = {"principal": "svc_1", "role": "reader"}
TEXT = {"type": "string"}
FORM = {"type": "object", "required": ["principal"], "properties": {"principal": TEXT, "role": TEXT}}
SHAPE = {"$ref": "#/components/schemas/Mapping"}


def document(sent: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    def content(each: dict[str, Any]) -> dict[str, Any]:
        return {"content": {"application/json": each}}

    answer = {"200": {"description": "It.", **content({"schema": SHAPE})}}
    key = {"name": "principal", "in": "path", "required": True, "schema": TEXT}
    listed = {"200": {"description": "All.", **content({"schema": {"type": "array", "items": SHAPE}})}}
    made = {"requestBody": {"required": True, **content(sent)}, "responses": {"201": {"description": "Made."}}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Roles", "version": "1"},
        "components": {"schemas": {"Mapping": schema}},
        "paths": {
            "/mappings": {"get": {"responses": listed}, "post": made},
            "/mappings/{principal}": {"parameters": [key], "get": {"responses": answer}},
        },
    }


@pytest.mark.parametrize(
    ("sent", "schema"),
    [
        ({"schema": SHAPE}, {**FORM, "example": EXAMPLE}),
        ({"schema": SHAPE, "example": EXAMPLE}, FORM),
        ({"schema": {"allOf": [SHAPE]}}, {**FORM, "example": EXAMPLE}),
    ],
)
def test_the_example_of_what_is_sent_can_be_created(
    tmp_path: Path, sent: dict[str, Any], schema: dict[str, Any]
) -> None:
    """It stands beside the body, or in its schema, which is that of the item as well."""
    file = tmp_path / "roles.json"
    file.write_text(json.dumps(document(sent, schema)))
    with MockServer([str(file)]).mock() as mock:
        began = mock.client.get("/mappings").json()
        made = mock.client.post("/mappings", json=EXAMPLE)

        assert EXAMPLE["principal"] not in [each["principal"] for each in began]
        assert made.status_code == 201
        assert mock.client.get("/mappings/svc_1").json() == EXAMPLE


@pytest.fixture
def shown(tmp_path: Path) -> Path:
    """A document whose example of reading a mapping is that of creating one as well."""
    told = document({"schema": SHAPE, "example": EXAMPLE}, FORM)
    read = told["paths"]["/mappings/{principal}"]["get"]["responses"]["200"]["content"]["application/json"]
    read["example"] = EXAMPLE
    told["paths"]["/mappings"]["post"]["responses"]["409"] = {"description": "There is one."}
    file = tmp_path / "roles.json"
    file.write_text(json.dumps(told))
    return file


def test_an_example_that_is_read_and_created_can_be_both(shown: Path) -> None:
    """It is there when a client begins, and is created once: a second time is a conflict, until it is gone."""
    with MockServer([str(shown)]).mock() as mock:
        began = mock.client.get("/mappings/svc_1")
        statuses = [mock.client.post("/mappings", json=EXAMPLE).status_code for _ in range(2)]

        assert began.json() == EXAMPLE
        assert statuses == [201, 409]
        assert [each["principal"] for each in mock.client.get("/mappings").json()].count("svc_1") == 1


def test_a_record_that_was_changed_or_given_stands_for_no_example(shown: Path, tmp_path: Path) -> None:
    """Nobody's data is replaced by a creation."""
    folder = tmp_path / "fixtures" / "roles"
    folder.mkdir(parents=True)
    (folder / "mappings.json").write_text(json.dumps([EXAMPLE]))
    with MockServer([str(shown)]).mock() as mock:
        mock.state["roles.mappings"] = [{**EXAMPLE, "role": "writer"}]

        assert mock.client.post("/mappings", json=EXAMPLE).status_code == 409
    with MockServer([str(shown)], fixtures=folder.parent).mock() as mock:
        assert mock.client.post("/mappings", json=EXAMPLE).status_code == 409
