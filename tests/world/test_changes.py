"""What differs between two moments of worlds, record by record."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.world.changes import Change, alike, changed, changes, changes_of
from tests.world.library import BOOKS, book, library


def test_moments_that_share_their_versions_do_not_differ() -> None:
    """Found without looking at a record."""
    states = library(book("d")).moment().states

    assert changed(states, states) == []
    assert list(changes_of(BOOKS.name, states, states)) == []


def test_a_collection_that_one_moment_does_not_have_is_added_or_gone_whole() -> None:
    """As where a reload brings a collection, or takes one away."""
    states = {BOOKS.name: library(book("d"), book("e")).moment().state(BOOKS)}

    assert {(each.key, each.kind) for each in changes({}, states)} == {("d", "added"), ("e", "added")}
    assert {(each.key, each.kind) for each in changes(states, {})} == {("d", "gone"), ("e", "gone")}


def test_a_record_that_was_written_as_it_was_is_no_change() -> None:
    """It is another object of the same value."""
    world = library(book("d"), book("e"))
    before = world.moment().states
    with world.transaction():
        world[BOOKS].put(book("d"))
        world[BOOKS].put({**book("e"), "title": "Other"})
    found = list(changes(before, world.moment().states))

    assert [(each.key, each.kind) for each in found] == [("e", "changed")]
    assert isinstance(found[0], Change)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": [1, {"b": None}]}, {"a": [1.0, {"b": None}]}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [1], False),
        ([1, 2], [2, 1], False),
        (True, 1, False),
        ([True], [1], False),
        ({}, [], False),
        ("a", "a", True),
    ],
)
def test_values_are_alike_as_json_has_them(one: Any, other: Any, same: bool) -> None:
    """The integer 1 and the number 1.0 are one value, true is another, and null is not absent."""
    assert alike(one, other) is same
    assert alike(other, one) is same
