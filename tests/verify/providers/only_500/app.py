"""Nothing works."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 500, {"error": "the database is gone"}, {}
