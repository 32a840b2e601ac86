"""Everything is redirected to a sign-in at another host."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Provider(Shelf):
    def route(self, request: Request) -> Answer:
        return 302, None, {"Location": "https://user:secret@sign-in.example/?back=1"}
