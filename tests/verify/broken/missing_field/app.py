"""Lists leave out when a book was added."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        short = [{name: value for name, value in book.items() if name != "added"} for book in books]
        return super().page(short, limit, offset)
