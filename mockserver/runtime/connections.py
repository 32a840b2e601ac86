"""The connections of a server: which of them somebody waits on, and what they share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from uvicorn.server import ServerState

from mockserver.runtime.whole import Judge

TOGETHER = 16
"""Answers that are sent together at most: an answer that is ready waits no longer than it takes to make the others."""


class Connections(ServerState):
    """The connections of a server. While it drains, each ends with its next answer; `ended` is called when one has."""

    def __init__(self) -> None:
        super().__init__()
        self.draining = False
        self.judge = Judge()
        self.ended: Callable[[], None] = lambda: None
        self.unsent: list[tuple[asyncio.Transport, bytes]] = []
        self._written: tuple[list[tuple[bytes, bytes]] | None, bytes] = (None, b"")

    def send(self, loop: asyncio.AbstractEventLoop, transport: asyncio.Transport, answer: bytes) -> None:
        """Send an answer, together with those to the other requests that have come meanwhile.

        A client that reads one answer while the next is made falls asleep in between, and to wake it takes the kernel
        longer than to send: a burst wakes it once.
        """
        if len(self.connections) == 1:  # nobody else to wait for
            transport.write(answer)
            return
        unsent = self.unsent
        unsent.append((transport, answer))
        if len(unsent) == 1:
            loop.call_soon(self.flush)
        elif len(unsent) == TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Send what is ready. Called before anything else is sent or closed, too."""
        unsent, self.unsent = self.unsent, []
        for transport, answer in unsent:
            if not transport.is_closing():  # its client may have gone
                transport.write(answer)

    def busy(self) -> bool:
        """Whether anybody waits for an answer, or for the rest of one."""
        return any(not getattr(each, "is_idle", True) for each in self.connections)

    def added(self) -> bytes:
        """The headers that the server adds to every answer, as they are written."""
        headers = self.default_headers
        known, written = self._written
        if known is not headers:  # uvicorn makes a new list each second, when the Date turns
            written = b"".join(b"%b: %b\r\n" % header for header in headers)
            self._written = headers, written
        return written
