"""Answers what the document has for requests only."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        if request.path != "/accounts":
            return 404, {"error": "there is no such path"}, {}
        if request.method not in ("GET", "HEAD"):
            return 405, None, {"Allow": "GET, HEAD"}
        return 200, [{"name": None}, {"key": None}, {"name": "ann", "secret": "lamp"}], {}
