"""A new book gets the id of an earlier one, and takes its place."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        return super().page([*books, *books[:1]], limit, offset)
