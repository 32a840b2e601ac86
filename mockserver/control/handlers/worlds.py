"""Handlers of the tag `worlds`."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mockserver.admin import changes, history, worlds
from mockserver.admin.service import Service
from mockserver.runtime.reserved import CONTROL
from mockserver.world import World


def list_worlds(service: Service, offset: int, limit: int) -> dict[str, Any]:
    found = list(service.worlds)
    page = islice(found, min(offset, len(found)), None)
    return {
        "total": len(found),
        "most": service.worlds.limit,
        "worlds": [worlds.shown(world) for world in islice(page, limit)],
    }


def create_world(service: Service, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    return created(worlds.create(service, body))


def get_world(service: Service, name: str) -> dict[str, Any]:
    return worlds.shown(service.world(name))


def delete_world(service: Service, name: str) -> tuple[None, int]:
    worlds.delete(service, name)
    return None, 204


def reset_world(service: Service, name: str) -> dict[str, Any]:
    world = service.world(name)
    worlds.reset(world)
    return worlds.shown(world)


def compare(service: Service, left: str, right: str, limit: int) -> dict[str, Any]:
    one, other = history.moment(service, left), history.moment(service, right)
    return {"left": left, "right": right, **changes.compared(service.apis, one, other, limit)}


def created(world: World) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The response to the creation of a world."""
    return worlds.shown(world), 201, {"Location": f"{CONTROL}/worlds/{world.name}"}
