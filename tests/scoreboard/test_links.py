"""The second reading: what both find in a document, how differences are drawn, and who was right about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.scoreboard.judgements import NONE, judgements
from tests.scoreboard.links import Difference, compared, drawn


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

    assert [(each.kind, " -> ".join(each.pair)) for each in compared(file)] == expected


def test_differences_are_drawn_by_seed_and_by_creation() -> None:
    """What else is done with the item of a creation differs alike."""
    every = [
        Difference("a.json", ("POST /things", "GET /things/{id}"), "/id", None),
        Difference("a.json", ("POST /things", "DELETE /things/{id}"), "/id", None),
        Difference("a.json", ("POST /others", "GET /others/{id}"), "", "/id"),
    ]

    assert len(drawn(every, 5, 1)) == 2
    assert drawn(every, 1, 7) == drawn(every, 1, 7)
    assert [str(each) for each in every[1:]] == [
        "a.json: only ours: POST /things -> DELETE /things/{id}: ours /id",
        "a.json: another key: POST /others -> GET /others/{id}: ours the path, theirs /id",
    ]


def test_fifty_differences_were_judged() -> None:
    """Each once, with the reason; one reading at least said something, and they did not say the same."""
    every = judgements()

    assert len({(each.document, each.pair) for each in every}) == len(every) == 50
    assert all(each.why and each.keys and each.ours != each.theirs for each in every)
    assert {each.then for each in every} == {"ours", "theirs", "both", "neither"}
    assert every[0].now({every[0].pair: every[0].keys[0]}, {}) == "ours"
    assert every[0].now({}, {}) == ("both" if NONE in every[0].keys else "neither")
