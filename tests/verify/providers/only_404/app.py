"""Nothing is there."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 404, {"error": "there is no such path"}, {}
