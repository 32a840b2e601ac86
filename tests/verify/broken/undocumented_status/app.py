"""A book that is not there is answered 410, which the contract does not know."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def find(self, request: Request, identity: str) -> Record:
        if request.method == "GET" and identity not in self.books:
            raise Refused(410, "gone, if it was ever there")
        return super().find(request, identity)
