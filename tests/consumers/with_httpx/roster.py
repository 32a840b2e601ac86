"""A client of the workshop API: pages through lists, creates what is missing, waits when told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx

PAGE = 10


class Roster:
    """Lists of employees. `pause` waits so many seconds when the server asks for it."""

    def __init__(self, client: httpx.Client, token: str, pause: Callable[[float], None] = time.sleep) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}
        self._pause = pause

    def lists(self) -> Iterator[dict[str, Any]]:
        """Every list, page after page."""
        url: str | None = f"/v1/lists?limit={PAGE}"
        while url is not None:
            page = self._ask("GET", url).raise_for_status().json()
            yield from page["data"]
            url = page["next"]

    def ensure(self, external_id: str, title: str) -> bool:
        """Create the list unless there is one already; whether it was created."""
        answer = self._ask("POST", "/v1/lists", json={"external_id": external_id, "title": title})
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        return True

    def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        answer = self._client.request(method, url, headers=self._headers, **more)
        if answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            self._pause(float(answer.headers["Retry-After"]))
            return self._ask(method, url, **more)
        return answer


async def titles(client: httpx.AsyncClient, token: str) -> list[str]:
    """The titles of the first page of lists."""
    answer = await client.get("/v1/lists", headers={"Authorization": f"Bearer {token}"})
    return [each["title"] for each in answer.raise_for_status().json()["data"]]
