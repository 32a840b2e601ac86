"""Only the first page can be had."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Refused, Shelf


class Flawed(Shelf):
    """See the module."""

    def page(self, books: list[Record], limit: int, offset: int) -> Record:
        if offset:
            raise Refused(400, "offset is not supported any more")
        return super().page(books, limit, offset)
