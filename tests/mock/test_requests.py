"""Requests that a test asks for, and what it is told when they are not as it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from mockserver.mock import Mock, Requests

BODY = {"name": "Everybody", "description": "All of them"}


@pytest.fixture
def asked(mock: Mock) -> Mock:
    """A world that two lists and a page were asked of."""
    headers = mock.headers("audience")
    mock.client.get("/api/v1/lists", params={"limit": 2}, headers=headers)
    mock.client.post("/api/v1/lists", json=BODY, headers=headers)
    mock.client.post("/api/v1/lists", json=BODY | {"name": "Somebody"}, headers=headers)
    return mock


@pytest.mark.parametrize(
    ("ask", "count"),
    [
        (lambda mock: mock.requests(), 3),
        (lambda mock: mock.requests("create_list"), 2),
        (lambda mock: mock.requests("audience.create_list"), 2),
        (lambda mock: mock.requests("create_list", api="workshop"), 0),
        (lambda mock: mock.requests(api="audience", method="GET"), 1),
        (lambda mock: mock.requests(path="/api/v1/lists", status=201), 2),
        (lambda mock: mock.requests("list_lists", query={"limit": "2"}), 1),
        (lambda mock: mock.requests("list_lists", query={"limit": 2}), 1),
        (lambda mock: mock.requests("list_lists", query={"limit": True}), 0),
        (lambda mock: mock.requests(method="post"), 2),
        (lambda mock: mock.requests(headers={"authorization": "ak_demo"}), 3),
        (lambda mock: mock.requests("create_list", body={"name": "Somebody"}), 1),
    ],
)
def test_requests_are_found_by_pattern(asked: Mock, ask: Callable[[Mock], Requests], count: int) -> None:
    """Operation, API, method, path, status, query, headers and body, alone and together."""
    found = ask(asked)

    assert found.count == len(found) == len(list(found)) == count


def test_requests_are_a_list_of_exchanges(asked: Mock) -> None:
    """Oldest first, each with what was sent and answered."""
    found = asked.requests("audience.create_list")

    assert [each.request.json()["name"] for each in found] == ["Everybody", "Somebody"]
    assert found[-1].response is not None
    assert found[-1].response.json()["data"]["name"] == "Somebody"
    assert [each.status for each in found[:1]] == [201]
    assert repr(found) == "<2 requests of audience.create_list>"


def test_a_count_tells_what_came_nearest(asked: Mock) -> None:
    """Each miss with how it differs; those that read alike once."""
    count = asked.requests("audience.create_list", body={"name": "Nobody"}).count

    assert count == 0
    assert count.requests_explanation == [
        "nothing matched audience.create_list, body {'name': 'Nobody'}; nearest of 3 requests:",
        '  POST /api/v1/lists -> 201 (audience.create_list): body.name: expected "Nobody", got "Somebody"',
        '  POST /api/v1/lists -> 201 (audience.create_list): body.name: expected "Nobody", got "Everybody"',
        "  GET /api/v1/lists?limit=2 -> 200 (audience.list_lists): operationId: expected create_list, got list_lists; "
        'body: expected {"name":"Nobody"}, got nothing',
    ]


def test_a_count_tells_what_matched(asked: Mock) -> None:
    """When there are more than expected, it says which."""
    for _ in range(3):
        asked.client.get("/api/v1/lists", headers=asked.headers("audience"))

    assert asked.requests("audience.list_lists").count.requests_explanation == [
        "4 requests matched audience.list_lists:",
        "  GET /api/v1/lists?limit=2 -> 200 (audience.list_lists)",
        "  GET /api/v1/lists -> 200 (audience.list_lists)",
        "  GET /api/v1/lists -> 200 (audience.list_lists)",
        "  … and 1 more",
    ]


def test_a_world_that_nobody_asked_says_so(mock: Mock) -> None:
    """There is no miss to tell of."""
    assert mock.requests().count.requests_explanation == ["no request was sent to this world"]


@pytest.mark.parametrize("expected", [{}, {"times": 2}, {"at_least": 1}, {"at_most": 2}, {"at_least": 2, "at_most": 2}])
def test_as_many_calls_as_expected_pass(asked: Mock, expected: dict[str, Any]) -> None:
    """Exactly, at least, at most; without a number at least one."""
    asked.requests("audience.create_list").assert_called(**expected)
    asked.requests("audience.upsert_contact").assert_not_called()


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"times": 1}, "expected exactly 1 request of audience.create_list, got 2"),
        ({"at_least": 3}, "expected at least 3 requests of audience.create_list, got 2"),
        ({"at_most": 1}, "expected at most 1 request of audience.create_list, got 2"),
        ({"times": 0}, "expected exactly 0 requests of audience.create_list, got 2"),
    ],
)
def test_another_number_of_calls_is_explained(asked: Mock, expected: dict[str, Any], message: str) -> None:
    """The message has the number and the requests."""
    with pytest.raises(AssertionError) as raised:
        asked.requests("audience.create_list").assert_called(**expected)

    first, second, *_ = str(raised.value).splitlines()
    assert first == message
    assert second == "2 requests matched audience.create_list:"


@pytest.mark.parametrize(
    ("ask", "described"),
    [
        (lambda mock: mock.requests(), "any operation"),
        (lambda mock: mock.requests(method="GET", path="/x", status=200), "GET, /x, status 200"),
        (lambda mock: mock.requests(query={"a": "b"}, headers={"c": "d"}), "query {'a': 'b'}, headers {'c': 'd'}"),
        (lambda mock: mock.requests(body=None), "body None"),
    ],
)
def test_a_pattern_is_described(mock: Mock, ask: Callable[[Mock], Requests], described: str) -> None:
    """Only what it asks for is said."""
    assert repr(ask(mock)) == f"<0 requests of {described}; none was sent>"


def test_requests_that_did_not_come_say_what_did(asked: Mock) -> None:
    """Whoever looks at them, asks for the first, or compares them with a number sees what came nearest."""
    found = asked.requests("audience.create_list", status=409)
    nearest = "POST /api/v1/lists -> 201 (audience.create_list): status: expected 409, got 201"

    assert repr(found) == f"<0 requests of audience.create_list, status 409; nearest: {nearest}>"
    assert found.requests_explanation[-1] == "a number of requests is their count: mock.requests(…).count"
    with pytest.raises(IndexError, match=re.escape(nearest)):
        found[0]


def test_a_request_that_lost_its_world_is_found(mock: Mock) -> None:
    """A path from the root replaces that of the base URL, so the default world gets the request."""
    mock.server.reset()
    httpx.get(urljoin(mock.url(), "/contacts/lists"))
    httpx.post(f"{mock.server.url}/contacts/lists", json={})
    before = mock.server.mock("later")

    with pytest.raises(AssertionError) as caught:
        mock.requests("list_contact_lists").assert_called()

    assert str(caught.value).splitlines() == [
        "expected at least 1 request of list_contact_lists, got 0",
        "no request was sent to this world",
        "1 such request went to the default world during this test, without the path of mock.url() and the header of "
        "mock.headers(): urljoin(mock.url(), '/v1/lists') loses the path, mock.url() + '/v1/lists' keeps it",
        "  GET /contacts/lists -> 200 (crm.list_contact_lists)",
    ]
    assert mock.requests("create_contact_list", status=200).explanation()[2:] == [
        "  POST /contacts/lists -> 400 (crm.create_contact_list)"
    ]
    with before as later:
        assert later.requests("list_contact_lists").explanation() == ["no request was sent to this world"]


def test_a_wrong_count_tells_what_is_missing_elsewhere(mock: Mock) -> None:
    """Some came here, one went astray, and the default world has been reset in between."""
    httpx.get(f"{mock.server.url}/contacts/lists")
    with mock.server.mock() as second:
        mock.server.reset()
        second.client.get("/contacts/lists")
        for _ in range(4):
            httpx.get(f"{mock.server.url}/contacts/lists")

        explained = second.requests("list_contact_lists").count.requests_explanation

    assert explained[0] == "1 request matched list_contact_lists:"
    assert explained[2].startswith("4 such requests went to the default world")
    assert explained[-1] == "  … and 1 more"
