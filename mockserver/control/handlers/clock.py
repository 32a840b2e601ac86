"""Handlers of the tag `clock`."""

from __future__ import annotations

from typing import Any

from mockserver.admin import clock
from mockserver.admin.service import Service


def get_clock(service: Service, world: str) -> dict[str, Any]:
    return clock.shown(service.world(world))


def freeze_clock(service: Service, world: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    found = service.world(world)
    clock.freeze(found, body or {})
    return clock.shown(found)


def set_clock(service: Service, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = service.world(world)
    clock.put(found, body)
    return clock.shown(found)


def advance_clock(service: Service, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = service.world(world)
    clock.advance(found, body)
    return clock.shown(found)


def resume_clock(service: Service, world: str) -> dict[str, Any]:
    found = service.world(world)
    clock.resume(found)
    return clock.shown(found)
