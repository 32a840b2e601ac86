"""Every credential is unknown: it has expired."""

from __future__ import annotations

from tests.verify.broken.shelf import Refused, Request, Shelf


class Provider(Shelf):
    def authorize(self, request: Request, scope: str) -> None:
        raise Refused(401, "the key has expired")
