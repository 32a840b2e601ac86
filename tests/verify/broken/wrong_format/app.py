"""When a book was added is no RFC 3339 time."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def add(self, account: str, given: Record) -> Record:
        book = super().add(account, given)
        book["added"] = "1 January 2026"
        return book
