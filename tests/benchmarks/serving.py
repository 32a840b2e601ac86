"""`python -m tests.benchmarks.serving`: this server beside others, on one document, in one run.

Each round takes every contender in turn, so that a slow minute of the machine falls on all of them.
Start-up, memory and speed all come from servers started for that round; nothing is asserted.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from subprocess import SubprocessError

import click
from rich.console import Console

from mockserver.contract.document import Document
from mockserver.resources import resource
from tests.benchmarks import report, table
from tests.benchmarks.contenders import CONTENDERS, Contender
from tests.benchmarks.course import Course, Result
from tests.benchmarks.npm import ToolError, program
from tests.benchmarks.process import ServerError
from tests.benchmarks.wrk import Pressure

CACHE = Path(tempfile.gettempdir()) / "benchmark-peers"
UNMEASURED = (ToolError, ServerError, SubprocessError, HTTPException, OSError, ValueError)


@click.command(context_settings={"show_default": True})
@click.option("--seconds", default=10, type=click.IntRange(1, 60), help="Length of one load.")
@click.option("--warm-up", default=5, type=click.IntRange(1, 60), help="Length of the load before it, in seconds.")
@click.option("--rounds", default=3, type=click.IntRange(1, 20), help="How often each is started and loaded.")
@click.option("--connections", default=16, type=click.IntRange(1, 256), help="Connections kept open.")
@click.option("--threads", default=1, type=click.IntRange(1, 8), help="Threads of wrk.")
@click.option("--only", multiple=True, metavar="WORD", help="Measure only those whose name has the word, and us.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), default=CACHE, help="Where npm installs to.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the tables are printed.")
def main(
    *,
    seconds: int,
    warm_up: int,
    rounds: int,
    connections: int,
    threads: int,
    only: tuple[str, ...],
    cache: Path,
    style: str,
) -> None:
    """Measure this server and its peers on GET /api/v1/lists and POST /api/v1/contacts of specs/audience.yaml."""
    pressure = Pressure(connections, threads, seconds)
    results = measure(chosen(only), rounds, pressure, Pressure(connections, threads, warm_up), cache.resolve())
    run = (
        f"{table.machine()}. wrk with {threads} thread(s), {seconds} s a load after {warm_up} s of warm-up, "
        f"{rounds} round(s), medians."
    )
    table.show(report.tables(results, pressure), [*report.troubles(results), run], style)


def chosen(words: Sequence[str]) -> list[Contender]:
    """All contenders, or ours and those that a word names."""
    ours, *others = CONTENDERS
    return [ours, *(other for other in others if not words or any(word in other.name for word in words))]


def measure(
    contenders: Sequence[Contender], rounds: int, pressure: Pressure, warm_up: Pressure, cache: Path
) -> list[Result]:
    """All results, ours first; ClickException if wrk or our own server is not to be had."""
    console = Console(stderr=True)
    document = Document.load(resource("specs") / "audience.yaml").raw
    try:
        program("wrk")
        answers = Course(document, {}, pressure, warm_up, cache).record(contenders[0])
    except UNMEASURED as error:
        raise click.ClickException(f"There is nothing to compare: {error}.") from None
    course = Course(document, answers, pressure, warm_up, cache)
    results = [Result(contender) for contender in contenders]
    for result in results:
        with unmeasured(result):
            course.prepare(result.contender)
    for number in range(1, rounds + 1):
        for result in results:
            console.print(f"round {number} of {rounds}: {result.contender.name} {result.reason}", style="dim")
            if not result.reason:
                with unmeasured(result):
                    result.samples.append(course.run(result.contender))
    return results


@contextmanager
def unmeasured(result: Result) -> Iterator[None]:
    """What cannot be installed, started or loaded becomes the result's reason."""
    try:
        yield
    except UNMEASURED as error:
        result.reason = str(error)


if __name__ == "__main__":
    main()
