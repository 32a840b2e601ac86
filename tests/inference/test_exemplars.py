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
