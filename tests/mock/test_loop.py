"""An event loop without sockets."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from mockserver.mock import loop


@pytest.fixture(autouse=True)
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What pytest-socket does."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was asked for")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "socketpair", refuse)


def test_tasks_take_turns_and_time_passes() -> None:
    """As on asyncio's own loop."""
    order: list[str] = []

    async def step(name: str, seconds: float) -> str:
        await asyncio.sleep(seconds)
        order.append(name)
        return name

    async def both() -> tuple[str, str]:
        late, early = await asyncio.gather(step("late", 0.02), step("early", 0.001))
        return late, early

    assert loop.run(both()) == ("late", "early")
    assert order == ["early", "late"]


def test_threads_wake_it() -> None:
    """What another thread has done is noticed at once, though nothing else is to come."""
    name = loop.run(asyncio.to_thread(lambda: threading.current_thread().name))

    assert name != threading.current_thread().name


def test_a_wait_ends_with_its_timeout() -> None:
    """And is cancelled properly."""

    async def wait() -> None:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        loop.run(wait())
