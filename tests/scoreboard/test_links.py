"""The second reading: what both find in a document, and how a difference is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scoreboard.links import differences


def document(item: str) -> dict[str, Any]:
    """Things that are created and read, by one path."""
    thing = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    told = {"description": "d", "content": {"application/json": {"schema": thing}}}
    by = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}]
    return {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/things": {
                "post": {
                    "requestBody": {"content": {"application/json": {"schema": thing}}},
                    "responses": {"201": told},
                }
            },
            item: {"get": {"parameters": by, "responses": {"200": told}}},
        },
    }


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("/things/{id}", [("the same", "POST /things -> GET /things/{id}")]),
        ("/others/{id}", []),
    ],
)
def test_both_readings_of_a_document_are_compared(tmp_path: Path, item: str, expected: list[tuple[str, str]]) -> None:
    """A creation, and what is done with the item by the key that it gives."""
    file = tmp_path / "things.json"
    file.write_text(json.dumps(document(item)))

    assert list(differences(file)) == expected
