"""Handlers of the tag `snapshots`."""

from __future__ import annotations

from typing import Any

from mockserver.admin import worlds
from mockserver.admin.service import Service
from mockserver.runtime.reserved import CONTROL


def list_snapshots(service: Service, offset: int, limit: int) -> dict[str, Any]:
    taken = service.worlds.snapshots()
    return {"total": len(taken), "snapshots": [worlds.shown_snapshot(each) for each in taken[offset : offset + limit]]}


def take_snapshot(service: Service, world: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    taken = worlds.take(service, service.world(world), body)
    return worlds.shown_snapshot(taken), 201, {"Location": f"{CONTROL}/snapshots/{taken.name}"}


def get_snapshot(service: Service, name: str) -> dict[str, Any]:
    return worlds.shown_snapshot(service.worlds.snapshot(name))


def restore_snapshot(service: Service, name: str, world: str | None = None) -> dict[str, Any]:
    return worlds.shown(worlds.restore(service, name, world))


def delete_snapshot(service: Service, name: str) -> tuple[None, int]:
    worlds.forget(service, name)
    return None, 204
