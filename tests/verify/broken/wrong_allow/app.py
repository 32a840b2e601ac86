"""The Allow header leaves out a documented method."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.verify.broken.shelf import Shelf


class Flawed(Shelf):
    """See the module."""

    def allow(self, handlers: Mapping[str, Any]) -> str:
        return super().allow({name: handler for name, handler in handlers.items() if name != "POST"})
