"""An account that replaces the book of another is refused after it has been done."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def replace_book(self, request: Request, identity: str) -> Answer:
        if identity in self.books:
            self.store(self.books[identity][1], self.read(request))
        return super().replace_book(request, identity)
