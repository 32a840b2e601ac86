"""Worlds: listed, created, forgotten, reset."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockserver.control.handlers.clock import shown as shown_clock
from mockserver.control.served import Served
from mockserver.runtime.dataplane import CONTROL
from mockserver.world import Snapshot, World


def list_worlds(served: Served, offset: int, limit: int) -> dict[str, Any]:
    worlds = list(served.worlds)
    page = islice(worlds, min(offset, len(worlds)), None)
    return {
        "total": len(worlds),
        "most": served.worlds.limit,
        "worlds": [shown(world) for world in islice(page, limit)],
    }


def create_world(served: Served, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return created(served.worlds.create(body["name"], _origin(served, body.get("from", {}))))


def get_world(served: Served, name: str) -> dict[str, Any]:
    return shown(served.world(name))


def delete_world(served: Served, name: str) -> tuple[None, int]:
    served.world(name)
    served.worlds.delete(name)
    return None, 204


def reset_world(served: Served, name: str) -> dict[str, Any]:
    world = served.world(name)
    world.reset()
    return shown(world)


def created(world: World) -> tuple[dict[str, Any], int, dict[str, str]]:
    """What answers the creation of a world."""
    return shown(world), 201, {"Location": f"{CONTROL}/worlds/{world.name}"}


def shown(world: World) -> dict[str, Any]:
    """The world as the schema `World` has it."""
    return {
        "name": world.name,
        "seed": world.seed,
        "busy": world.busy,
        "clock": shown_clock(world),
        "faults": len(world.faults),
        "journal": {"kept": len(world.journal), "total": world.journal.added},
    }


def _origin(served: Served, source: dict[str, str]) -> Snapshot | None:
    if "world" in source:
        return served.world(source["world"]).snapshot()
    if "snapshot" in source:
        return served.worlds.snapshot(source["snapshot"]).snapshot
    return None
