"""A title may have any length."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def check_book(self, given: Any) -> None:
        if isinstance(given, dict) and isinstance(given.get("title"), str) and given["title"]:
            given = {**given, "title": given["title"][:40]}
        super().check_book(given)
