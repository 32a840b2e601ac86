"""Fault rules as tests word them."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.mock import Mock
from mockserver.runtime.faults import Delay, Limit, Reply, Rule


def lists(mock: Mock, **more: Any) -> Any:
    return mock.client.get("/contacts/lists", **more)


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"delay": 0.5}, {"delay": Delay("fixed", 0.5)}),
        ({"delay": (0.1, 0.2)}, {"delay": Delay("uniform", 0.1, 0.2)}),
        ({"delay": Delay("lognormal", 1, 0.5)}, {"delay": Delay("lognormal", 1, 0.5)}),
        ({"status": 500}, {"reply": Reply("documented", 500)}),
        ({"status": 404, "example": "gone"}, {"reply": Reply("documented", 404, "gone")}),
        ({"status": 429}, {"reply": Reply("too_many_requests", 429)}),
        ({"retry_after": 7}, {"reply": Reply("too_many_requests", 429, retry_after=7)}),
        ({"status": 503, "retry_after": 7}, {"reply": Reply("too_many_requests", 503, retry_after=7)}),
        ({"limit": (5, 1.0)}, {"limit": Limit(5, 1.0), "reply": Reply("too_many_requests", 429)}),
        ({"limit": (5, 1.0), "damage": "close"}, {"limit": Limit(5, 1.0), "damage": "close"}),
        ({"body": {"a": 1}}, {"reply": Reply("respond", 500, body={"a": 1})}),
        ({"body": None, "status": 418}, {"reply": Reply("respond", 418, body=None)}),
        ({"headers": {"X-A": "b"}}, {"reply": Reply("respond", 500, headers={"X-A": "b"})}),
        ({"damage": "drip", "rate": 10, "nth": 2}, {"damage": "drip", "rate": 10, "nth": 2}),
        ({"damage": "reset", "probability": 0.5, "times": 3}, {"damage": "reset", "probability": 0.5, "times": 3}),
    ],
)
def test_arguments_make_a_rule(mock: Mock, arguments: dict[str, Any], rule: dict[str, Any]) -> None:
    """What a test says in one line is the rule that the control plane would be sent."""
    assert mock.fault(**arguments).rule == Rule("mock-1", **rule)


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
