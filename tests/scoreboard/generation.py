"""The generator against the schemas of JSON-Schema-Test-Suite, and the response schemas of public documents.

`python -m tests.scoreboard.generation --suite FOLDER --documents 200`. FOLDER is a checkout of
https://github.com/json-schema-org/JSON-Schema-Test-Suite. A schema of the suite counts if one of its own tests says
that something meets it; values are judged by the `jsonschema` package, which is not the server's validator. Of all its
tests it is counted how many the compiled schema judges alike.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import jsonschema_rs
import orjson
from jsonschema import Draft202012Validator
from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator
from mockserver.contract.media import Media
from mockserver.contract.reading import sources
from mockserver.contract.reading.download import Unreadable
from mockserver.contract.reading.reader import read
from mockserver.errors import DocumentError
from tests.benchmarks.npm import ToolError
from tests.benchmarks.table import Table, show
from tests.scoreboard.documents import CACHE, documents, sample

NOW = datetime(2026, 4, 22, 10, 0, tzinfo=UTC)
HOST = "http://localhost:1234/"
"""Where the suite has what its schemas refer to."""
ID = "https://schema.example.com/suite"
PATIENCE = 240
"""Seconds that one document may take."""


def of_suite(folder: Path) -> Iterator[tuple[str, Any, list[dict[str, Any]]]]:
    """(name, schema, its tests) of draft 2020-12."""
    for file in sorted((folder / "tests" / "draft2020-12").glob("*.json")):
        for group in orjson.loads(file.read_bytes()):
            yield f"{file.stem}: {group['description']}", group["schema"], group["tests"]


@contextmanager
def hosted(folder: Path) -> Iterator[None]:
    """Have the files of the suite that its schemas refer to at a host that none can be started as."""

    def found(url: str, _: object, most: int) -> tuple[str, bytes]:
        file = folder / "remotes" / url.removeprefix(HOST)
        if url.startswith(HOST) and file.is_file():
            return url, file.read_bytes()[:most]
        if url in SPECIFICATIONS:
            return url, orjson.dumps(SPECIFICATIONS.contents(url))
        raise Unreadable("unreadable", f"{url} is no file of the suite.", "Check the URL.")

    with patch.object(sources, "download", found):
        yield


def judged_otherwise(media: Media, tests: list[dict[str, Any]]) -> list[str]:
    """The tests of a schema that the compiled one judges otherwise."""
    return [each["description"] for each in tests if media.validator.accepts(each["data"]) != each["valid"]]


def remotes(folder: Path) -> Registry[Any]:
    """What schemas of the suite refer to elsewhere."""
    found: Registry[Any] = Registry()
    for file in (folder / "remotes").rglob("*.json"):
        if "draft2020-12" in file.parts or len(file.relative_to(folder / "remotes").parts) == 1:
            name = f"{HOST}{file.relative_to(folder / 'remotes')}"
            resource = Resource.from_contents(orjson.loads(file.read_bytes()), default_specification=DRAFT202012)
            found = found.with_resource(name, resource)
    return found


def served(schema: Any, folder: Path) -> Media:
    """The schema as that of a response in a document; `#` leads to the schema itself, as in the suite."""
    if isinstance(schema, dict):
        schema = {"$id": ID, **schema}
    response = {"description": "", "content": {"application/json": {"schema": schema}}}
    raw = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/s": {"get": {"operationId": "s", "responses": {"200": response}}}},
    }
    file = folder / "document.json"
    file.write_bytes(orjson.dumps(raw))
    return Contract(read(file, allow_remote_refs=True)).operation("s").responses["200"].media[0]


def miss_of(schema: Any, registry: Registry[Any], media: Media) -> str | None:
    """Why no valid value of a schema of the suite was made; None if one was."""
    try:
        value = Generator(media.document).value(media.schema, media.validator, 1, now=NOW)
    except DocumentError as error:
        return str(error)[:200]
    try:
        broken = next(Draft202012Validator(schema, registry=registry).iter_errors(value), None)
        told = None if broken is None else broken.message
    except re.error:  # a class of characters that Python's engine does not know
        told = None if jsonschema_rs.Draft202012Validator(schema).is_valid(value) else "it is not valid"
    return None if told is None else f"made {value!r:.60}, but {told[:100]}"


def of_schemas(suite: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """The rows for the suite: schemas with a valid value, and tests judged alike; and a line for each miss."""
    registry, misses = remotes(suite), list[str]()
    made = tests = alike = schemas = 0
    with tempfile.TemporaryDirectory() as folder, hosted(suite):
        for name, schema, given in of_suite(suite):
            try:
                media = served(schema, Path(folder))
                otherwise = judged_otherwise(media, given)
            except DocumentError as error:
                misses.append(f"{name}: {error}".replace(folder, "")[:200])
                otherwise, media = [each["description"] for each in given], None
            tests, alike = tests + len(given), alike + len(given) - len(otherwise)
            misses += [f"{name}: {each}: judged otherwise" for each in otherwise]
            if any(each["valid"] for each in given):
                schemas += 1
                why = "not served" if media is None else miss_of(schema, registry, media)
                made += why is None
                misses += [] if why is None else [f"{name}: {why}"]
    return [
        ("schemas of JSON-Schema-Test-Suite with a valid value", f"{made} of {schemas}"),
        ("its tests judged as the suite does", f"{alike} of {tests}"),
    ], misses


def of_document(path: Path) -> tuple[int, list[str]]:
    """How many responses with a body a document has, and why of some no value was made."""
    contract = Contract(read(path))
    generator = Generator(contract.document)
    count, misses = 0, []
    for name in contract.operations:
        try:
            operation = contract.operation(name)
        except DocumentError:
            continue  # it is not served, which the other scoreboard counts
        for response in operation.responses.values():
            for media in response.media:
                count += 1
                try:
                    generator.value(media.schema, media.validator, 1, now=NOW, style="fresh")
                except DocumentError as error:
                    misses.append(f"{path.name} {media.pointer}: {error}"[:250])
    return count, misses


def ask(path: Path) -> tuple[int, list[str]]:
    command = [sys.executable, "-m", "tests.scoreboard.generation", "--document", str(path)]
    try:
        run = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False)
        count, misses = orjson.loads(run.stdout)
    except (subprocess.TimeoutExpired, orjson.JSONDecodeError):
        return 1, [f"{path.name}: not done"]
    return count, misses


@click.command(help=__doc__)
@click.option("--suite", type=click.Path(path_type=Path, exists=True), help="Checkout of JSON-Schema-Test-Suite.")
@click.option("--documents", "count", default=0, show_default=True, help="Documents to draw of the directory's 2,639.")
@click.option("--document", type=click.Path(path_type=Path), hidden=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--workers", default=1, show_default=True)
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, show_default=True)
def main(suite: Path | None, count: int, document: Path | None, seed: int, workers: int, cache: Path) -> None:
    if document is not None:
        sys.stdout.buffer.write(orjson.dumps(of_document(document)))
        return
    rows, misses = list[tuple[str, str]](), list[str]()
    if suite is not None:
        rows, misses = of_schemas(suite)
    if count:
        try:
            chosen = sample(documents(cache), count, seed)
        except ToolError as error:
            raise click.ClickException(str(error)) from None
        with ThreadPoolExecutor(workers) as pool:
            told = list(pool.map(ask, chosen))
        total = Counter(made=sum(each for each, _ in told), missed=sum(len(each) for _, each in told))
        misses += [each for _, lines in told for each in lines]
        rows.append((f"responses of {len(chosen)} documents", f"{total['made'] - total['missed']} of {total['made']}"))
    show([Table("Schemas with a valid value", ("what", "share"), rows)], (), "text")
    for line in misses:
        click.echo(f"- {line}")


if __name__ == "__main__":
    main()
