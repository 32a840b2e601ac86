"""Any key will do, as long as there is one."""

from __future__ import annotations

from tests.verify.broken.shelf import Refused, Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def authorize(self, request: Request, scope: str) -> None:
        del scope
        if not request.headers.get("authorization", "").startswith("Bearer "):
            raise Refused(401, "a key is needed")
        request.account = "ann"
