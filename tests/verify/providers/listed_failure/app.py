"""Some books cannot be read, and the document says so."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def get_book(self, request: Request, identity: str) -> Answer:
        book = self.find(request, identity)
        if book["pages"] is None:
            return 501, {"error": "books without pages are not read yet"}, {}
        return super().get_book(request, identity)
