"""`python -m tests.benchmarks.answers`: an example answer and a generated one, beside a shipped API's and Prism's.

Each is asked for in turn on one connection that stays open. Processor time is that of the server's process, which the
system counts in hundredths of a second: enough requests make it exact. Nothing is asserted.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter

import click

from tests.benchmarks import table
from tests.benchmarks.npm import ToolError, installed
from tests.benchmarks.operations import HOST, READ, Operation
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.serving import CACHE
from tests.benchmarks.table import Table, duration

DOCUMENT = Path(__file__).with_name("answers.yaml")
DYNAMIC = {"Prefer": "dynamic=true"}


@dataclass(frozen=True)
class Asked:
    """One request, with headers of its own."""

    title: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)


EXAMPLE = Asked("the document's example", "/example")
ASKED = (
    EXAMPLE,
    Asked("a generated object, the same each time", "/generated"),
    Asked("a generated object, anew each time", "/generated", DYNAMIC),
    Asked("a page of 25 generated objects, anew each time", "/page", DYNAMIC),
)
SHIPPED = Asked("a page of 8 lists of a shipped API", READ.path, READ.headers)


@dataclass(frozen=True)
class Result:
    """Seconds for one request: `waited` by the client, `spent` by the server's processor."""

    server: str
    asked: Asked
    waited: float
    spent: float
    size: int


@click.command(context_settings={"show_default": True})
@click.option("--requests", default=2_000, type=click.IntRange(1), help="Of each kind.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), default=CACHE, help="Where npm installs to.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, requests: int, cache: Path, style: str) -> None:
    """Measure what an answer costs that nobody wrote code for."""
    ours = [sys.executable, "-m", "mockserver", "serve", "audience", str(DOCUMENT)]
    results = measure("mockserver", lambda port: [*ours, f"--port={port}"], (SHIPPED, *ASKED), requests)
    notes = [f"{table.machine()}. {requests:,} requests of each kind, one after the other, on one connection."]
    try:
        results += measure("Prism", lambda port: prism(port, cache.resolve()), ASKED, requests)
    except (ToolError, ServerError) as error:
        notes.append(f"Prism is not measured: {error}.")
    table.show([report(results)], notes, style)


def prism(port: int, cache: Path) -> list[str]:
    node = installed("node", cache) / "bin" / "node"
    script = installed("@stoplight/prism-cli", cache) / "dist" / "index.js"
    return [str(node), str(script), "mock", str(DOCUMENT), f"--host={HOST}", f"--port={port}"]


def measure(name: str, command: Callable[[int], list[str]], asked: Sequence[Asked], requests: int) -> list[Result]:
    """Each kind of request by itself, after a tenth as many that are not counted."""
    port = free_port()
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        Process(command(port), Path(folder), dict(os.environ)) as process,
    ):
        process.first_answer(Operation(EXAMPLE.title, "GET", EXAMPLE.path), port)
        return [loaded(name, process, port, each, requests) for each in asked]


def loaded(name: str, process: Process, port: int, asked: Asked, requests: int) -> Result:
    connection = HTTPConnection(HOST, port, timeout=30)
    try:
        size = 0
        for _ in range(max(1, requests // 10)):
            size = ask(connection, asked)
        spent, started = process.cpu_seconds(), perf_counter()
        for _ in range(requests):
            size = ask(connection, asked)
        waited = perf_counter() - started
        return Result(name, asked, waited / requests, (process.cpu_seconds() - spent) / requests, size)
    finally:
        connection.close()


def ask(connection: HTTPConnection, asked: Asked) -> int:
    """The bytes of the answer; ServerError unless it is a success."""
    connection.request("GET", asked.path, headers=dict(asked.headers))
    response = connection.getresponse()
    body = response.read()
    if response.status != 200:  # success
        raise ServerError(f"{asked.path} answered {response.status}: {body[:100]!r}")
    return len(body)


def report(results: Sequence[Result]) -> Table:
    """A row for each server and kind."""
    rows = [
        (f"{each.server}: {each.asked.title}", duration(each.spent), duration(each.waited), f"{each.size:,}")
        for each in results
    ]
    return Table("One answer", ("who answers with what", "processor", "until it is read", "bytes"), rows)


if __name__ == "__main__":
    main()
