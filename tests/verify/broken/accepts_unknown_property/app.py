"""A property that no book has is accepted."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def check_book(self, given: Any) -> None:
        if isinstance(given, dict):
            given = {name: value for name, value in given.items() if name in ("title", "pages")}
        super().check_book(given)
