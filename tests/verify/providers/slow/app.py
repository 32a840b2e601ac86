"""Every answer takes its time."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.verify.broken.shelf import Shelf

SECONDS = 0.05


class Provider(Shelf):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.sleep(SECONDS)
        await super().__call__(scope, receive, send)
