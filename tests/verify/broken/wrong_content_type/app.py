"""JSON is sent as text/html."""

from __future__ import annotations

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def content_type(self) -> str:
        return "text/html; charset=utf-8"
