"""Whether requests came as expected, asked of the control plane; how they are matched is the pattern's own matter."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.control.steps import LIST, errors

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def asked(control: httpx.Client, workshop: httpx.Client) -> None:
    """Two pages, one list, one new list."""
    workshop.get("/v1/lists?limit=1", headers={"X-Run": "first run"})
    workshop.get("/v1/lists?limit=2", headers={"X-Run": "second run"})
    workshop.get(f"/v1/lists/{LIST}")
    workshop.post("/v1/lists", json={"title": "New", "external_id": "new", "email_address": "new@example.com"})


def verify(control: httpx.Client, **expectation: Any) -> Json:
    answer = control.post("/verify", json=expectation)
    assert answer.status_code == 200
    verification: Json = answer.json()
    return verification


@pytest.mark.parametrize(
    ("expectation", "verified", "words", "numbers"),
    [
        ({}, True, "at least 1", [4, 3, 2, 1]),
        ({"operationId": "list_lists"}, True, "at least 1", [2, 1]),
        ({"operationId": "list_lists", "exactly": 2}, True, "exactly 2", [2, 1]),
        ({"operationId": "list_lists", "exactly": 1}, False, "exactly 1", [2, 1]),
        ({"operationId": "list_lists", "atLeast": 2}, True, "at least 2", [2, 1]),
        ({"operationId": "list_lists", "atLeast": 3}, False, "at least 3", [2, 1]),
        ({"operationId": "list_lists", "atMost": 2}, True, "at most 2", [2, 1]),
        ({"operationId": "list_lists", "atMost": 1}, False, "at most 1", [2, 1]),
        ({"operationId": "list_lists", "atLeast": 1, "atMost": 2}, True, "at least 1 and at most 2", [2, 1]),
        (
            {"operationId": "list_lists", "exactly": 2, "atLeast": 1, "atMost": 3},
            True,
            "exactly 2 and at least 1 and at most 3",
            [2, 1],
        ),
        ({"operationId": "update_list", "exactly": 0}, True, "exactly 0", []),
        ({"operationId": "update_list", "atMost": 0}, True, "at most 0", []),
        ({"api": "crm", "exactly": 0}, True, "exactly 0", []),
        ({"method": "POST", "status": 201, "exactly": 1}, True, "exactly 1", [4]),
        ({"path": "/v1/lists", "exactly": 3}, True, "exactly 3", [4, 2, 1]),
        ({"path": "/v1/*", "exactly": 4}, True, "exactly 4", [4, 3, 2, 1]),
        ({"path": "/v1/lists/*", "exactly": 1}, True, "exactly 1", [3]),
        ({"query": {"limit": "1"}, "exactly": 1}, True, "exactly 1", [1]),
        ({"headers": {"x-run": "second"}, "exactly": 1}, True, "exactly 1", [2]),
        ({"body": {"title": "New"}, "exactly": 1}, True, "exactly 1", [4]),
        ({"body": {"title": "Old"}, "exactly": 0}, True, "exactly 0", []),
    ],
)
def test_verify(control: httpx.Client, expectation: Json, verified: bool, words: str, numbers: list[int]) -> None:
    """Requests that match are counted and compared with what is expected of their number."""
    found = verify(control, **expectation)

    assert (found["verified"], found["expected"]) == (verified, words)
    assert (found["count"], found["numbers"]) == (len(numbers), numbers)
    assert found["forgotten"] == 0


@pytest.mark.parametrize(
    ("numbers", "places"),
    [
        ({"atLeast": 3, "atMost": 1}, {"body /atLeast", "body /atMost"}),
        ({"exactly": 2, "atLeast": 3}, {"body /exactly", "body /atLeast"}),
        ({"exactly": 2, "atMost": 1}, {"body /exactly", "body /atMost"}),
    ],
)
def test_no_number_can_be_as_expected(control: httpx.Client, numbers: Json, places: set[str]) -> None:
    """Numbers that exclude each other are refused: the answer would say nothing about the requests."""
    answer = control.post("/verify", json=numbers)

    assert answer.status_code == 409
    assert set(errors(answer)) == places


def test_the_nearest_misses(control: httpx.Client) -> None:
    """What misses by least comes first, with each difference."""
    found = verify(control, operationId="create_list", body={"title": "Old", "list_type": "location"}, exactly=1)

    assert found["verified"] is False
    nearest = found["nearest"][0]
    assert nearest["entry"]["number"] == 4
    assert nearest["differences"] == [
        'body.title: expected "Old", got "New"',
        'body.list_type: expected "location", got nothing',
    ]
    assert len(found["nearest"]) == 3


def test_too_many_have_no_nearest_misses(control: httpx.Client) -> None:
    """Where more came than expected, those that came say why, and nothing was missed."""
    found = verify(control, operationId="list_lists", exactly=1)

    assert found["nearest"] == []
    assert found["numbers"] == [2, 1]


def test_forgotten_requests_are_said(control: httpx.Client, workshop: httpx.Client) -> None:
    """A journal that no longer keeps everything says how much it has not looked at."""
    for _ in range(1003):
        workshop.get("/nope")

    found = verify(control, operationId="list_lists", exactly=0)

    assert (found["verified"], found["forgotten"]) == (True, 7)


def test_null_is_a_body(control: httpx.Client, workshop: httpx.Client) -> None:
    """A body of null is expected where null is said, and no body is asked for where none is."""
    workshop.post("/v1/lists", content="null", headers={"Content-Type": "application/json"})

    assert verify(control, body=None)["numbers"] == [5]


@pytest.mark.parametrize(
    ("expectation", "place", "words"),
    [
        (
            {"operationId": "list_list", "exactly": 0},
            "body /operationId",
            "no API has an operation 'list_list'; did you mean",
        ),
        (
            {"api": "crm", "operationId": "list_lists"},
            "body /operationId",
            "crm has no operation 'list_lists'; did you mean",
        ),
        ({"api": "workshops"}, "body /api", "no API called 'workshops' is served; expected"),
    ],
)
def test_a_misspelt_name_is_refused(control: httpx.Client, expectation: Json, place: str, words: str) -> None:
    """A name that is not served would be verified to have come 0 times."""
    answer = control.post("/verify", json=expectation)

    assert answer.status_code == 409
    assert errors(answer)[place].startswith(words)
