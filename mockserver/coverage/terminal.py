"""Contract coverage on a terminal: a row an operation with what is missing, then the figures; the gaps, quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent

from rich.text import Text

from mockserver.contract.quotation import quote
from mockserver.coverage.counting.outline import KINDS, Item
from mockserver.coverage.counting.summary import Figure, Summary
from mockserver.output.escaping import visible, visible_lines
from mockserver.output.printing import Output
from mockserver.output.table import Column, show_table

QUOTED = 6
"""Lines of the document that stand below each gap."""

ALIGNED = 60
"""Columns from which on the figures are aligned."""

ONCE = "(security)"
"""What stands for an operation beside what an API has once."""


def show(out: Output, summary: Summary, *, quotes: bool = False) -> None:
    """The table and the figures; with `quotes`, every gap as the document has it."""
    columns = [
        Column("operation", title=True),
        Column("parts", right=True),
        Column("", right=True),
        Column("not exercised", words=True),
    ]
    rows = [
        [Text(visible(name)), Text(f"{figure.exercised}/{figure.parts}"), _coloured(figure), Text(visible(missing))]
        for name, figure, missing in _rows(summary)
    ]
    show_table(out, columns, rows)
    out.print()
    if quotes:
        _show_quotes(out, summary)
    for kind, words in KINDS.items():
        figure = summary.of_kind(kind)
        if figure.parts:
            out.print(_told(words, figure, out.width))
    whole = summary.figure()
    s = "" if summary.coverage.exchanges == 1 else "s"
    line = Text(_told("contract coverage", whole, out.width), style="bold")
    out.print(Text.assemble(line, f"  by {summary.coverage.exchanges} request{s}"))
    for remark in summary.remarks:
        out.print(Text(remark, style="yellow"))


def _told(words: str, figure: Figure, width: int) -> str:
    """A figure in a line; below one another they are a table, where there is room for one."""
    if width < ALIGNED:
        return f"{words}: {figure.exercised} of {figure.parts}, {figure}"
    return f"{words:<20}{figure.exercised:>5} of {figure.parts:<5}{figure!s:>7}"


def _rows(summary: Summary) -> Iterator[tuple[str, Figure, str]]:
    """Name, figure and what is missing of each operation; of an API that nothing reached, in one."""
    for api in summary.outline.apis:
        operations = [operation for name, operation in summary.rows() if name == api]
        figure = summary.of_api(api)
        if not figure.exercised:
            count = sum(map(bool, operations))
            yield f"{api}.*", figure, f"no request reached {f'any of its {count} operations' if count > 1 else 'it'}"
            continue
        for operation in operations:
            figure = summary.of_operation(api, operation)
            missing = listed(summary.missing(summary.parts(api, operation)))
            if operation and not figure.exercised:
                missing = "no request reached it"
            yield f"{api}.{operation}" if operation else f"{api} {ONCE}", figure, missing


def listed(items: Iterable[Item]) -> str:
    """Parts of one operation in a line, the values of an enum together: `400, name, args.filter_type=and | or`."""
    groups: dict[str, list[str]] = {}
    for item in items:
        if item.key.kind == "value":
            at, _, value = item.key.name.partition("=")
            groups.setdefault(f"{at.removeprefix('body ')}=", []).append(value)
        else:
            groups[label(item)] = []
    return ", ".join(f"{name}{' | '.join(values)}" for name, values in groups.items())


def label(item: Item) -> str:
    """A part in a word or two, as a row of its operation names it."""
    return f"{item.key.kind} {item.key.name}" if item.key.kind in ("scheme", "scope", "operation") else item.key.name


def _coloured(figure: Figure) -> Text:
    colour = "green" if figure.exercised == figure.parts else "yellow" if figure.exercised else "red"
    return Text(str(figure), style=colour)


def _show_quotes(out: Output, summary: Summary) -> None:
    for item in summary.missing():
        document = summary.outline.apis[item.key.api].document
        owner = f"{item.key.api}.{item.key.operation}" if item.key.operation else item.key.api
        head = Text.assemble((visible(owner), "bold"), f" {visible(label(item))}  ", (visible(item.pointer), "cyan"))
        out.print(head, soft_wrap=True)
        quoted = visible_lines(quote(document, item.pointer, QUOTED))
        out.print(Text(indent(quoted, "    ") + "\n", style="dim"), soft_wrap=True)
