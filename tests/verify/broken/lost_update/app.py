"""Replacing a book answers the new one and keeps the old."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Shelf


class Flawed(Shelf):
    """See the module."""

    def store(self, book: Record, given: Record) -> Record:
        return {**book, "title": given["title"], "pages": given.get("pages")}
