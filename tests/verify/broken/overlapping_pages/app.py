"""Every page begins with the last book of the one before."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        return super().page(books, limit, max(0, offset - 1))
