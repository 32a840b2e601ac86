"""A limit beyond the maximum is quietly lowered."""

from __future__ import annotations

from tests.verify.broken.shelf import Request, Shelf


class Flawed(Shelf):
    """See the module."""

    def whole(self, request: Request, name: str, default: int, least: int, most: int) -> int:
        return min(most, super().whole(request, name, default, least, 10**9))
