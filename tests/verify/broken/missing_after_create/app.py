"""A new book is never found again."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def create_book(self, request: Request) -> Answer:
        status, book, headers = super().create_book(request)
        del self.books[book["id"]]
        return status, book, headers
