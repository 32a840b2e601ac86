"""A title of the greatest length ends in a 500."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Refused, Shelf


class Flawed(Shelf):
    """See the module."""

    def add(self, account: str, given: Record) -> Record:
        if len(given["title"]) == 40:
            raise Refused(500, "title does not fit the column")
        return super().add(account, given)
