"""Waiting while a test has frozen time."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import freezegun
import pytest
import time_machine

from mockserver.runtime import waiting

Freeze = Callable[[], AbstractContextManager[Any]]
FREEZERS: dict[str, Freeze] = {
    "freezegun": lambda: freezegun.freeze_time("2024-01-01"),
    "time-machine": lambda: time_machine.travel("2024-01-01", tick=False),
}
freezers = pytest.mark.parametrize("freeze", FREEZERS.values(), ids=FREEZERS)


@freezers
def test_time_goes_on(freeze: Freeze) -> None:
    """By the machine's clock."""
    with freeze():
        before = waiting.now()
        while waiting.now() == before:
            continue

    assert waiting.now() > before


def test_where_the_system_numbers_no_clocks_python_tells_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    monkeypatch.setattr(waiting, "CLOCK", None)

    assert waiting.now() <= time.monotonic()


@freezers
@pytest.mark.parametrize("uvloop", [True, False])
def test_timers_are_up_in_time(freeze: Freeze, uvloop: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both loops that there may be."""
    if not uvloop:
        monkeypatch.setitem(sys.modules, "uvloop", None)

    async def wait() -> str:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        await asyncio.sleep(0.01)
        return type(asyncio.get_running_loop()).__module__.partition(".")[0]

    with freeze(), asyncio.Runner(loop_factory=waiting.new_event_loop) as runner:
        kind = runner.run(wait())

    assert kind == ("uvloop" if uvloop else "asyncio")
