"""A book of one page is refused."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Refused, Shelf


class Flawed(Shelf):
    """See the module."""

    def check_book(self, given: Any) -> None:
        super().check_book(given)
        if given.get("pages") == 1:
            raise Refused(400, "a book has more than one page")
