"""What a page of generated items costs, in calls: they are the same in every run, however busy the machine is."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import pytest

from mockserver.contract.generation import Style
from mockserver.contract.generation.generator import IN_VAIN, TRIES
from mockserver.contract.validator import Validator
from tests.contract.generation.made import NOW, Sample

ITEMS = 25
FIELDS = 15
WHOLE = "1f0a9b30-77c2-4c11-9a06-5f1e2d3c4b5a v1.2.3 2026-04-22 10:11:12 3/4/5/6/7/8/9"
"""An example with some thirty numbers in it."""
HEXADECIMAL = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"


def calls(schema: dict[str, Any]) -> float:
    """Calls of functions, also of those in C, that each field of a page takes, once it has been planned."""
    item = {
        "type": "object",
        "required": [f"field{at}" for at in range(FIELDS)],
        "properties": {f"field{at}": schema for at in range(FIELDS)},
    }
    page = {"type": "array", "items": item, "minItems": ITEMS, "maxItems": ITEMS}
    sample = Sample()
    sample.value(page, style="fresh")
    counted = 0

    def count(_: FrameType, event: str, __: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        sample.value(page, style="fresh", shared=True)
    finally:
        sys.setprofile(None)
    return counted / (ITEMS * FIELDS)


@pytest.mark.parametrize(
    ("schema", "most"),
    [
        ({"type": "string", "format": "uri", "example": "https://example.org/a"}, 5),
        ({"type": "string", "format": "uri"}, 5),
        ({"type": "string", "format": "date-time", "example": "2026-04-22T10:00:00Z"}, 9),
        ({"type": "integer", "example": 7}, 5),
        ({"type": "string", "example": WHOLE}, 40),
        ({"type": "string", "pattern": HEXADECIMAL}, 36),
        ({"type": "string", "pattern": "^SM[0-9a-fA-F]{32}$"}, 32),
    ],
)
def test_a_field_of_a_page_takes_few_calls(schema: dict[str, Any], most: float) -> None:
    """However many digits or parts its text has, and whatever its name says."""
    assert calls(schema) <= most


class Judge:
    """Counts the drafts that a validator is asked about."""

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self.asked = 0

    def accepts(self, instance: Any) -> bool:
        self.asked += 1
        return self._validator.accepts(instance)

    def first_error(self, instance: Any) -> Any:
        return self._validator.first_error(instance)


@pytest.mark.parametrize("style", ["fresh", "documented"])
def test_what_was_made_in_vain_several_times_is_not_tried_again(style: Style) -> None:
    """Where only the plainest of an object is valid; what is made is as before."""
    schema = {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"enum": ["a"]}, "more": {"type": "string"}},
        "not": {"required": ["more"]},
    }
    sample = Sample()
    judges = [Judge(sample.validator(schema)) for _ in range(IN_VAIN + 1)]
    made = [sample.generator.value(schema, judge, at, now=NOW, style=style) for at, judge in enumerate(judges)]

    assert made == [{"kind": "a"}] * len(judges)
    drafts = sum(each != "plain" for each in TRIES[style])
    assert [judge.asked for judge in judges][-2:] == [drafts + 1, 2]


def test_what_is_valid_at_times_is_tried_as_ever() -> None:
    """One value that needs the plainest says nothing of the next."""
    schema = {
        "type": "object",
        "required": ["size"],
        "properties": {"size": {"type": "integer", "minimum": 1, "maximum": 3}},
        "not": {"properties": {"size": {"minimum": 2}}},
    }
    sample = Sample()
    judge = Judge(sample.validator(schema))
    for at in range(40):
        sample.generator.value(schema, judge, at, now=NOW, style="fresh")

    assert judge.asked > 40 * 2
