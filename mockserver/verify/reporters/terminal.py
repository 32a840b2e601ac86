"""The scoreboard for people: requests and responses, failures, and the commands that repeat them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from rich.padding import Padding
from rich.text import Text

from mockserver.output.escaping import visible, visible_lines
from mockserver.output.printing import Output
from mockserver.output.table import Column, show_table
from mockserver.verify.events import ApiStarted, Event, Exchange, Finding, Fingerprint
from mockserver.verify.grading import Group, Severity, shown_operations
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import BROKEN, CLEAN, ApiScore, OperationScore

MARKS = {CLEAN: ("✓", "green"), BROKEN: ("✗", "bold red")}
COLOURS = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}
WIDE = 120
"""Minimum width of a terminal for the column of paths."""

STYLES: Mapping[Severity, str] = {"error": "bold red", "warning": "bold yellow"}
NAMED = 8
"""Maximum of operations that are listed for a group."""

LONGEST = 400
"""Maximum length of a message's line, or of a response's body."""


class Announcer:
    """Announces each API when its verification begins."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def on_event(self, event: Event) -> None:
        if isinstance(event, ApiStarted):
            announce(self._out, event.api, event.target, event.notes, event.seed)


def announce(out: Output, api: str, where: str, notes: Iterable[str], seed: int) -> None:
    """Print what will be verified, before the first request."""
    out.print(
        Text.assemble((f"verifying {visible(api)}", "bold"), f" against {visible(where)}  ", (f"seed {seed}", "dim"))
    )
    for note in notes:
        out.print(Text(f"  {note}", style="yellow"))


def verdict_line(api: ApiScore) -> Text:
    """One API on one line."""
    mark, style = MARKS.get(api.verdict, ("?", "yellow"))
    failures = len(api.failing)
    outcome = counted(failures, "failure") if failures else api.verdict
    beside = [counted(len(api.tolerated), "warning")] if api.tolerated else []
    beside += [f"{len(api.known):,} known"] if api.known else []
    return Text.assemble(
        (f"{mark} ", style),
        (visible(api.name), "bold"),
        f"  {counted(api.cases, 'case')} in {api.seconds:.1f} s  ",
        (outcome, style),
        (f", {', '.join(beside)}" if beside else "", "yellow"),
    )


def show(out: Output, board: Scoreboard, reports: Iterable[tuple[str, Path]]) -> None:
    """Print the whole scoreboard."""
    for api in board.apis:
        out.print()
        verdict, about = verdict_line(api), visible(f"{api.title}; {api.target}")
        separator = "  " if len(verdict) + len(about) + 2 <= out.width else "\n  "
        out.print(Text.assemble(verdict, separator, (about, "dim")), soft_wrap=True)
        _show_operations(out, api)
        for line in api.remarks():
            out.print(Padding(Text(visible(line), style="yellow"), (0, 0, 0, 2), expand=False))
    if board.broke_off:
        out.print(Text(f"Not the whole run: {visible(board.broke_off)}.", style="yellow"))
    groups = board.groups
    for number, group in enumerate((each for each in groups if not each.known), 1):
        out.print()
        _show_group(out, number, group)
    _show_baseline(out, [each for each in groups if each.known], board.gone)
    out.print()
    for kind, path in reports:
        out.print(Text.assemble((f"{kind} report: ", "dim"), visible(str(path))), soft_wrap=True)
    if board.command:
        out.command(f"repeat with: {visible(board.command)}")
    out.print(summary(board), soft_wrap=True)


def summary(board: Scoreboard) -> Text:
    """The verdict in one line."""
    _, style = MARKS.get(board.verdict, ("?", "yellow"))
    told = {
        CLEAN: "the contract is kept",
        BROKEN: f"the contract is broken in {counted(len(board.failing), 'way')}",
    }.get(board.verdict, "verification incomplete")
    known = sum(len(api.known) for api in board.apis)
    warnings = sum(len(api.tolerated) for api in board.apis)
    beside = [counted(warnings, "warning")] if warnings else []
    beside += [f"{counted(known, 'known finding')}"] if known else []
    spent = f"  {counted(board.cases, 'case')} in {board.seconds:.1f} s"
    return Text.assemble((told, style), spent, f"; {', '.join(beside)}" if beside else "")


