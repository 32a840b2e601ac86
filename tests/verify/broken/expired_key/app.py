"""A key that expired last year still opens everything."""

from __future__ import annotations

from tests.verify.broken.shelf import Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def authorize(self, request: Request, scope: str) -> None:
        if request.headers.get("authorization") == "Bearer expired-in-2025":
            request.account = "ann"
        else:
            super().authorize(request, scope)
