"""How fast requests go out, by a clock of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mockserver.errors import VerifyError
from mockserver.verify.pace import LONGEST, TRIES, Pace, parse_rate, patience


class Clock:
    """A time that passes only while somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0
        self.waits: list[float] = []

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(round(seconds, 3))
        self.now += seconds

    def pace(self, rate: float | None = None) -> Pace:
        return Pace(rate, self, self.wait)


@pytest.mark.parametrize(("text", "expected"), [("5/s", 5.0), ("90/m", 1.5), ("1800/h", 0.5)])
def test_a_rate_is_requests_a_second(text: str, expected: float) -> None:
    """By second, minute or hour."""
    assert parse_rate(text) == expected


@pytest.mark.parametrize("text", ["", "5", "0/s", "-1/s", "5/d", "5 /s", "1.5/s", "s/5"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """The message says how one is written."""
    with pytest.raises(VerifyError, match="--rate-limit must be like 5/s"):
        parse_rate(text)


def test_requests_are_spaced() -> None:
    """So many a second, evenly; time that passes by itself counts."""
    clock = Clock()
    pace = clock.pace(4)

    for _ in range(3):
        pace.turn()
    clock.now += 10
    pace.turn()

    assert clock.waits == [0.25, 0.25]


def test_without_a_limit_nobody_waits() -> None:
    """Nothing is slower than it need be."""
    clock = Clock()
    pace = clock.pace()

    for _ in range(3):
        pace.turn()

    assert clock.waits == []


def test_after_a_429_everybody_waits() -> None:
    """As long as the provider says; then as fast as before."""
    clock = Clock()
    pace = clock.pace()

    assert pace.again("7", 0)
    pace.turn()
    pace.turn()

    assert clock.waits == [7.0]
    assert (pace.waited, pace.refusals, pace.exhausted) == (7.0, 1, None)


@pytest.mark.parametrize(
    ("text", "tried", "expected"),
    [
        ("0", 3, 0),
        ("12", 0, 12),
        ("1.5", 0, 1.5),
        (None, 0, 1),
        ("", 2, 4),
        ("soon", 3, 8),
        ("-5", 1, 2),
        ("1e9", 0, 1),
        ("9" * 30, 0, 1),
        (f"Mon, 01 Jan 2024 00:00:00 +{'9' * 30}", 0, 1),
    ],
)
def test_how_long_a_provider_wants_to_be_left_alone(text: str | None, tried: int, expected: float) -> None:
    """In seconds; where it does not say, twice as long each time."""
    assert patience(text, tried) == expected


@pytest.mark.parametrize(("seconds", "least", "most"), [(30, 28, 30), (-30, 0, 0)])
def test_a_date_is_as_good_as_a_number(seconds: int, least: float, most: float) -> None:
    """In the form of HTTP, and in the one without a zone; one that is past asks for no wait."""
    moment = datetime.now(UTC) + timedelta(seconds=seconds)

    for text in (format_datetime(moment, usegmt=True), moment.strftime("%a, %d %b %Y %H:%M:%S -0000")):
        assert least <= patience(text, 5) <= most


def test_a_wait_that_is_too_long_is_the_end() -> None:
    """Nothing more is to be sent, and it is said why."""
    pace = Clock().pace()

    assert not pace.again(str(LONGEST + 1), 0)
    assert pace.exhausted == "The provider answered 429 (too many requests), with a wait of 61 seconds."
    assert not pace.again("1", 0)
    assert pace.waited == 0


def test_waiting_in_vain_is_the_end() -> None:
    """After so many waits nobody believes in the next."""
    pace = Clock().pace()

    assert [pace.again(None, tried) for tried in range(TRIES + 1)] == [True] * TRIES + [False]
    assert pace.exhausted == f"The provider answered 429 (too many requests) even after {TRIES} waits."
    assert pace.waited == 2**TRIES - 1


def test_a_run_that_ends_waits_no_longer() -> None:
    """Ctrl-C is not kept waiting for a provider."""
    pace = Pace(rate=1e-9)
    pace.turn()
    pace.stop()

    pace.turn()

    assert not pace.again("1", 0)
