"""Contract coverage of a test run."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mockserver.coverage.plugin import CoveragePlugin

BARE = ("-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""What a run in a process of its own need not load."""

TESTS = """
    import pytest

    @pytest.mark.parametrize("round", range(4))
    def test_create(mock, round):
        mock.client.post("/contacts/lists", json={"name": f"Round {round}", "args": {"filter_type": "or"}})

    def test_list(mock):
        assert mock.client.get("/contacts/lists").status_code == 200
        assert mock.client.get("/contacts/lists/options").status_code == 200
"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project that exercises some of one API."""
    pytester.makeini("[pytest]\nmock_apis = crm\nfilterwarnings = error\n")
    pytester.makepyfile(TESTS)
    return pytester


def written(run: pytest.Pytester, name: str = "coverage.json") -> Any:
    return json.loads((run.path / name).read_text())


def test_the_terminal_shows_what_is_missing(run: pytest.Pytester) -> None:
    """A row an operation, the figures by kind, and the one percentage."""
    result = run.runpytest("--mock-coverage")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*= contract coverage =*",
            "operation * parts *not exercised*",
            "crm.list_contact_lists * 2/2  100.0%*",
            "crm.create_contact_list * 6/25 * 24.0%  400, 413, filters, *",
            "*filters[[]].operator=eq | gte |*",
            "crm.delete_contact_list * 0/6 * 0.0%  no request reached it*",
            "operations              3 of 5      60.0%",
            "contract coverage      10 of 63     15.8%  by 6 requests",
        ]
    )
    result.stdout.no_fnmatch_line("*#/paths/*")


def test_an_api_that_nothing_reached_is_one_row(run: pytest.Pytester) -> None:
    """However many operations it has."""
    run.makeini("[pytest]\nmock_apis = crm workshop\n")
    result = run.runpytest("--mock-coverage")

    result.stdout.fnmatch_lines(["workshop.[*] * 0/83 * 0.0%  no request reached any of its 8"])
    result.stdout.no_fnmatch_line("*workshop.list_lists*")


def test_the_terminal_quotes_the_document_when_asked(run: pytest.Pytester) -> None:
    """With -v every gap stands there with its pointer and what the document says at it."""
    result = run.runpytest("--mock-coverage=term", "-v")

    result.stdout.fnmatch_lines(
        [
            "crm.create_contact_list body filters[[]].operator=like  #/components/schemas/*/enum/3",
            "    like",
            "crm.delete_contact_list 204  #/paths/~1contacts~1lists~1{id}/delete/responses/204",
            "    '204': *",
        ]
    )


def test_reports_are_written_as_asked(run: pytest.Pytester) -> None:
    """A page, JSON, or both; only what is asked for is printed."""
    result = run.runpytest("--mock-coverage=html:site/coverage", "--mock-coverage=json:out/coverage.json")
    report = written(run, "out/coverage.json")

    assert result.ret == pytest.ExitCode.OK
    assert "Contract coverage 15.8%" in (run.path / "site/coverage/index.html").read_text()
    assert (report["exercised"], report["parts"], report["exchanges"]) == (10, 63, 6)
    result.stdout.fnmatch_lines(["contract coverage written to site/coverage/index.html"])
    result.stdout.no_fnmatch_line("*not exercised*")


def test_workers_counts_are_merged(run: pytest.Pytester) -> None:
    """Under xdist the report is that of the same run in one process."""
    run.runpytest("--mock-coverage=json:coverage.json")
    alone = written(run)
    result = run.runpytest_subprocess(
        *BARE, "-n", "2", "--mock-coverage=json:merged.json", "--mock-coverage-fail-under=15", "--mock-coverage"
    )

    result.assert_outcomes(passed=5)
    assert result.ret == pytest.ExitCode.OK
    assert written(run, "merged.json") == alone
    result.stdout.fnmatch_lines(["contract coverage 15.8% is at least the required 15%"])


@pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_too_little_coverage_fails_the_run(run: pytest.Pytester, workers: tuple[str, ...]) -> None:
    """With the exit code of failed tests, though every test passed."""
    start = run.runpytest_subprocess if workers else run.runpytest  # the latter in this process, which costs less
    result = start(*BARE, *workers, "--mock-coverage-fail-under=90.5")

    result.assert_outcomes(passed=5)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["contract coverage 15.8% is below the required 90.5%; --mock-coverage shows what is missing"]
    )


