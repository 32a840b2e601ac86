"""Every page but the first begins one book too late."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        return super().page(books, limit, offset + 1 if offset else 0)
