"""An empty page has no total."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        page = super().page(books, limit, offset)
        return page if page["items"] else {**page, "total": None}
