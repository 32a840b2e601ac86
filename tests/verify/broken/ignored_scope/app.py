"""A key that may only read may delete."""

from __future__ import annotations

from tests.verify.broken.shelf import KEYS, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def check_scope(self, needed: str, granted: set[str]) -> None:
        del needed, granted

    def authorize(self, request: Request, scope: str) -> None:
        super().authorize(request, scope)
        if request.method != "DELETE":
            Shelf.check_scope(self, scope, KEYS[request.headers["authorization"].partition(" ")[2]][1])
