"""Tests that freeze time: what the mock waits for comes nevertheless, and the world's clock stands where it was put."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

import freezegun
import httpx
import pytest
import time_machine

from mockserver import MockServer
from mockserver.mock import Mock, loop

FREEZERS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    # without it, pytest would measure how long a test takes from the real time to the frozen one
    "freezegun": lambda: freezegun.freeze_time("2024-01-01", ignore=["_pytest.timing"]),
    "time-machine": lambda: time_machine.travel("2024-01-01T00:00:00Z", tick=False),
}


@pytest.fixture(params=FREEZERS)
def frozen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Time stands still, by whichever tool."""
    with FREEZERS[request.param]():
        yield


@pytest.mark.usefixtures("frozen")
def test_a_delay_passes(mock: Mock) -> None:
    """Also where none but this thread could wait for it."""
    with mock.fault("list_contact_lists", delay=0.01):
        answer = mock.client.get("/contacts/lists")

    assert answer.status_code == 200
    assert mock.now().isoformat() == "2024-01-01T00:00:00+00:00"


@pytest.mark.usefixtures("frozen")
def test_patience_ends(mock: Mock) -> None:
    """A client waits for as long as it says."""
    with mock.fault("list_contact_lists", delay=60), pytest.raises(httpx.ReadTimeout):
        mock.client.get("/contacts/lists", timeout=0.01)


@pytest.mark.usefixtures("frozen")
def test_a_dripping_answer_comes(mock: Mock) -> None:
    """Piece by piece."""
    with mock.fault("list_contact_lists", damage="drip", rate=1_000_000):
        answer = mock.client.get("/contacts/lists")

    assert answer.status_code == 200


@pytest.mark.usefixtures("frozen")
def test_an_asynchronous_client_waits_too(mock: Mock) -> None:
    """Though the timers of the loop that it is on are never up."""

    async def ask() -> int:
        async with mock.async_client as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get("/contacts/lists", timeout=0.001)
            answer = await client.get("/contacts/lists")
        return answer.status_code

    with mock.fault("list_contact_lists", delay=0.02):
        assert asyncio.run(ask()) == 200


@pytest.mark.usefixtures("frozen")
def test_a_server_waits_and_stops() -> None:
    """A delay over a socket passes; a request under way gets its grace and no more."""
    with MockServer("crm", shutdown_timeout=0.05) as server, server.mock() as mock, httpx.Client() as client:
        with mock.fault("list_contact_lists", delay=0.01):
            status = client.get(f"{mock.url()}/contacts/lists").status_code
        slow = mock.fault("list_contact_lists", delay=60)
        asked = threading.Thread(target=lambda: outcomes.append(failure(f"{mock.url()}/contacts/lists")))
        outcomes: list[str] = []
        asked.start()
        while not slow.fired:
            threading.Event().wait(0.001)
        server.stop()
        asked.join()

    assert status == 200
    assert outcomes == ["RemoteProtocolError"]


def failure(url: str) -> str:
    try:
        return str(httpx.get(url, timeout=30).status_code)
    except httpx.HTTPError as error:
        return type(error).__name__


def test_it_runs_beside_another_loop() -> None:
    """In a thread of its own, on its own clock, with the caller's context; its errors are the caller's."""
    told: ContextVar[str] = ContextVar("told")

    async def step() -> tuple[str, str]:
        await asyncio.sleep(0.001)
        return threading.current_thread().name, told.get()

    async def fail() -> None:
        raise ValueError("not here")

    async def both() -> tuple[str, str]:
        told.set("something")
        with pytest.raises(ValueError, match="not here"):
            await loop.run_aside(fail())
        return await loop.run_aside(step())

    name, heard = asyncio.run(both())

    assert name != threading.current_thread().name
    assert heard == "something"


@pytest.mark.parametrize("begun", [True, False])
def test_cancelling_the_caller_ends_what_runs_beside_it(begun: bool) -> None:
    """Whether it has begun or not; nothing is left behind."""
    started, ended, release = threading.Event(), threading.Event(), threading.Event()

    async def wait() -> None:
        started.set()
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    async def cancelled() -> None:
        if not begun:  # the only thread has something else to do
            threads = ThreadPoolExecutor(1)
            threads.submit(release.wait)
            asyncio.get_running_loop().set_default_executor(threads)
        task = asyncio.create_task(loop.run_aside(wait()))
        await (asyncio.to_thread(started.wait) if begun else asyncio.sleep(0))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        release.set()

    asyncio.run(cancelled())

    assert ended.is_set() == started.is_set()
