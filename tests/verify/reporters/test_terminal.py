"""What people see: a live display while it runs, a scoreboard at the end, and plain lines where nobody watches."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest

from mockserver.output.escaping import LINES
from mockserver.output.printing import Output
from mockserver.verify import events
from mockserver.verify.reporters.progress import Lines, Progress, clock_text
from mockserver.verify.reporters.terminal import LONGEST, announce, show, summary
from mockserver.verify.scoreboard import Scoreboard
from tests.output.terminal import Terminal
from tests.patience import PATIENCE
from tests.verify.reporters.sample import RUN, SILENT, board, finding


def printed(width: int = 200) -> Output:
    return Output(io.StringIO(), width=width)


def text(out: Output) -> str:
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_the_scoreboard_tells_all() -> None:
    """Per operation what was sent and reached; per failure the rule, the quotation, the answer and the commands."""
    out = printed()

    show(out, board(), [])

    told = text(out)
    for part in (
        "✗ shelf  3 cases in 1.5 s  1 failure",
        "list_books  GET /books",
        "200  not 400 413",
        "1 of 2",
        "Not sent without --allow-writes: delete_book.",
        "1. Server error: 500  shelf.get_book  not_a_server_error; fuzzing, 3 times",
        "broken: #/paths/~1books~1{id}/get/responses",
        "'200':",
        "answered 500 image/png:",
        "   curl x",
        "✓ ping  1 case in 0.5 s  clean",
        "repeat with: mockserver verify shelf ping --seed 7",
        "the contract is broken in 1 way  4 cases in 2.0 s",
    ):
        assert part in told
    assert "\x1b" not in told


def test_a_run_that_no_command_repeats_names_none() -> None:
    """Who verifies from Python has a scoreboard without one."""
    out = printed()
    scoreboard = board()
    scoreboard.command = ""

    show(out, scoreboard, [])

    assert "repeat with" not in text(out)


def test_nothing_that_came_steers_the_terminal() -> None:
    """Control characters of answers, messages and commands are shown by their numbers."""
    out = printed()
    exchange = replace(SILENT, status=500, response_body=b"\x1b[2J gone", response_headers=[("Content-Type", "\x9b")])
    found = events.Found("shelf", finding(exchange, "the \x07 bell", ("curl 'http://h/' -H 'X: \x1b'",)))

    show(out, board(RUN[0], found, events.Trouble("shelf", None, "odd\x1b"), RUN[15]), [])

    told = text(out)
    assert r"answered 500 \x9b: \x1b[2J gone" in told
    assert r"the \x07 bell" in told
    assert r"-H 'X: \x1b'" in told
    assert r"Trouble: odd\x1b" in told
    assert not LINES.search(told)


def test_a_narrow_terminal_shows_no_paths() -> None:
    """The operationId is never broken; there is no room for the path beside it."""
    out = printed(80)

    show(out, board(), [])

    assert "list_books  " in text(out)
    assert "GET /books " not in text(out)
    assert "✓ ping  1 case in 0.5 s  clean  Ping; the mock, in this process\n" in text(out)


def test_what_is_verified_has_a_line_of_its_own_where_it_does_not_fit() -> None:
    """Neither the verdict nor the address is broken in two."""
    out = printed(60)

    show(out, board(), [])

    assert "clean\n  Ping; the mock, in this process\n" in text(out)


@pytest.mark.parametrize(
    ("happened", "words"),
    [(RUN[-4:], "the contract is kept"), ((RUN[0], RUN[15]), "verification incomplete")],
)
def test_the_last_line_is_the_verdict(happened: tuple[events.Event, ...], words: str) -> None:
    """Who reads one line only reads this one."""
    line = summary(board(*happened)).plain

    assert line.startswith(words)


def test_silence_and_length_are_told() -> None:
    """A request without an answer says so; what is long is cut."""
    out = printed()
    scoreboard = board(RUN[0], events.Found("shelf", finding(SILENT, "x" * 999)), RUN[15])

    show(out, scoreboard, [])

    assert "no answer came" in text(out)
    assert "x" * (LONGEST - 3) + "..." in text(out)


def test_the_start_is_announced_with_its_notes() -> None:
    """What is verified where, with which seed, and what will not be sent."""
    out = printed()

    announce(out, "shelf", "https://shelf.example", ["Only GET is sent."], 7)

    assert text(out) == "verifying shelf against https://shelf.example  seed 7\n  Only GET is sent.\n"


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def progress(
    out: Output, scoreboard: Scoreboard, clock: Clock, max_time: int | None = None, *, bounded: bool = False
) -> Progress:
    return Progress(out, scoreboard, 2, lambda: 1234, max_time, clock, bounded=bounded)


def shown(display: Progress) -> str:
    out = printed(100)
    out.print(display)
    return text(out)


def test_the_display_tells_what_is_under_way() -> None:
    """API, phase, operation, cases, failures, elapsed and left, at every moment of a run."""
    clock = Clock()
    scoreboard = Scoreboard(7)
    display = progress(printed(), scoreboard, clock)
    before = shown(display)
    for event in RUN[:8]:
        scoreboard.on_event(event)
        display.on_event(event)
    clock.now = 65.0
    during = shown(display)
    for event in RUN[8:]:
        scoreboard.on_event(event)
        display.on_event(event)
    after = shown(display)

    assert "starting" in before
    assert "estimating the time left" in before
    assert "shelf 1 of 2 fuzzing get_book" in during
    assert "3 cases   0 failures   1:05 elapsed, about" in during
    assert "1 failure " in after
    assert "100%" in after
    assert "ping 2 of 2" in after
    assert "links" not in after
    assert text(display._out).count("\n") == 2


def test_requests_of_the_scenario_under_way_are_counted() -> None:
    """The display is ahead of the scoreboard by what was answered since the last scenario, and agrees at its end."""
    scoreboard = Scoreboard(7)
    answered = 0
    display = Progress(printed(), scoreboard, 2, lambda: answered, clock=Clock())
    counts = []
    for answered, event in enumerate(RUN):  # noqa: B007  # the display reads it
        scoreboard.on_event(event)
        display.on_event(event)
        counts.append(display.cases - scoreboard.cases)

    assert counts[:8] == [0, 1, 2, 3, 4, 0, 1, 0]


def test_the_share_grows_with_phases_and_scenarios() -> None:
    """Each finished phase and scenario moves the bar; it never moves back."""
    scoreboard = Scoreboard(7)
    display = progress(printed(), scoreboard, Clock())
    shares = []
    for event in RUN:
        scoreboard.on_event(event)
        display.on_event(event)
        shares.append(display.share)

    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_limited_time_is_counted_down() -> None:
    """With --max-time what is left is known."""
    clock = Clock()
    display = progress(printed(), Scoreboard(7), clock, max_time=90)
    clock.now = 30.0

    left = display.left()

    assert left == "1:00 left"


@pytest.mark.parametrize(
    ("max_time", "share", "words"),
    [(90, 0.0, "at most 1:00 left"), (90, 0.5, "about 0:30 left"), (40, 0.5, "about 0:10 left")],
)
def test_what_ends_first_is_counted_down(
    max_time: int, share: float, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the examples are limited, too, the run may be over before the time is."""
    clock = Clock()
    display = progress(printed(), Scoreboard(7), clock, max_time, bounded=True)
    clock.now = 30.0
    monkeypatch.setattr(Progress, "share", share)

    assert display.left() == words


