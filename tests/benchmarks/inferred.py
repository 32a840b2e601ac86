"""`python -m tests.benchmarks.inferred`: inferred operations beside hand-written ones, in CPU time a request.

One API is served twice in one process, by its handlers and by inference from the same document; requests go through
the whole data plane, without a socket. Each round takes both in turn, and no request repeats the one before it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import click

from mockserver import MockServer
from mockserver.resources import resource
from mockserver.runtime.request import Request
from mockserver.world import World
from tests.benchmarks.table import Table, machine, show

TOKEN = (b"authorization", b"Bearer wk_demo_api")
JSON = (b"content-type", b"application/json")
SIZES = (1_000, 1_000_000)

Ask = Callable[[int], bytes]


def asking(server: MockServer, world: World) -> dict[str, Ask]:
    """What sends the n-th request of each kind."""
    plane = server.app.plane

    def answered(world: World, request: Request, body: bytes) -> bytes:
        sent = plane.at_once(world, request, body, None, b"")
        assert isinstance(sent, bytes)
        return sent

    def lists(number: int) -> bytes:
        query = b"limit=%d" % (20 + number % 5)
        return answered(world, Request("GET", "/v1/lists", query, [TOKEN]), b"")

    def create(number: int) -> bytes:
        body = json.dumps({"external_id": f"S-{number}", "title": f"List {number}"}).encode()
        return answered(world, Request("POST", "/v1/lists", b"", [TOKEN, JSON]), body)

    return {"list": lists, "create": create}


def cost(ask: Ask, requests: int, first: int) -> float:
    """Microseconds of CPU a request."""
    before = time.process_time()
    for number in range(first, first + requests):
        ask(number)
    return (time.process_time() - before) / requests * 1e6


def compared(rounds: int, requests: int) -> list[tuple[str, float, float]]:
    """Of each operation: what it costs by hand, and inferred."""
    document = resource("specs") / "workshop.yaml"
    servers = [MockServer(["workshop"]), MockServer([f"inferred={document}"])]
    kinds = [asking(server, server.world(f"cost-{number}")) for number, server in enumerate(servers)]
    for each in kinds:
        for name, ask in each.items():
            status = ask(0)[9:12]
            if status not in (b"200", b"201"):
                raise click.ClickException(f"{name} answered {status.decode()}")
    costs: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in kinds[0]}
    for turn in range(1, rounds + 1):
        for name in kinds[0]:
            for number, each in enumerate(kinds):
                costs[name][number].append(cost(each[name], requests, turn * requests))
    return [(name, median(hand), median(inferred)) for name, (hand, inferred) in costs.items()]


def grown(size: int, requests: int) -> tuple[float, float, float]:
    """Microseconds of a page in the middle and of a creation, and of a fresh world, at so many records."""
    server = MockServer([f"inferred={resource('specs') / 'workshop.yaml'}"])
    mock = server.mock()
    first = mock.state["inferred.lists"][0]
    records = [{**first, "id": f"{number:032x}", "external_id": f"S-{number}"} for number in range(size)]
    records = [{**each, "id": _uuid(str(each["id"]))} for each in records]
    mock.state["inferred.lists"] = records
    asks = asking(server, mock.world)
    page = cost(asks["list"], requests, 1)
    made = cost(asks["create"], requests, size)
    before = time.process_time()
    for number in range(requests):
        World(f"fork-{number}", mock.world.snapshot())
    return page, made, (time.process_time() - before) / requests * 1e6


def _uuid(text: str) -> str:
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


@click.command(help=__doc__, context_settings={"show_default": True})
@click.option("--rounds", default=7, type=click.IntRange(1))
@click.option("--requests", default=2000, type=click.IntRange(1))
@click.option(
    "--size", "sizes", multiple=True, type=click.IntRange(1), default=SIZES, help="Records in the collection."
)
@click.option("--style", default="text", type=click.Choice(["text", "markdown"]))
def main(rounds: int, requests: int, sizes: tuple[int, ...], style: str) -> None:
    rows: list[Any] = [
        (name, f"{hand:.0f}", f"{inferred:.0f}", f"{hand / inferred:.0%}")
        for name, hand, inferred in compared(rounds, requests)
    ]
    tables = [Table("CPU µs a request", ("workshop", "by hand", "inferred", "speed"), rows)]
    sized = [(f"{size:,}", *(f"{each:.0f}" for each in grown(size, requests))) for size in sizes]
    tables.append(Table("an inferred collection, CPU µs", ("records", "a page", "a creation", "a fresh world"), sized))
    show(tables, [machine()], style)


if __name__ == "__main__":
    main()
