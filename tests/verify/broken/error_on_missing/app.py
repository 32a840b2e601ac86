"""A book that is not there ends in a 500."""

from __future__ import annotations

from tests.verify.broken.shelf import Record, Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def find(self, request: Request, identity: str) -> Record:
        if identity not in self.books:
            raise Refused(500, f"KeyError: {identity}")
        return super().find(request, identity)
