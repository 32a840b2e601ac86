"""Requests that broke the contract, expected and not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.mock import BrokenContract, Mock
from mockserver.mock.violations import MOST

CREATE = ("POST", "/v1/lists")


def ask(mock: Mock, method: str, path: str, token: str | None = "wk_demo_api", **more: Any) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    mock.client.request(method, path, headers=headers, **more)


BROKEN: dict[str, Callable[[Mock], None]] = {
    "not_found": lambda mock: ask(mock, "GET", "/v1/listz"),
    "method_not_allowed": lambda mock: ask(mock, "DELETE", "/v1/lists"),
    "unauthorized": lambda mock: ask(mock, "GET", "/v1/lists", "wk_wrong"),
    "forbidden": lambda mock: ask(mock, *CREATE, "wk_demo_hris", json={"external_id": "A", "title": "A"}),
    "invalid": lambda mock: ask(mock, *CREATE, json={"external_id": 3}),
    "too_large": lambda mock: ask(mock, *CREATE, content=b" " * (10 * 1024 * 1024 + 1)),
}
KEPT: dict[str, Callable[[Mock], None]] = {
    "an unknown id": lambda mock: ask(mock, "GET", "/v1/lists/nobody-knows"),
    "a name that is taken": lambda mock: ask(mock, *CREATE, json={"external_id": "XYZ-098", "title": "A"}),
    "a property that is not documented": lambda mock: ask(mock, "PATCH", "/v1/lists/x", json={"colour": "red"}),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_the_document_turns_down_breaks_the_contract(running_server: MockServer, kind: str) -> None:
    """Every kind of rejection counts."""
    mock = running_server.mock()
    BROKEN[kind](mock)
    mock.close()

    with pytest.raises(BrokenContract, match="1 request violated the contract"):
        mock.check()


@pytest.mark.parametrize("case", KEPT)
def test_what_the_state_refuses_breaks_nothing(mock: Mock, case: str) -> None:
    """A refusal that only the records decide is an answer like any other."""
    KEPT[case](mock)

    assert mock.requests().count == 1
    mock.check()


@pytest.mark.parametrize("kind", BROKEN)
def test_expected_kinds_of_violations_break_nothing(mock: Mock, kind: Any) -> None:
    """Each kind can be expected by its name, and is at hand then."""
    with mock.expect_violations(kind) as expected:
        BROKEN[kind](mock)

    assert [each.rejection.kind for each in expected if each.rejection] == [kind]
    assert expected[0] is expected[:1][0]


def test_another_kind_than_expected_breaks_the_contract(running_server: MockServer) -> None:
    """Naming a kind forgives only that kind."""
    mock = running_server.mock()
    with mock.expect_violations("invalid"):
        BROKEN["invalid"](mock)
        BROKEN["not_found"](mock)
    mock.close()

    with pytest.raises(BrokenContract, match="/v1/listz -> 404"):
        mock.check()


def test_the_innermost_expectation_takes_a_violation(mock: Mock) -> None:
    """What it does not take goes to the one around it."""
    with mock.expect_violations() as outer, mock.expect_violations("invalid") as inner:
        BROKEN["invalid"](mock)
        BROKEN["not_found"](mock)

    assert (len(outer), len(inner)) == (1, 1)


def test_a_violation_after_the_block_breaks_the_contract(running_server: MockServer) -> None:
    """The expectation ends with its block."""
    mock = running_server.mock()
    with mock.expect_violations():
        BROKEN["invalid"](mock)
    BROKEN["invalid"](mock)
    mock.close()

    with pytest.raises(BrokenContract):
        mock.check()


def test_an_expectation_without_a_block_holds_to_the_end(mock: Mock) -> None:
    """From where it is said."""
    mock.expect_violations()
    BROKEN["invalid"](mock)
    BROKEN["not_found"](mock)

    mock.check()


def test_an_expected_violation_has_to_come(mock: Mock) -> None:
    """In a block and without one."""
    with (
        pytest.raises(BrokenContract, match=re.escape("(invalid), but none was sent")),
        mock.expect_violations("invalid"),
    ):
        pass
    mock.expect_violations()

    with pytest.raises(BrokenContract, match="violates the contract, but none was sent"):
        mock.check()


def test_an_error_in_the_block_is_not_hidden(mock: Mock) -> None:
    """That no violation came is not what went wrong then."""
    with pytest.raises(ZeroDivisionError), mock.expect_violations():
        raise ZeroDivisionError


def test_the_explanation_tells_what_to_mend(running_server: MockServer) -> None:
    """Request, status, operation, each rule broken, the body, and how to say that it is meant."""
    mock = running_server.mock()
    ask(mock, *CREATE, json={"list_type": "teams"})
    ask(mock, "GET", "/v1/lists", None)
    ask(mock, "DELETE", "/v1/lists/x", "wk_demo_hris")
    ask(mock, "GET", "/v1/listz")
    mock.close()

    assert mock.forgive().splitlines() == [
        "4 requests violated the contract:",
        "  POST /v1/lists -> 422 (workshop.create_list)",
        "      body external_id: is required",
        "      body title: is required",
        '      body list_type: must be one of standard, location, department, team, got "teams"',
        '      sent: {"list_type":"teams"}',
        "  GET /v1/lists -> 401 (workshop.list_lists)",
        "      no credential was sent; send one of the demo credentials",
        "      mock.credential('workshop') is one, and mock.headers('workshop') sends it",
        "  DELETE /v1/lists/x -> 403 (workshop.delete_list)",
        "      the credential lacks the scope sync-source:api; send one that has it",
        "      mock.credentials('workshop') tells what each may do",
        "  GET /v1/listz -> 404",
        "      No documented path matches /v1/listz. The nearest are: /v1/lists, /api/v1/lists, /v1/lists/{id}.",
        "      served: audience, crm, prospects, salesnav, workshop",
        "If the test means to send them, say so: mock.expect_violations().",
    ]
    assert mock.forgive() == ""


def test_many_violations_are_told_by_their_number(running_server: MockServer) -> None:
    """The first five are told whole, however many there are; a long body is cut."""
    mock = running_server.mock()
    ask(mock, *CREATE, json={"list_type": "x" * 500})
    for _ in range(MOST + 1):
        BROKEN["not_found"](mock)
    mock.close()
    told = mock.forgive()

    assert told.startswith(f"{MOST + 2} requests violated the contract:")
    assert f"… and {MOST - 3} more" in told
    assert "x…\n" in told


def test_the_default_world_is_nobody_s_to_answer_for(mock: Mock) -> None:
    """Violations outside a mock's own world are not its own."""
    mock.client.get("/v1/nope", headers={"X-Mock-World": "default"})

    mock.check()
