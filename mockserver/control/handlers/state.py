"""Handlers of the tag `state`, which also exports and imports worlds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.admin import exports, records, references, worlds
from mockserver.admin.service import Service
from mockserver.contract.bodies import value_text
from mockserver.control.handlers.worlds import created
from mockserver.world import World


def get_state(service: Service, world: str) -> dict[str, Any]:
    found = service.world(world)
    # to count the first records of thousands of collections would make them all
    uncounted = {each.name for each in exports.left_out(found.snapshot(), service.apis)}
    collections = [
        {
            "name": name,
            "api": name.partition(".")[0],
            "count": None if name in uncounted else len(found[collection]),
        }
        for name, collection in service.apis.collections.items()
    ]
    return {"world": found.name, "collections": collections}


def get_collection(service: Service, collection: str, world: str, offset: int, limit: int) -> dict[str, Any]:
    found, kept = service.world(world), service.apis.collection(collection)
    total, page = records.page(found, kept, offset, limit)
    return {
        "world": found.name,
        "collection": kept.name,
        "total": total,
        "fields": records.fields(service.apis, kept),
        "keys": [value_text(kept.key(each)) for each in page],
        "records": page,
    }


def get_record(service: Service, collection: str, key: str, world: str) -> dict[str, Any]:
    return references.record(service.world(world), service.apis, collection, key)


def replace_state(service: Service, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = service.world(world)
    records.replace(found, service.apis, body)
    return _counts(service, found, body)


def patch_state(service: Service, world: str, body: dict[str, Any]) -> dict[str, Any]:
    found = service.world(world)
    records.patch(found, service.apis, body)
    return _counts(service, found, body)


def export_world(service: Service, world: str, include: list[str]) -> dict[str, Any]:
    return exports.export(service.world(world), service.apis, include)


def import_world(
    service: Service, world: str, body: dict[str, Any]
) -> dict[str, Any] | tuple[dict[str, Any], int, dict[str, str]]:
    found, is_new = worlds.load(service, world, body)
    return created(found) if is_new else worlds.shown(found)


def _counts(service: Service, world: World, names: Iterable[str]) -> dict[str, Any]:
    return {"world": world.name, "counts": records.counts(world, service.apis, names)}
