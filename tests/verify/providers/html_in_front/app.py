"""A proxy answers everything with its sign-in page."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 200, "<!doctype html><title>Sign in</title>", {"Content-Type": "text/html; charset=utf-8"}
