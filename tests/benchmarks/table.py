"""Tables of figures, for a terminal or for the README, and how a figure, a ratio and a machine are written."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import rich.table
from rich.console import Console

FORMATS = ("text", "markdown")
NONE = "-"
WIDTH = 120
"""Columns of text where no terminal tells its own."""


@dataclass(frozen=True)
class Table:
    """Rows of text under a title; the first column names, the others are figures unless `prose` is set."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    prose: bool = False

    def markdown(self) -> str:
        rule = ["---", *(["---" if self.prose else "---:"] * (len(self.columns) - 1))]
        lines = [self.columns, rule, *self.rows]
        return "\n".join([f"**{self.title}**", "", *("| " + " | ".join(cells) + " |" for cells in lines)])

    def rich(self) -> rich.table.Table:
        drawn = rich.table.Table(title=self.title, title_justify="left")
        for at, column in enumerate(self.columns):
            drawn.add_column(column, justify="left" if self.prose or at == 0 else "right")
        for row in self.rows:
            drawn.add_row(*row)
        return drawn


def show(tables: Sequence[Table], notes: Sequence[str], style: str) -> None:
    """Print the tables and, below them, the notes; `style` is one of FORMATS."""
    if style == "markdown":
        print("\n\n".join([*(table.markdown() for table in tables), *notes]))
        return
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    for table in tables:
        console.print(table.rich(), "")
    console.print(*notes, sep="\n", highlight=False, markup=False)


def ratio(one: float | None, other: float | None) -> str:
    """`one` divided by `other`, as `12x` or `1.3x`; a dash where either is not known or the divisor is zero."""
    if one is None or not other:
        return NONE
    quotient = one / other
    return f"{quotient:.0f}x" if quotient >= 9.95 else f"{quotient:.1f}x" if quotient >= 0.95 else f"{quotient:.2f}x"


def number(value: float) -> str:
    """Thousands apart; decimals only where they tell something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def duration(seconds: float) -> str:
    """In the largest unit that leaves at least one whole: `1.20 s`, `35.0 ms`, `8.10 µs`."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{number(seconds / size)} {unit}"
    return f"{number(seconds / 1e-6)} µs"


def megabytes(size: float) -> str:
    return f"{size / 2**20:,.0f}"


def machine(today: datetime | None = None) -> str:
    """What the figures were taken on, and when."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return (
        f"{processor()}, {os.cpu_count()} cores, {pages / 2**30:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, {today or datetime.now(UTC):%Y-%m-%d}"
    )


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's own name for itself, where the system tells it."""
    try:
        lines = cpuinfo.read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
