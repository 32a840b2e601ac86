"""`python -m tests.benchmarks.pages`: what 25 generated items cost, for the lists of public documents drawn by chance.

Every GET of a document whose answer is an array of objects, or an object with one in it, has 25 items made anew and
written as JSON, several times; what counts is the median in processor time, once its schemas are compiled.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import click
import orjson

from mockserver.catalog import load_apis
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator
from mockserver.contract.validator import Validator
from mockserver.errors import MockServerError
from tests.benchmarks import table
from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, duration
from tests.scoreboard.documents import CACHE, documents, sample

ITEMS = 25
TARGET = 0.002
"""Seconds that 25 items may take."""
MOST = 20
"""Lists of one document that are measured, spread over it."""
WARM = 5
"""Pages that are made before any counts: an alternative of many is planned when chance first takes it."""
NOW = datetime(2026, 4, 22, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Seconds for one page, and its bytes."""

    document: str
    operation: str
    seconds: float
    size: int


@click.command(context_settings={"show_default": True})
@click.option("--documents", "count", default=40, help="Of the directory's 2,639.")
@click.option("--seed", default=11, help="By which documents are chosen.")
@click.option(
    "--file", "files", multiple=True, type=click.Path(exists=True, path_type=Path), help="All lists of these."
)
@click.option("--rounds", default=5, help="Pages of each list.")
@click.option("--slowest", default=10, help="Rows of the table.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE)
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, count: int, seed: int, files: Sequence[Path], rounds: int, slowest: int, cache: Path, style: str) -> None:
    """Measure what 25 generated items cost in the lists of public documents, or of files instead."""
    try:
        chosen = files or sample(documents(cache), count, seed)
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    found = [page for path in chosen for page in pages(path, rounds, math.inf if files else MOST)]
    table.show([report(found, slowest)], [f"{table.machine()}.", summary(found)], style)


def pages(path: Path, rounds: int, most: float = MOST) -> Iterator[Page]:
    """The pages of up to so many of a document's lists, as far as they have values."""
    try:
        (api,) = load_apis([f"document={path}"])
    except MockServerError:
        return
    contract = api.contract
    generator = Generator(contract.document)
    lists = list(listed(contract))
    spread = lists if len(lists) <= most else lists[:: max(1, len(lists) // MOST)][:MOST]
    for operation_id, items in spread:
        schema = {"type": "array", "items": items, "minItems": ITEMS, "maxItems": ITEMS}
        try:
            judge = contract.validator(schema, "response")
            taken = [measured(generator, schema, judge, number) for number in range(WARM + rounds)][WARM:]
        except MockServerError:
            continue
        yield Page(path.name, operation_id, median(each for each, _ in taken), int(median(size for _, size in taken)))


def listed(contract: Contract) -> Iterator[tuple[str, Any]]:
    """The operations that answer lists, with the schema of an item."""
    typed = Typed(contract.document)
    for operation_id, described in contract.operations.items():
        if described.method != "GET":
            continue
        try:
            responses = contract.operation(operation_id).responses
        except MockServerError:
            continue
        media = next((each.media[0] for status, each in responses.items() if status[0] == "2" and each.media), None)
        items = None if media is None or "json" not in media.name else item(typed, media.schema)
        if items is not None:
            yield operation_id, items


def item(typed: Typed, schema: Any) -> Any:
    """The schema of the objects that a body lists; None if it lists none."""
    for each in (schema, *typed.properties(schema).values()):
        items = typed.items(each)
        if "array" in typed.kinds(each) and typed.properties(items):
            return items
    return None


def measured(generator: Generator, schema: Mapping[str, Any], judge: Validator, number: int) -> tuple[float, int]:
    """Seconds and bytes of one page."""
    before = process_time()
    made = generator.value(schema, judge, number, now=NOW, name="items", style="fresh", shared=True)
    size = len(orjson.dumps(made))
    return process_time() - before, size


def summary(found: Sequence[Page]) -> str:
    """How many are made in time."""
    within = sum(each.seconds <= TARGET for each in found)
    middle = duration(median(each.seconds for each in found)) if found else "-"
    return f"{within} of {len(found)} lists within {duration(TARGET)} for {ITEMS} items; half within {middle}."


def report(found: Sequence[Page], slowest: int) -> Table:
    """The slowest, with their size."""
    most = sorted(found, key=lambda each: each.seconds, reverse=True)[:slowest]
    rows = [(each.document, each.operation, duration(each.seconds), f"{each.size / 1000:,.0f}") for each in most]
    return Table(f"{ITEMS} generated items, the slowest", ("document", "operation", "processor", "kB"), rows)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
