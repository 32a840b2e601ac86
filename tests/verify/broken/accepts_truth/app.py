"""A truth value is accepted as a number of pages."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def check_book(self, given: Any) -> None:
        if isinstance(given, dict) and isinstance(given.get("pages"), bool):
            given = {**given, "pages": 1}
        super().check_book(given)
