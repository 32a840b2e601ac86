"""A deleted book is still there."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def delete_book(self, request: Request, identity: str) -> Answer:
        self.find(request, identity)
        return 204, None, {}
