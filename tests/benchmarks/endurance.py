"""`python -m tests.benchmarks.endurance KEY MARK…`: resident memory after so many requests, as JSON, in one process.

The requests go straight into the application, without a socket, so that a million of them take a minute.
"""

from __future__ import annotations

import gc
import resource
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import click
import orjson

from mockserver.runtime.application import MockApp
from tests.benchmarks.driver import call
from tests.benchmarks.operations import READ, WRITE, Operation
from tests.benchmarks.population import AUDIENCE_LIST, email
from tests.benchmarks.variants import VARIANTS

WORLDS = 1_000
CONTACTS = 5
"""Contacts that are upserted in each world, so that the stores stay as large as they are after 10,000 requests."""

Round = Iterator[tuple[Operation, object]]
UNKNOWN = Operation("an unknown path", "GET", "/api/v1/nowhere")
STRANGER = replace(READ, title="a read without a known credential", token="nobody")


@dataclass(frozen=True)
class Endurance:
    """What is asked for over and over, of which variant of the server; `within`: before the path, for each request."""

    title: str
    requests: Callable[[], Round]
    within: Callable[[int], str] = lambda _: ""
    variant: str = "plain"


def used() -> Round:
    """A read and an upsert in turn."""
    for number in count():
        yield READ, None
        yield WRITE, upsert(number // WORLDS % CONTACTS)


def refused() -> Round:
    """What no handler ever sees, and a body that breaks every rule that it can."""
    for number in count():
        yield UNKNOWN, None
        yield STRANGER, None
        yield WRITE, {"email": [number] * 100, "firstName": {"a": number}, "listId": number}
        yield WRITE, {f"{number}": "x" * 1_000}


def upsert(number: int) -> dict[str, str]:
    return {"email": email(number), "firstName": "Reader", "listId": AUDIENCE_LIST}


ENDURANCES = {
    "used": Endurance("reads and upserts in one world", used),
    "silent": Endurance("the same, journal off", used, variant="silent"),
    "refused": Endurance("requests that are refused", refused),
    "turns": Endurance(f"{WORLDS:,} worlds in turn", used, lambda number: f"/_world/w{number // 2 % WORLDS}"),
    "crowd": Endurance("a new world for every request", used, lambda number: f"/_world/w{number}", "crowd"),
}


def measure(endurance: Endurance, marks: Sequence[int]) -> dict[int, int]:
    """Resident bytes by the number of requests behind."""
    app = VARIANTS[endurance.variant].app()
    asked, done = endurance.requests(), 0
    resident: dict[int, int] = {}
    for mark in sorted(marks):
        _send(app, endurance, asked, range(done, mark))
        done = mark
        gc.collect()
        resident[mark] = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    return resident


def _send(app: MockApp, endurance: Endurance, asked: Round, numbers: range) -> None:
    for number in numbers:
        operation, body = next(asked)
        path = f"{endurance.within(number)}{operation.path}"
        with suppress(RuntimeError):  # a refusal, if that is what is asked for
            call(app, replace(operation, path=path), body)


@click.command()
@click.argument("key", type=click.Choice(sorted(ENDURANCES)))
@click.argument("marks", nargs=-1, required=True, type=click.IntRange(1))
def main(key: str, marks: tuple[int, ...]) -> None:
    """Print the resident bytes after each number of requests as JSON."""
    resident = measure(ENDURANCES[key], marks)
    print(orjson.dumps(resident, option=orjson.OPT_NON_STR_KEYS).decode())


if __name__ == "__main__":
    main()
