"""An answer is cut short."""

from __future__ import annotations

from typing import Any

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def write(self, payload: Any) -> bytes:
        raw = super().write(payload)
        return raw[:-1] if isinstance(payload, dict) and "items" in payload else raw
