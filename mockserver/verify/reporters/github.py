"""Output for GitHub Actions: annotations of files, and a summary in Markdown on the page of the run.

The environment variables `GITHUB_ACTIONS` and `GITHUB_STEP_SUMMARY` ask for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from mockserver.output.escaping import visible, visible_lines
from mockserver.verify.grading import Group, relative, shown_operations
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import BROKEN, CLEAN, INCOMPLETE, ApiScore

MOST = 10
"""Maximum of annotations of one kind that GitHub shows for a step."""

NAMED = 10
"""Maximum of operations that are listed for a group."""

GROUPS = 50
"""Maximum of groups in a summary, which may have 1 MiB."""

MARKS = {CLEAN: "✅", BROKEN: "❌"}
WORDS = {CLEAN: "The contract is kept", BROKEN: "The contract is broken"}
MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~])")


def commands(board: Scoreboard) -> Iterator[str]:
    """A workflow command for each of the worst new groups, and for each API that is not verified, though not broken."""
    for group in [each for each in board.groups if not each.known][:MOST]:
        finding = group.shortest
        properties = {"title": f"{group.headline}: {_where(group)}"}
        if finding.line is not None:
            properties = {"file": relative(finding.file), "line": str(finding.line), **properties}
        told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
        message = "\n".join([finding.message, f"broken: {finding.rule}", *finding.curl])
        yield f"::{group.severity} {told}::{_data(message)}"
    for api in board.apis:
        if api.verdict == INCOMPLETE:
            missing = "\n".join(api.shortfalls)
            yield f"::error title={_property(f'Not verified: {api.name}')}::{_data(missing)}"
    if board.broke_off:
        yield f"::error title=Not the whole run::{_data(board.broke_off)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _where(group: Group) -> str:
    return group.operations[0] if len(group.operations) == 1 else f"{len(group.operations)} operations"


def add_summary(board: Scoreboard, environment: Mapping[str, str]) -> None:
    """Append the summary to the file that GitHub names, if there is one. OSError if it cannot be written."""
    path = environment.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(summary(board))


def summary(board: Scoreboard) -> str:
    """The run in Markdown: the verdict, the APIs, the groups, and the command that repeats it."""
    return "\n".join(_summary(board)) + "\n"


def _summary(board: Scoreboard) -> Iterator[str]:
    yield f"## {MARKS.get(board.verdict, '⚠️')} {WORDS.get(board.verdict, 'Verification incomplete')}"
    yield ""
    if board.broke_off:
        yield f"**Not the whole run:** {_plain(board.broke_off)}."
        yield ""
    yield "| API | verdict | operations | cases | failures | warnings | known |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for api in board.apis:
        yield (
            f"| {_plain(api.name)} | {api.verdict} | {len(api.operations)} | {api.cases:,} | {len(api.failing)} "
            f"| {len(api.tolerated)} | {len(api.known)} |"
        )
    for number, group in enumerate(board.groups[:GROUPS], 1):
        yield from _group(number, group)
    if len(board.groups) > GROUPS:
        yield f"\n… and {len(board.groups) - GROUPS} more."
    for api in board.apis:
        yield from _remarks(api)
    if board.command:
        yield "\nRepeat with:\n"
        yield from _code(board.command, "sh")


def _group(number: int, group: Group) -> Iterator[str]:
    finding = group.shortest
    known = " (known)" if group.known else ""
    operations, more = shown_operations(group, NAMED)
    named = ", ".join(map(_plain, operations)) + (f" and {more} more" if more else "")
    yield ""
    title = f"{group.severity}{known}: <b>{_html(group.headline)}</b>: {_html(_where(group))}"
    yield f"<details><summary>{number}. {title}</summary>"
    yield ""
    yield f"{_plain(group.api)}: {named}; {_plain(group.check)}"
    yield ""
    yield from _code("\n".join([finding.message, f"broken: {finding.rule}", finding.quote]), "")
    yield from _code("\n".join(finding.curl), "sh")
    yield "</details>"


def _remarks(api: ApiScore) -> Iterator[str]:
    remarks = api.remarks()
    if remarks:
        yield f"\n{_plain(api.name)}:\n"
        yield from (f"- {_plain(remark)}" for remark in remarks)


def _code(text: str, language: str) -> Iterator[str]:
    """A code block whose fence is longer than any in the text."""
    longest = max((len(each) for each in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield visible_lines(text)
    yield fence


def _plain(text: str) -> str:
    """The text on one line, escaped for Markdown and HTML."""
    return MARKDOWN.sub(r"\\\1", visible(text))


def _html(text: str) -> str:
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
