"""`verify` reads a document as `serve` does, whatever its version and its flaws."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.verify.campaign import verify
from mockserver.verify.plan import Plan
from mockserver.verify.registration import Pulse
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.targets import mock_target

BODY = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 1}}}
RESPONSES = {"200": {"description": "d"}, "400": {"description": "d"}, "default": {"description": "d"}}


def openapi(schema: dict[str, Any], **paths: Any) -> dict[str, Any]:
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    made = {"/made": {"post": {"operationId": "make", "requestBody": body, "responses": RESPONSES}}}
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": {**made, **paths}}


def with_property(schema: Any) -> dict[str, Any]:
    return openapi({**BODY, "properties": {**BODY["properties"], "more": schema}})  # type: ignore[dict-item]  # of `properties`, of which mypy knows only `object`


SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "t", "version": "1"},
    "basePath": "/v1",
    "consumes": ["application/json"],
    "paths": {
        "/made": {
            "post": {
                "operationId": "make",
                "parameters": [{"in": "body", "name": "body", "required": True, "schema": BODY}],
                "responses": RESPONSES,
            }
        }
    },
}


def verified(path: Path) -> Scoreboard:
    board = Scoreboard(1)
    plan = Plan(seed=1, max_examples=2, phases=("examples", "coverage", "fuzzing"))
    for event in verify(mock_target(str(path)), plan, Pulse()):
        board.on_event(event)
    return board


@pytest.mark.parametrize(
    "document",
    [
        SWAGGER,
        openapi({"$ref": "body.yaml"}),
        with_property({"type": "bytes"}),
        with_property({"oneOf": [{"type": "strnig"}, {"type": "array", "items": {"type": "integer"}}]}),
        with_property({"$ref": "#/components/schemas/Nowhere"}),
        with_property({"type": "string", "pattern": "[", "minLength": "1"}),
        with_property({"type": "string", "required": True}),
        with_property([]),
    ],
    ids=["swagger", "files", "type", "type-in-one-of", "reference", "pattern", "required", "schema"],
)
def test_a_document_is_verified_whatever_its_flaws(document: dict[str, Any], tmp_path: Path) -> None:
    """Swagger 2.0, several files, and schemas that no validator takes: the operation is requested and succeeds."""
    (tmp_path / "body.yaml").write_text(yaml.safe_dump(BODY), encoding="utf-8")
    path = tmp_path / "api.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")

    board = verified(path)

    (score,) = board.apis[0].operations.values()
    assert board.verdict == "clean", [*board.apis[0].remarks(), *(each.message for each in board.findings)]
    assert {200, 400} <= set(score.statuses)
    assert any("mockserver check" in each for each in board.apis[0].notes) == (
        "swagger" not in document and "body.yaml" not in str(document)
    )


def test_a_flawed_operation_costs_that_operation(tmp_path: Path) -> None:
    """The others are verified; the run says which is not, and is not green."""
    path = tmp_path / "api.yaml"
    path.write_text(yaml.safe_dump(openapi(BODY, **{"/broken": {"get": "none"}})), encoding="utf-8")

    board = verified(path)

    assert [each.operation.operation_id for each in board.apis[0].operations.values()] == ["make"]
    assert board.apis[0].operations["POST /made"].succeeded
    assert (
        "get_broken is not verified, as the document has a flaw there: expected an operation"
        in (board.apis[0].troubles[0])
    )
    assert board.exit_code == 2
