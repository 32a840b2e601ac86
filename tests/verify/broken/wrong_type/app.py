"""The number of pages comes as text."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def get_book(self, request: Request, identity: str) -> Answer:
        book = self.find(request, identity)
        return 200, {**book, "pages": str(book["pages"])}, {}
