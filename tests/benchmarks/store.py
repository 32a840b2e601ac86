"""`python -m tests.benchmarks.store API SIZE`: what a store of one size costs, as JSON, measured in its own process."""

from __future__ import annotations

import gc
import resource
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import orjson

from mockserver.apis.audience import CONTACTS
from mockserver.apis.workshop_cursor import write_cursor
from mockserver.catalog import load_api
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import World
from tests.benchmarks import population
from tests.benchmarks.driver import call
from tests.benchmarks.operations import READ, WRITE, Operation
from tests.benchmarks.population import AUDIENCE_LIST, WORKSHOP_LIST

BUDGET = 0.4
"""Seconds that one figure may take to measure."""
PAGE = 50
MEMBERSHIPS = f"/v1/lists/{WORKSHOP_LIST}/memberships"
Costs = Iterator[tuple[str, float]]


@dataclass(frozen=True)
class Figures:
    """`load` and `costs` in seconds, `resident` and `peak` in bytes, of a store with `size` contacts."""

    size: int
    load: float
    resident: int
    peak: int
    costs: dict[str, float]


def measure(name: str, size: int, folder: Path) -> Figures:
    """All figures of one API's store; `folder` is for its fixtures."""
    population.write(folder, name, size)
    api = load_api(name, folder)
    started = perf_counter()
    world = seed_world([api])
    load = perf_counter() - started
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    costs = COSTS[name](world, MockApp([api], world), size)
    return Figures(size, load, resident, peak, dict(costs))


def audience(world: World, app: MockApp, size: int) -> Costs:
    """Pages and memberships straight from the store, the rest through the application."""
    contacts, middle = world[CONTACTS], size // 2
    known = population.audience_id(middle)
    yield READ.title, cost(lambda: call(app, READ))
    yield f"first {PAGE} members of a list", cost(lambda: contacts.slice("active_members", AUDIENCE_LIST, 0, PAGE))
    yield f"{PAGE} from the middle", cost(lambda: contacts.slice("active_members", AUDIENCE_LIST, middle, PAGE))
    yield "is a contact on a list?", cost(lambda: contacts.contains("active_members", AUDIENCE_LIST, known), times=100)
    yield from _upserts(world, app, middle)
    yield from _worlds(world)


def _upserts(world: World, app: MockApp, known: int) -> Costs:
    seed, numbers = world.snapshot(), count()

    def upsert(email: str) -> None:
        call(app, WRITE, {"email": email, "firstName": f"Person {next(numbers)}", "listId": AUDIENCE_LIST})

    yield f"{WRITE.title}, one known", cost(lambda: upsert(population.email(known)))
    yield f"{WRITE.title}, one new", cost(lambda: upsert("new@example.com"), before=lambda: world.restore(seed))
    world.restore(seed)


def _worlds(world: World) -> Costs:
    seed, forks = world.snapshot(), [world]
    record = {**population.audience_contact(0), "firstName": "Somebody"}

    def fork() -> None:
        forks[0] = World("fork", world.snapshot())

    def write() -> None:
        with forks[0].transaction():
            forks[0][CONTACTS].put(record)

    yield "fork a world", cost(fork)
    yield "the first write to a fork", cost(write, before=fork)
    yield "take a snapshot", cost(world.snapshot, times=10)
    yield "restore it", cost(lambda: world.restore(seed), times=10)


def workshop(world: World, app: MockApp, size: int) -> Costs:
    """Pages and memberships, all through the application."""
    middle = population.workshop_membership(size // 2)
    cursor = write_cursor(PAGE, (middle["contact_name"], middle["id"]))
    first = _workshop("GET", f"{MEMBERSHIPS}?limit={PAGE}")
    behind = _workshop("GET", f"{MEMBERSHIPS}?cursor={cursor}")
    add = _workshop("POST", MEMBERSHIPS)
    member, other = ({"ids": [population.workshop_id(number)]} for number in (size // 2, size - 1))
    seed = world.snapshot()
    yield f"GET …/memberships, first {PAGE}", cost(lambda: call(app, first))
    yield f"GET …/memberships, {PAGE} from the middle", cost(lambda: call(app, behind))
    yield "POST …/memberships, a member", cost(lambda: call(app, add, member))
    yield "POST …/memberships, one more", cost(lambda: call(app, add, other), before=lambda: world.restore(seed))


def _workshop(method: str, path: str) -> Operation:
    return Operation(f"{method} {path}", method, path, token="wk_demo_api")


COSTS = {"audience": audience, "workshop": workshop}


def cost(act: Callable[[], object], *, before: Callable[[], object] | None = None, times: int = 1) -> float:
    """The median seconds of one `act()`; `before()` is not counted, and so short an act is timed `times` in a row."""
    taken: list[float] = []
    deadline = perf_counter() + BUDGET
    while perf_counter() < deadline or len(taken) < 3:
        if before:
            before()
        started = perf_counter()
        for _ in range(times):
            act()
        taken.append((perf_counter() - started) / times)
    return median(taken)


@click.command()
@click.argument("api", type=click.Choice(sorted(COSTS)))
@click.argument("size", type=click.IntRange(2))
def main(api: str, size: int) -> None:
    """Print the figures of a store of SIZE contacts as JSON."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        print(orjson.dumps(asdict(measure(api, size, Path(folder)))).decode())


if __name__ == "__main__":
    main()
