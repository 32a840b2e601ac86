"""`python -m tests.benchmarks.mocks`: what a fresh world per test costs, beside a server started per test.

Each suite is one run of pytest in a process of its own; what a run costs in which all tests share one server and one
world is taken off before the rest is shared out among the tests. Nothing is asserted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import click
from rich.console import Console

from mockserver import MockServer
from tests.benchmarks import table
from tests.benchmarks.store import cost
from tests.benchmarks.table import Table, duration, ratio

FIXTURES = """
import httpx
import pytest
from mockserver import MockServer

@pytest.fixture
def server():
    with MockServer() as running:
        yield running

@pytest.fixture(scope="session")
def client():
    with httpx.Client() as opened:
        yield opened
"""
WRITE = """
    answer = {client}.post({url}, json={{"name": f"Round {{round}}"}}, headers=mock.headers("audience"))
    assert answer.status_code == 201
"""


@dataclass(frozen=True)
class Suite:
    """A test, in Python, that is run many times; `arguments` are the fixtures that it asks for."""

    title: str
    arguments: str
    body: str = "    pass\n"

    def source(self, tests: int) -> str:
        head = f'{FIXTURES}\n@pytest.mark.parametrize("round", range({tests}))\n'
        return f"{head}def test_it({', '.join(['round', *self.arguments.split()])}):\n{self.body}"


SHARED = Suite("one server, one world for all", "mock_server")
WORLDS = (
    Suite("a fresh world", "mock"),
    Suite("a fresh world, a write without a socket", "mock", WRITE.format(client="mock.client", url='"/api/v1/lists"')),
    Suite(
        "a fresh world, a write over a socket",
        "mock client",
        WRITE.format(client="client", url='mock.url() + "/api/v1/lists"'),
    ),
)
SERVERS = Suite("a server of its own", "server")


@dataclass(frozen=True)
class Result:
    """`seconds` of a whole run of so many tests."""

    suite: Suite
    tests: int
    seconds: float


@click.command(context_settings={"show_default": True})
@click.option("--tests", default=1_000, type=click.IntRange(1), help="Tests with a fresh world each.")
@click.option("--rounds", default=3, type=click.IntRange(1), help="Runs of each but the servers; the best counts.")
@click.option("--servers", default=1_000, type=click.IntRange(1), help="Tests with a server each, which takes minutes.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the tables are printed.")
def main(*, tests: int, rounds: int, servers: int, style: str) -> None:
    """Measure the fixture `mock` by itself and in runs of pytest."""
    console = Console(stderr=True)
    plan = [(each, tests) for each in (SHARED, *WORLDS)]
    best: dict[tuple[Suite, int], Result] = {}
    for number, (suite, size) in enumerate([*plan * rounds, (SHARED, servers), (SERVERS, servers)]):
        console.print(f"{number + 1}: {suite.title}, {size:,} tests", style="dim")
        result = measure(suite, size)
        best[suite, size] = min(result, best.get((suite, size), result), key=lambda each: each.seconds)
    results = list(best.values())
    table.show([single(), runs(results)], [f"{table.machine()}. All five APIs, one process, no xdist."], style)


def measure(suite: Suite, tests: int) -> Result:
    """One run of pytest; ClickException if a test fails."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        (Path(folder) / "test_suite.py").write_text(suite.source(tests))
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:schemathesis"]
        started = perf_counter()
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        seconds = perf_counter() - started
    if run.returncode:
        raise click.ClickException(f"{suite.title}: the tests do not pass:\n{run.stdout[-2_000:]}")
    return Result(suite, tests, seconds)


def runs(results: Sequence[Result]) -> Table:
    """A row a suite, each held against the run of as many tests that share a server, and against a fresh world."""
    shared = {result.tests: result.seconds for result in results if result.suite is SHARED}
    each = {id(one): max(0.0, one.seconds - shared[one.tests]) / one.tests for one in results}
    measured = [result for result in results if result.suite is not SHARED]
    first = each[id(measured[0])]
    rows = [
        (SHARED.title, f"{tests:,}", duration(seconds), table.NONE, table.NONE) for tests, seconds in shared.items()
    ]
    rows += [
        (
            result.suite.title,
            f"{result.tests:,}",
            duration(result.seconds),
            duration(each[id(result)]),
            ratio(each[id(result)], first),
        )
        for result in measured
    ]
    return Table("A run of pytest", ("every test has", "tests", "the run", "more, per test", "÷ a fresh world"), rows)


def single() -> Table:
    """What is done for one test, by itself."""
    server = MockServer()
    fixtures = {"audience.lists": server.mock().state["audience.lists"]}

    def ask() -> None:
        with server.mock() as mock:
            mock.client.get("/api/v1/lists", headers=mock.headers("audience"))

    def write() -> None:
        with server.mock() as mock:
            answer = mock.client.post("/api/v1/lists", json={"name": "Mine"}, headers=mock.headers("audience"))
            answer.raise_for_status()

    rows = [
        ("open and close a mock", duration(cost(lambda: server.mock().close(), times=100))),
        (
            "the same with a seed and extra fixtures",
            duration(cost(lambda: server.mock(seed=1, fixtures=fixtures).close())),
        ),
        ("the same and a page of lists, without a socket", duration(cost(ask))),
        ("the same and a list created, without a socket", duration(cost(write))),
    ]
    return Table("One mock", ("what is done", "takes"), rows)


if __name__ == "__main__":
    main()
