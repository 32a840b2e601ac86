"""Requests of the scoreboard: where values stand in them as they are, and which chains of them are expected."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from tests.scoreboard.expected import expected
from tests.scoreboard.requests import Asked, Asking

ARN = "arn:aws:iam::1:user/ann"
THING: dict[str, Any] = {"type": "object", "properties": {"name": {"type": "string"}}}
BODY: dict[str, Any] = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/T"}}}}
ANSWERS: dict[str, Any] = {"200": {"description": "d", **BODY}}


def contract(paths: dict[str, Any]) -> Contract:
    head = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}}
    return Contract(Document({**head, "paths": paths, "components": {"schemas": {"T": THING}}}))


def asked(path: str, *parameters: dict[str, Any]) -> Asked:
    """The request for GET on a path."""
    found = contract({path: {"get": {"parameters": [*parameters], "responses": ANSWERS}}})
    return Asking(found).valid(found.operation(next(iter(found.operations))))


def test_a_header_has_its_value_without_escapes() -> None:
    """As OpenAPI 3.1.1 says in Appendix D; only what no header can have is escaped."""
    header = {"name": "x-caller", "in": "header", "required": True, "schema": {"type": "string"}}

    assert asked("/a", {**header, "example": ARN}).headers["x-caller"] == ARN
    assert asked("/a", {**header, "example": "\u00e9\n"}).headers["x-caller"] == "%C3%A9%0A"


@pytest.mark.parametrize(("path", "sent"), [("/a/#env/b", "/a/%23env/b"), ("/a#b=c", "/a?b=c"), ("/#b=c", "/?b=c")])
def test_a_sign_before_further_segments_is_a_character(path: str, sent: str) -> None:
    """Behind the last segment it begins a condition."""
    assert asked(path).target == sent


def test_chains_are_expected_where_requests_bring_the_conditions_anyway() -> None:
    """And where the items of several collections lie at one path; a flag is another thing."""
    parameter = {"name": "v", "in": "query", "required": True, "schema": {"type": "string"}}
    flag = {**parameter, "schema": {"type": "string", "enum": ["x"]}}
    sent = {"requestBody": BODY, "responses": ANSWERS}
    paths: dict[str, Any] = {
        "/a#v": {"post": {**sent, "parameters": [parameter]}},
        "/a/{id}#v": {"get": {"parameters": [parameter], "responses": ANSWERS}},
        "/b#v": {"post": {**sent, "parameters": [flag]}},
        "/b/{id}#v": {"get": {"parameters": [flag], "responses": ANSWERS}},
        "/v1/{parent}/cs": {"post": sent},
        "/v1/{name}": {"get": {"responses": ANSWERS}, "delete": {"responses": {"204": {"description": "d"}}}},
    }
    found = {each.create.path: (each.called, [*each.steps()]) for each in expected(contract(paths))}

    assert found == {
        "/a#v": ("a", ["create", "read", "distinct"]),
        "/v1/{parent}/cs": ("c", ["create", "read", "distinct", "deleted", "gone"]),
    }
