"""A title of the greatest length is refused."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Refused, Shelf


class Flawed(Shelf):
    """See the module."""

    def check_book(self, given: Any) -> None:
        super().check_book(given)
        if len(given["title"]) == 40:
            raise Refused(400, "a title has 1 to 39 characters")
