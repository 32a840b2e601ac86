"""The prospecting against a mock."""

from __future__ import annotations

from urllib.error import HTTPError

import pytest

from mockserver.mock import Mock

from .prospecting import Prospecting


@pytest.fixture
def prospecting(mock: Mock) -> Prospecting:
    return Prospecting(mock.url("prospects"), "org-of-mine")


def test_a_saved_list_counts_who_matches(mock: Mock, prospecting: Prospecting) -> None:
    """And counts anew when refreshed."""
    mock.freeze("2026-04-22T10:00:00Z")
    saved = prospecting.save("Everybody")
    refreshed = prospecting.refresh(saved["id"])

    assert saved["matchedContactsNum"] == refreshed["contactsNum"] == len(mock.state["prospects.contacts"])
    assert refreshed["lastSyncedTime"].startswith("2026-04-22T10:00:00")
    assert mock.requests("save_list", body={"listName": "Everybody"}).count == 1


def test_a_list_that_is_gone_is_none(mock: Mock, prospecting: Prospecting) -> None:
    """What the state refuses is no broken contract."""
    taken = mock.snapshot()
    saved = prospecting.save("Short-lived", countries=["Germany"])
    found = prospecting.find(saved["id"])
    mock.restore(taken)

    assert found is not None
    assert prospecting.find(saved["id"]) is None


def test_any_other_refusal_is_raised(mock: Mock, prospecting: Prospecting) -> None:
    """Such as one that the document does not know at all."""
    mock.fault("get_lists", status=503, body={"error": "maintenance"})

    with pytest.raises(HTTPError, match="503") as raised:
        prospecting.find("anything")
    raised.value.close()


def test_a_slow_answer_is_waited_for(mock: Mock, prospecting: Prospecting) -> None:
    """A little."""
    with mock.fault("save_list", delay=0.01) as fault:
        prospecting.save("Slow")

    assert fault.fired == 1
    assert mock.requests("save_list")[0].request.json()["organizationId"] == "org-of-mine"
