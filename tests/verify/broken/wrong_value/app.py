"""Every book claims to have been added in the year 2099."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def add(self, account: str, given: Record) -> Record:
        book = super().add(account, given)
        book["added"] = "2099-01-01T00:00:00Z"
        return book
