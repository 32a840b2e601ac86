"""Snapshots: taken, listed, restored, forgotten."""

from __future__ import annotations

from typing import Any

from mockserver.control.handlers.worlds import shown as shown_world
from mockserver.control.served import Served
from mockserver.runtime.dataplane import CONTROL
from mockserver.state import write_time
from mockserver.world.registry import NamedSnapshot


def list_snapshots(served: Served, offset: int, limit: int) -> dict[str, Any]:
    snapshots = served.worlds.snapshots()
    return {"total": len(snapshots), "snapshots": [_shown(each) for each in snapshots[offset : offset + limit]]}


def take_snapshot(served: Served, world: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    taken = served.worlds.take(body["name"], served.world(world))
    return _shown(taken), 201, {"Location": f"{CONTROL}/snapshots/{taken.name}"}


def get_snapshot(served: Served, name: str) -> dict[str, Any]:
    return _shown(served.worlds.snapshot(name))


def restore_snapshot(served: Served, name: str, world: str | None = None) -> dict[str, Any]:
    taken = served.worlds.snapshot(name)
    restored = served.world(world or taken.world)
    restored.restore(taken.snapshot)
    return shown_world(restored)


def delete_snapshot(served: Served, name: str) -> tuple[None, int]:
    served.worlds.forget(name)
    return None, 204


def _shown(taken: NamedSnapshot) -> dict[str, Any]:
    return {"name": taken.name, "world": taken.world, "takenAt": write_time(taken.taken_at)}
