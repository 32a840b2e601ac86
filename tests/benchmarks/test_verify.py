"""Both commands are measured as they are called, and their runs become a table."""

from __future__ import annotations

import pytest
from click import ClickException
from click.testing import CliRunner

from tests.benchmarks import verify
from tests.benchmarks.process import ServerError
from tests.benchmarks.verify import CONTENDERS, PLAIN, Contender, Effort, Result

SMALL = Effort("crm", examples=1, seconds=None, seed=1, phases=("examples",))


@pytest.mark.campaign
@pytest.mark.parametrize("contender", CONTENDERS, ids=lambda each: each.title)
def test_every_contender_finds_nothing_in_the_mock(contender: Contender) -> None:
    """A run with findings would measure reports."""
    result = verify.measure(contender, SMALL)

    assert result.cases > 5
    assert 0 < result.busy < result.seconds * 3


def test_the_same_is_asked_of_both() -> None:
    """API, phases, examples, seed and time; a credential where one is wanted; writes, as Schemathesis sends them."""
    effort = Effort("workshop", examples=7, seconds=3, seed=2)
    plain, url, own = (" ".join(each.command(effort, "http://h" if each.served else None)) for each in CONTENDERS)

    assert all("--max-examples=7 --seed=2 --max-time=3" in command for command in (plain, url, own))
    assert "--phases=examples,coverage,fuzzing,stateful" in plain
    assert "--phase=examples --phase=coverage --phase=fuzzing --phase=stateful" in own
    assert "-H Authorization: Bearer wk_demo_api" in plain
    assert "--url http://h --allow-writes --auth wk_demo_api" in url
    assert "--url" not in own


def test_runs_are_held_against_plain_schemathesis() -> None:
    """Medians of cases a second, by the clock and by the processor."""
    plain = [Result(100, 10.0, 5.0), Result(200, 10.0, 10.0), Result(900, 10.0, 9.0)]
    ours = [Result(400, 10.0, 40.0)]

    table = verify.compared("crm", {PLAIN: plain, CONTENDERS[1]: ours})

    assert [list(row) for row in table.rows] == [
        ["schemathesis run --url", "200", "10.0", "20.0", "1.0x", "20.0", "1.0x"],
        ["mockserver verify --url", "400", "10.0", "40.0", "2.0x", "10.0", "0.50x"],
    ]


def test_a_run_that_fails_is_not_measured() -> None:
    """Its output says why."""
    wrong = Contender("wrong", lambda *_: [*CONTENDERS[2].command(SMALL, None), "--phase=none"], int, served=False)

    with pytest.raises(ClickException, match=r"(?s)exit code 2.*'none' is not one of"):
        verify.measure(wrong, SMALL)


def test_an_output_without_a_number_is_not_measured() -> None:
    """A later Schemathesis may say it otherwise."""
    with pytest.raises(ClickException, match="does not say how many cases"):
        PLAIN.cases("done")


def test_a_server_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of waiting for ever."""
    monkeypatch.setattr(verify, "PATIENCE", 0.01)

    with pytest.raises(ServerError, match="nobody answers at http"):
        verify._wait("http://127.0.0.1:1")


def test_every_api_gets_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each contender runs once a round, with a seed of the round's own."""
    efforts = []

    def measured(contender: Contender, effort: Effort) -> Result:
        efforts.append((contender, effort.api, effort.seed))
        return Result(10, 1.0, 1.0)

    monkeypatch.setattr(verify, "measure", measured)
    words = ["--api", "crm", "--rounds", "2", "--seed", "5", "--seconds", "3", "--format", "markdown"]
    result = CliRunner().invoke(verify.main, words)

    assert efforts == [(contender, "crm", seed) for seed in (5, 6) for contender in CONTENDERS]
    assert "**crm**" in result.output
    assert "| mockserver verify --url | 10 | 1.00 | 10.0 | 1.0x | 10.0 | 1.0x |" in result.output
    assert "3 s a run, 2 round(s)" in result.output


def test_what_cannot_be_measured_is_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback for a port that was taken."""

    def refused(*_: object) -> Result:
        raise ServerError("nobody answers")

    monkeypatch.setattr(verify, "measure", refused)
    result = CliRunner().invoke(verify.main, ["--api", "crm"])

    assert result.exit_code == 1
    assert "Error: schemathesis run --url: nobody answers" in result.output
