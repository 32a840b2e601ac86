"""`python -m tests.benchmarks.cost`: what a request costs the server, in CPU time, beside a bare ASGI application.

Requests per second tell as much of the machine and the client; the processor time that the server itself spends, user
and system, divided by the requests it answered, tells what the code costs. Each round takes every subject in turn.
`--beside PATH` adds another checkout of this project, run by its own `.venv`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from subprocess import SubprocessError

import click
from rich.console import Console

from tests.benchmarks import bare, table, wrk
from tests.benchmarks.npm import ToolError, program
from tests.benchmarks.operations import READ, WRITE, Operation
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.table import NONE, Table, number, ratio
from tests.benchmarks.wrk import Pressure

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent

OPERATIONS = {
    "list": READ,
    "list, rotating": replace(READ, script=FOLDER / "list.lua"),
    "upsert": WRITE,
    "upsert, each a change": replace(WRITE, script=FOLDER / "change.lua"),
}
"""What is asked, by its column: requests that repeat, and requests that never do."""


@dataclass
class Subject:
    """One server: `command` starts it on a port, from `root`; `costs` are microseconds a request by operation."""

    name: str
    command: Callable[[int], list[str]]
    root: Path = ROOT
    costs: dict[str, list[float]] = field(default_factory=dict)

    def cost(self, operation: str) -> float | None:
        found = self.costs.get(operation)
        return median(found) if found else None


@click.command(context_settings={"show_default": True})
@click.option("--beside", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another checkout.")
@click.option("--rounds", default=5, type=click.IntRange(1, 100), help="How often each is started.")
@click.option("--seconds", default=5, type=click.IntRange(1, 60), help="Loads of a second in a round.")
@click.option("--connections", default=16, type=click.IntRange(1, 256), help="Connections kept open.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, beside: Path | None, rounds: int, seconds: int, connections: int, style: str) -> None:
    """Measure CPU time per request of GET /api/v1/lists and POST /api/v1/contacts, journal on."""
    pressure = Pressure(connections, 1, 1)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        try:
            program("wrk")
            found = subjects(Path(name), beside)
            measure(found, rounds, seconds, pressure)
        except (ToolError, ServerError, SubprocessError, OSError, ValueError) as error:
            raise click.ClickException(f"There is nothing to show: {error}.") from None
    loads = f"{rounds} round(s) of {seconds} loads of 1 s, medians of the least"
    run = f"{table.machine()}. wrk, {connections} connections, {loads}."
    table.show(tables(found), [run], style)


def subjects(folder: Path, beside: Path | None) -> list[Subject]:
    """The bare application first, which gives our own answers; then the other checkout, if there is one, and ours."""
    ours = Subject("mockserver serve audience", _serve(Path(sys.executable)))
    quiet = Subject("without the log", _serve(Path(sys.executable), "--log-level", "warning"))
    with _running(ours) as (port, _):
        WRITE.ask(port)
        answers = {each.method: each.ask(port) for each in (READ, WRITE)}
    file = bare.write(folder / "answers.json", answers)
    least = Subject(
        "a bare ASGI app", lambda port: [sys.executable, "-m", "tests.benchmarks.bare", str(file), str(port)]
    )
    if beside is None:
        return [least, ours, quiet]
    root = beside.resolve()
    python = root / ".venv" / "bin" / "python"
    others = [
        Subject(f"{root.name}: {each.name}", _serve(python, *options), root)
        for each, options in ((ours, ()), (quiet, ("--log-level", "warning")))
    ]
    return [least, *others, ours, quiet]


def _serve(python: Path, *options: str) -> Callable[[int], list[str]]:
    return lambda port: [str(python), "-m", "mockserver", "serve", "audience", f"--port={port}", *options]


@contextmanager
def _running(subject: Subject) -> Iterator[tuple[int, Process]]:
    """The port and the process of the subject, which has answered once."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        environment = {**os.environ, "PYTHONPATH": str(subject.root)}
        with Process(subject.command(port), Path(name), environment) as process:
            process.first_answer(READ, port)
            yield port, process


def measure(found: Sequence[Subject], rounds: int, seconds: int, pressure: Pressure) -> None:
    """Load every subject with every operation in each round, a second at a time and after one of warming up."""
    console = Console(stderr=True)
    for turn in range(1, rounds + 1):
        with ExitStack() as stack:
            running = [(each, *stack.enter_context(_running(each))) for each in found]
            for name, operation in OPERATIONS.items():
                console.print(f"round {turn} of {rounds}: {name}", style="dim")
                costs = _costs(running, operation, seconds, pressure)
                for subject, least in zip(found, costs, strict=True):
                    subject.costs.setdefault(name, []).append(least)


def _costs(
    running: Sequence[tuple[Subject, int, Process]], operation: Operation, seconds: int, pressure: Pressure
) -> list[float]:
    """The least microseconds a request of each, of `seconds` loads after one that does not count."""
    costs: list[list[float]] = [[] for _ in running]
    for _ in range(seconds + 1):
        for (subject, port, process), taken in zip(running, costs, strict=True):
            load = wrk.press(operation, process, port, pressure)
            if load.refused or load.broken:
                raise ServerError(f"{subject.name}: {load.refused + load.broken} requests failed")
            taken.append(load.cpu)
    return [min(each[1:]) for each in costs]


def tables(found: Sequence[Subject]) -> list[Table]:
    """Microseconds for each operation, and their ratio to the first subject's."""
    rows = []
    for subject in found:
        cells: list[str] = []
        for name in OPERATIONS:
            cost = subject.cost(name)
            cells += [NONE if cost is None else number(cost), ratio(cost, found[0].cost(name))]
        rows.append((subject.name, *cells))
    columns = [text for name in OPERATIONS for text in (f"{name} µs", "÷ bare")]
    return [Table("CPU time of the server per request", ("server", *columns), rows), *savings(found)]


def savings(found: Sequence[Subject]) -> list[Table]:
    """How much less ours costs than another checkout's, the same way of serving held against the same."""
    rows = []
    for subject in found:
        other = next((each for each in found if each.name.endswith(f": {subject.name}")), None)
        if other is not None:
            rows.append((subject.name, *(_saved(subject.cost(name), other.cost(name)) for name in OPERATIONS)))
    return [Table("Less than the other checkout", ("server", *OPERATIONS), rows)] if rows else []


def _saved(cost: float | None, other: float | None) -> str:
    return NONE if cost is None or not other else f"{100 * (1 - cost / other):.0f} %"


if __name__ == "__main__":
    main()
