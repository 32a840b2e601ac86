"""Known findings: written, reviewed, read again; new ones fail the run, gone ones are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver.cli import main
from mockserver.errors import VerifyError
from mockserver.verify import baseline, command, events
from mockserver.verify.events import Event, Fingerprint
from tests.verify.flaws import CONTRACT, flaws
from tests.verify.reporters.sample import GET, LIST, RUN, board, finding
from tests.verify.serving import serving

ONE = Fingerprint("shelf", "get_book", "not_a_server_error", "", "Server error 500")
OTHER = Fingerprint("shelf", "list_books", "paging", "responses", "Pages overlap")


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Sorted, so that it merges; with the reasons that people gave."""
    path = tmp_path / "folder/baseline.json"
    baseline.write(path, {OTHER: "", ONE: "Größe: we know"})

    assert baseline.read(path) == {ONE: "Größe: we know", OTHER: ""}
    assert [each["check"] for each in json.loads(path.read_text())["findings"]] == ["not_a_server_error", "paging"]
    assert "reason" not in json.loads(path.read_text())["findings"][1]
    assert "Größe" in path.read_text()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "it cannot be read (No such file or directory). Write one with --write-baseline."),
        ("{", "it is no JSON"),
        ("{}", "version is missing"),
        ('{"version": 2, "findings": []}', "expected version 1, got 2. Write it anew."),
        ('{"version": 1, "findings": [{"api": "x"}]}', "operation is missing"),
        ('{"version": 1, "findings": [1]}', "a finding has another form"),
        ('{"version": 1, "findings": [{"api":1,"operation":"","check":"","place":"","kind":""}]}', "another form"),
    ],
)
def test_what_is_no_baseline_is_refused(text: str | None, message: str, tmp_path: Path) -> None:
    """With what is wrong and what to do."""
    path = tmp_path / "baseline.json"
    if text is not None:
        path.write_text(text)

    with pytest.raises(VerifyError) as error:
        baseline.read(path)

    assert message in str(error.value)
    assert str(error.value).startswith(f"--baseline {path}: ")


def whole(*happened: Event) -> tuple[Event, ...]:
    """A run of all phases that ended by itself, of what happened."""
    started = events.ApiStarted("shelf", "Shelf", "https://shelf.example", (LIST, GET), events.PHASES, 7)
    cases = [each for each in RUN if isinstance(each, events.ScenarioFinished)][:2]
    return started, *cases, *happened, events.ApiFinished("shelf", 1.0, "completed")


def run(monkeypatch: pytest.MonkeyPatch, path: Path, *words: str, happened: tuple[Event, ...]) -> Result:
    monkeypatch.setattr(command, "verify", lambda *_: iter(happened))
    return CliRunner().invoke(main, ["verify", "crm", "--baseline", str(path), *words])


def test_known_findings_do_not_fail_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are counted; a new one fails it; one that is gone is told, and taken out when the file is written anew."""
    path = tmp_path / "baseline.json"
    broken = whole(events.Found("shelf", finding()))
    written = run(monkeypatch, path, "--write-baseline", happened=broken)
    again = run(monkeypatch, path, happened=broken)
    known = json.loads(path.read_text())
    known["findings"][0]["reason"] = "ticket 7"
    path.write_text(json.dumps(known))
    junit = tmp_path / "junit.xml"
    other = run(monkeypatch, path, "--report", f"junit={junit}", happened=broken)
    gone = run(monkeypatch, path, happened=whole())
    worse = run(monkeypatch, path, happened=whole(*broken[1:-1], events.Found("shelf", finding(check="lost_update"))))
    kept = run(monkeypatch, path, "--write-baseline", happened=broken)

    assert [each.exit_code for each in (written, again, other, gone, worse, kept)] == [0, 0, 0, 0, 1, 0]
    assert "the contract is kept  3 cases in 1.0 s; 1 known finding" in again.output
    assert "known, so they do not fail the run:\n   Server error: 500  shelf.get_book\n" in again.output
    assert "known: ticket 7" in junit.read_text()
    assert "not found this time; what is mended can be taken out of the baseline" in gone.output
    assert "\n   Server error 500  shelf.get_book" in gone.output
    assert "the contract is broken in 1 way" in worse.output
    assert list(baseline.read(path).values()) == ["ticket 7"]
    run(monkeypatch, path, "--write-baseline", happened=whole())
    assert baseline.read(path) == {}


def test_what_was_not_looked_for_stays_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations that were not sent, checks that were left out, phases that were not run."""
    path = tmp_path / "baseline.json"
    elsewhere = Fingerprint("shelf", "delete_book", "paging", "", "x")
    baseline.write(path, {ONE: "", elsewhere: "", OTHER: ""})
    started = whole()[0]
    assert isinstance(started, events.ApiStarted)

    run(monkeypatch, path, "--write-baseline", "--exclude-check", "paging=slow", happened=unchecked("paging"))

    assert set(baseline.read(path)) == {elsewhere, OTHER}


