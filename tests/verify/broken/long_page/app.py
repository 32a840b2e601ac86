"""A page has one book more than was asked for."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        return super().page(books, limit + 1, offset)
