"""How much of a contract the requests of a world's journal have exercised: see the room `coverage`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.admin.service import Service
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import KINDS, Item, Outline
from mockserver.coverage.counting.summary import Summary
from mockserver.world import World

Json = dict[str, Any]


def of_world(service: Service, world: World, name: str, operation_id: str | None) -> Json:
    """The coverage as the schema `Coverage` has it; WorldError if there is no such API or operation.

    operation_id: the only one to look at, each part of it with its hits.
    """
    api = service.apis.api(name) if operation_id is None else service.apis.having(name, operation_id)
    summary = _summary(Outline([api]), world)
    items = [each for each in summary.items if operation_id in (None, each.key.operation)]
    return {
        "api": name,
        "world": world.name,
        "operationId": operation_id,
        "requests": summary.coverage.exchanges,
        "forgotten": world.journal.added - len(world.journal),
        "whole": _figure(summary, items),
        "kinds": [_of_kind(summary, items, kind) for kind in KINDS],
        "parts": None if operation_id is None else [_part(summary, each) for each in items],
    }


def _summary(outline: Outline, world: World) -> Summary:
    coverage = Coverage()
    for exchange in world.journal.entries():
        # the journal of a world has the requests to all APIs
        if exchange.api in outline.apis:
            coverage.add(outline, exchange)
    return Summary(outline, coverage)


def _of_kind(summary: Summary, items: Iterable[Item], kind: str) -> Json:
    return {"kind": kind, **_figure(summary, [each for each in items if each.key.kind == kind])}


def _figure(summary: Summary, items: list[Item]) -> Json:
    figure = summary.figure(items)
    return {"exercised": figure.exercised, "parts": figure.parts, "percent": round(figure.percent, 1)}


def _part(summary: Summary, item: Item) -> Json:
    return {"kind": item.key.kind, "name": item.key.name, "pointer": item.pointer, "hits": summary.hits(item)}
