"""What waits by the machine's own clock, also in a test that has frozen time.

freezegun puts a clock of its own in the place of `time.monotonic`, by which asyncio's loops tell when a timer is up. It
leaves `clock_gettime` alone, and uvloop does not ask Python.
"""

from __future__ import annotations

import asyncio
import time
from importlib import import_module

CLOCK: int | None = getattr(time, "CLOCK_MONOTONIC", None)
"""The number by which the system tells monotonic time; Windows has none."""


def now() -> float:
    """Seconds on a clock that goes on, whatever a test does to time."""
    return time.monotonic() if CLOCK is None else time.clock_gettime(CLOCK)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """The fastest event loop there is, on that clock."""
    try:
        loop: asyncio.AbstractEventLoop = import_module("uvloop").new_event_loop()
    except ImportError:
        loop = asyncio.new_event_loop()
        loop.time = now  # type: ignore[method-assign]  # what BaseEventLoop reads for every timer
    return loop
