"""The records of a world: read, replaced, patched; the whole world exported and imported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver import state
from mockserver.control.handlers.worlds import created
from mockserver.control.handlers.worlds import shown as shown_world
from mockserver.control.served import Served
from mockserver.world import World
from mockserver.world.registry import WorldError
from mockserver.world.store import INSERTED


def get_state(served: Served, world: str) -> dict[str, Any]:
    found = served.world(world)
    collections = [
        {"name": name, "api": name.partition(".")[0], "count": len(found[collection])}
        for name, collection in served.collections().items()
    ]
    return {"world": found.name, "collections": collections}


def get_collection(served: Served, collection: str, world: str, offset: int, limit: int) -> dict[str, Any]:
    found, kept = served.world(world), served.collection(collection)
    with found.lock:
        total = len(found[kept])
        records = found[kept].slice(INSERTED, None, min(offset, total), limit)
    return {"world": found.name, "collection": kept.name, "total": total, "records": records}


def replace_state(served: Served, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = served.world(world)
    state.replace(found, served.apis.values(), body)
    return _counts(served, found, body)


def patch_state(served: Served, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = served.world(world)
    state.patch(found, served.apis.values(), body)
    return _counts(served, found, body)


def export_world(served: Served, world: str) -> dict[str, Any]:
    return state.export(served.world(world), served.apis.values())


def import_world(
    served: Served, world: str, body: dict[str, Any]
) -> dict[str, Any] | tuple[dict[str, Any], int, dict[str, str]]:
    imported = state.snapshot(served.apis.values(), body)
    try:
        found = served.world(world)
    except WorldError:
        return created(served.worlds.create(world, imported))
    found.restore(imported)
    return shown_world(found)


def _counts(served: Served, world: World, names: Iterable[str]) -> dict[str, Any]:
    collections = served.collections()
    return {"world": world.name, "counts": {name: len(world[collections[name]]) for name in names}}
