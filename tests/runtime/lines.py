"""Connections whose other end is a test."""

from __future__ import annotations

import asyncio
from typing import Any

import uvicorn

from mockserver.runtime.application import MockApp
from mockserver.runtime.connections import Connections
from mockserver.runtime.prompt import PromptProtocol
from tests.patience import PATIENCE


class Line(asyncio.Transport):
    """A connection whose other end is the test."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = False
        self.aborted = False
        self._change = asyncio.Event()

    async def changed(self) -> None:
        """Wait until something is sent or the connection is closed."""
        await self._change.wait()
        self._change.clear()

    def write(self, data: Any) -> None:
        self.sent += data
        self._change.set()

    def close(self) -> None:
        self.closed = True
        self._change.set()

    def abort(self) -> None:
        self.aborted = True
        self.close()

    def is_closing(self) -> bool:
        return self.closed

    def can_write_eof(self) -> bool:
        return False

    def pause_reading(self) -> None:
        """There is nothing to pause."""

    def resume_reading(self) -> None:
        """Nor to resume."""


class ByMessages:
    """The app without its method `at_once`."""

    def __init__(self, app: MockApp) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def connected(app: Any) -> tuple[PromptProtocol, Line]:
    """A connection to the app; needs a running loop."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, proxy_headers=False)
    config.load()
    state = Connections()
    state.default_headers = [(b"date", b"today")]
    protocol, line = PromptProtocol(config=config, server_state=state, app_state={}), Line()
    protocol.connection_made(line)
    return protocol, line


async def settled(line: Line, answers: int = 1) -> bytes:
    """What was sent, once so many answers have been begun or the connection is over."""
    async with asyncio.timeout(PATIENCE):
        while line.sent.count(b"HTTP/1.1 ") < answers and not line.closed:
            await line.changed()
    await asyncio.sleep(0)
    return line.sent
