"""What an answer costs that nobody wrote code for, measured on a few requests."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.answers import ASKED, DOCUMENT, SHIPPED, Asked, Result, measure, report
from tests.benchmarks.process import ServerError

COMMAND = [sys.executable, "-m", "mockserver", "serve", "audience", str(DOCUMENT)]


def test_every_kind_of_answer_is_measured() -> None:
    """By the client and by the server's processor."""
    results = measure("mockserver", lambda port: [*COMMAND, f"--port={port}"], (SHIPPED, *ASKED), 2)

    assert [result.asked for result in results] == [SHIPPED, *ASKED]
    assert all(result.waited > 0 and result.size > 0 for result in results)


def test_what_is_no_success_is_not_measured() -> None:
    """Nothing would be learnt from it."""
    with pytest.raises(ServerError, match="/nowhere answered 404"):
        measure("mockserver", lambda port: [*COMMAND, f"--port={port}"], [Asked("", "/nowhere")], 1)


def test_a_result_is_a_row() -> None:
    """Who answered with what, and what it took."""
    rows = report([Result("us", ASKED[0], 0.0005, 0.00012, 1234)]).rows

    assert [list(row) for row in rows] == [["us: the document's example", "120 µs", "500 µs", "1,234"]]
