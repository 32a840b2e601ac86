"""A gateway has nobody behind it."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 502, "<h1>Bad Gateway</h1>", {"Content-Type": "text/html"}
