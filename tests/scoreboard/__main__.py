"""How public documents fare: which share starts, answers in contract, with content, and refuses what is invalid.

`python -m tests.scoreboard --documents 200 --seed 1`; each document is asked in a process of its own, within a time.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import click
import orjson

from tests.benchmarks.npm import ToolError, installed, label
from tests.benchmarks.table import Table, show
from tests.scoreboard.chains import STEPS
from tests.scoreboard.documents import CACHE, documents, sample

PRISM = "@stoplight/prism-cli"
PATIENCE = 180
"""Seconds after which a document counts as hanging."""


def ask(path: Path, module: str, *arguments: str) -> dict[str, Any]:
    """What a process of its own tells of a document."""
    command = [sys.executable, "-m", f"tests.scoreboard.{module}", str(path), *arguments]
    nothing = {"start": 0, "seconds": 0, "MiB": 0}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as process:
        try:
            out, err = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # with the server that it has started, which may be what hangs
            return {"counts": {"hang": 1}, "misses": [f"hang: {path.name}"], **nothing}
    if process.returncode:
        last = err.decode(errors="replace").strip().rpartition("\n")[2]
        return {"counts": {"crash": 1}, "misses": [f"crash: {path.name}: {last}"], **nothing}
    told: dict[str, Any] = orjson.loads(out)
    told["misses"] = [f"{path.name}: {each}" for each in told["misses"]]
    return told


def kept(path: Path, results: Path | None, module: str, *arguments: str) -> dict[str, Any]:
    """What is told of a document, taken from the folder of results if it is there, and left there if not."""
    if results is None:
        return ask(path, module, *arguments)
    words = [each for each in (module, *arguments) if each != "one" and "/" not in each]
    file = results / f"{'-'.join([*path.parts[-4:-1], path.stem, *words])}.json"
    if not file.exists():
        results.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps(ask(path, module, *arguments)))
    told: dict[str, Any] = orjson.loads(file.read_bytes())
    return told


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part} of {whole})" if whole else "-"


@click.command(help=__doc__)
@click.option(
    "--documents", "count", default=200, show_default=True, help="Documents to draw of the directory's 2,639."
)
@click.option("--seed", default=1, show_default=True)
@click.option("--workers", default=2, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--misses", default=0, show_default=True, help="Number of misses to print.")
@click.option("--prism", is_flag=True, help="Ask Prism the same, too; this takes much longer.")
@click.option("--chains", "chained_only", is_flag=True, help="Run the chains only.")
@click.option(
    "--results",
    type=click.Path(path_type=Path),
    help="Folder that keeps the result of each document, so that a run can be continued.",
)
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(
    count: int,
    seed: int,
    workers: int,
    cache: Path,
    misses: int,
    prism: bool,
    chained_only: bool,
    results: Path | None,
    style: str,
) -> None:
    try:
        chosen = sample(documents(cache), count, seed)
        peer = label(PRISM) if prism and installed(PRISM, cache) and installed("node", cache) else None
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    with ThreadPoolExecutor(workers) as pool:
        chains_only = ("chains",) if chained_only else ()
        ours = list(pool.map(lambda path: kept(path, results, "one", *chains_only), chosen))
        beside = ("prism", str(cache), *chains_only)
        theirs = list(pool.map(lambda path: kept(path, results, *beside), chosen)) if peer else None
    columns = [figures(each, len(chosen)) for each in (ours, theirs) if each is not None]
    rows = [] if chained_only else list(zip(NAMES, *columns, strict=True))
    headings = ("what", "mockserver", *([peer] if peer else []))
    title = f"{len(chosen)} public documents, seed {seed}"
    tables = [Table(title, headings, rows)] if rows else []
    steps = [(step, *(chains(each)[step] for each in (ours, theirs) if each is not None)) for step in CHAINED]
    show([*tables, Table(f"Chains of requests: {title}", headings, steps)], (), style)
    for line in [line for each in ours for line in each["misses"]][:misses]:
        click.echo(f"- {line}")


NAMES = (
    "documents that start",
    "operations that answer a valid request in contract",
    "of those, with content",
    "invalid requests refused as documented",
    "documents that hang, crash",
    "undocumented server errors",
    "start, CPU s: median, most",
    "memory, MiB: median, most",
)


CHAINED = (*STEPS, "all steps", "whole collections")
"""What is shown of the chains."""


def figures(told: list[dict[str, Any]], documents: int) -> list[str]:
    """What stands behind the names, of one server."""
    total: Counter[str] = Counter()
    for each in told:
        total.update(each["counts"])
    started = [each for each in told if each["counts"].get("started")]
    return [
        share(total["started"], documents),
        share(total["in contract"], total["operations"]),
        share(total["with content"], total["in contract"]),
        share(total["refused"], total["invalid"]),
        f"{total['hang']}, {total['crash']}",
        str(total["server error"]),
        spread([each["start"] for each in started], ".2f"),
        spread([each["MiB"] for each in started if each["MiB"]], ".0f"),
    ]


def chains(told: list[dict[str, Any]]) -> dict[str, str]:
    """How far what is created, changed and deleted is found so, by step."""
    total: Counter[str] = Counter()
    for each in told:
        total.update(each["counts"])
    passed, asked = (sum(total[f"{kind} {step}"] for step in STEPS) for kind in ("passed", "step"))
    return {
        **{step: share(total[f"passed {step}"], total[f"step {step}"]) for step in STEPS},
        "all steps": share(passed, asked),
        "whole collections": share(total["whole"], total["collections"]),
    }


def spread(values: list[float], form: str) -> str:
    return f"{median(values):{form}}, {max(values):{form}}" if values else "-"


if __name__ == "__main__":
    main()
