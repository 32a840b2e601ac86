"""`python -m tests.benchmarks.verbs SIZE`: what the verbs of a world cost in a store of one size, as JSON."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

import click
import orjson

from mockserver.admin import changes
from mockserver.admin.apis import Apis
from mockserver.apis.audience import CONTACTS
from mockserver.catalog import load_api
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import Record, World
from mockserver.world.journal import Journal
from mockserver.world.registry import Worlds
from tests.benchmarks import population
from tests.benchmarks.driver import call
from tests.benchmarks.operations import READ, WRITE
from tests.benchmarks.store import cost

CHANGED = 100
"""Records that are changed before what is changed is forked, taken, restored or reset."""


class Undone(Exception):
    """Ends a transaction that is to leave no trace."""


def measure(size: int, folder: Path) -> dict[str, float]:
    """Seconds by verb, of a store with `size` contacts; `folder` is for its fixtures."""
    population.write(folder, "audience", size)
    api = load_api("audience", folder)
    world = seed_world([api])
    worlds = Worlds(world, entries=0)
    records = [{**population.audience_contact(number), "firstName": "Changed"} for number in range(min(CHANGED, size))]
    app = MockApp([api], world, worlds=worlds)
    return dict([*_verbs(world, records), *_by_name(worlds, app), *_history(world, app)])


def _verbs(world: World, records: Sequence[Record]) -> Iterator[tuple[str, float]]:
    seed = world.snapshot()
    gone, there = f"letting {CHANGED} changes go", f"after {CHANGED} changes"

    def change() -> None:
        with world.transaction():
            for record in records:
                world[CONTACTS].put(record)

    def fail() -> None:
        with suppress(Undone), world.transaction():
            world[CONTACTS].put(records[0])
            raise Undone

    def one_more() -> None:
        with world.transaction():
            world[CONTACTS].put(records[0])

    yield "fork", cost(lambda: World("fork", world.snapshot()), times=10)
    yield "snapshot", cost(world.snapshot, times=10)
    yield "restore, nothing changed", cost(lambda: world.restore(seed), times=10)
    yield "restore, letting one change go", cost(lambda: world.restore(seed), before=one_more)
    yield "reset, letting one change go", cost(world.reset, before=one_more)
    yield f"restore, {gone}", cost(lambda: world.restore(seed), before=change)
    yield f"reset, {gone}", cost(world.reset, before=change)
    change()
    yield f"fork, {there}", cost(lambda: World("fork", world.snapshot()), times=10)
    yield f"snapshot, {there}", cost(world.snapshot, times=10)
    yield "a transaction of one write that fails", cost(fail)
    yield "one that succeeds", cost(one_more)
    yield "the first write behind a snapshot", cost(one_more, before=world.snapshot)
    world.restore(seed)


def _by_name(worlds: Worlds, app: MockApp) -> Iterator[tuple[str, float]]:
    names = map("w{}".format, count())

    def come_and_go() -> None:
        name = next(names)
        worlds.create(name)
        worlds.delete(name)

    def ask(name: str) -> object:
        return call(app, replace(READ, path=f"/_world/{name}{READ.path}"))

    yield "create and delete a world by name", cost(come_and_go, times=10)
    yield f"{READ.title} in a world that is known", cost(lambda: ask("known"))
    yield "in a world that is new", cost(lambda: ask(next(names)))


def _history(world: World, app: MockApp) -> Iterator[tuple[str, float]]:
    """Of one entry, whose request changed one record, and of the world as it stands a hundred writes later."""
    world.journal = Journal(entries=2 * CHANGED)
    seed, apis = world.snapshot(), Apis(app.plane.routes.apis)
    for number in range(CHANGED):
        person = {"email": population.email(number % len(world[CONTACTS])), "firstName": f"P{number}"}
        call(app, WRITE, {**person, "listId": population.AUDIENCE_LIST})
    entry, now = world.journal.entries()[0], world.snapshot()
    yield "fork at an entry", cost(lambda: World("then", entry.before), times=10)
    yield "what an entry changed", cost(lambda: list(changes.made(entry)), times=10)
    yield "compare before and after one write", cost(lambda: changes.compared(apis, entry.before, entry.after, 100))
    yield f"compare across {CHANGED} writes", cost(lambda: changes.compared(apis, entry.before, now, 100))
    world.restore(seed)


@click.command()
@click.argument("size", type=click.IntRange(1))
def main(size: int) -> None:
    """Print what each verb costs in a store of SIZE contacts as JSON."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        print(orjson.dumps(measure(size, Path(folder))).decode())


if __name__ == "__main__":
    main()
