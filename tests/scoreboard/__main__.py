"""How public documents fare: which share starts, answers in contract, with content, and refuses what is invalid.

`python -m tests.scoreboard --documents 200 --seed 1`; each document is asked in a process of its own, within a time.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import click
import orjson

from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, show
from tests.scoreboard.chains import STEPS
from tests.scoreboard.documents import CACHE, documents, sample

PATIENCE = 180
"""Seconds after which a document counts as hanging."""


def ask(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.scoreboard.one", str(path)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"counts": {"hang": 1}, "misses": [f"hang: {path.name}"], "start": 0, "seconds": PATIENCE, "MiB": 0}
    if run.returncode:
        last = run.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return {"counts": {"crash": 1}, "misses": [f"crash: {path.name}: {last}"], "start": 0, "seconds": 0, "MiB": 0}
    told: dict[str, Any] = orjson.loads(run.stdout)
    told["misses"] = [f"{path.name}: {each}" for each in told["misses"]]
    return told


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "-"


@click.command(help=__doc__)
@click.option("--documents", "count", default=200, show_default=True, help="Of the directory's 2,639.")
@click.option("--seed", default=1, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--misses", default=0, show_default=True, help="Misses to print.")
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(count: int, seed: int, workers: int, cache: Path, misses: int, style: str) -> None:
    try:
        chosen = sample(documents(cache), count, seed)
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    with ThreadPoolExecutor(workers) as pool:
        told = list(pool.map(ask, chosen))
    total: Counter[str] = Counter()
    for each in told:
        total.update(each["counts"])
    starts = [each["start"] for each in told if each["counts"].get("started")]
    rows = [
        ("documents that start", share(total["started"], len(chosen))),
        ("operations that answer a valid request in contract", share(total["in contract"], total["operations"])),
        ("of those, with content", share(total["with content"], total["in contract"])),
        ("invalid requests refused as documented", share(total["refused"], total["invalid"])),
        *(
            (f"chains: {step}", share(total[f"passed {step}"], total[f"step {step}"]))
            for step in STEPS
            if total[f"step {step}"]
        ),
        ("chains: all steps", share(*(sum(total[f"{kind} {step}"] for step in STEPS) for kind in ("passed", "step")))),
        ("chains: whole collections", share(total["whole"], total["collections"])),
        ("hangs", str(total["hang"])),
        ("crashes", str(total["crash"])),
        ("server errors", str(total["server error"])),
        ("start, CPU s: median, most", f"{median(starts):.2f}, {max(starts):.2f}" if starts else "-"),
        ("memory, MiB: most", str(max(each["MiB"] for each in told))),
    ]
    show([Table(f"{len(chosen)} public documents, seed {seed}", ("what", "share"), rows)], (), style)
    for line in [line for each in told for line in each["misses"]][:misses]:
        click.echo(f"- {line}")


if __name__ == "__main__":
    main()
