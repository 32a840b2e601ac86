"""What requests changed, and how a world stood, as a test asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import MockServer
from mockserver.errors import MockServerError, WorldError
from mockserver.mock import BrokenContract, Mock

LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"


def create(mock: Mock, title: str = "New") -> None:
    body = {"title": title, "external_id": title, "email_address": "lists@example.com"}
    mock.client.post("/v1/lists", json=body, headers=mock.headers("workshop"))


def rename(mock: Mock, title: str) -> None:
    mock.client.patch(f"/v1/lists/{LIST}", json={"title": title}, headers=mock.headers("workshop"))


def title(mock: Mock) -> str:
    return next(str(each["title"]) for each in mock.state["workshop.lists"] if each["id"] == LIST)


def test_what_the_requests_of_an_operation_changed(mock: Mock) -> None:
    """In their order, each record before and after."""
    create(mock, "One")
    rename(mock, "Two")
    create(mock, "Three")
    created = mock.changes("create_list")
    [renamed] = mock.changes(mock.requests("update_list")[0])

    assert [(each.kind, each.collection, each.after and each.after["title"]) for each in created] == [
        ("added", "workshop.lists", "One"),
        ("added", "workshop.lists", "Three"),
    ]
    assert (renamed.kind, renamed.key) == ("changed", LIST)
    assert renamed.before is not None
    assert (renamed.before["title"], mock.changes(2)) == ("All Employees", [renamed])
    assert mock.changes() == [created[0], renamed, created[1]]


@pytest.mark.parametrize(("when", "expected"), [("before", "All Employees"), ("after", "Sales")])
def test_a_mock_as_it_was_at_a_request(mock: Mock, when: Any, expected: str) -> None:
    """A world of its own, to which it also resets; it is dropped with the mock that it came from."""
    rename(mock, "Sales")
    rename(mock, "Support")
    then = mock.at(1, when)
    found = title(then)
    rename(then, "Elsewhere")
    then.reset()

    assert found == title(then) == expected
    assert title(mock) == "Support"
    mock.close()
    assert then.world not in mock.server.app.worlds


def test_what_breaks_the_contract_there_fails_the_test_too(running_server: MockServer) -> None:
    """A fork is part of the test."""
    mock = running_server.mock()
    rename(mock, "Sales")
    mock.at(1).client.get("/nowhere")

    with pytest.raises(BrokenContract, match="GET /nowhere"):
        mock.check()
    mock.at(1).client.get("/nowhere")
    assert "GET /nowhere" in mock.forgive()
    mock.check()
    mock.close()


def test_a_request_is_sent_once_more(mock: Mock) -> None:
    """As it was asked then, or into the world as it stands."""
    create(mock)
    then = mock.replay(1)
    total = mock.requests().count
    here = mock.replay(mock.requests("create_list")[0], here=True)

    assert (then.status, here.status, total) == (201, 409, 1)
    assert mock.requests("create_list", status=409).count == 1


def test_a_world_is_compared_with_a_snapshot(mock: Mock) -> None:
    """True if a record differs; the patch leads there."""
    before = mock.snapshot()
    unchanged = mock.compare(before)
    rename(mock, "Sales")
    create(mock)
    found = mock.compare(before)
    then = mock.at(1)
    then.state.patch(found.patch)

    assert not unchanged
    assert unchanged.same
    assert not found.same
    assert sorted(each.kind for each in found) == ["added", "changed"]
    assert found[:1] == [found[0]]
    assert not then.compare(mock)
    assert len(mock.compare(before, then)) == 2
    assert "Sales" in repr(found)
    assert repr(unchanged) == "<Comparison: no record differs>"
    assert found.requests_explanation != unchanged.requests_explanation == ["no record differs"]
    assert found.shown()["patch"] == found.patch


def test_an_id_drawn_is_a_difference_though_no_record_is(mock: Mock) -> None:
    """`same` says so."""
    before = mock.snapshot()
    mock.world.ids.uuid()
    found = mock.compare(before)

    assert (found.same, len(found)) == (False, 0)


@pytest.mark.parametrize(
    ("act", "error", "said"),
    [
        (lambda mock: mock.at(9), WorldError, "no entry 9"),
        (lambda mock: mock.at("create_list"), MockServerError, r"mock.requests\(…\)\[0\]"),
        (lambda mock: mock.at(1, "during"), MockServerError, "one of before, after"),
        (lambda mock: mock.changes(True), MockServerError, "got true"),
        (lambda mock: mock.changes("create_lists"), WorldError, "create_list"),
        (lambda mock: mock.compare("before"), MockServerError, r"mock.snapshot\(\)"),
        (lambda mock: mock.replay(9), WorldError, "no entry 9"),
    ],
)
def test_what_cannot_be_asked_for(mock: Mock, act: Any, error: type[Exception], said: str) -> None:
    """The message says what can."""
    with pytest.raises(error, match=said):
        act(mock)


def test_a_request_of_another_world_is_told(running_server: MockServer, mock: Mock) -> None:
    """It changed nothing here."""
    with running_server.mock() as other:
        rename(other, "Sales")
        with pytest.raises(MockServerError, match="went to the world"):
            mock.at(other.requests()[0])


def test_a_failed_count_says_what_the_requests_changed(mock: Mock) -> None:
    """Below each that matched."""
    create(mock)
    with pytest.raises(AssertionError) as failed:
        mock.requests("create_list").assert_not_called()

    assert "workshop.lists" in str(failed.value)
    assert "added: {" in str(failed.value)


def test_the_latest_changes_are_told(mock: Mock) -> None:
    """And how many came before; nothing is told where nothing was changed."""
    nothing = mock.changes_explanation()
    for number in range(7):
        rename(mock, f"T{number}")
    told = mock.changes_explanation().split("\n")

    assert nothing == ""
    assert told[1] == "  … and 2 before these"
    assert told[-1].strip() == f'workshop.lists {LIST} /title: "T5" -> "T6"'
    assert told[-2].strip() == f"7. PATCH /v1/lists/{LIST} -> 200 (workshop.update_list)"
