"""The required X-Client may be left out."""

from __future__ import annotations

from tests.verify.broken.shelf import Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def check_client(self, request: Request) -> None:
        if "x-client" in request.headers:
            super().check_client(request)