def unchecked(check: str) -> tuple[Event, ...]:
    started = events.ApiStarted("shelf", "Shelf", "x", (LIST, GET), events.PHASES, 7, unchecked={check: "slow"})
    return started, *whole()[1:]


def test_a_run_that_is_not_whole_writes_no_baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the findings would not be known then."""
    path = tmp_path / "baseline.json"
    happened = (*whole()[:-1], events.ApiFinished("shelf", 1.0, "time"))
    result = run(monkeypatch, path, "--write-baseline", happened=happened)

    assert result.exit_code == 2
    assert result.stderr == f"mockserver: --baseline {path}: it is not written, because the run was incomplete.\n"
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--write-baseline",), "--write-baseline needs --baseline FILE beside it"),
        (("--write-baseline", "--baseline", "{taken}/x"), "it cannot be written (Not a directory)."),
        (("--baseline", "{taken}/x"), "it cannot be read (Not a directory)"),
        (("--check", "pagin"), "no check is called 'pagin': expected paging"),
        (("--exclude-check", "zzz"), "no check is called 'zzz': expected allow_header_conformance, "),
        (("--check", "paging", "--exclude-check", "paging"), "no check is left to run"),
    ],
)
def test_what_cannot_be_done_is_said_before_the_run(words: tuple[str, ...], message: str, tmp_path: Path) -> None:
    """Exit code 2, and one message."""
    (tmp_path / "taken").touch()
    result = CliRunner().invoke(main, ["verify", "crm", *(each.format(taken=tmp_path / "taken") for each in words)])

    assert result.exit_code == 2
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_baseline_that_does_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found was not kept."""
    broken = whole(events.Found("shelf", finding()))
    monkeypatch.setattr(baseline, "read", lambda _: {})
    result = run(monkeypatch, Path("/dev/full"), "--write-baseline", happened=broken)

    assert result.exit_code == 2
    assert "--baseline /dev/full: it cannot be written (No space left on device)." in result.stderr


def test_an_unchanged_provider_has_nothing_new(tmp_path: Path) -> None:
    """Whatever the seed: what one run found, of its responses and of the requests it accepts, the next ones know."""
    path = tmp_path / "baseline.json"
    kinds = [type(each.app()) for each in flaws() if each.name in ("wrong_format", "accepts_invalid_input")]
    provider = type("Flawed", tuple(kinds), {})()
    words = ["verify", str(CONTRACT), "--allow-writes", "--max-examples", "3", "--baseline", str(path)]
    codes, known = [], []
    with serving(provider) as served:
        for seed, more in ((1, ["--write-baseline"]), (2, []), (3, [])):
            result = CliRunner(env={"MOCKSERVER_AUTH": "reader-and-writer"}).invoke(
                main, [*words, "--url", served.url, "--seed", str(seed), *more]
            )
            codes.append(result.exit_code)
            known.append("known finding" in result.output.splitlines()[-1])

    assert codes == [0, 0, 0]
    assert known == [True, True, True]
    assert {each["check"] for each in json.loads(path.read_text())["findings"]} == {
        "negative_data_rejection",
        "response_schema_conformance",
    }


def test_a_check_can_be_left_out_with_a_reason(tmp_path: Path) -> None:
    """It judges nothing, and the reason is shown."""
    report = tmp_path / "report.json"
    words = ["verify", "crm", "--max-examples", "1", "--phase", "examples", "--report", f"json={report}"]
    result = CliRunner().invoke(main, [*words, "--exclude-check", "paging=slow", "--exclude-check", "ignored_auth"])
    only = CliRunner().invoke(main, [*words, "--check", "not_a_server_error", "--format", "json"])
    told = json.loads(only.output)

    assert "Not checked: paging (slow); ignored_auth (excluded)." in result.output
    assert {name for each in told["apis"][0]["operations"] for name in each["checks"]} == {"not_a_server_error"}
    assert told["apis"][0]["unchecked"]["paging"] == "not among --check"
    assert "--check not_a_server_error" in told["command"]


def test_a_warning_fails_only_who_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown all the same."""
    refused = finding(check="positive_data_acceptance", status=404)
    happened = whole(events.Found("shelf", refused))
    monkeypatch.setattr(command, "verify", lambda *_: iter(happened))
    lenient = CliRunner().invoke(main, ["verify", "crm"])
    strict = CliRunner().invoke(main, ["verify", "crm", "--severity", "warning"])

    assert (lenient.exit_code, strict.exit_code) == (0, 1)
    assert "✓ shelf  3 cases in 1.0 s  clean, 1 warning" in lenient.output
    assert "warning; positive_data_acceptance; fuzzing" in lenient.output
    assert lenient.output.splitlines()[-1] == "the contract is kept  3 cases in 1.0 s; 1 warning"


def test_the_scoreboard_without_a_baseline_knows_nothing() -> None:
    """And nothing is gone."""
    scoreboard = board()

    assert (scoreboard.gone, [each.known for each in scoreboard.groups]) == ([], [False])
