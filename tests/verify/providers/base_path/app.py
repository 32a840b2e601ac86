"""All paths lie below /api/v1, as the document's server says."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf

BASE = "/api/v1"


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        if not request.path.startswith(BASE):
            return 404, {"error": "there is no such path"}, {}
        request.path = request.path.removeprefix(BASE)
        return super().route(request)
