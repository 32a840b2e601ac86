"""A part of a document is quoted as a person reads it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mockserver.contract.quotation import LINES, quote
from tests.contract.specimen import document
from tests.patience import bounded

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": "a"}
THING: dict[str, Any] = {
    "put": {
        "operationId": "put_thing",
        "parameters": [ID, {"$ref": "#/components/parameters/mode"}],
        "requestBody": {"$ref": "#/components/requestBodies/Thing"},
        "security": [{}, {"token": []}],
        "responses": {"200": {"description": "Done.", "content": {"application/json": {"schema": {}, "example": 1}}}},
    },
    "delete": {},
}
MODE = {"name": "mode", "in": "query", "schema": {"type": "string", "enum": ["fast", "slow"]}}
SCHEMA = {"type": "object", "required": ["title"], "properties": {"title": {"maxLength": 40, "example": "a"}}}
BODY = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
READ = document(
    {"/things/{id}": THING},
    {"schemas": {"Thing": SCHEMA}, "parameters": {"mode": MODE}, "requestBodies": {"Thing": BODY}},
    security=[{"key": ["things:read"]}],
    info={"title": "Specimen", "description": "one\ntwo"},
)


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        (
            "#/components/schemas/Thing",
            "Thing:\n  type: object\n  required: [title]\n  properties:\n    title: {maxLength: 40}",
        ),
        ("#/components/schemas/Thing/properties/title/maxLength", "maxLength: 40"),
        ("#/components/schemas/Thing/required", "required: [title]"),
        ("#/components/schemas/Thing/required/0", "title"),
        ("#/paths/~1things~1{id}", "/things/{id}:\n  put: …\n  delete: {}"),
        ("#/paths/~1things~1{id}/put/parameters/0", "name: id\nin: path\nrequired: true\nschema: {type: string}"),
        ("#/paths/~1things~1{id}/put/parameters/1/schema/enum/1", "slow"),
        ("#/components/parameters/mode/schema/enum/1", "slow"),
        (
            "#/paths/~1things~1{id}/put/parameters/1",
            "name: mode\nin: query\nschema:\n  type: string\n  enum: [fast, slow]",
        ),
        (
            "#/paths/~1things~1{id}/put/responses/200",
            "'200':\n  description: Done.\n  content:\n    application/json:\n      schema: {}",
        ),
        ("#/paths/~1things~1{id}/put", "put:\n  operationId: put_thing\n  security:\n  - {}\n  - token: []"),
        (
            "#/components/requestBodies/Thing/content/application~1json/schema",
            "schema:\n  type: object\n  required: [title]\n  properties:\n    title: {maxLength: 40}",
        ),
        ("#/security", "security:\n- key: ['things:read']"),
        ("#/openapi", "openapi: 3.0.3"),
        ("#/info", "info:\n  title: Specimen\n  description: |-\n    one\n    two"),
        ("#/nowhere", ""),
        ("elsewhere.yaml", ""),
    ],
)
def test_a_part_is_quoted_as_yaml(pointer: str, expected: str) -> None:
    """Under its own name, its reference followed, without examples; of a path only the names of its operations."""
    assert quote(READ, pointer) == expected


def test_a_quotation_is_short() -> None:
    """However much stands at the pointer, a screen shows it; cut lists and depths say so."""
    properties = {f"p{number}": {"enum": list(range(40))} for number in range(40)}
    read = document({}, {}, x={"properties": properties, "deep": [[[[{"a": 1}]]]]})

    whole, enum, some = quote(read, "#/x"), quote(read, "#/x/properties/p0/enum"), quote(read, "#/x", 3)

    assert (len(whole.splitlines()), len(some.splitlines())) == (LINES + 1, 4)
    assert whole.endswith("\n…")
    assert yaml.safe_load(enum)["enum"][-1] == "…"
    assert "…" in quote(read, "#/x/deep")


def test_the_whole_has_everything_but_examples() -> None:
    """However deep it lies."""
    text = quote(READ, "#/paths/~1things~1{id}/put", most=100, whole=True)

    assert yaml.safe_load(text)["put"] == {
        **THING["put"],
        "parameters": [{name: each for name, each in ID.items() if name != "example"}, THING["put"]["parameters"][1]],
        "responses": {"200": {"description": "Done.", "content": {"application/json": {"schema": {}}}}},
    }


def test_a_very_wide_part_is_not_written_whole() -> None:
    """What nobody would see of it costs nothing."""
    properties = {f"p{number}": {"type": "string"} for number in range(500_000)}

    with bounded():
        assert quote(document({}, {}, x={"properties": properties}), "#/x").endswith("p11: {type: string}\n…")
