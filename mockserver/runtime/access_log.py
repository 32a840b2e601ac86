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


class AccessLog:
    """One line per request: time, status, milliseconds, method, path, operationId.

    Each is made at once: to hand its parts to another thread costs more than to make it while they are at hand.
    """

    def __init__(self, stream: TextIO) -> None:
        self._write = stream.write
        self._flush = None if isinstance(stream, Outlet) else stream.flush
        self._second, self._clock = -1, ""
        self._coloured = coloured(stream)

    def __call__(self, exchange: Exchange) -> None:
        second, status = int(exchange.started_at), exchange.status
        if second != self._second:
            self._second, self._clock = second, datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")
        operation_id = exchange.operation_id
        name = "-" if operation_id is None else f"{exchange.api}.{operation_id}"
        asked = f"{exchange.method} {exchange.path}  {name}"
        if not (asked.isascii() and asked.isprintable()):
            asked = visible(asked)
        shown = self._shown(status) if self._coloured or status is None else status
        self._write(f"{self._clock} {shown} {exchange.seconds * 1000:7.2f} ms  {asked}\n")
        if self._flush is not None:
            self._flush()

    def _shown(self, status: int | None) -> str:
        if status is None:
            return "---"
        return f"\x1b[{STATUS_COLOURS.get(status // 100, '0')}m{status}\x1b[0m" if self._coloured else str(status)
