"""An event loop without sockets, for a request that has to wait in a test that may open none.

asyncio's own loops wake themselves up through a pair of sockets, which pytest-socket forbids. Nothing is ever read or
written here: all there is to wait for is time and other threads, and time is that of the machine, also in a test that
has frozen its own.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from mockserver.runtime.waiting import now

T = TypeVar("T")


class _Waits:
    """Replaces the selector: it has no files to select, and can be woken."""

    def __init__(self) -> None:
        self.woken = threading.Event()

    def select(self, timeout: float | None) -> list[Any]:
        self.woken.wait(timeout)
        self.woken.clear()
        return []


class SocketlessLoop(asyncio.BaseEventLoop):
    """Runs tasks, timers and threads. The methods are those that BaseEventLoop requires of its subclasses."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Waits()

    def time(self) -> float:
        return now()

    def _process_events(self, events: list[Any]) -> None:
        """There are never any events."""

    def _write_to_self(self) -> None:
        self._selector.woken.set()


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Like asyncio.run, but without a socket."""
    with asyncio.Runner(loop_factory=SocketlessLoop) as runner:
        return runner.run(coroutine)


async def run_aside(coroutine: Coroutine[Any, Any, T]) -> T:
    """Like `run`, in another thread: the timers of the caller's loop may follow a time that the test has frozen."""
    running: list[asyncio.Task[Any]] = []

    async def noted() -> T:
        task = asyncio.current_task()
        assert task is not None
        running.append(task)
        return await coroutine

    made = noted()
    try:
        return await asyncio.to_thread(run, made)
    except asyncio.CancelledError:
        for task in running:
            task.get_loop().call_soon_threadsafe(task.cancel)
        if not running:
            made.close()
            coroutine.close()
        raise
