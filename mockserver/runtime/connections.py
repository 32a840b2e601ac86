"""The connections of a server: which of them somebody waits on, and what they share."""

from __future__ import annotations

from collections.abc import Callable

from uvicorn.server import ServerState

from mockserver.runtime.whole import Judge


class Connections(ServerState):
    """The connections of a server. While it drains, each ends with its next answer; `ended` is called when one has."""

    def __init__(self) -> None:
        super().__init__()
        self.draining = False
        self.judge = Judge()
        self.ended: Callable[[], None] = lambda: None
        self._written: tuple[list[tuple[bytes, bytes]] | None, bytes] = (None, b"")

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
