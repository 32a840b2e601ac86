"""The clock of a world: frozen, set, advanced, resumed; and times as JSON has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.flaws import ValueFlaw, refusal
from mockserver.world import Clock, World

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
"""Between which times a world's clock may be put."""

RUN_ON = timedelta(days=366)
"""How far a running clock may have run on beyond the latest time that it can be put to."""

OUT_OF_REACH = f"a clock stands between the years {EARLIEST:%Y} and {LATEST:%Y} only"


def freeze(world: World, given: Any) -> None:
    """Stop the clock, as a `ClockStop` says: at a time, or where it stands."""
    at = schemas.checked("ClockStop", given).get("at")
    _turn(world, lambda clock: clock.freeze(None if at is None else read_time(at)), "at")


def put(world: World, given: Any) -> None:
    """Have the clock go on, running or standing still, from the time that a `ClockTime` names."""
    now = schemas.checked("ClockTime", given)["now"]
    # by the step to it, so that a running clock runs on
    _turn(world, lambda clock: clock.advance(read_time(now) - clock.now()), "now")


def advance(world: World, given: Any) -> None:
    """Move the clock, running or standing still, by as much as a `ClockStep` says."""
    seconds = schemas.checked("ClockStep", given)["seconds"]
    _turn(world, lambda clock: clock.advance(timedelta(seconds=seconds)), "seconds")


def resume(world: World) -> None:
    """Let the clock run on from where it stands."""
    with world.lock:
        world.clock = world.clock.resume()


def shown(world: World) -> dict[str, Any]:
    """The clock as the schema `Clock` has it."""
    clock = world.clock
    return {
        "world": world.name,
        "now": write_time(clock.now()),
        "frozen": clock.frozen_at is not None,
        "offset": clock.offset.total_seconds(),
    }


def read_time(text: str) -> datetime:
    """The time of an RFC 3339 text; ValueError if no clock may stand there. A leap second is the one before it."""
    # RFC 3339 (5.6) allows small letters and leap seconds, `fromisoformat` neither
    return checked_time(lambda: datetime.fromisoformat(text.upper().replace(":60", ":59")))


def write_time(time: datetime) -> str:
    """The time in RFC 3339, in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checked_time(time_of: Callable[[], datetime], latest: datetime = LATEST) -> datetime:
    """The time that is computed, in UTC; ValueError unless it is one from EARLIEST to `latest`."""
    try:
        time = time_of()
        possible = EARLIEST <= time < latest
    except (ValueError, OverflowError):
        possible = False
    if not possible:
        raise ValueError(OUT_OF_REACH)
    return time.astimezone(UTC)


def read_clock(given: Mapping[str, Any]) -> Clock:
    """The clock that a `ClockState` describes; ValueError if none may stand there."""
    frozen_at = None if given["frozenAt"] is None else read_time(given["frozenAt"])
    clock = Clock(frozen_at, timedelta(seconds=given["offset"]))
    # a clock that was put to the latest time has run on since, and must survive its export
    checked_time(clock.now, LATEST if clock.frozen_at is not None else LATEST + RUN_ON)
    return clock


def write_clock(clock: Clock) -> dict[str, Any]:
    """The clock as the schema `ClockState` has it."""
    frozen_at = None if clock.frozen_at is None else write_time(clock.frozen_at)
    return {"frozenAt": frozen_at, "offset": clock.offset.total_seconds()}


def _turn(world: World, turn: Callable[[Clock], Clock], name: str) -> None:
    """Turn the clock of a world by what was given under that name; WorldError where no clock may stand."""
    with world.lock:
        try:
            turned = turn(world.clock)
            checked_time(turned.now)
        except (ValueError, OverflowError):
            reach = [write_time(EARLIEST), write_time(LATEST)]
            raise refusal("conflict", [ValueFlaw((name,), OUT_OF_REACH, "range", reach)]) from None
        world.clock = turned
