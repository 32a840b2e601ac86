"""What a chain takes for the same: the fields that were sent, where they were sent, in the forms that a form has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scoreboard.told import Miss, expect_same, first_page, is_decided

SENT: dict[str, Any] = {"identity": {"type": "own"}}


def test_what_was_sent_within_an_object_is_compared_with_what_is_read_there() -> None:
    """Not with a field of that name elsewhere, whether or not that one agrees."""
    expect_same(SENT, {"type": "machine", "identity": {"type": "own"}}, "what was sent", {})

    with pytest.raises(Miss, match="what was sent is read differently: type"):
        expect_same(SENT, {"type": "own", "identity": {"type": "other"}}, "what was sent", {})


def test_what_was_sent_may_be_unable_to_stand_in_what_is_read() -> None:
    """A field that the answer has in another type cannot keep it, and no other field is excused by that."""
    read = {"size": 4, "name": "other"}
    with pytest.raises(Miss, match=r"what was sent is read differently: name$"):
        expect_same({"size": "big", "name": "own"}, read, "what was sent", {}, lambda *told: told[2] != "size")


@pytest.mark.parametrize(("sent", "read"), [("5", 5), ("5", 5.0), ("true", True), ("0.5", 0.5)])
def test_a_value_of_a_form_is_read_as_what_it_says(sent: str, read: Any) -> None:
    """Whether or not the answer has it as text."""
    expect_same({"size": sent}, {"size": read}, "what was sent", {})


@pytest.mark.parametrize(
    ("name", "decided"),
    [("id", True), ("lastUpdated", True), ("version_number", True), ("conversions", False), ("unchanged", False)],
)
def test_a_server_decides_identifiers_times_and_versions(name: str, decided: bool) -> None:
    """By whole words of their names."""
    assert is_decided(name) == decided


@pytest.mark.parametrize(
    ("parameter", "number"),
    [
        ({}, 1),
        ({"schema": {"default": 0}}, 0),
        ({"schema": {"minimum": 0, "default": 1}}, 1),
        ({"description": "Page numbers are 0-based."}, 0),
    ],
)
def test_pages_begin_as_their_parameter_says(parameter: dict[str, Any], number: int) -> None:
    """At 1 if it says nothing."""
    assert first_page(parameter) == number
