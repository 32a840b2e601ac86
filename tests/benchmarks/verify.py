"""`python -m tests.benchmarks.verify`: cases a second of `mockserver verify`, beside plain `schemathesis run`.

Each run is a process of its own, start-up included, against the mock: in its own process, or at a URL where a fresh one
is served. Document, phases, examples, checks of Schemathesis and seed are the same; each round takes all in turn, with
a seed of its own. Nothing is asserted.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median
from time import perf_counter

import click
import requests
from rich.console import Console

from mockserver.catalog import load_api, names
from mockserver.resources import resource
from mockserver.seeding import seed_world
from mockserver.verify.events import PHASES
from tests.benchmarks import table
from tests.benchmarks.course import ROOT
from tests.benchmarks.operations import HOST
from tests.benchmarks.process import PATIENCE, Process, ServerError, free_port
from tests.benchmarks.table import Table, number, ratio

BASELINE = ROOT / "tests" / "fuzz" / "baseline.json"
"""What Schemathesis says of the mock by mistake, and `verify` does not."""

LIMIT = 600
"""Seconds that one run may take."""


@dataclass(frozen=True)
class Effort:
    """How much one run does; `seconds`, if given, are spent whole, whatever the examples."""

    api: str
    examples: int
    seconds: int | None
    seed: int
    phases: tuple[str, ...] = PHASES

    @property
    def options(self) -> list[str]:
        """The options that both commands have under one name."""
        limit = [] if self.seconds is None else [f"--max-time={self.seconds}"]
        return [f"--max-examples={self.examples}", f"--seed={self.seed}", *limit]

    @property
    def token(self) -> str | None:
        """The API's default credential."""
        loaded = load_api(self.api)
        if loaded.credentials is None:
            return None
        token: str = next(iter(seed_world([loaded])[loaded.credentials]))["token"]
        return token


@dataclass(frozen=True)
class Contender:
    """`command` gets the URL of a fresh mock, or None if it brings its own; `cases` reads its output."""

    title: str
    command: Callable[[Effort, str | None], list[str]]
    cases: Callable[[str], int]
    served: bool = True


@dataclass(frozen=True)
class Result:
    """Cases of one run, the seconds that it took, and those for which a processor was busy with it."""

    cases: int
    seconds: float
    busy: float


def _verify(effort: Effort, url: str | None) -> list[str]:
    where = [] if url is None else ["--url", url, "--allow-writes"]
    auth = [] if url is None or effort.token is None else ["--auth", effort.token]
    same = [*effort.options, *(f"--phase={phase}" for phase in effort.phases)]
    return [sys.executable, "-m", "mockserver", "verify", effort.api, "--format=json", *same, *where, *auth]


def _schemathesis(effort: Effort, url: str | None) -> list[str]:
    document = str(resource("specs") / f"{effort.api}.yaml")
    auth = [] if effort.token is None else ["-H", f"Authorization: Bearer {effort.token}"]
    same = ["--checks=all", "--no-shrink", "--continue-on-failure", "--suppress-health-check=all", *effort.options]
    same += [f"--phases={','.join(effort.phases)}", f"--baseline={BASELINE}"]
    return [sys.executable, "-m", "schemathesis.cli", "run", document, f"--url={url}", *same, *auth]


def _generated(output: str) -> int:
    found = re.search(r"([0-9,]+) generated", output)
    if found is None:
        raise click.ClickException(f"Schemathesis does not say how many cases it generated: {output[-500:]}")
    return int(found[1].replace(",", ""))


PLAIN = Contender("schemathesis run --url", _schemathesis, _generated)
CONTENDERS = (
    PLAIN,
    Contender("mockserver verify --url", _verify, lambda output: int(json.loads(output)["cases"])),
    Contender("mockserver verify, in its process", _verify, lambda output: int(json.loads(output)["cases"]), False),
)


