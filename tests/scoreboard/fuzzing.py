"""Schemathesis, all checks and phases, against public documents that are served in this process.

`python -m tests.scoreboard.fuzzing --documents 40 --seed 1`. A document and a seed are a process of their own, within a
time. A finding that the document itself explains is counted with that reason, any other is printed whole.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import orjson

from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, show
from tests.scoreboard.documents import CACHE, documents, sample

PATIENCE = 420
"""Seconds after which a campaign is ended, and counted as such."""


def fuzz(path: Path, seed: int, examples: int, operations: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.scoreboard.fuzzed", str(path), str(seed), str(examples), str(operations)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"ended": f"{path.name}: not done in {PATIENCE} seconds", "cases": 0, "findings": []}
    if run.returncode:
        last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return {"ended": f"{path.name}: {last}", "cases": 0, "findings": []}
    told: dict[str, Any] = orjson.loads(run.stdout)
    return told


@click.command(help=__doc__)
@click.option("--documents", "count", default=40, show_default=True, help="Documents to draw of the directory's 2,639.")
@click.option("--skip", default=0, show_default=True, help="Documents to skip, to run in pieces.")
@click.option("--seed", default=1, show_default=True, help="Seed that selects documents and operations.")
@click.option("--seeds", default=3, show_default=True, help="Campaigns for each document.")
@click.option("--examples", default=5, show_default=True, help="Requests and scenarios generated for each operation.")
@click.option(
    "--operations", default=12, show_default=True, help="Maximum of operations of a document, spread over it."
)
@click.option("--workers", default=1, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
def main(
    count: int, skip: int, seed: int, seeds: int, examples: int, operations: int, workers: int, cache: Path
) -> None:
    try:
        chosen = sample(documents(cache), count, seed)[skip:]
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    jobs = [(path, number, examples, operations) for path in chosen for number in range(1, seeds + 1)]
    with ThreadPoolExecutor(workers) as pool:
        told = []
        for job, each in zip(jobs, pool.map(lambda job: fuzz(*job), jobs), strict=True):
            told.append(each)
            _print(job[0], job[1], each)
    found = [finding for each in told for finding in each["findings"]]
    ours = Counter(each["check"] for each in found if each["traced"] is None)
    theirs = Counter(f"{each['check']}: {each['traced']}" for each in found if each["traced"] is not None)
    rows = [
        ("documents", str(len(chosen))),
        ("campaigns", str(len(jobs))),
        ("campaigns that did not end", str(sum("ended" in each for each in told))),
        ("requests", f"{sum(each['cases'] for each in told):,}"),
        *((f"to look at: {kind}", str(number)) for kind, number in ours.most_common()),
        *((f"the document's: {kind}", str(number)) for kind, number in theirs.most_common()),
    ]
    show([Table(f"Schemathesis against public documents, seed {seed}", ("what", "number"), rows)], (), "text")


def _print(path: Path, seed: int, told: dict[str, Any]) -> None:
    click.echo(f"== {path.name} seed {seed}: {told.get('ended', told['cases'])}")
    for finding in told["findings"]:
        if finding["traced"] is None:
            click.echo(f"-- {finding['check']} {finding['operation']}\n{finding['message']}")


if __name__ == "__main__":
    main()
