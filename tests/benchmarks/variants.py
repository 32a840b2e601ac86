"""`python -m tests.benchmarks.variants KEY PORT`: this server in one of the ways that are held against each other."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import click

from mockserver.catalog import load_apis
from mockserver.garbage import settle
from mockserver.limits import WORLDS
from mockserver.runtime.application import MockApp
from mockserver.runtime.faults import Reply, Rule
from mockserver.runtime.listening import bind
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.serving import uvicorn_server
from mockserver.seeding import seed_world
from mockserver.world.journal import ENTRIES
from mockserver.world.registry import Worlds
from tests.benchmarks.operations import HOST, READ, WRITE, Operation

FOLDER = Path(__file__).parent
ELSEWHERE = Rule("elsewhere", match=RequestPattern(operation_id="upsert_contacts"), reply=Reply("too_many_requests"))
READ_IN_TURN = replace(READ, script=FOLDER / "rotate.lua")
WRITE_IN_TURN = replace(WRITE, script=FOLDER / "rotate_upsert.lua")


@dataclass(frozen=True)
class Variant:
    """One way to serve and to ask: entries of each journal, worlds kept, fault rules, the two operations."""

    title: str
    entries: int = ENTRIES
    worlds: int = WORLDS
    faults: tuple[Rule, ...] = ()
    read: Operation = READ
    write: Operation = WRITE

    def app(self) -> MockApp:
        """The audience API, without an access log."""
        apis = load_apis(["audience"])
        world = seed_world(apis)
        world.faults = self.faults
        return MockApp(apis, world, worlds=Worlds(world, self.worlds, entries=self.entries))


VARIANTS = {
    "plain": Variant("as it comes, journal on"),
    "silent": Variant("journal off", entries=0),
    "fault": Variant("a fault rule on another operation", faults=(ELSEWHERE,)),
    "faults": Variant("ten of them", faults=tuple(replace(ELSEWHERE, id=str(number)) for number in range(10))),
    "header": Variant("1,000 worlds in turn, by header", read=READ_IN_TURN, write=WRITE_IN_TURN),
    "path": Variant(
        "1,000 worlds in turn, by base URL",
        read=replace(READ, script=FOLDER / "rotate_path.lua"),
        write=WRITE_IN_TURN,
    ),
    "crowd": Variant("a new world for every request", worlds=500, read=READ_IN_TURN, write=WRITE_IN_TURN),
}
"""The first is what the others are held against; in the last, a world is forgotten before its turn comes again."""


def command(key: str, port: int) -> list[str]:
    """What starts the variant in a process of its own."""
    return [sys.executable, "-m", "tests.benchmarks.variants", key, str(port)]


@click.command()
@click.argument("key", type=click.Choice(sorted(VARIANTS)))
@click.argument("port", type=click.IntRange(0, 65535))
def main(key: str, port: int) -> None:
    """Serve variant KEY on PORT until terminated."""
    server = uvicorn_server(VARIANTS[key].app())
    gc.collect()
    settle()  # as `mockserver serve` does
    with bind(HOST, port) as listener:
        server.run([listener])


if __name__ == "__main__":
    main()
