"""`python -m tests.benchmarks.first`: the first answer of large public documents, in JSON and in YAML, beside the five.

Each is served alone by a new process, which is asked once for a page of what the document is known for. Processor time
and the most memory that was resident are those of the server, from its start until the answer is read. Nothing is
asserted; the targets stand beside the figures. What it takes when all schemas of a document are used is told as well.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import click
import orjson
import yaml

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read
from mockserver.errors import DocumentError
from tests.benchmarks import table
from tests.benchmarks.npm import ToolError
from tests.benchmarks.operations import READ, Operation
from tests.benchmarks.process import Process, free_port
from tests.benchmarks.table import Table
from tests.scoreboard.documents import CACHE, documents

MIB = 1024 * 1024
OPERATIONS = 50
"""Operations of the document that is measured beside the five."""


@dataclass(frozen=True)
class Subject:
    """What is served, and asked for. `seconds`, `mebibytes`: the targets for JSON, where there are any."""

    title: str
    served: tuple[str, ...]
    asked: Operation
    seconds: float | None = None
    mebibytes: int | None = None


@dataclass(frozen=True)
class Result:
    """Seconds of processor time and bytes of memory until the first answer was read."""

    subject: Subject
    spent: float
    most: int
    size: int


FIVE = Subject("the five", ("prospects", "salesnav", "audience", "workshop", "crm"), READ)
LARGE = (
    ("GitHub", "github.com/api.github.com", "/user/repos", 3.0, 400),
    ("Stripe", "stripe.com", "/v1/charges", 3.0, 400),
    ("Kubernetes", "kubernetes.io", "/api/v1/namespaces/default/pods", 3.0, 400),
    ("Microsoft Graph", "microsoft.com/graph", "/me/messages", 15.0, None),
)
"""How each is called, where it is, what is asked for, and the targets."""
SMALL = 3.0
"""The target of the documents all of whose schemas are used: Microsoft Graph has eleven thousand operations."""
SLOWER = 5
"""Times the target of JSON that YAML may take."""


@click.command(context_settings={"show_default": True})
@click.option("--rounds", default=3, type=click.IntRange(1), help="Of which the medians are told.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), default=CACHE, help="Where npm packs to.")
@click.option("--compile", "file", type=click.Path(path_type=Path), hidden=True)
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed.")
def main(*, rounds: int, cache: Path, file: Path | None, style: str) -> None:
    """Measure what the first answer of a document costs."""
    if file is not None:
        click.echo(orjson.dumps(compiled(file)))
        return
    notes = [f"{table.machine()}. Medians of {rounds} starts."]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        subjects = [FIVE, of_fifty(Path(folder) / "fifty.yaml")]
        try:
            subjects += public(cache)
        except ToolError as error:
            notes.append(f"The public documents are not measured: {error}.")
        results = [middle([measure(each) for _ in range(rounds)]) for each in subjects]
        used = [each for each in subjects if each.seconds == SMALL]
        whole = Table(
            "All schemas used", ("document", "schemas", "processor s", "MiB"), [_whole(each) for each in used]
        )
    table.show([report(results), whole], notes, style)


def of_fifty(file: Path) -> Subject:
    """A document of fifty operations, written to a file: ten collections, each of five operations on records of ten
    fields."""
    kinds = ({"type": "string"}, {"type": "integer"}, {"type": "string", "format": "date-time"}, {"type": "boolean"})
    fields = {f"field_{at}": kinds[at % len(kinds)] for at in range(9)}
    file.write_text(yaml.safe_dump(_crud([f"thing{at}" for at in range(OPERATIONS // 5)], fields)))
    return Subject(f"{OPERATIONS} operations", (str(file),), Operation("", "GET", "/thing0"))


def _crud(names: Sequence[str], fields: Mapping[str, object]) -> dict[str, object]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    some = {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}}
    one = {"200": {"description": "One.", "content": content}}
    found = {"parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]}
    paths: dict[str, object] = {}
    for name in names:
        paths[f"/{name}"] = {
            "get": {"responses": {"200": {"description": "Some.", "content": some}}},
            "post": {"requestBody": {"content": content}, "responses": {"201": one["200"]}},
        }
        paths[f"/{name}/{{id}}"] = {
            **found,
            "get": {"responses": one},
            "put": {"requestBody": {"content": content}, "responses": one},
            "delete": {"responses": {"204": {"description": "Gone."}}},
        }
    thing = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, **fields}}
    info = {"title": "Things", "version": "1"}
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": {"Thing": thing}}}


def public(cache: Path) -> list[Subject]:
    """The large documents, each in JSON and in YAML; ToolError if they cannot be had."""
    found = {path.as_posix(): path for path in documents(cache)}
    subjects = []
    for title, name, path, seconds, most in LARGE:
        file = next(each for known, each in found.items() if known.endswith(f"/api/{name}.json"))
        asked = Operation("", "GET", path)
        subjects.append(Subject(f"{title}, JSON", (str(file),), asked, seconds, most))
        subjects.append(Subject(f"{title}, YAML", (str(as_yaml(file, cache)),), asked, seconds * SLOWER))
    return subjects


def as_yaml(file: Path, cache: Path) -> Path:
    """The same document in YAML, written once."""
    written = cache / "yaml" / f"{file.parent.name}-{file.stem}.yaml"
    if not written.exists():
        written.parent.mkdir(parents=True, exist_ok=True)
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        dumper = type("Plain", (dumper,), {"ignore_aliases": lambda *_: True})
        partial = written.with_suffix(".part")
        with partial.open("w") as out:
            yaml.dump(orjson.loads(file.read_bytes()), out, Dumper=dumper, sort_keys=False, allow_unicode=True)
        partial.rename(written)
    return written


def measure(subject: Subject) -> Result:
    """One start, of a server in an empty folder; ServerError if no answer comes that says something."""
    port = free_port()
    command = [sys.executable, "-m", "mockserver", "serve", *subject.served, f"--port={port}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOCKSERVER_")}
    with (
        tempfile.TemporaryDirectory(prefix="benchmark-") as folder,
        Process(command, Path(folder), environment | {"PYTHONPATH": os.getcwd()}) as process,
    ):
        answer, _ = process.first_answer(subject.asked, port)
        return Result(subject, process.cpu_seconds(), process.most_resident(), len(answer.body))


def compiled(file: Path) -> tuple[int, float, int]:
    """How many schemas of bodies were compiled, the seconds of processor time, and the most bytes, in this process."""
    contract, count = Contract(read(file)), 0
    for name in contract.operations:
        try:
            operation = contract.operation(name)
        except DocumentError:
            continue
        answered = [each for response in operation.responses.values() for each in response.media]
        for media in (*answered, *(() if operation.body is None else operation.body.media)):
            with suppress(DocumentError):
                count += media.validator is not None
    return count, process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _whole(subject: Subject) -> tuple[str, ...]:
    """A row for a document all of whose schemas are compiled by a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.first", "--compile", *subject.served]
    run = subprocess.run(command, capture_output=True, check=True)
    count, spent, most = orjson.loads(run.stdout)
    return subject.title.partition(",")[0], f"{count:,}", f"{spent:.1f}", f"{most / MIB:.0f}"


def middle(results: Sequence[Result]) -> Result:
    """The medians of several starts of one subject."""

    def of(figure: Callable[[Result], float]) -> float:
        return median(map(figure, results))

    spent, most = of(lambda each: each.spent), of(lambda each: each.most)
    return Result(results[0].subject, spent, int(most), results[0].size)


def report(results: Sequence[Result]) -> Table:
    """A row for each subject; the first is what the second may take 1.3 times of."""
    columns = ("document", "processor s", "at most", "MiB", "at most", "bytes answered")
    return Table("The first answer", columns, [_row(each) for each in results])


def _row(result: Result) -> tuple[str, ...]:
    subject = result.subject
    return (
        subject.title,
        f"{result.spent:.2f}",
        table.NONE if subject.seconds is None else f"{subject.seconds:g}",
        f"{result.most / MIB:.0f}",
        table.NONE if subject.mebibytes is None else str(subject.mebibytes),
        f"{result.size:,}",
    )


if __name__ == "__main__":
    main()
