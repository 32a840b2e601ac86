"""The roster against a mock: over a socket, and without one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from mockserver.mock import Mock

from .roster import PAGE, Roster, titles


@pytest.fixture(params=["socket", "in process"])
def client(mock: Mock, request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    if request.param == "in process":
        yield mock.client
        return
    with httpx.Client(base_url=mock.url("workshop")) as client:
        yield client


def test_every_page_is_read(mock: Mock, client: httpx.Client) -> None:
    """As many requests as there are pages, the links followed within the test's world."""
    roster = Roster(client, mock.credential("workshop"))
    account = mock.credentials("workshop")[0]["account"]
    kept = [each for each in mock.state["workshop.lists"] if each["account"] == account]
    read = list(roster.lists())

    assert len(read) == len(kept) > PAGE
    assert mock.requests("list_lists", query={"limit": str(PAGE)}).count == 1
    assert mock.requests("list_lists", query={"cursor": ""}).count == -(-len(kept) // PAGE) - 1


def test_a_list_is_created_once(mock: Mock, client: httpx.Client) -> None:
    """The second time it is there already."""
    roster = Roster(client, mock.credential("workshop"))
    created = [roster.ensure("LEGAL", "Legal"), roster.ensure("LEGAL", "Legal")]

    assert created == [True, False]
    assert [each.status for each in mock.requests("create_list")] == [201, 409]
    assert "Legal" in [each["title"] for each in mock.state["workshop.lists"]]


def test_it_waits_as_long_as_it_is_told(mock: Mock, client: httpx.Client) -> None:
    """A rate limit is no failure."""
    paused: list[float] = []
    roster = Roster(client, mock.credential("workshop"), paused.append)
    with mock.fault("create_list", retry_after=7, times=2):
        created = roster.ensure("LEGAL", "Legal")

    assert created
    assert paused == [7.0, 7.0]
    mock.requests("create_list").assert_called(times=3)


def test_a_reset_connection_is_the_caller_s_to_see(mock: Mock, client: httpx.Client) -> None:
    """As what httpx makes of it."""
    with mock.fault("create_list", damage="reset"), pytest.raises(httpx.ReadError):
        Roster(client, mock.credential("workshop")).ensure("LEGAL", "Legal")


def test_an_unknown_key_is_refused(mock: Mock, client: httpx.Client) -> None:
    """The test means to send it, and says so."""
    with mock.expect_violations("unauthorized"), pytest.raises(httpx.HTTPStatusError, match="401"):
        list(Roster(client, "wk_unknown").lists())


def test_titles_are_read_asynchronously(mock: Mock) -> None:
    """Without a socket, on the test's own loop."""
    read = asyncio.run(titles(mock.async_client, mock.credential("workshop")))

    assert read[0] == "All Employees"
