"""Every seventh request finds the database closed."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf

EVERY = 7


class Provider(Shelf):
    asked = 0

    def route(self, request: Request) -> Answer:
        self.asked += 1
        if self.asked % EVERY == 0:
            return 503, {"error": "the database is closed"}, {}
        return super().route(request)
