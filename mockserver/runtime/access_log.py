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


LINE = 64
"""About as many characters as a line has without its path."""

Parts = tuple[float, int | None, float, str, str, str | None, str | None]
"""What a line says: when the request came, its status and seconds, method and path, API and operationId."""


class AccessLog:
    """One line per request: time, status, milliseconds, method, path, operationId.

    Where the stream is written to by a thread of its own, that thread makes the lines, a thousand after one another if
    the server is busy. That is more instructions than to make each at once, and yet less time: what a request runs
    through does not stay in the caches of the processor as it is, and each line would push out more of it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pending = stream.pending if isinstance(stream, Outlet) else None
        if self._pending is not None:
            self._pending.text_of = self._line
        self._second, self._clock = -1, ""
        self._coloured = coloured(stream)
        self._names: dict[tuple[str | None, str | None], str] = {}

    def __call__(self, exchange: Exchange) -> None:
        path = exchange.path
        started, status, seconds, method = exchange.started_at, exchange.status, exchange.seconds, exchange.method
        parts = started, status, seconds, method, path, exchange.api, exchange.operation_id
        if self._pending is not None:
            self._pending.put(parts, LINE + len(path))
        else:
            self._stream.write(self._line(parts))
            self._stream.flush()

    def _line(self, parts: Parts) -> str:
        started, status, seconds, method, path, api, operation_id = parts
        if not self._second <= started < self._second + 1:
            self._second = second = int(started)
            self._clock = datetime.fromtimestamp(second).astimezone().strftime("%H:%M:%S")
        # a path may hold any byte: one that moves a terminal's cursor must not get there
        if not (path.isascii() and path.isprintable()) or method not in KNOWN:
            path, method = visible(path), visible(method)
        shown = self._shown(status) if self._coloured or status is None else status
        operation = api, operation_id
        name = self._names.get(operation) or self._name(operation)
        # rounded by adding a half, as a duration is never negative
        hundredths = int(seconds * 100_000 + 0.5)
        passed = PASSED[hundredths] if hundredths < SHORT else f"{hundredths / 100:7.2f}"
        return f"{self._clock} {shown} {passed} ms  {method} {path}  {name}\n"

    def _name(self, operation: tuple[str | None, str | None]) -> str:
        """What an operation is called, `-` where there is none."""
        api, operation_id = operation
        name = self._names[operation] = "-" if operation_id is None else visible(f"{api}.{operation_id}")
        return name

    def _shown(self, status: int | None) -> str:
        if status is None:
            return "---"
        return f"\x1b[{STATUS_COLOURS.get(status // 100, '0')}m{status}\x1b[0m" if self._coloured else str(status)
