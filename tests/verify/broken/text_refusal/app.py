"""A refusal is plain text."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    refused = False

    def content_type(self) -> str:
        return "text/plain" if self.refused else "application/json"

    def answer(self, request: Request) -> Answer:
        status, payload, headers = super().answer(request)
        self.refused = status >= 400
        return status, payload, headers
