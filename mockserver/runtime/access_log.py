"""The access log: an observer that prints a line for each request."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from mockserver.output.console import coloured
from mockserver.output.escaping import visible
from mockserver.runtime.exchange import Exchange

STATUS_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}
"""ANSI colours of an access-log status by its first digit."""


class AccessLog:
    """One line per request: time, status, milliseconds, method, path, operationId."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._second = (-1, "")
        self._coloured = coloured(stream)

    def __call__(self, exchange: Exchange) -> None:
        status = "---" if exchange.status is None else str(exchange.status)
        if self._coloured and exchange.status is not None:
            status = f"\x1b[{STATUS_COLOURS.get(exchange.status // 100, '0')}m{status}\x1b[0m"
        name = "-" if exchange.operation_id is None else f"{exchange.api}.{exchange.operation_id}"
        spent = f"{exchange.seconds * 1000:7.2f} ms"
        asked = visible(f"{exchange.method} {exchange.path}  {name}")
        self._stream.write(f"{self._clock(int(exchange.started_at))} {status} {spent}  {asked}\n")
        self._stream.flush()

    def _clock(self, second: int) -> str:
        if self._second[0] != second:
            self._second = second, datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")
        return self._second[1]
