"""Handlers of the tag `faults`."""

from __future__ import annotations

from typing import Any

from mockserver.admin import faults
from mockserver.admin.faults import FAULTS
from mockserver.admin.service import Service
from mockserver.runtime.reserved import CONTROL


def list_faults(service: Service, world: str) -> dict[str, Any]:
    found = service.world(world)
    with found.lock:
        return {"world": found.name, "faults": [faults.shown(found, rule) for rule in FAULTS.of(found)]}


def add_fault(service: Service, world: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    found = service.world(world)
    rule = faults.add(found, service.apis, body)
    return faults.shown(found, rule), 201, {"Location": f"{CONTROL}/faults/{rule.id}?world={found.name}"}


def get_fault(service: Service, id_: str, world: str) -> dict[str, Any]:
    found = service.world(world)
    return faults.shown(found, FAULTS.find(found, id_))


def delete_fault(service: Service, id_: str, world: str) -> tuple[None, int]:
    found = service.world(world)
    FAULTS.remove(found, FAULTS.find(found, id_))
    return None, 204


def clear_faults(service: Service, world: str) -> tuple[None, int]:
    FAULTS.clear(service.world(world))
    return None, 204
