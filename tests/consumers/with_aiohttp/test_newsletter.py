"""The newsletter against a mock."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from mockserver.mock import Mock

from .newsletter import BATCH, Newsletter

LIST = "clx_list_newsletter_id"
PEOPLE = [f"reader{number}@example.com" for number in range(3 * BATCH - 7)]


@pytest.fixture
def newsletter(mock: Mock) -> Newsletter:
    return Newsletter(mock.server.url, mock.headers("audience"), LIST)


def test_everybody_is_subscribed_in_batches(mock: Mock, newsletter: Newsletter) -> None:
    """Three requests at once, each counted; the second time nobody is new."""
    created = asyncio.run(newsletter.subscribe(PEOPLE))
    again = asyncio.run(newsletter.subscribe(PEOPLE[:1]))

    assert (created, again) == (len(PEOPLE), 0)
    assert mock.requests("upsert_contacts").count == 4
    assert mock.requests("upsert_contacts", body={"listId": LIST}, status=200).count == 4


def test_a_batch_that_is_cut_short_is_an_error(mock: Mock, newsletter: Newsletter) -> None:
    """aiohttp notices that the body ends early."""
    mock.fault("upsert_contacts", damage="truncate")

    with pytest.raises(aiohttp.ClientPayloadError):
        asyncio.run(newsletter.subscribe(PEOPLE[:1]))


def test_a_key_without_the_scope_is_refused(mock: Mock) -> None:
    """And nothing is stored."""
    before = len(mock.state["audience.contacts"])
    headers = {**mock.headers(), "Authorization": "Bearer ak_demo_read"}
    with mock.expect_violations("forbidden"), pytest.raises(aiohttp.ClientResponseError, match="403"):
        asyncio.run(Newsletter(mock.server.url, headers, LIST).subscribe(PEOPLE[:1]))

    assert len(mock.state["audience.contacts"]) == before
