"""Everything is redirected to the same path at another host, as from http to https."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 301, None, {"Location": f"https://shelf.example/v1{request.path}"}
