"""A second reading: which operation gives the key that which other takes, by Schemathesis' analysis and by ours.

`python -m tests.scoreboard.links --documents 50 --seed 1` prints where the two differ, for each document and in sum.
What is compared is what our collections are made of: the creation of an item, and the operations on that item.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import schemathesis
from schemathesis.specs.openapi.stateful import dependencies

from mockserver.catalog import document_api
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.contract.reading.reader import read
from mockserver.inference import Inference
from tests.benchmarks.npm import ToolError
from tests.scoreboard.documents import CACHE, documents, sample

BY_KEY = ("read", "replace", "merge", "delete", "action")
LARGEST = 3_000_000
"""Bytes of the documents that are compared; the analysis of larger ones takes minutes."""

Pair = tuple[str, str]
"""A creation and what its key leads to, each as METHOD path."""


def ours(inference: Inference) -> dict[Pair, str]:
    """The pairs by our inference, each with the pointer to the key in the created item."""
    contract = inference.contract
    plans = [(described, inference.plan(name)) for name, described in contract.operations.items()]
    found: dict[Pair, str] = {}
    for producer, created in plans:
        if created.role != "create" or created.subject is None or producer.method != "POST":
            continue
        model, place = created.subject.model, created.subject.made.place or ()
        pointer = pointer_of((*place, *(model.key.field or ())))
        for consumer, plan in plans:
            if plan.collection == created.collection and plan.role in BY_KEY and _is_item(producer.path, consumer.path):
                pair = f"{producer.method} {producer.path}", f"{consumer.method} {consumer.path}"
                found[pair] = pointer
    return found


def theirs(raw: dict[str, Any]) -> dict[Pair, str]:
    """The same by Schemathesis' analysis of dependencies."""
    schema = schemathesis.openapi.from_dict(raw)
    graph = dependencies.analyze(schema)
    found: dict[Pair, str] = {}
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


def differences(path: Path) -> Iterator[tuple[str, str]]:
    """What the two readings of a document have in common, and where they differ: a kind, and a line that says it."""
    document = read(path)
    inference = document_api(path.stem, document).inferred
    assert inference is not None
    one, other = ours(inference), theirs(json.loads(path.read_bytes()))
    for pair in sorted(one.keys() | other.keys()):
        told = f"{pair[0]} -> {pair[1]}"
        if pair not in other:
            yield "only ours", f"{told} by {one[pair] or 'the path'}"
        elif pair not in one:
            yield "only theirs", f"{told} by {other[pair]}"
        elif one[pair] != other[pair]:
            yield "another key", f"{told}: ours {one[pair] or 'the path'}, theirs {other[pair]}"
        else:
            yield "the same", told


@click.command()
@click.option("--documents", "count", default=50, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=False)
def main(count: int, seed: int, cache: Path) -> None:
    """Compare the readings of a sample of public documents."""
    try:
        found = [each for each in documents(cache) if each.stat().st_size < LARGEST]
    except ToolError as error:
        raise click.ClickException(str(error)) from None
    total: Counter[str] = Counter()
    for path in sample(found, count, seed):
        try:
            told = list(differences(path))
        except Exception as error:  # noqa: BLE001  # a document that the analysis cannot read is one more result
            total["not analysed"] += 1
            click.echo(f"{path.name}: not analysed: {type(error).__name__}: {str(error)[:160]}")
            continue
        total.update(kind for kind, _ in told)
        for kind, line in told:
            if kind != "the same":
                click.echo(f"{path.name}: {kind}: {line}")
    click.echo(", ".join(f"{kind}: {number}" for kind, number in sorted(total.items())))


if __name__ == "__main__":
    main()
