"""A body that is not compressed is said to be."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def list_books(self, request: Request) -> Answer:
        status, page, headers = super().list_books(request)
        return status, page, {**headers, "Content-Encoding": "gzip"}
