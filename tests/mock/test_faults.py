"""Fault rules as tests word them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from mockserver.errors import MockServerError
from mockserver.mock import Mock
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern


def lists(mock: Mock, **more: Any) -> Any:
    return mock.client.get("/contacts/lists", **more)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"delay": 0.5}, {"delay": Delay("fixed", 0.5)}),
        ({"delay": (0.1, 0.2)}, {"delay": Delay("uniform", 0.1, 0.2)}),
        ({"delay": [0.1, 0.2]}, {"delay": Delay("uniform", 0.1, 0.2)}),
        ({"delay": Delay("lognormal", 1, 0.5)}, {"delay": Delay("lognormal", 1, 0.5)}),
        ({"delay": {"kind": "lognormal", "median": 1, "sigma": 0.5}}, {"delay": Delay("lognormal", 1, 0.5)}),
        ({"reply": {"kind": "tooManyRequests"}}, {"reply": Reply("too_many_requests", 429)}),
        ({"status": 500}, {"reply": Reply("documented", 500)}),
        ({"status": 404, "example": "gone"}, {"reply": Reply("documented", 404, "gone")}),
        ({"status": 429}, {"reply": Reply("too_many_requests", 429)}),
        ({"retry_after": 7}, {"reply": Reply("too_many_requests", 429, retry_after=7)}),
        ({"status": 503, "retry_after": 7}, {"reply": Reply("too_many_requests", 503, retry_after=7)}),
        ({"limit": (5, 1.0)}, {"limit": Limit(5, 1.0), "reply": Reply("too_many_requests", 429)}),
        ({"limit": (5, 1.0), "damage": "close"}, {"limit": Limit(5, 1.0), "damage": "close"}),
        ({"body": {"a": 1}}, {"reply": Reply("respond", 500, body={"a": 1})}),
        ({"body": None, "status": 418}, {"reply": Reply("respond", 418, body=None)}),
        ({"headers": {"X-A": "b"}}, {"reply": Reply("respond", 500, headers={"x-a": "b"})}),
        (
            {"method": "post", "status": 500},
            {"match": RequestPattern(method="POST"), "reply": Reply("documented", 500)},
        ),
        ({"damage": "drip", "rate": 10, "nth": 2}, {"damage": "drip", "rate": 10, "nth": 2}),
        ({"damage": "reset", "probability": 0.5, "times": 3}, {"damage": "reset", "probability": 0.5, "times": 3}),
    ],
)
def test_arguments_make_a_rule(mock: Mock, arguments: dict[str, Any], rule: dict[str, Any]) -> None:
    """What a test says in one line is the rule that the control plane would be sent."""
    assert mock.fault(**arguments).rule == Rule("mock-1", **rule)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "a fault needs an effect: give it a delay, a status, a body, a limit or a damage."),
        (
            {"damage": "explode"},
            'a fault\'s damage must be one of close, reset, truncate, malformed, drip, got "explode".',
        ),
        (
            {"delay": "1s"},
            "a fault's delay must be seconds, two such as (0.1, 0.5), a Delay, or what the control plane",
        ),
        ({"delay": -1}, "a fault's delay must be at least 0, got -1."),
        ({"delay": 61}, "a fault's delay must be at most 60, got 61."),
        ({"delay": True}, "a fault's delay must be of type number, got true."),
        ({"delay": (0.2, 0.1)}, "a fault's delay must not be less than `from`, which is 0.2, got 0.1."),
        ({"delay": (0.1, 0.2, 0.3)}, "or what the control plane takes, got (0.1, 0.2, 0.3)."),
        ({"delay": Delay("uniform", 5, 1)}, "a fault's delay must not be less than `from`, which is 5, got 1."),
        ({"delay": {"kind": "never"}}, 'a fault\'s delay must be one of fixed, uniform, lognormal, got "never".'),
        ({"limit": 5}, "a fault's limit must be (requests, seconds), such as (5, 1.0), got 5."),
        ({"limit": (0, 1)}, "a fault's limit must be at least 1, got 0."),
        ({"limit": (5, 0)}, "a fault's limit must be at least 0.001, got 0."),
        ({"nth": 0, "delay": 1}, "a fault's nth must be at least 1, got 0."),
        ({"times": 1.5, "delay": 1}, "a fault's times must be of type integer, got 1.5."),
        ({"rate": 0, "damage": "drip"}, "a fault's rate must be at least 1, got 0."),
        ({"rate": 2_000_000, "damage": "drip"}, "a fault's rate must be at most 1000000, got 2000000."),
        ({"probability": 7, "delay": 1}, "a fault's probability must be at most 1, got 7."),
        ({"status": 99}, "a fault's status must be at least 200, got 99."),
        ({"retry_after": 0}, "a fault's retry_after must be at least 1, got 0."),
        ({"example": "documented", "delay": 1}, "a fault's status is required."),
        ({"retry_after": 3, "body": "x"}, "a fault's retry_after is not an allowed property."),
        ({"method": "FETCH", "delay": 1}, "a fault's method must be one of GET, PUT, POST, DELETE,"),
        ({"path": "/" * 1500, "delay": 1}, "a fault's path must have at most 1000 character(s)."),
        ({"headers": {"X-A": 3}}, "a fault's headers must be of type string, got 3."),
        ({"headers": {"X-A": "a\r\nb"}}, "a fault's headers must match the pattern"),
        ({"headers": {"X A": "a"}}, "a fault's headers must match the pattern"),
        ({"headers": {"X-A": "a" * 600, "x-a": "b" * 600}}, "a fault's headers must have at most 1000 character(s)."),
        ({"request_headers": ["X-A"], "delay": 1}, 'a fault\'s request_headers must be of type object, got ["X-A"].'),
        ({"body": {3, 4}}, "a fault's body must be JSON, got {3, 4}."),
        ({"reply": {"kind": "respond", "status": 99}}, "a fault's status must be at least 200, got 99."),
        (
            {"reply": {"kind": "documented", "status": 500}, "status": 500},
            "a fault's reply is the complete response: omit",
        ),
    ],
)
def test_arguments_that_make_no_rule_are_refused(mock: Mock, arguments: dict[str, Any], message: str) -> None:
    """At once and by name, not when the first request meets the rule."""
    with pytest.raises(MockServerError, match=re.escape(message)):
        mock.fault(**arguments)

    assert mock.world.faults == ()


@pytest.mark.parametrize(
    ("operation", "arguments", "message"),
    [
        ("crm.list_contact_lists", {"status": 418}, "list_contact_lists documents no 418, but 200"),
        ("create_list", {"status": 418}, "create_list documents no 418, but 201, 400, 401, 403, "),
        (
            "workshop.create_list",
            {"status": 409, "example": "nope"},
            "create_list has no example 'nope' of 409; expected documented.",
        ),
        ("create_list", {"status": 503, "example": "nope"}, "no example 'nope' of 503; expected none."),
    ],
)
def test_what_no_operation_of_that_name_documents_is_refused(
    mock: Mock, operation: str, arguments: dict[str, Any], message: str
) -> None:
    """A slip in a number would otherwise be a test of an answer that no server gives."""
    with pytest.raises(MockServerError, match=re.escape(message)):
        mock.fault(operation, **arguments)


@pytest.mark.parametrize(
    "arguments",
    [{"status": 409, "example": "documented"}, {"status": 503}, {"status": 418, "body": None}, {"retry_after": 3}],
    ids=["documented", "a server error", "with a body", "too many requests"],
)
def test_what_stands_before_a_server_may_answer_so(mock: Mock, arguments: dict[str, Any]) -> None:
    """Server errors and rate limits need no document; a body says that the answer is meant."""
    mock.fault("workshop.create_list", **arguments)
    answer = mock.client.post("/v1/lists", json={"external_id": "A", "title": "A"}, headers=mock.headers("workshop"))

    assert answer.status_code == arguments.get("status", 429)


def test_a_fault_meets_only_what_it_names(mock: Mock) -> None:
    """Operation, API, method, path and headers narrow it down."""
    fault = mock.fault(
        "crm.list_contact_lists",
        method="GET",
        path="/contacts/*",
        request_headers={"x-way": "hard"},
        status=503,
        body="down",
    )
    spared, met = lists(mock), lists(mock, headers={"X-Way": "hard"})

    assert (spared.status_code, met.status_code, met.text) == (200, 503, "down")
    assert fault.fired == 1


def test_a_fault_ends_with_its_block(mock: Mock) -> None:
    """Within it fires, afterwards not; others stay."""
    stays = mock.fault("list_filter_options", status=503, body="down")
    with mock.fault("list_contact_lists", status=503, body="down") as fault:
        during = lists(mock).status_code
    after = lists(mock).status_code
    fault.remove()

    assert (during, after) == (503, 200)
    assert mock.client.get("/contacts/lists/options").status_code == 503
    assert (fault.fired, stays.fired) == (1, 1)


def test_a_fault_that_never_fired_says_so(mock: Mock) -> None:
    """Its count begins at none."""
    assert mock.fault(status=500).fired == 0


def test_each_mock_has_faults_of_its_own(mock: Mock) -> None:
    """A rule in one world is none in another."""
    mock.fault(status=503, body="down")
    with mock.server.mock() as other:
        assert lists(other).status_code == 200
    assert lists(mock).status_code == 503
