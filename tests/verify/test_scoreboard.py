"""Events add up to numbers per operation, distinct findings in their shortest form, and one verdict."""

from __future__ import annotations

import pytest

from mockserver.verify import events
from mockserver.verify.events import CaseRun, Event, OperationRef
from mockserver.verify.scoreboard import Scoreboard
from tests.verify.reporters.sample import BAD, GET, GOOD, LIST, PING, SILENT, board, finding


def test_numbers_add_up() -> None:
    """Requests, statuses and checks are counted for the operation they belong to."""
    shelf, ping = board().apis

    listed, got = shelf.operations.values()
    assert (listed.cases, dict(listed.statuses), listed.kept) == (2, {200: 1}, ["a", "b"])
    assert (got.cases, dict(got.statuses), got.kept) == (1, {500: 1}, ["a"])
    assert listed.unreached == ["400", "413"]
    assert got.unreached == ["200"]
    assert (shelf.cases, ping.cases) == (3, 1)


def test_findings_are_distinct_and_short() -> None:
    """The same finding counts once, in the form that takes the least to repeat."""
    shelf = board().apis[0]

    [found] = shelf.findings
    assert found.curl == ("curl x",)
    assert shelf.occurrences[found.key] == 3


def test_what_the_numbers_do_not_cover_is_said() -> None:
    """Silence, phases without requests, operations left out or never successful, and troubles, each once."""
    remarks = board().apis[0].remarks()

    assert remarks == [
        "The server stopped answering; nothing more was sent.",
        "Phase examples sent nothing: nothing to test.",
        "Not sent without --allow-writes: delete_book.",
        "Never succeeded, so what a success looks like is not verified: get_book: 500 (1 time).",
        "Trouble: get_book: too slow",
        "Trouble: odd\x00",
    ]


def test_a_phase_that_sent_something_was_not_skipped() -> None:
    """That no link was found for the rest of it is no remark."""
    skipped = events.PhaseFinished("ping", "fuzzing", "nothing more to send")

    assert run(SENT, skipped).apis[0].remarks() == []
    assert run(skipped).apis[0].remarks()[0] == "Phase fuzzing sent nothing: nothing more to send."


def run(
    *inner: Event,
    operations: tuple[OperationRef, ...] = (PING,),
    stopped: events.Stopped = "completed",
    phases: tuple[str, ...] = ("fuzzing",),
) -> Scoreboard:
    started = events.ApiStarted("ping", "Ping", "", operations, phases, 7)
    return board(started, *inner, events.ApiFinished("ping", 0.1, stopped))


def interrupted(board: Scoreboard) -> Scoreboard:
    """Ctrl-C between one API and the next."""
    board.interrupted = True
    return board


SENT = events.ScenarioFinished("ping", "fuzzing", PING, (CaseRun(PING, GOOD, ("a",)),))
FOUND = events.Found("ping", finding())
TROUBLE = events.Trouble("ping", None, "odd")
UNANSWERED = events.Found("ping", finding(status=500))
"""A warning for an operation of which there is no case: it was sent, and gave no answer."""


@pytest.mark.parametrize(
    ("scoreboard", "verdict", "code"),
    [
        (run(SENT), "clean", 0),
        (run(SENT, stopped="time"), "clean", 0),
        (run(SENT, operations=(PING, LIST)), "incomplete", 2),
        (run(SENT, UNANSWERED), "clean", 0),
        (run(SENT, operations=(PING, LIST), stopped="time"), "incomplete", 2),
        (run(operations=()), "clean", 0),
        (run(SENT, FOUND), "broken", 1),
        (run(SENT, FOUND, TROUBLE, stopped="interrupted"), "broken", 1),
        (run(SENT, TROUBLE), "incomplete", 2),
        (run(SENT, stopped="interrupted"), "incomplete", 2),
        (run(SENT, stopped="unreachable"), "incomplete", 2),
        (run(), "incomplete", 2),
        (board(), "broken", 1),
        (Scoreboard(7), "incomplete", 2),
        (interrupted(run(SENT)), "incomplete", 2),
        (interrupted(run(SENT, FOUND)), "broken", 1),
    ],
)
def test_the_verdict_is_an_exit_code(scoreboard: Scoreboard, verdict: str, code: int) -> None:
    """A finding is a broken contract, whatever else; without one, an incomplete verification is not clean."""
    assert (scoreboard.verdict, scoreboard.exit_code) == (verdict, code)


@pytest.mark.parametrize(
    ("scoreboard", "told"),
    [
        (
            run(SENT, operations=(PING, LIST, GET)),
            "Never sent, so not verified: list_books, get_book. The phase fuzzing had no request for it: add a "
            "--phase, or say by --operation what to verify.",
        ),
        (
            run(SENT, operations=(PING, LIST), stopped="time"),
            "Never sent, so not verified: list_books. The time was over: give more --max-time, or fewer operations by "
            "--operation.",
        ),
        (
            run(SENT, operations=(PING, LIST), phases=events.PHASES),
            "Never sent, so not verified: list_books.",
        ),
    ],
)
def test_what_was_never_sent_is_told_with_the_remedy(scoreboard: Scoreboard, told: str) -> None:
    """An operation that no request asked for is not verified, and the run falls short of it."""
    assert told in scoreboard.apis[0].remarks()
    assert scoreboard.apis[0].shortfalls == [told]


def test_only_what_keeps_a_run_from_being_clean_is_a_shortfall() -> None:
    """The limits that it was given are none."""
    (clean,) = run(SENT, events.Remark("ping", "odd"), events.PhaseFinished("ping", "examples", "none")).apis
    shelf, _ = board().apis

    assert clean.remarks()
    assert not clean.shortfalls
    assert shelf.shortfalls == [
        "The server stopped answering; nothing more was sent.",
        "Trouble: get_book: too slow",
        "Trouble: odd\x00",
    ]


def test_an_operation_beyond_those_announced_is_counted() -> None:
    """A check may ask another operation; its request is not lost."""
    scoreboard = run(events.ScenarioFinished("ping", "fuzzing", None, (CaseRun(LIST, BAD),)))

    assert [each.operation_id for each in scoreboard.apis[0].untested] == ["ping"]
    assert scoreboard.apis[0].operations["GET /books"].cases == 1


def test_a_request_without_an_answer_has_no_status() -> None:
    """It is counted as sent, and reaches nothing."""
    scoreboard = run(events.ScenarioFinished("ping", "fuzzing", PING, (CaseRun(PING, SILENT),)))

    assert not scoreboard.apis[0].operations["GET /ping"].statuses
    assert [each.operation for each in scoreboard.apis[0].silent] == [PING]
