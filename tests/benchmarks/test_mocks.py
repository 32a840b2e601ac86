"""Runs of pytest become one table."""

import pytest
from click import ClickException

from tests.benchmarks import mocks, store
from tests.benchmarks.mocks import SERVERS, SHARED, WORLDS, Result, Suite


def test_what_a_run_costs_anyway_is_taken_off() -> None:
    """Each suite is held against the run of as many tests that share a server, then against a fresh world."""
    table = mocks.runs(
        [Result(SHARED, 1000, 2.0), Result(WORLDS[0], 1000, 2.5), Result(SHARED, 10, 1.0), Result(SERVERS, 10, 3.5)]
    )

    assert [list(row) for row in table.rows] == [
        ["one server, one world for all", "1,000", "2.00 s", "-", "-"],
        ["one server, one world for all", "10", "1.00 s", "-", "-"],
        ["a fresh world", "1,000", "2.50 s", "500 µs", "1.0x"],
        ["a server of its own", "10", "3.50 s", "250 ms", "500x"],
    ]


@pytest.mark.campaign
def test_every_suite_passes(pytester: pytest.Pytester) -> None:
    """A run whose tests fail would be measured for nothing."""
    pytester.makepyfile(**{f"test_{number}": each.source(2) for number, each in enumerate([SHARED, *WORLDS, SERVERS])})

    pytester.runpytest_subprocess("-p", "no:schemathesis", "-p", "no:hypothesispytest").assert_outcomes(passed=10)


@pytest.mark.campaign
def test_a_run_is_measured() -> None:
    """From its start to its end."""
    assert mocks.measure(SHARED, 2).seconds > 0


def test_a_suite_that_fails_is_not_measured() -> None:
    """What pytest printed says why."""
    with pytest.raises(ClickException, match="assert round == 0"):
        mocks.measure(Suite("wrong", "", "    assert round == 0\n"), 2)


def test_one_mock_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bare, prepared, asked and written to."""
    monkeypatch.setattr(store, "BUDGET", 0)

    assert len(mocks.single().rows) == 4
