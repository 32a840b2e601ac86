"""Everything is too much, and for an hour."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 429, {"error": "slow down"}, {"Retry-After": "3600"}
