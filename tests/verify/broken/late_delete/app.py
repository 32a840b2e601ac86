"""A deleted book comes back after an hour."""

from __future__ import annotations

import time

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def delete_book(self, request: Request, identity: str) -> Answer:
        self.later = {**getattr(self, "later", {}), identity: (time.monotonic() + 3600, self.books.get(identity))}
        for each, (due, book) in self.later.items():
            if due < time.monotonic() and book is not None:
                self.books[each] = book
        return super().delete_book(request, identity)
