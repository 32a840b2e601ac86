"""A book tells its account, which the contract rules out."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def get_book(self, request: Request, identity: str) -> Answer:
        return 200, {**self.find(request, identity), "account": request.account}, {}
