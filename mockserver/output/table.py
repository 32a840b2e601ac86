"""Tables that fit: in columns where there is room, else one record after the other.

A word that is broken in two can neither be read nor searched, so a column is as wide as its longest word, and where
the columns do not fit side by side every row becomes a heading with what belongs to it below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from mockserver.output.printing import Output

GAP = 2
"""Blanks between columns."""

ROOM = 24
"""Terminal columns that a cell of words has at least."""


@dataclass(frozen=True)
class Column:
    """title: it names the row, and so begins the record. words: what it holds may be wrapped between words.

    room: columns that such words have at least.
    """

    heading: str
    right: bool = False
    words: bool = False
    title: bool = False
    room: int = ROOM

    def least(self, cells: Sequence[Text]) -> int:
        """Terminal columns that it needs."""
        longest = max((line.cell_len for cell in cells for line in cell.split()), default=0)
        return max(len(self.heading), min(longest, self.room) if self.words else longest)


def show_table(
    out: Output,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Text]],
    *,
    indent: int = 0,
    headings: bool = True,
    spaced: bool = False,
) -> None:
    """Print the rows as a table or, where that is too wide, as records; `spaced`: with an empty line between them."""
    if not rows:
        return
    widths = [column.least(cells) for column, cells in zip(columns, zip(*rows, strict=True), strict=True)]
    if sum(widths) + GAP * (len(widths) - 1) + indent <= out.width:
        table = _table(columns, rows, headings=headings, spaced=spaced)
        out.print(Padding(table, (0, 0, 0, indent), expand=False))
    else:
        for number, row in enumerate(rows):
            if number and spaced:
                out.print()
            _record(out, columns, row, indent)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[Text]], *, headings: bool, spaced: bool) -> Table:
    table = Table(
        box=None,
        header_style="bold",
        pad_edge=False,
        padding=(0, GAP, 0, 0),
        show_header=headings,
    )
    for column in columns:
        table.add_column(
            column.heading, justify="right" if column.right else "left", no_wrap=not column.words, overflow="fold"
        )
    for number, row in enumerate(rows):
        if number and spaced:
            table.add_row()
        table.add_row(*row)
    return table


def _record(out: Output, columns: Sequence[Column], row: Sequence[Text], indent: int) -> None:
    """The row's titles in a line, then its other cells with their headings, as many to a line as fit."""
    named = list(zip(columns, row, strict=True))
    title = Text(" ").join(cell for column, cell in named if column.title and cell)
    out.print(Padding(title, (0, 0, 0, indent)))
    line = Text()
    for piece in (_piece(column, cell) for column, cell in named if cell and not column.title):
        together = line.cell_len + piece.cell_len + GAP + indent + GAP
        if line and (together > out.width or "\n" in piece.plain):
            out.print(Padding(line, (0, 0, 0, indent + GAP)))
            line = Text()
        line = Text(" " * GAP).join([line, piece]) if line else piece
    if line:
        out.print(Padding(line, (0, 0, 0, indent + GAP)))


def _piece(column: Column, cell: Text) -> Text:
    lines = cell.split()
    if len(lines) > 1:
        return Text("\n").join([Text(f"{column.heading}:", style="dim"), *(Text("  ") + line for line in lines)])
    return Text.assemble((f"{column.heading}: ", "dim"), cell) if column.heading else cell
