"""How far valid requests got, told by their answers."""

from __future__ import annotations

from collections import Counter

import pytest

from mockserver.verify import events
from mockserver.verify.events import CaseRun, Exchange, OperationRef
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.standing import Standing, barred, standing, times

URL = "http://a.test/x"
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (200, JSON, "answered"),
        (400, JSON, "answered"),
        (409, HTML, "page"),
        (401, HTML, "refused"),
        (403, JSON, "refused"),
        (404, HTML, "missing"),
        (405, JSON, "missing"),
        (429, JSON, "busy"),
        (503, HTML, "failing"),
        (500, JSON, "failing"),
        (200, HTML, "page"),
        (200, {}, "answered"),
        (302, {"location": "/login"}, "answered"),
        (302, {"location": "http://a.test/y"}, "answered"),
        (302, {"location": "https://a.test/x"}, "elsewhere"),
        (307, {"location": "//b.test/x"}, "elsewhere"),
        (303, {"location": "https://b.test/"}, "answered"),
    ],
)
def test_an_answer_says_who_gave_it(status: int, headers: dict[str, str], expected: Standing) -> None:
    """By status first, then by where it leads and whether it is a page that the document does not have."""
    assert standing(status, headers, URL, ("200", "303"), ("application/json",)) == expected


@pytest.mark.parametrize("media", ["text/html", "*/*", "text/*; q=1"])
def test_a_documented_page_is_an_answer(media: str) -> None:
    """Where the document has HTML, or anything."""
    assert standing(200, HTML, URL, ("200",), (media,)) == "answered"


def test_a_documented_range_of_redirects_is_an_answer() -> None:
    """Whatever host they lead to."""
    assert standing(302, {"location": "http://b.test"}, URL, ("3xx",), ()) == "answered"


def test_a_run_is_barred_if_no_valid_request_got_further() -> None:
    """One answer of the provider, a refusal of the data even, and it is not."""
    first: Counter[tuple[Standing, int]] = Counter({("refused", 401): 3, ("missing", 404): 1})
    second: Counter[tuple[Standing, int]] = Counter({("missing", 404): 4})

    assert barred([]) is None
    assert barred([first]) == ("refused", Counter({401: 3, 404: 1}))
    assert barred([first, second]) == ("missing", Counter({401: 3, 404: 5}))
    assert barred([first, second, Counter({("answered", 422): 1})]) is None


def test_statuses_are_counted_in_words() -> None:
    """In order."""
    assert times(Counter({500: 1, 401: 12})) == "401 (12 times), 500 (1 time)"


READ, WRITE = (
    OperationRef("shelf", name, "GET", f"/{name}", ("200", "401", "302"), secured=True) for name in ("read", "write")
)


def run(*answers: tuple[OperationRef, int, Standing | None], strict: bool = False) -> Scoreboard:
    """A run with these answers."""
    board = Scoreboard(1, require_success=strict)
    advice: dict[Standing, str] = {"refused": "Check it.", "missing": "Look elsewhere."}
    board.on_event(events.ApiStarted("shelf", "Shelf", "", (READ, WRITE), ("fuzzing",), 1, advice=advice))
    for operation, status, told in answers:
        exchange = Exchange("GET", URL, [], None, 0.0, status=status)
        board.on_event(
            events.ScenarioFinished("shelf", "fuzzing", operation, (CaseRun(operation, exchange, standing=told),))
        )
    board.on_event(events.ApiFinished("shelf", 0.1, "completed"))
    return board


def test_a_barred_run_is_not_clean_and_says_what_to_do() -> None:
    """Though no check failed."""
    board = run((READ, 401, "refused"), (WRITE, 401, "refused"), (READ, 200, None))

    assert (board.verdict, board.exit_code) == ("incomplete", 2)
    assert board.apis[0].remarks()[0] == (
        "Nothing is verified: the credential was refused for every valid request: 401 (2 times). Check it."
    )


def test_an_operation_that_never_knew_the_credential_is_not_verified() -> None:
    """Others may have; a refusal for want of rights is something else."""
    refused = run((READ, 200, "answered"), (WRITE, 401, "refused"), (WRITE, 403, "refused"))
    forbidden = run((READ, 200, "answered"), (WRITE, 403, "refused"))

    assert (refused.verdict, forbidden.verdict) == ("incomplete", "clean")
    assert refused.apis[0].remarks() == [
        "Refused whatever was sent, so nothing behind the credential is verified: "
        "write: 401 (1 time), 403 (1 time). Check it.",
        "Never succeeded, so what a success looks like is not verified: write: 401 (1 time), 403 (1 time).",
    ]
    assert forbidden.apis[0].remarks() == [
        "Never succeeded, so what a success looks like is not verified: write: 403 (1 time)."
    ]


def test_success_can_be_required() -> None:
    """Of every operation that was sent; a documented redirect is one."""
    assert run((READ, 302, "answered"), (WRITE, 403, "refused"), strict=True).verdict == "incomplete"
    assert run((READ, 302, "answered"), (WRITE, 200, "answered"), strict=True).verdict == "clean"
