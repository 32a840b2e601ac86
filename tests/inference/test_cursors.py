"""Cursors of lists: places as text of our own, as numbers, or in a form that can hold none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.inference import cursors
from mockserver.inference.cursors import read_cursor, write_cursor
from tests.inference.test_places import TITLE, serve

THING = {"id": {"type": "integer"}, **TITLE}


def test_a_page_that_is_asked_again_leads_on_by_the_same_cursor(tmp_path: Path) -> None:
    """Though a cursor of the document's form is made up."""
    client = serve(tmp_path, THING, next_cursor={"type": "string"})

    first, second = (client.get("/things", params={"limit": 1}).json()["next_cursor"] for _ in range(2))
    assert first == second


def test_so_many_made_cursors_are_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of which clients ask ever other pages takes no more memory; one that is forgotten leads to nothing."""
    monkeypatch.setattr(cursors, "MOST", 1)
    client = serve(tmp_path, THING, next_cursor={"type": "string"})
    first = client.get("/things", params={"limit": 1}).json()["next_cursor"]
    second = client.get("/things", params={"limit": 2}).json()["next_cursor"]

    assert first != second
    assert len(client.get("/things", params={"limit": 1, "cursor": second}).json()["data"]) == 1
    assert client.get("/things", params={"limit": 1, "cursor": first}).json()["data"] == []


@pytest.mark.parametrize("place", [0, 1, 4096, -1])
def test_a_cursor_of_our_own_is_read_as_it_was_written(place: int) -> None:
    """Whatever the place."""
    assert read_cursor(write_cursor(place)) == place
