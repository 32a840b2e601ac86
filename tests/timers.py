"""An event loop whose timers take no time: when there is nothing to do but to wait for one, it is up.

So what a test delays by a minute is delayed by a minute, on the loop's clock, and is over at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from mockserver.mock.loop import SocketlessLoop

T = TypeVar("T")


class HastyLoop(SocketlessLoop):
    """Runs tasks and timers, by a clock that goes on only where everybody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = 0.0
        self._selector = _Skips(self)  # type: ignore[assignment]  # it waits in its own way

    def time(self) -> float:
        return self.clock


class _Skips:
    """Replaces the selector: instead of waiting for the next timer, it puts the clock forward."""

    def __init__(self, loop: HastyLoop) -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        assert timeout is not None, "nothing is left to wait for: this would never end"
        self._loop.clock += timeout
        return []


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, without the time that timers take; nothing may wait for another thread."""
    with asyncio.Runner(loop_factory=HastyLoop) as runner:
        return runner.run(coroutine)