def test_a_run_without_a_mock_has_exercised_nothing(run: pytest.Pytester) -> None:
    """The contract is the one that the ini file names, asked or not."""
    result = run.runpytest("-k", "unknown", "--mock-coverage", "--mock-coverage-fail-under=1")

    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["contract coverage       0 of 63      0.0%  by 0 requests"])


def test_collecting_covers_nothing(run: pytest.Pytester) -> None:
    """There is no report where no test ran."""
    result = run.runpytest("--collect-only", "--mock-coverage", "--mock-coverage-fail-under=90")

    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*contract coverage*")


@pytest.mark.parametrize(
    ("target", "advice"),
    [
        ("tests", "To report on the terminal, write --mock-coverage=term before the path of the tests."),
        ("xml:out", "To report on the terminal, write --mock-coverage=term before the path of the tests."),
        ("html", "Give a path: --mock-coverage=html:PATH."),
        ("json:", "Give a path: --mock-coverage=json:PATH."),
    ],
)
def test_a_target_that_is_none_is_explained(run: pytest.Pytester, target: str, advice: str) -> None:
    """Above all a path of tests that the option has swallowed."""
    result = run.runpytest("--mock-coverage", target)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        [f"ERROR: --mock-coverage: expected term, html:DIR or json:FILE, got '{target}'. {advice}"]
    )


def test_a_percentage_beyond_all_is_refused(run: pytest.Pytester) -> None:
    """No run could reach it."""
    result = run.runpytest("--mock-coverage-fail-under=101")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --mock-coverage-fail-under: expected 0 to 100, got 101."])


def test_a_place_that_cannot_be_written_is_named(run: pytest.Pytester) -> None:
    """A file stands where a folder should."""
    result = run.runpytest("--mock-coverage=html:tox.ini")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--mock-coverage=html:tox.ini: the report cannot be written (Not a directory).*"])
    result.stdout.no_fnmatch_line("*passed*")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_full_disk_does_not_hide_the_tests_results(run: pytest.Pytester) -> None:
    """The failure is told beside them, and the run is no success."""
    result = run.runpytest("--mock-coverage=json:/dev/full", "--mock-coverage=json:coverage.json")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        [
            "--mock-coverage=json:/dev/full: the report cannot be written (No space left on device).",
            "contract coverage written to coverage.json",
        ]
    )
    assert written(run)["exercised"] == 10


def test_an_interrupted_run_is_marked(run: pytest.Pytester) -> None:
    """What was not run is not taken for what was not covered, in any form."""
    run.makepyfile(
        test_interrupted=TESTS.replace(
            "200\n        assert mock", "200\n        raise KeyboardInterrupt\n        assert mock"
        )
    )
    result = run.runpytest_subprocess(
        *BARE,
        "test_interrupted.py",
        "--mock-coverage=term",
        "--mock-coverage=json:coverage.json",
        "--mock-coverage=html:site",
    )
    remark = "The run was interrupted; the tests that did not run are not counted."

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines([remark])
    assert written(run)["remarks"] == [remark]
    assert remark in (run.path / "site/index.html").read_text()


def test_an_encoding_of_few_characters_holds_the_report(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines stay lines; what the encoding lacks is written in ASCII."""
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    result = run.runpytest_subprocess(*BARE, "--mock-coverage=term", "-v")

    result.stdout.fnmatch_lines(["crm.list_contact_lists * 2/2  100.0%", "    ..."])


def test_an_api_that_is_none_is_explained(run: pytest.Pytester) -> None:
    """The report needs the documents, whether a test asked for them or not."""
    run.makeini("[pytest]\nmock_apis = nope\n")
    result = run.runpytest("-k", "unknown", "--mock-coverage")

    result.stderr.fnmatch_lines(["*mock_apis names no API with 'nope'; *"])


def test_a_worker_that_crashed_hands_over_nothing(pytestconfig: pytest.Config) -> None:
    """What the others counted is still reported."""
    options = SimpleNamespace(mock_coverage=["term"], mock_coverage_fail_under=None)
    config: Any = SimpleNamespace(option=options)
    plugin = CoveragePlugin(config, list)

    plugin.pytest_testnodedown(SimpleNamespace())
    plugin.pytest_testnodedown(SimpleNamespace(workeroutput={}))
    session: Any = SimpleNamespace(exitstatus=pytest.ExitCode.OK)

    assert plugin._coverage.exchanges == 0
    assert list(plugin._remarks(session)) == ["2 workers ended without a report; their requests are not counted."]
