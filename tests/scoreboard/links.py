"""A second reading: which operation gives the key that which other takes, by Schemathesis' analysis and by ours.

`python -m tests.scoreboard.links --documents 200 --seed 1` prints where the two differ, for each document and in sum.
What is compared is what our collections are made of: the creation of an item, and the operations on that item.
`--drawn 50` prints so many of the differences instead, drawn by the seed, one of a creation at most. Fifty were judged
by reading the document: `python -m tests.scoreboard.judgements`.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import schemathesis
from schemathesis.specs.openapi.stateful import dependencies

from mockserver.catalog import document_api
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.contract.reading.reader import read
from mockserver.inference import Inference
from mockserver.inference.planning import Plan
from mockserver.inference.replies import key_name
from tests.benchmarks.npm import ToolError
from tests.scoreboard.documents import CACHE, documents, sample

BY_KEY = ("read", "replace", "merge", "delete", "create_or_replace", "action")
LARGEST = 3_000_000
"""Bytes of the documents that are compared; the analysis of larger ones takes minutes."""

Pair = tuple[str, str]
"""A creation and what its key leads to, each as METHOD path."""
Reading = dict[Pair, str]
"""The pairs of a document, each with the pointer to the key in the answer of the creation; empty if it has none."""


@dataclass(frozen=True)
class Difference:
    """What two readings say of a pair. ours, theirs: the pointer to the key; None if it is no pair."""

    document: str
    pair: Pair
    ours: str | None
    theirs: str | None

    @property
    def kind(self) -> str:
        if self.theirs is None:
            return "only ours"
        if self.ours is None:
            return "only theirs"
        return "the same" if self.ours == self.theirs else "another key"

    def __str__(self) -> str:
        places = (("ours", self.ours), ("theirs", self.theirs))
        told = ", ".join(f"{who} {place or 'the path'}" for who, place in places if place is not None)
        return f"{self.document}: {self.kind}: {self.pair[0]} -> {self.pair[1]}: {told}"


def ours(inference: Inference) -> Reading:
    """The pairs by our inference."""
    contract = inference.contract
    plans = [(described, inference.plan(name)) for name, described in contract.operations.items()]
    found: Reading = {}
    for producer, created in plans:
        if created.role != "create" or created.subject is None or producer.method != "POST":
            continue
        for consumer, plan in plans:
            if plan.collection == created.collection and plan.role in BY_KEY and _is_item(producer.path, consumer.path):
                pair = f"{producer.method} {producer.path}", f"{consumer.method} {consumer.path}"
                found[pair] = _key(created)
    return found


def _key(created: Plan) -> str:
    """Where the answer of a creation has the key: as the item's field, or by its name beside fields that it shows."""
    assert created.subject is not None
    model, made = created.subject.model, created.subject.made
    field = model.key.field
    if field is not None and made.view is not None:
        field = (made.view.name_of(field[0]), *field[1:])
    if field is None:
        shown = {} if made.view is None else model.looks.properties(made.view.schema)
        name = key_name(model, shown)
        field = () if name is None else (name,)
    listed = ("*",) if made.in_list else ()
    return pointer_of((*listed, *(made.place or ()), *field)) if field else ""


def theirs(raw: dict[str, Any]) -> Reading:
    """The same by Schemathesis' analysis of dependencies."""
    schema = schemathesis.openapi.from_dict(raw)
    graph = dependencies.analyze(schema)
    found: Reading = {}
    for produced in graph.iter_links():
        producer = _operation(produced.producer_operation_ref)
        for link in produced.links.values():
            consumer = _operation(link.operation_ref)
            if producer.startswith("POST ") and _is_item(producer.partition(" ")[2], consumer.partition(" ")[2]):
                for place, expression in link.parameters.items():
                    if place.startswith("path.") and "#" in expression:
                        found[producer, consumer] = expression.partition("#")[2]
    return found


def _is_item(collection: str, path: str) -> bool:
    """Whether a path is that of an item of the collection at another."""
    above, _, last = path.rpartition("/")
    return above == collection.rstrip("/") and "{" in last


def _operation(reference: str) -> str:
    _, path, method = path_of(reference.removeprefix("#"))
    return f"{method.upper()} {path}"


def readings(path: Path) -> tuple[Reading, Reading]:
    """Our reading of a document, and the other."""
    inference = document_api(path.stem, read(path)).inferred
    assert inference is not None
    return ours(inference), theirs(json.loads(path.read_bytes()))


def compared(path: Path) -> Iterator[Difference]:
    """What both say of each pair of a document, the pairs on which they agree included."""
    one, other = readings(path)
    for pair in sorted(one.keys() | other.keys()):
        yield Difference(named(path), pair, one.get(pair), other.get(pair))


def named(path: Path) -> str:
    """A document of the directory by its path in it."""
    return path.as_posix().rpartition("/api/")[2]


def drawn(differences: list[Difference], count: int, seed: int) -> list[Difference]:
    """So many of the differences by chance, one of a creation: what else is done with its item differs alike."""
    by_creation: dict[tuple[str, str], Difference] = {}
    for each in differences:
        by_creation.setdefault((each.document, each.pair[0]), each)
    found = [*by_creation.values()]
    return random.Random(seed).sample(found, min(count, len(found)))


@click.command()
@click.option("--documents", "count", default=200, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--drawn", "some", default=0, type=click.IntRange(0), help="Differences to print, drawn at random.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=False)
def main(count: int, seed: int, some: int, cache: Path) -> None:
    """Compare the readings of a sample of public documents, and print where they differ."""
    try:
        known = [each for each in documents(cache) if each.stat().st_size < LARGEST]
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    total: Counter[str] = Counter()
    found: list[Difference] = []
    for path in sample(known, count, seed):
        try:
            told = [*compared(path)]
        except Exception as error:  # noqa: BLE001  # a document that the analysis cannot read is one more result
            total["not analysed"] += 1
            click.echo(f"{named(path)}: not analysed: {type(error).__name__}: {str(error)[:160]}")
            continue
        total.update(each.kind for each in told)
        found += [each for each in told if each.kind != "the same"]
    for each in drawn(found, some, seed) if some else found:
        click.echo(str(each))
    click.echo(", ".join(f"{kind}: {number}" for kind, number in sorted(total.items())))


if __name__ == "__main__":
    main()
