"""Creating does not say where the book is."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def create_book(self, request: Request) -> Answer:
        status, book, _ = super().create_book(request)
        return status, book, {}