def counted(number: int, what: str) -> str:
    """A number with its noun: `1 case`, `2 cases`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _show_operations(out: Output, api: ApiScore) -> None:
    wide = out.width >= WIDE
    columns = [
        Column("operation", title=True),
        *([Column("")] if wide else []),
        Column("cases", right=True),
        Column("statuses reached", words=True),
        Column("checks kept"),
        Column("failures", right=True),
    ]
    rows = []
    for label, score in api.operations.items():
        failures = sum(each.operation.label == label for each in api.failing)
        path = "" if score.operation.operation_id == label else label
        rows.append(
            [
                Text(visible(score.operation.operation_id)),
                *([Text(visible(path), style="dim")] if wide else []),
                Text(f"{score.cases:,}"),
                _statuses(score),
                Text(f"{len(score.kept)} of {len(score.checks)}" if score.checks else "none ran"),
                Text(str(failures), style="bold red" if failures else "dim"),
            ]
        )
    show_table(out, columns, rows, indent=2)


def _statuses(score: OperationScore) -> Text:
    text = Text(" ").join(
        Text(str(status), style=COLOURS.get(status // 100, "white")) for status in sorted(score.statuses)
    )
    if score.unreached:
        text.append(f"{'  ' if score.statuses else ''}not {' '.join(score.unreached)}", style="dim")
    return text


def _show_group(out: Output, number: int, group: Group) -> None:
    """Print the shortest finding of a group, and the operations with the same."""
    finding, style = group.shortest, STYLES[group.severity]
    often = f", {group.occurrences:,} times" if group.occurrences > 1 else ""
    several = len(group.operations) > 1
    where = f"{group.api}: {counted(len(group.operations), 'operation')}" if several else _named(finding)
    out.print(
        Text.assemble(
            (f"{number}. {visible(group.headline)}", style),
            f"  {visible(where)}  ",
            (f"{'' if group.severity == 'error' else 'warning; '}{finding.check}; {finding.phase}{often}", "dim"),
        ),
        soft_wrap=True,
    )
    if several:
        operations, more = shown_operations(group, NAMED)
        _indented(out, ", ".join(operations) + (f" and {more} more" if more else ""))
        _indented(out, f"shown on {finding.operation.operation_id}:", style="dim")
    _indented(out, "\n".join(shortened(line) for line in finding.message.split("\n") if line))
    out.print(Text.assemble("   ", ("broken: ", "bold"), (visible(finding.rule), "cyan")), soft_wrap=True)
    _indented(out, finding.quote, 6, "cyan")
    _indented(out, _answer(finding.exchanges[-1]))
    for command in finding.curl:
        out.command(visible_lines(command), indent=3)


def _named(finding: Finding) -> str:
    return f"{finding.operation.api}.{finding.operation.operation_id}"


def _show_baseline(out: Output, known: Sequence[Group], gone: Sequence[Fingerprint]) -> None:
    """Print the known groups, one per line, and what can be removed from the baseline."""
    if known:
        out.print()
        out.print(Text("known, so they do not fail the run:", style="bold"))
    for group in known:
        several = len(group.operations) > 1
        where = f"{group.api}: {len(group.operations)} operations" if several else _named(group.shortest)
        out.print(Text(f"   {visible(group.headline)}  {visible(where)}", style="dim"))
    if gone:
        out.print()
        out.print(
            Text(
                "not found this time; what is mended can be taken out of the baseline (--write-baseline does):",
                style="bold",
            )
        )
    for each in gone:
        out.print(Text(visible(f"   {each.kind}  {each.api}.{each.operation}  {each.place}"), style="dim"))


def _indented(out: Output, text: str, by: int = 3, style: str = "") -> None:
    for line in visible_lines(text).split("\n") if text else ():
        out.print(Text(" " * by + line, style=style), soft_wrap=True)


def shortened(text: str) -> str:
    """A line, cut so that it does not fill the screen when it is wrapped."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _answer(exchange: Exchange) -> str:
    if exchange.status is None:
        return "no answer came"
    kind = next((value for name, value in exchange.response_headers if name.lower() == "content-type"), "")
    shown = shortened(" ".join(exchange.response_body.decode("utf-8", "replace").split()))
    return (
        f"answered {exchange.status} {visible(kind)}: {visible(shown)}"
        if shown
        else f"answered {exchange.status} without a body"
    )
