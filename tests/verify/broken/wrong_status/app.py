"""Creating answers 200 where 201 is documented."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def create_book(self, request: Request) -> Answer:
        _, book, headers = super().create_book(request)
        return 200, book, headers
