"""A long title is cut when it is stored."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def store(self, book: Record, given: Record) -> Record:
        return super().store(book, {**given, "title": given["title"][:8]})
