"""Worlds and snapshots: created, copied, reset, restored, forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mockserver.admin import clock, exports, history, schemas, stubs
from mockserver.admin.flaws import refuse
from mockserver.admin.service import Service
from mockserver.api import Api
from mockserver.errors import WorldError
from mockserver.seeding import seed_world
from mockserver.world import Snapshot, World
from mockserver.world.registry import NamedSnapshot


def create(service: Service, given: Any) -> World:
    """The world that a `NewWorld` describes; a reset leads back to how it begins."""
    given = schemas.checked("NewWorld", given)
    source = given.get("from", {})
    world = service.worlds.create(given["name"], _origin(service, source))
    world.source = source or None
    return world


def begin(apis: Iterable[Api], seed: Any = 0) -> World:
    """The default world of a server of these APIs: the records and stubs of their fixtures, with ids of the seed."""
    check_seed(seed)
    served = list(apis)
    world = seed_world(served, seed)
    stubs.load(world, served)
    # a reset leads back to the stubs of the fixtures as well
    world.origin = replace(world.origin, stubs=world.stubs)
    return world


def check_seed(seed: Any) -> None:
    """Raise WorldError for what is no `Seed`."""
    if seed != 0 or isinstance(seed, bool):  # of most, without reading the schemas for it
        refuse("invalid", schemas.flaws("Seed", schemas.as_json(seed), ("seed",)))


def delete(service: Service, name: str) -> None:
    """Forget a world with all that it holds; WorldError for the default one and for none."""
    service.worlds.delete(name)


def reset(world: World) -> None:
    """Put a world back to where it began, with an empty journal."""
    world.reset()


def load(service: Service, name: str, exported: Any) -> tuple[World, bool]:
    """Make the world of that name what was exported; and whether it is a new one. StateError names every flaw."""
    imported = exports.snapshot(service.apis, exported)
    try:
        world = service.world(name)
    except WorldError:
        return service.worlds.create(name, imported), True
    world.restore(imported)
    return world, False


def take(service: Service, world: World, given: Any) -> NamedSnapshot:
    """Keep how a world stands now, as a `NewSnapshot` says."""
    return service.worlds.take(schemas.checked("NewSnapshot", given)["name"], world)


def restore(service: Service, name: str, world: str | None = None) -> World:
    """Put a world back to how the snapshot of that name has it: the one named, or else the one that it was taken of."""
    taken = service.worlds.snapshot(name)
    found = service.world(world or taken.world)
    found.restore(taken.snapshot)
    return found


def forget(service: Service, name: str) -> None:
    """Delete a snapshot; worlds that came from it stay as they are."""
    service.worlds.forget(name)


def shown(world: World) -> dict[str, Any]:
    """The world as the schema `World` has it."""
    latest = world.journal.latest
    return {
        "name": world.name,
        "seed": world.seed,
        "from": world.source,
        "busy": world.busy,
        "usedAt": None if latest is None else clock.write_time(datetime.fromtimestamp(latest.started_at, UTC)),
        "clock": clock.shown(world),
        "faults": len(world.faults),
        "stubs": len(world.stubs),
        "journal": {"kept": len(world.journal), "total": world.journal.added},
    }


def shown_snapshot(taken: NamedSnapshot) -> dict[str, Any]:
    """The snapshot as the schema `Snapshot` has it."""
    return {"name": taken.name, "world": taken.world, "takenAt": clock.write_time(taken.taken_at)}


def _origin(service: Service, source: dict[str, Any]) -> Snapshot | None:
    if "entry" in source:
        return history.at(service.world(source["world"]), source["entry"], source.get("at", "before"))
    if "world" in source:
        return service.world(source["world"]).snapshot()
    if "snapshot" in source:
        return service.worlds.snapshot(source["snapshot"]).snapshot
    return None
