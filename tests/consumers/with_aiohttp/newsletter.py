"""A client of the audience API. aiohttp's base URL has no path, so worlds are named by a header."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import aiohttp

BATCH = 50


class Newsletter:
    """One list of subscribers."""

    def __init__(self, base_url: str, headers: Mapping[str, str], list_id: str) -> None:
        self._base_url = base_url
        self._headers = headers
        self._list_id = list_id

    async def subscribe(self, emails: Sequence[str]) -> int:
        """Put everybody on the list, several batches at once; how many were new."""
        batches = [emails[start : start + BATCH] for start in range(0, len(emails), BATCH)]
        async with aiohttp.ClientSession(self._base_url, headers=self._headers) as session:
            created = await asyncio.gather(*(self._send(session, batch) for batch in batches))
        return sum(created)

    async def _send(self, session: aiohttp.ClientSession, emails: Sequence[str]) -> int:
        body: dict[str, Any] = {"contacts": [{"email": each} for each in emails], "listId": self._list_id}
        async with session.post("/api/v1/contacts/bulk", json=body, raise_for_status=True) as answer:
            created: int = (await answer.json())["data"]["created"]
            return created
