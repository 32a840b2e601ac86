"""One operation asks nobody for a key."""

from __future__ import annotations

from tests.verify.broken.shelf import Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def authorize(self, request: Request, scope: str) -> None:
        if request.method == "GET" and request.path != "/books":
            request.account = "ann"
        else:
            super().authorize(request, scope)
