"""The clock: real, shifted, frozen, and going on from where it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from mockserver.world import Clock

NOON = datetime(2026, 4, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_it_tells_the_real_time() -> None:
    """Aware and in UTC, between before and after."""
    before = datetime.now(UTC)

    now = Clock().now()

    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_frozen_it_stands_still() -> None:
    """At the time given, told in UTC whatever zone it was given in."""
    east = NOON.astimezone(timezone(timedelta(hours=5)))

    frozen = Clock().freeze(east)

    assert frozen.now() == frozen.now() == NOON
    assert frozen.now().tzinfo is UTC


def test_frozen_without_a_time_it_stands_where_it_was() -> None:
    """Now is as good a time as any."""
    before = datetime.now(UTC)

    frozen = Clock(offset=HOUR).freeze()

    assert before + HOUR <= frozen.now() <= datetime.now(UTC) + HOUR
    assert frozen.freeze() == frozen


def test_it_is_advanced_while_frozen_and_while_it_runs() -> None:
    """A frozen clock stands at the later time, a running one runs ahead."""
    before = datetime.now(UTC)

    running = Clock().advance(HOUR).advance(HOUR).now()

    assert Clock().freeze(NOON).advance(HOUR).now() == NOON + HOUR
    assert Clock().freeze(NOON).advance(-HOUR).now() == NOON - HOUR
    assert before + 2 * HOUR <= running <= datetime.now(UTC) + 2 * HOUR


def test_it_runs_on_from_where_it_stood() -> None:
    """Resumed, it goes on from the frozen time; one that runs goes on as it did."""
    resumed = Clock().freeze(NOON).resume()
    soon = resumed.now()

    assert NOON <= soon < NOON + timedelta(minutes=1)
    assert resumed.frozen_at is None
    assert Clock(offset=HOUR).resume() == Clock(offset=HOUR)
