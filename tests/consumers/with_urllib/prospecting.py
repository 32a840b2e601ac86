"""A client of the prospects API made of urllib."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen


class Prospecting:
    """An organization's lists of prospects."""

    def __init__(self, base_url: str, organization: str) -> None:
        self._base_url = base_url
        self._organization = organization

    def save(self, name: str, **criteria: list[str]) -> dict[str, Any]:
        """Save a list of whoever meets the criteria."""
        body = {"organizationId": self._organization, "listName": name, "contacts_found": 0, "filter": criteria}
        found: dict[str, Any] = self._ask("POST", "/lists/save", body)
        return found

    def refresh(self, id_: str) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("POST", f"/lists/refresh/{quote(id_, safe='')}")
        return found

    def find(self, id_: str) -> dict[str, Any] | None:
        """The list of that id, if there is one."""
        try:
            found: dict[str, Any] = self._ask("GET", f"/lists/{quote(id_, safe='')}")
        except HTTPError as error:
            with error:
                if error.code == 404:
                    return None
            raise
        return found

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        with urlopen(Request(f"{self._base_url}{path}", data, headers, method=method), timeout=30) as answer:
            return json.loads(answer.read())
