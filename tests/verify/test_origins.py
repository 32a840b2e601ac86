"""Whoever repeats a request gets the requests that created what it is about."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.verify import origins
from mockserver.verify.events import Exchange
from mockserver.verify.origins import Origins


def exchange(
    method: str, path: str, status: int | None = 200, answer: Any = None, location: str | None = None
) -> Exchange:
    headers = [] if location is None else [("Content-Type", "text/plain"), ("location", location)]
    body = b"" if answer is None else json.dumps(answer).encode()
    return Exchange(
        method, f"http://h{path}", [], None, 0.0, status=status, response_headers=headers, response_body=body
    )


@pytest.mark.parametrize(
    "created",
    [
        exchange("POST", "/v1/lists", 201, {"id": "a b", "name": "x"}),
        exchange("POST", "/v1/lists/", 201, {"data": {"id": "a b"}, "tags": ["a b"]}),
        exchange("POST", "/v1/lists", 202, location="http://h/v1/lists/a%20b?x=1"),
    ],
)
def test_a_creation_is_known_by_its_answer(created: Exchange) -> None:
    """An id in the record, in a wrapper around it, or at the end of Location."""
    known, read = Origins(), exchange("GET", "/v1/lists/a%20b/items")
    known.note(created)

    assert known.before([read]) == (created, read)
    assert known.before([created, read]) == (created, read)


@pytest.mark.parametrize(
    "other",
    [
        exchange("POST", "/v1/lists", 400, {"id": "a"}),
        exchange("POST", "/v1/lists", None, {"id": "a"}),
        exchange("PUT", "/v1/lists", 200, {"id": "a"}),
        exchange("POST", "/v1/boards", 201, {"id": "a"}),
        exchange("POST", "/v1/lists", 201, {"id": True, "name": "", "of": {"the": {"owner": "a"}}}),
        exchange("POST", "/v1/lists", 201, location="/"),
    ],
)
def test_what_created_nothing_of_it_is_no_origin(other: Exchange) -> None:
    """A refusal, another method or collection, a value that is no id of the record."""
    known, read = Origins(), exchange("GET", "/v1/lists/a")
    known.note(other)

    assert known.before([read]) == (read,)


def test_parents_come_first() -> None:
    """Each creation once, in the order in which they have to be repeated."""
    known = Origins()
    parent = exchange("POST", "/lists", 201, {"id": 7})
    child = exchange("POST", "/lists/7/items", 201, {"id": 8})
    known.note(child)
    known.note(parent)
    read, deleted = exchange("GET", "/lists/7/items/8"), exchange("DELETE", "/lists/7/items/8")

    assert known.before([deleted, read]) == (parent, child, deleted, read)


def test_the_latest_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long run takes no more memory than a short one."""
    monkeypatch.setattr(origins, "MOST", 2)
    known = Origins()
    for number in range(3):
        known.note(exchange("POST", "/lists", 201, {"id": number}))

    assert [len(known.before([exchange("GET", f"/lists/{number}")])) for number in range(3)] == [1, 2, 2]
