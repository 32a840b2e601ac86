"""What GitHub shows of a run beside its log: annotations of the document, and a summary."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.verify import command, events
from mockserver.verify.grading import Policy
from mockserver.verify.reporters.github import GROUPS, MOST, add_summary, commands, summary
from tests.verify.reporters.sample import GET, LIST, PING, RUN, board, finding
from tests.verify.reporters.test_readers import many

HOSTILE = replace(
    finding(message="100% wrong\n::error::gone\r\n`````\n<script>", curl=("curl 'x'\n::add-mask::y",)),
    file="specs/a,b.yaml",
    line=3,
    title="Odd: *title*, <b>",
)


def test_an_annotation_is_at_the_line_of_the_document() -> None:
    """One command for each group, on one line, whatever it quotes."""
    lines = list(commands(board(RUN[0], events.Found("shelf", HOSTILE), RUN[15])))

    assert lines == [
        "::error file=specs/a%2Cb.yaml,line=3,title=Odd%3A *title*%2C <b>%3A 500%3A get_book::"
        "100%25 wrong%0A::error::gone%0D%0A`````%0A<script>%0A"
        "broken: #/paths/~1books~1{id}/get/responses%0Acurl 'x'%0A::add-mask::y"
    ]


def test_annotations_are_of_the_worst_that_are_new() -> None:
    """GitHub shows ten of a step; what is known is none, and a warning is one."""
    found = [events.Found("shelf", replace(finding(status=500 + at), operation=GET)) for at in range(20)]
    warning = events.Found("shelf", finding(check="positive_data_acceptance", status=404))
    scoreboard = board(RUN[0], *found, RUN[15])
    lenient = board(RUN[0], warning, RUN[15])
    known = Policy(known={each.fingerprint: "" for each in scoreboard.findings})

    assert len(list(commands(scoreboard))) == MOST
    assert next(commands(lenient)).startswith("::warning title=Server error%3A get_book::")
    scoreboard.policy = scoreboard.apis[0].policy = known
    scoreboard.broke_off = "interrupted by SIGTERM"
    assert list(commands(scoreboard)) == [
        "::error title=Not verified%3A shelf::The server stopped answering; nothing more was sent.%0A"
        "Never sent, so not verified: list_books.",
        "::error title=Not the whole run::interrupted by SIGTERM",
    ]


def test_an_operation_that_was_never_sent_is_annotated() -> None:
    """The step fails by its exit code, and says for what."""
    started = events.ApiStarted("ping", "Ping", "", (PING, LIST), events.PHASES, 7)
    scoreboard = board(started, *RUN[-3:])

    assert list(commands(scoreboard)) == [
        "::error title=Not verified%3A ping::Never sent, so not verified: list_books."
    ]
    assert summary(scoreboard).startswith("## ⚠️ Verification incomplete\n")
    assert list(commands(board(*RUN[-4:]))) == []


def test_a_summary_begins_with_the_verdict_and_has_every_api() -> None:
    """Then the groups, what the numbers do not cover, and how to repeat the run."""
    lines = summary(board()).splitlines()

    assert lines[0] == "## ❌ The contract is broken"
    assert "| shelf | broken | 2 | 3 | 1 | 0 | 0 |" in lines
    assert "| ping | clean | 1 | 1 | 0 | 0 | 0 |" in lines
    assert "<details><summary>1. error: <b>Server error: 500</b>: get_book</summary>" in lines
    assert "- The server stopped answering; nothing more was sent." in lines
    assert lines[-2] == "mockserver verify shelf ping --seed 7"


def test_nothing_that_is_quoted_is_markdown() -> None:
    """Fences are longer than any within, and markup is escaped."""
    scoreboard = board(RUN[0], events.Found("shelf", HOSTILE), RUN[15])
    scoreboard.broke_off = "a*b"
    text = summary(scoreboard)
    fences = re.findall("^`+", text, re.MULTILINE)

    assert "<b>Odd: *title*, &lt;b&gt;: 500</b>" in text
    assert "**Not the whole run:** a\\*b." in text
    assert "``````" in fences
    assert not re.search("^::", text, re.MULTILINE)


def test_a_summary_has_a_bound(tmp_path: Path) -> None:
    """GitHub refuses one of more than 1 MiB."""
    found = [
        events.Found("shelf", replace(finding(), operation=many(at), check=f"check_{at}")) for at in range(GROUPS + 5)
    ]
    scoreboard = board(RUN[0], *found, RUN[15])
    scoreboard.command = ""
    path = tmp_path / "summary.md"
    path.write_text("of another step\n")
    add_summary(scoreboard, {"GITHUB_STEP_SUMMARY": str(path)})
    add_summary(scoreboard, {})

    assert path.read_text().startswith("of another step\n## ")
    assert "… and 5 more." in path.read_text()
    assert "Repeat with" not in path.read_text()


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_job_is_told_by_its_environment(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Annotations stand in the log, unless that is for machines; elsewhere there are none."""
    monkeypatch.setattr(command, "verify", lambda *_: iter(RUN))
    path = tmp_path / "summary.md"
    job = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(path)}
    told = CliRunner(env=job).invoke(main, ["verify", "crm", "--format", form])
    elsewhere = CliRunner(env=dict.fromkeys(job)).invoke(main, ["verify", "crm", "--format", form])

    assert (told.output.count("\n::error ") == 1) is (form == "text")
    assert "::" not in elsewhere.output
    assert path.read_text().count("## ") == 1


def test_a_summary_that_cannot_be_written_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict of a broken contract stays what it is."""
    monkeypatch.setattr(command, "verify", lambda *_: iter(RUN[-4:]))
    result = CliRunner(env={"GITHUB_STEP_SUMMARY": "/nowhere/summary.md"}).invoke(main, ["verify", "crm"])

    assert result.exit_code == 2
    assert result.stderr == "mockserver: GITHUB_STEP_SUMMARY: it cannot be written (No such file or directory).\n"
