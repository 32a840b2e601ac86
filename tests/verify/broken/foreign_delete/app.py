"""An account may take the book of another off the shelf."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def find(self, request: Request, identity: str) -> Record:
        if request.method == "DELETE" and identity in self.books:
            return self.books[identity][1]
        return super().find(request, identity)
