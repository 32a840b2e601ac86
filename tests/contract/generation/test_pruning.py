"""What no value keeps costs itself, and not the object that it is part of."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.generation.pruning import MOST, pruned

CONTRACT = Contract(Document({"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {}}))
TEXT = {"type": "string"}


@pytest.mark.parametrize(
    ("schema", "value", "kept"),
    [
        ({"properties": {"a": TEXT}}, {"a": 1, "b": 2}, {"b": 2}),
        ({"properties": {"a": TEXT}}, {"a": None, "b": 2}, {"b": 2}),
        ({"properties": {"a": {"properties": {"b": TEXT}}}}, {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
        ({"properties": {"a": {"items": {"properties": {"b": TEXT}}}}}, {"a": [{}, {"b": 1}]}, {"a": [{}, {}]}),
        ({"properties": {"a": {"items": TEXT}}}, {"a": ["x", 1], "b": 2}, {"b": 2}),
        ({"properties": {"a": TEXT}}, {"a": "x"}, {"a": "x"}),
        ({"properties": {"a": TEXT}}, {"a": 1}, None),
        ({"properties": {"a": TEXT}, "required": ["a"]}, {"a": 1, "b": 2}, None),
        ({"minProperties": 1}, {}, None),
        ({"items": TEXT}, [1], None),
        ({"additionalProperties": TEXT}, {str(number): number for number in range(MOST + 1)}, None),
    ],
    ids=[
        *("a property", "null", "one within", "one within an item", "an item", "nothing"),
        *("all of it", "a required one", "no property", "an array", "too many"),
    ],
)
def test_invalid_properties_are_taken_and_the_rest_stays(schema: Any, value: Any, kept: Any) -> None:
    """The innermost property on the way to each flaw; None where the value stays invalid, or nothing is left."""
    given = repr(value)

    assert pruned(value, CONTRACT.validator(schema)) == kept
    assert repr(value) == given
