"""Moments of the past by name: how a world stands, how it stood before or after an entry of its journal, a snapshot."""

from __future__ import annotations

import re
from typing import Any, Literal

from mockserver.admin.service import Service
from mockserver.errors import WorldError
from mockserver.runtime.exchange import Exchange
from mockserver.world import Snapshot, World

At = Literal["before", "after"]

REFERENCE = re.compile(r"snapshot:(?P<snapshot>.+)|(?P<world>[^@:]+)(@(?P<entry>\d+)(:(?P<at>before|after))?)?")
"""As the schema `Moment` has it."""


def entry(world: World, number: int) -> Exchange:
    """The entry of that number; WorldError if the journal does not have it, or not any more."""
    found: Exchange | None = world.journal.get(number)
    if found is None:
        raise WorldError("unknown", f"the journal of {world.name!r} has no entry {number}{_reach(world)}.")
    return found


def _reach(world: World) -> str:
    kept = world.journal.entries()
    if not kept:
        return ", but is empty"
    return f"; it keeps {kept[0].number} to {kept[-1].number}"


def at(world: World, number: int, when: At = "before") -> Snapshot:
    """How the world stood before or after the request of an entry."""
    found = entry(world, number)
    return moment_of(world, found, when)


def moment_of(world: World, exchange: Exchange, when: At = "before") -> Snapshot:
    """How the world stood before or after one of its requests, fit for what is served now."""
    moment = exchange.before if when == "before" else exchange.after
    if moment is None:
        raise WorldError(
            "conflict",
            f"entry {exchange.number} of {world.name!r} does not say how the world stood. Choose another entry.",
        )
    return world.as_served(exchange.number, moment)


def now(world: World) -> Snapshot:
    """How the world stands, its counters included."""
    with world.lock:
        return world.moment()


def moment(service: Service, reference: str) -> Snapshot:
    """What a `Moment` names; WorldError if there is no such."""
    found = REFERENCE.fullmatch(reference)
    if found is None:
        expected = "a world, `world@entry`, `world@entry:after` or `snapshot:name`"
        raise WorldError("invalid", f"{reference!r:.100} names no moment: expected {expected}.")
    given: dict[str, Any] = found.groupdict()
    # no world has a colon in its name, so that the two cannot be mistaken for each other
    if given["snapshot"] is not None:
        return service.worlds.snapshot(given["snapshot"]).snapshot
    world = service.world(given["world"])
    if given["entry"] is None:
        return now(world)
    return at(world, int(given["entry"]), given["at"] or "before")
