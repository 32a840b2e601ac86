"""The saved searches against a mock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from mockserver.mock import Mock

from .searches import ATTEMPTS, Searches


@pytest.fixture
def searches(mock: Mock) -> Iterator[Searches]:
    found = Searches(mock.url("crm"))
    yield found
    found.close()


def test_a_search_lives_and_dies(mock: Mock, searches: Searches) -> None:
    """Saved with a true count, renamed, deleted, all at frozen times."""
    mock.freeze("2026-04-22T10:00:00Z")
    saved = searches.save("Everybody with an a", "a")
    mock.advance(minutes=5)
    searches.rename(saved["id"], "Renamed")
    renamed = next(each for each in mock.state["crm.lists"] if each["id"] == saved["id"])
    searches.delete(saved["id"])

    assert saved["member_count"] > 0
    assert renamed["name"] == "Renamed"
    assert renamed["updated_at"] - saved["created_at"] == 300
    assert mock.requests("delete_contact_list", status=204).count == 1


def test_a_broken_connection_is_tried_again(mock: Mock, searches: Searches) -> None:
    """Until it works."""
    with mock.fault("create_contact_list", damage="reset", times=ATTEMPTS - 1) as fault:
        saved = searches.save("Persistent", "a")

    assert saved["name"] == "Persistent"
    assert fault.fired == ATTEMPTS - 1


def test_it_gives_up_at_last(mock: Mock, searches: Searches) -> None:
    """When the connection never works."""
    with mock.fault("create_contact_list", damage="close"), pytest.raises(requests.ConnectionError):
        searches.save("In vain", "a")

    assert mock.requests("create_contact_list").count == ATTEMPTS


@pytest.mark.mock(fixtures={"crm.contacts": []})
def test_nobody_matches_where_nobody_is(searches: Searches) -> None:
    """A world without contacts is one line."""
    assert searches.save("Nobody", "a")["member_count"] == 0
