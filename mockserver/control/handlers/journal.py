"""Handlers of the tag `journal`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote, urlencode

from mockserver.admin import journal, replays
from mockserver.admin.journal import Filter
from mockserver.admin.service import Service
from mockserver.runtime.reserved import CONTROL


def list_journal(
    service: Service,
    world: str,
    limit: int,
    violations: bool,
    api: str | None = None,
    operation_id: str | None = None,
    method: str | None = None,
    path: str | None = None,
    status: str | None = None,
    since: str | None = None,
    before: int | None = None,
    after: int | None = None,
    touched: str | None = None,
    text: str | None = None,
    rule: str | None = None,
    without: list[str] | None = None,
) -> dict[str, Any]:
    excluded = tuple(without or ())
    wanted = Filter(
        violations, api, operation_id, method, path, status, since, before, after, touched, text, rule, excluded
    )
    page, has_more = journal.page(service, service.world(world), wanted, limit)
    return {**page, "next": _following(page, wanted, limit) if has_more else None}


def get_journal_entry(service: Service, number: int, world: str) -> dict[str, Any]:
    return journal.entry(service, service.world(world), number)


def replay_entry(service: Service, number: int, world: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return replays.replay(service, service.world(world), number, body or {})


def export_journal(service: Service, world: str) -> dict[str, Any]:
    return journal.export(service, service.world(world))


def clear_journal(service: Service, world: str) -> tuple[None, int]:
    journal.clear(service.world(world))
    return None, 204


def verify_requests(service: Service, world: str, body: dict[str, Any]) -> dict[str, Any]:
    return journal.verify(service.world(world), service.apis, body)


def _following(page: dict[str, Any], wanted: Filter, limit: int) -> str:
    """The URL of the page after this one."""
    given = asdict(wanted) | {
        "world": page["world"],
        "limit": limit,
        "before": page["entries"][-1]["number"],
        "violations": "true" if wanted.violations else None,
    }
    given["operationId"] = given.pop("operation_id")
    known = {name: value for name, value in given.items() if value not in (None, ())}
    return f"{CONTROL}/journal?{urlencode(known, doseq=True, quote_via=quote)}"