def test_the_display_is_gone_at_the_end() -> None:
    """On a terminal it appears, and leaves only the lines of what is finished."""
    out = Output(Terminal(), width=100)
    scoreboard = Scoreboard(7)
    with progress(out, scoreboard, Clock()) as display:
        for event in RUN:
            scoreboard.on_event(event)
            display.on_event(event)

    assert "✗ " in text(out)
    assert text(out).rstrip().endswith("\x1b[2K")


@pytest.mark.parametrize("columns", [1, 10, 20, 40, 80])
def test_no_line_of_the_display_is_wrapped(columns: int) -> None:
    """What is wrapped cannot be drawn over; it is cut instead."""
    out = printed(columns)
    scoreboard = Scoreboard(7)
    display = progress(out, scoreboard, Clock())
    for event in RUN[:8]:
        scoreboard.on_event(event)
        display.on_event(event)
    out.print(display)

    assert all(len(line) <= columns for line in text(out).splitlines())
    assert len(text(out).splitlines()) == 3


def test_an_output_of_few_characters_has_a_display() -> None:
    """Its wheel and its bar are of ASCII."""
    raw = io.BytesIO()
    out = Output(io.TextIOWrapper(raw, encoding="ascii"), width=80)
    out.print(progress(out, Scoreboard(7), Clock()))
    out.file.flush()

    assert "\\u" not in raw.getvalue().decode("ascii")


def test_where_nothing_is_drawn_over_a_line_tells_of_the_run() -> None:
    """All that the display has, from time to time."""
    out = printed()
    scoreboard = Scoreboard(7)
    clock = Clock()
    display = progress(out, scoreboard, clock)
    for event in RUN[:8]:
        scoreboard.on_event(event)
        display.on_event(event)
    clock.now = 65.0

    assert display.line().startswith("shelf, 1 of 2, fuzzing get_book: 3 cases, 0 failures, 1:05 elapsed, about ")


def test_lines_come_while_the_run_goes_on() -> None:
    """And end with it."""
    out = printed()
    told = threading.Event()

    def line() -> str:
        told.set()
        return "so far"

    with Lines(out, line, interval=0.0):
        assert told.wait(PATIENCE)

    assert set(text(out).splitlines()) == {"so far"}
    with Lines(out, line):
        lines = text(out)
    assert text(out) == lines


def test_one_api_leaves_no_line() -> None:
    """The scoreboard says it at once, so the display need not."""
    out = printed()
    scoreboard = Scoreboard(7)
    display = Progress(out, scoreboard, 1, lambda: 0, clock=Clock())
    for event in RUN[-4:]:
        scoreboard.on_event(event)
        display.on_event(event)

    assert text(out) == ""


def test_time_is_minutes_and_seconds() -> None:
    """Seconds have two digits."""
    assert [clock_text(seconds) for seconds in (0, 9.9, 65)] == ["0:00", "0:09", "1:05"]
