"""A book that was just replaced cannot be read at once."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Record, Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    fresh = ""

    def store(self, book: Record, given: Record) -> Record:
        self.fresh = book["id"]
        return super().store(book, given)

    def get_book(self, request: Request, identity: str) -> Answer:
        fresh, self.fresh = self.fresh, ""
        if fresh == identity:
            raise Refused(503, "the replica has not caught up")
        return super().get_book(request, identity)
