"""What the suite asks of its own tests."""

from __future__ import annotations

import pytest

import tests.plugin.conftest  # noqa: F401  # for the runs inside these tests
from tests.conftest import MARKS
from tests.economy import FOLDER, LONG

SKIPPED = """
    import pytest
    from tests.documents.published import text

    def test_tool():
        pytest.skip("needs a tool")

    def test_page(monkeypatch, tmp_path):
        monkeypatch.setenv("MOCKSERVER_DOCUMENTS", str(tmp_path))
        text("crm")
"""


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite with the rule of this one, and a test of either kind that is skipped."""
    monkeypatch.delenv("CI", raising=False)
    pytester.makeconftest("from tests.conftest import pytest_runtest_makereport")
    pytester.makepyfile(SKIPPED)
    return pytester


def test_a_skip_is_a_skip_at_a_desk(run: pytest.Pytester) -> None:
    """Whoever lacks a tool runs the other tests."""
    run.runpytest().assert_outcomes(skipped=2)


def test_a_skip_is_a_failure_in_ci(run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool can be installed there; the published documents, which cannot, are skipped there too, with a reason."""
    monkeypatch.setenv("CI", "true")

    result = run.runpytest("-rs")

    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(["*test_tool may not be skipped in CI:*", "SKIPPED *needs the published documents;*"])


@pytest.mark.parametrize(
    ("arguments", "words", "outcomes"),
    [
        ([], "campaigns: short samples (whole ones take minutes: -m campaign)", {"passed": 1, "deselected": 1}),
        (["-m", "campaign or gate"], "campaigns: whole, and what the gate proves*", {"passed": 1, "deselected": 1}),
        (["-m", ""], "tests: those that -m '' selects", {"passed": 2}),
    ],
)
def test_the_header_tells_how_long_campaigns_are(
    pytester: pytest.Pytester, arguments: list[str], words: str, outcomes: dict[str, int]
) -> None:
    """And what makes them longer or shorter."""
    usual, *_ = MARKS
    pytester.makeini(f"[pytest]\naddopts = -m '{usual}'\nmarkers =\n    campaign\n    gate\n    sample\n    sdk\n")
    pytester.makeconftest("from tests.conftest import pytest_report_header")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("size", [
            pytest.param(1, marks=pytest.mark.sample), pytest.param(9, marks=pytest.mark.campaign)
        ])
        def test_campaign(size): ...
    """)

    result = pytester.runpytest(*arguments)

    result.assert_outcomes(**outcomes)
    result.stdout.fnmatch_lines([words.replace("[", "[[]")])


def test_every_long_file_is_there() -> None:
    """None that was renamed falls back among the others."""
    assert [each for each in LONG if not (FOLDER / each).exists()] == []


def test_tests_are_called_alike_in_every_worker(pytester: pytest.Pytester) -> None:
    """Whatever bytes they are given."""
    pytester.makeconftest("from tests.conftest import pytest_make_parametrize_id")
    pytester.makepyfile("""
        import pytest

        @pytest.mark.parametrize("body", [b"\\x1f\\x8b", b"\\xff\\xfe", b"text"])
        def test_body(body): ...
    """)

    result = pytester.runpytest("--collect-only", "-q")

    result.stdout.fnmatch_lines(["*test_body[[]2 bytes0]", "*test_body[[]2 bytes1]", "*test_body[[]text]"])
