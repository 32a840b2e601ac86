"""The credential is known for a few requests and then no more."""

from __future__ import annotations

from tests.verify.broken.shelf import Refused, Request, Shelf

LIFETIME = 4


class Provider(Shelf):
    asked = 0

    def authorize(self, request: Request, scope: str) -> None:
        self.asked += 1
        if self.asked > LIFETIME:
            raise Refused(401, "the key has expired")
        super().authorize(request, scope)
