"""`python -m tests.benchmarks.growth`: how cost grows with the store, from a thousand contacts to a million.

Each size is measured in a fresh process, so that no store's memory is counted for another. Nothing is asserted.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence

import click
import orjson
from rich.console import Console

from tests.benchmarks import table
from tests.benchmarks.course import ROOT
from tests.benchmarks.store import COSTS, Figures
from tests.benchmarks.table import Table, duration, megabytes, ratio

SIZES = (1_000, 10_000, 100_000, 1_000_000)


@click.command(context_settings={"show_default": True})
@click.option("--size", "sizes", multiple=True, type=click.IntRange(2), default=SIZES, help="Contacts in the store.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, sizes: tuple[int, ...], style: str) -> None:
    """Measure loading, reading, writing and forking a store of each size."""
    console = Console(stderr=True)
    tables = []
    for api in COSTS:
        figures = []
        for size in sizes:
            console.print(f"{api}: {size:,} contacts", style="dim")
            figures.append(measured(api, size))
        tables.append(growth(f"{api}: cost by size of the store", figures))
    notes = (f"{table.machine()}. All contacts are on one list; in brackets: ratio to the first column.",)
    table.show(tables, notes, style)


def measured(api: str, size: int) -> Figures:
    """The figures of one size, from a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.store", api, str(size)]
    run = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if run.returncode:
        raise click.ClickException(f"The {api} store of {size:,} contacts cannot be measured; see above.")
    return Figures(**orjson.loads(run.stdout))


def growth(title: str, figures: Sequence[Figures]) -> Table:
    """A row for each cost, a column for each size, the ratio to the first size in brackets."""
    rows = [
        row("load the fixtures", [each.load for each in figures], duration),
        row("the same, per contact", [each.load / each.size for each in figures], duration),
        row("resident memory, MiB", [each.resident for each in figures], megabytes),
        row("peak while loading, MiB", [each.peak for each in figures], megabytes),
        *(row(name, [each.costs[name] for each in figures], duration) for name in figures[0].costs),
    ]
    return Table(title, ("contacts", *(f"{each.size:,}" for each in figures)), rows)


def row(name: str, values: Sequence[float], write: Callable[[float], str]) -> tuple[str, ...]:
    first, *others = values
    return (name, write(first), *(f"{write(value)} ({ratio(value, first)})" for value in others))


if __name__ == "__main__":
    main()
