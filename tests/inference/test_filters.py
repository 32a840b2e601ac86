"""Filters of lists that clients ask for in any number."""

from __future__ import annotations

from mockserver.inference.filters import SELECTED, SORTED, Filters, selected
from tests.patience import bounded

SORTING = Filters({}, None, "sort", None, None, ())


def test_the_first_field_that_is_named_sorts_first() -> None:
    """What it leaves equal, the next one sorts."""
    records = [{"a": 1, "b": 1}, {"a": 2, "b": 2}, {"a": 1, "b": 3}]

    assert SORTING.applied(records, {"sort": "a,-b"}) == [records[2], records[0], records[1]]
    assert SORTING.applied(records, {"sort": ["-a", "b"]}) == [records[1], records[0], records[2]]


def test_a_request_sorts_by_so_many_fields() -> None:
    """Each would sort all items once more, while every other request waits."""
    records = [{"a": number} for number in range(2000)]

    with bounded():
        assert SORTING.applied(records, {"sort": ",".join(["-a"] + ["b"] * 30_000)})[0] == {"a": 1999}
        assert SORTING.applied(records, {"sort": ["b"] * SORTED + ["-a"]}) == records


def test_a_request_chooses_so_many_fields() -> None:
    """They are looked for in each item of a page."""
    item = {"a": 1, "b": 2}

    assert selected(item, ["a"] * SELECTED + ["b"]) == {"a": 1}
    assert selected(item, "a,b") == item
