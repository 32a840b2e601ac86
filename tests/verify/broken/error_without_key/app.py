"""A request without a key ends in a 500."""

from __future__ import annotations

from tests.verify.broken.shelf import Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def authorize(self, request: Request, scope: str) -> None:
        if "authorization" not in request.headers:
            raise Refused(500, "KeyError: authorization")
        super().authorize(request, scope)
