"""The clock of a world: read, frozen, set, advanced, resumed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mockserver.control.problems import Problem
from mockserver.control.served import Served
from mockserver.state import OUT_OF_REACH, checked_time, read_time, write_time
from mockserver.world import Clock, World


def get_clock(served: Served, world: str) -> dict[str, Any]:
    return shown(served.world(world))


def freeze_clock(served: Served, world: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    at = (body or {}).get("at")
    return _turn(served, world, lambda clock: clock.freeze(None if at is None else read_time(at)), "/at")


def set_clock(served: Served, world: str, body: dict[str, Any]) -> dict[str, Any]:
    return _turn(served, world, lambda clock: clock.advance(read_time(body["now"]) - clock.now()), "/now")


def advance_clock(served: Served, world: str, body: dict[str, Any]) -> dict[str, Any]:
    return _turn(served, world, lambda clock: clock.advance(timedelta(seconds=body["seconds"])), "/seconds")


def resume_clock(served: Served, world: str) -> dict[str, Any]:
    return _turn(served, world, lambda clock: clock.resume(), "")


def shown(world: World) -> dict[str, Any]:
    """The clock as the schema `Clock` has it."""
    clock = world.clock
    return {
        "world": world.name,
        "now": write_time(clock.now()),
        "frozen": clock.frozen_at is not None,
        "offset": clock.offset.total_seconds(),
    }


def _turn(served: Served, name: str, turn: Callable[[Clock], Clock], pointer: str) -> dict[str, Any]:
    """Turn the clock of a world; Problem where no clock may stand."""
    world = served.world(name)
    with world.lock:
        try:
            turned = turn(world.clock)
            checked_time(turned.now)
        except (ValueError, OverflowError):
            error = {"where": "body", "pointer": pointer, "message": OUT_OF_REACH}
            raise Problem(409, f"{OUT_OF_REACH}.", [error]) from None
        world.clock = turned
        return shown(world)
