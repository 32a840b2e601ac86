"""PATCH is served, although the contract does not have it."""

from __future__ import annotations

from tests.verify.broken.shelf import Answer, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def route(self, request: Request) -> Answer:
        return (200, {"error": "patched"}, {}) if request.method == "PATCH" else super().route(request)
