"""Handlers of the tag `stubs`."""

from __future__ import annotations

from typing import Any

from mockserver.admin import stubs
from mockserver.admin.service import Service
from mockserver.admin.stubs import STUBS
from mockserver.runtime.reserved import CONTROL


def list_stubs(service: Service, world: str) -> dict[str, Any]:
    found = service.world(world)
    with found.lock:
        return {"world": found.name, "stubs": [stubs.shown(found, stub) for stub in STUBS.of(found)]}


def add_stub(service: Service, world: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    found = service.world(world)
    stub = stubs.add(found, service.apis, body)
    return stubs.shown(found, stub), 201, {"Location": f"{CONTROL}/stubs/{stub.id}?world={found.name}"}


def get_stub(service: Service, id_: str, world: str) -> dict[str, Any]:
    found = service.world(world)
    return stubs.shown(found, STUBS.find(found, id_))


def delete_stub(service: Service, id_: str, world: str) -> tuple[None, int]:
    found = service.world(world)
    STUBS.remove(found, STUBS.find(found, id_))
    return None, 204


def clear_stubs(service: Service, world: str) -> tuple[None, int]:
    STUBS.clear(service.world(world))
    return None, 204
