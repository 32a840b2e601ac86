"""What no value keeps costs itself, and not the object that it is part of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator
from tests.contract.specimen import document

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = {"type": "string"}
NEITHER = {"allOf": [TEXT, {"type": "object", "properties": {"z": TEXT}}]}
NO_LENGTH = {"type": "array", "minItems": 2, "maxItems": 1, "items": {}}


def holding(schema: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "required": ["a", *required], "properties": {"a": {"enum": ["a"]}, "b": schema}}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (holding(NEITHER), {"a": "a"}),
        (holding(NO_LENGTH), {"a": "a"}),
        (holding(holding(NEITHER)), {"a": "a", "b": {"a": "a"}}),
        (holding(holding(NEITHER, "b")), {"a": "a"}),
        ({"type": "array", "minItems": 1, "maxItems": 1, "items": holding(NEITHER)}, [{"a": "a"}]),
    ],
)
def test_a_contradictory_optional_property_is_left_out(schema: dict[str, Any], value: Any) -> None:
    """With what cannot be without it, and nothing else."""
    described = document({"/things": {"get": {"responses": {"200": {"description": "One."}}}}})
    judge = Contract(described).validator(schema, "response")

    # what is optional is in the value if anything of it can be
    loose = {**schema, "required": []} if "required" in schema else schema
    assert Generator(described).value(schema, judge, 1, now=NOW) == value
    assert Generator(described).value(loose, Contract(described).validator(loose), 1, now=NOW) == value
