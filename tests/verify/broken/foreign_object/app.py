"""An account sees the books of another."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def find(self, request: Request, identity: str) -> Record:
        del request
        if identity not in self.books:
            raise Refused(404, f"there is no book {identity}")
        return self.books[identity][1]