@click.command(context_settings={"show_default": True})
@click.option("--api", "apis", multiple=True, type=click.Choice(names()), default=names(), help="Verified; repeatable.")
@click.option("--examples", default=50, type=click.IntRange(1), help="As of --max-examples.")
@click.option(
    "--seconds", type=click.IntRange(1, 300), help="As of --max-time: what a run spends, whatever --examples."
)
@click.option("--rounds", default=3, type=click.IntRange(1, 20), help="Runs of each on each API; medians are shown.")
@click.option("--seed", default=1, type=click.IntRange(0), help="Of the first round; the next is one more.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, apis: tuple[str, ...], examples: int, seconds: int | None, rounds: int, seed: int, style: str) -> None:
    """Measure both on the mock of each API."""
    console = Console(stderr=True)
    tables = []
    for api in apis:
        results: dict[Contender, list[Result]] = {contender: [] for contender in CONTENDERS}
        for turn in range(rounds):
            for contender in CONTENDERS:
                console.print(f"{api}, round {turn + 1} of {rounds}: {contender.title}", style="dim")
                try:
                    results[contender].append(measure(contender, Effort(api, examples, seconds, seed + turn)))
                except (ServerError, OSError, subprocess.SubprocessError) as error:
                    raise click.ClickException(f"{contender.title}: {error}") from None
        tables.append(compared(api, results))
    spent = f"{examples} examples" if seconds is None else f"{seconds} s a run"
    run = f"{table.machine()}. All phases and checks, one worker, {spent}, {rounds} round(s), medians; start-up counts."
    table.show(tables, [run], style)


def measure(contender: Contender, effort: Effort) -> Result:
    """One run; ClickException if it finds something, for then it measures something else."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        if not contender.served:
            return _timed(contender, contender.command(effort, None), name)
        port = free_port()
        url = f"http://{HOST}:{port}"
        command = [sys.executable, "-m", "mockserver", "serve", effort.api, f"--port={port}", "--log-level=warning"]
        with Process(command, Path(name), _environment()):
            _wait(url)
            return _timed(contender, contender.command(effort, url), name)


def _timed(contender: Contender, command: Sequence[str], folder: str) -> Result:
    started, before = perf_counter(), _busy()
    run = subprocess.run(
        command, cwd=folder, env=_environment(), capture_output=True, text=True, check=False, timeout=LIMIT
    )
    seconds, busy = perf_counter() - started, _busy() - before
    if run.returncode:
        raise click.ClickException(
            f"{contender.title}: exit code {run.returncode}: {(run.stdout + run.stderr)[-2_000:]}"
        )
    return Result(contender.cases(run.stdout), seconds, busy)


def _busy() -> float:
    """Processor seconds of all children that have ended: it tells the same on a busy machine."""
    usage = getrusage(RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def _wait(url: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            requests.get(f"{url}/_mock/health", timeout=PATIENCE).raise_for_status()
        except requests.RequestException:
            if time.monotonic() > deadline:
                raise ServerError(f"nobody answers at {url}") from None
            time.sleep(0.02)
        else:
            return


def compared(api: str, results: dict[Contender, list[Result]]) -> Table:
    """A row a contender: medians of its rounds, and its rates held against plain Schemathesis'."""
    wall = {contender: median(each.cases / each.seconds for each in runs) for contender, runs in results.items()}
    busy = {contender: median(each.cases / each.busy for each in runs) for contender, runs in results.items()}
    rows = [
        (
            contender.title,
            f"{median(each.cases for each in runs):,.0f}",
            number(median(each.seconds for each in runs)),
            number(wall[contender]),
            ratio(wall[contender], wall[PLAIN]),
            number(busy[contender]),
            ratio(busy[contender], busy[PLAIN]),
        )
        for contender, runs in results.items()
    ]
    return Table(api, ("", "cases", "seconds", "cases/s", "to plain", "cases/CPU s", "to plain"), rows)


if __name__ == "__main__":
    main()
