"""The access log: an observer that prints a line for each request."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from mockserver.output.background import Outlet
from mockserver.output.escaping import visible
from mockserver.output.printing import coloured
from mockserver.runtime.exchange import Exchange

STATUS_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}
"""ANSI colours of an access-log status by its first digit."""


LINE = 64
"""About as many characters as a line has without its path."""


class AccessLog:
    """One line per request: time, status, milliseconds, method, path, operationId.

    Where the stream is written to by a thread of its own, that thread makes the lines.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._defer = stream.defer if isinstance(stream, Outlet) else None
        self._second = (-1, "")
        self._coloured = coloured(stream)

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.path
        parts = (
            exchange.started_at,
            exchange.status,
            exchange.seconds,
            exchange.method,
            path,
            exchange.api,
            exchange.operation_id,
        )
        if self._defer is not None:
            self._defer(self._line, parts, LINE + len(path))
        else:
            self._stream.write(self._line(*parts))
            self._stream.flush()

    def _line(
        self,
        started_at: float,
        status: int | None,
        seconds: float,
        method: str,
        path: str,
        api: str | None,
        operation_id: str | None,
    ) -> str:
        name = "-" if operation_id is None else f"{api}.{operation_id}"
        asked = visible(f"{method} {path}  {name}")
        return f"{self._clock(int(started_at))} {self._status(status)} {seconds * 1000:7.2f} ms  {asked}\n"

    def _status(self, status: int | None) -> str:
        if status is None:
            return "---"
        return f"\x1b[{STATUS_COLOURS.get(status // 100, '0')}m{status}\x1b[0m" if self._coloured else str(status)

    def _clock(self, second: int) -> str:
        if self._second[0] != second:
            self._second = second, datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")
        return self._second[1]
