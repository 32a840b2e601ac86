"""The access log: an observer that prints a line for each request."""

from __future__ import annotations

from datetime import datetime
from typing import TextIO

from mockserver.output.background import Outlet
from mockserver.output.escaping import visible
from mockserver.output.printing import coloured
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.methods import KNOWN

STATUS_COLOURS = {2: "32", 3: "36", 4: "33", 5: "31"}
"""ANSI colours of an access-log status by its first digit."""

SHORT = 500
PASSED = [f"{hundredths / 100:7.2f}" for hundredths in range(SHORT)]
"""Milliseconds as they are printed, by their hundredths: to write a float takes six times as long as to look it up."""


class AccessLog:
    """One line per request: time, status, milliseconds, method, path, operationId.

    Each is made at once: to hand its parts to another thread costs more than to make it while they are at hand.
    """

    def __init__(self, stream: TextIO) -> None:
        self._write = stream.pending.put if isinstance(stream, Outlet) else stream.write
        self._flush = None if isinstance(stream, Outlet) else stream.flush
        self._second, self._clock = -1, ""
        self._coloured = coloured(stream)
        self._names: dict[tuple[str | None, str | None], str] = {}

    def __call__(self, exchange: Exchange) -> None:
        started, status, method, path = exchange.started_at, exchange.status, exchange.method, exchange.path
        if not self._second <= started < self._second + 1:
            self._second = second = int(started)
            self._clock = datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")
        # a path may hold any byte: one that moves a terminal's cursor must not get there
        if not (path.isascii() and path.isprintable()) or method not in KNOWN:
            path, method = visible(path), visible(method)
        shown = self._shown(status) if self._coloured or status is None else status
        operation = exchange.api, exchange.operation_id
        name = self._names.get(operation) or self._name(operation)
        # rounded by adding a half, as a duration is never negative
        hundredths = int(exchange.seconds * 100_000 + 0.5)
        passed = PASSED[hundredths] if hundredths < SHORT else f"{hundredths / 100:7.2f}"
        self._write(f"{self._clock} {shown} {passed} ms  {method} {path}  {name}\n")
        if self._flush is not None:
            self._flush()

    def _name(self, operation: tuple[str | None, str | None]) -> str:
        """What an operation is called, `-` where there is none."""
        api, operation_id = operation
        name = self._names[operation] = "-" if operation_id is None else visible(f"{api}.{operation_id}")
        return name

    def _shown(self, status: int | None) -> str:
        if status is None:
            return "---"
        return f"\x1b[{STATUS_COLOURS.get(status // 100, '0')}m{status}\x1b[0m" if self._coloured else str(status)
