"""Examples that a document gives."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.examples import example_of
from mockserver.contract.violations import ABSENT
from tests.contract.specimen import document

READ = document(components={"examples": {"a": {"value": "named"}}, "schemas": {"Id": {"example": "shared"}}})


@pytest.mark.parametrize(
    ("described", "example"),
    [
        ({"example": None}, None),
        ({"examples": {"far": {"externalValue": "http://h"}, "a": {"$ref": "#/components/examples/a"}}}, "named"),
        ({"example": "only", "schema": {"example": "inner"}}, "only"),
        ({"schema": {"$ref": "#/components/schemas/Id"}}, "shared"),
        ({"schema": {"default": 1, "const": 2}}, 1),
        ({"schema": {"const": 2, "examples": [3]}}, 2),
        ({"schema": {"examples": [3, 4], "enum": [5]}}, 3),
        ({"schema": {"examples": "none", "enum": [5]}}, 5),
        ({"schema": True}, ABSENT),
        ({"schema": {"type": "string"}}, ABSENT),
        ({}, ABSENT),
    ],
)
def test_the_first_example_that_the_document_gives_counts(described: dict[str, Any], example: Any) -> None:
    """Its own before those of its schema."""
    assert example_of(READ, described) == example
