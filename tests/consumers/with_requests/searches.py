"""A client of the crm API that tries again when a connection breaks."""

from __future__ import annotations

from typing import Any

import requests

ATTEMPTS = 3


class Searches:
    """Saved searches: each is a list whose members are the contacts that match now."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._session = requests.Session()

    def save(self, name: str, text: str) -> dict[str, Any]:
        """Save a search for a text."""
        found: dict[str, Any] = self._ask("POST", "/contacts/lists", {"name": name, "args": {"q": text}})["data"]
        return found

    def rename(self, id_: str, name: str) -> None:
        self._ask("PUT", f"/contacts/lists/{id_}", {"name": name})

    def delete(self, id_: str) -> None:
        self._ask("DELETE", f"/contacts/lists/{id_}")

    def close(self) -> None:
        self._session.close()

    def _ask(self, method: str, path: str, body: Any = None, attempts: int = ATTEMPTS) -> Any:
        try:
            answer = self._session.request(method, f"{self._base_url}{path}", json=body, timeout=30)
        except requests.ConnectionError:
            if attempts == 1:
                raise
            return self._ask(method, path, body, attempts - 1)
        answer.raise_for_status()
        return answer.json() if answer.content else None
