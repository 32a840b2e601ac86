"""A refusal has no body."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def answer(self, request: Request) -> Answer:
        status, payload, headers = super().answer(request)
        return status, None if status == 404 else payload, headers
