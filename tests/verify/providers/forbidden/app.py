"""The credential is known, and may do nothing."""

from __future__ import annotations

from tests.verify.broken.shelf import Refused, Request, Shelf


class Provider(Shelf):
    def authorize(self, request: Request, scope: str) -> None:
        super().authorize(request, scope)
        raise Refused(403, "the key may do nothing")
