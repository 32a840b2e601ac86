"""The clock of a world, as the control plane shows and turns it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import errors

Json = dict[str, Any]
NOON = "2026-04-22T12:00:00Z"


def time_of(clock: Json) -> datetime:
    return datetime.fromisoformat(clock["now"])


def test_it_runs(control: httpx.Client) -> None:
    """At first a world has real time."""
    clock = control.get("/clock").json()

    assert (clock["world"], clock["frozen"], clock["offset"]) == ("default", False, 0)
    assert abs(time_of(clock) - datetime.now(UTC)) < timedelta(seconds=5)


def test_freeze_where_it_stands(control: httpx.Client) -> None:
    """A clock frozen without a time stands where it was."""
    frozen = control.post("/clock/freeze").json()

    assert frozen["frozen"] is True
    assert abs(time_of(frozen) - datetime.now(UTC)) < timedelta(seconds=5)
    assert control.get("/clock").json() == frozen


@pytest.mark.parametrize("body", [{"at": NOON}, {"at": "2026-04-22T14:00:00+02:00"}, {"at": "2026-04-22t12:00:00z"}])
def test_freeze_at_a_time(control: httpx.Client, server: MockServer, body: Json) -> None:
    """A frozen clock stands at the time, for handlers too."""
    assert control.post("/clock/freeze", json=body).json()["now"] == NOON
    assert server.world().now() == datetime(2026, 4, 22, 12, tzinfo=UTC)


def test_set_a_running_clock(control: httpx.Client) -> None:
    """A running clock goes on from the time it is set to."""
    clock = control.post("/clock/set", json={"now": NOON}).json()

    assert clock["frozen"] is False
    assert timedelta(0) <= time_of(control.get("/clock").json()) - datetime.fromisoformat(NOON) < timedelta(seconds=5)


def test_set_a_frozen_clock(control: httpx.Client) -> None:
    """A frozen clock stands at the time it is set to."""
    control.post("/clock/freeze")

    clock = control.post("/clock/set", json={"now": NOON}).json()

    assert (clock["frozen"], clock["now"]) == (True, NOON)


@pytest.mark.parametrize(("seconds", "expected"), [(3600, "13:00:00"), (0.5, "12:00:00.500000"), (-60, "11:59:00")])
def test_advance(control: httpx.Client, seconds: float, expected: str) -> None:
    """A clock is put forward or back by seconds."""
    control.post("/clock/freeze", json={"at": NOON})

    assert control.post("/clock/advance", json={"seconds": seconds}).json()["now"] == f"2026-04-22T{expected}Z"


def test_advance_a_running_clock(control: httpx.Client) -> None:
    """A running clock is as much ahead of real time as it was put forward."""
    assert control.post("/clock/advance", json={"seconds": 60}).json()["offset"] == 60


def test_resume(control: httpx.Client) -> None:
    """A frozen clock runs on from where it stood; a running one runs on."""
    control.post("/clock/freeze", json={"at": NOON})

    resumed = control.post("/clock/resume").json()

    assert resumed["frozen"] is False
    assert timedelta(0) <= time_of(resumed) - datetime.fromisoformat(NOON) < timedelta(seconds=5)
    assert control.post("/clock/resume").json()["frozen"] is False


def test_clocks_are_a_worlds_own(control: httpx.Client) -> None:
    """Another world's clock is not touched."""
    control.post("/worlds", json={"name": "t1"})

    control.post("/clock/freeze?world=t1")

    assert [control.get(f"/clock?world={name}").json()["frozen"] for name in ("default", "t1")] == [False, True]


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("/clock/freeze", {"at": "1969-12-31T23:59:59Z"}, "body /at"),
        ("/clock/freeze", {"at": "0000-01-01T00:00:00Z"}, "body /at"),
        ("/clock/set", {"now": "9999-12-31T23:59:59-23:59"}, "body /now"),
        ("/clock/advance", {"seconds": 1e11}, "body /seconds"),
        ("/clock/advance", {"seconds": -1e11}, "body /seconds"),
        ("/clock/advance", {"seconds": 5e10}, "body /seconds"),
    ],
)
def test_times_out_of_reach(control: httpx.Client, path: str, body: Json, place: str) -> None:
    """No clock is put where no handler could tell the time, and it stands as it stood."""
    control.post("/clock/freeze", json={"at": NOON})

    answer = control.post(path, json=body)

    assert answer.status_code == 409
    assert errors(answer) == {place: "a clock stands between the years 1970 and 3000 only"}
    assert control.get("/clock").json()["now"] == NOON


@pytest.mark.parametrize("path", ["/clock", "/clock/freeze", "/clock/resume"])
def test_no_world(control: httpx.Client, path: str) -> None:
    """The clock of a world that is not there is refused."""
    method = "GET" if path == "/clock" else "POST"

    assert control.request(method, f"{path}?world=t9").status_code == 404
