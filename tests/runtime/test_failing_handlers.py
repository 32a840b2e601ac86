"""Handlers that fail after all they do: state, ids, clock and counters are as if they had never run."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import httpx
import pytest

from mockserver.admin.apis import Apis
from mockserver.admin.exports import export
from mockserver.api import Api
from mockserver.catalog import load_api
from mockserver.errors import Refusal
from mockserver.runtime.application import MockApp
from mockserver.runtime.faults import Limit, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.seeding import seed_world
from mockserver.world import World

LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
CONTACTS = {"ids": ["937ccbe2-4cb5-4c76-96bf-29510b514dfa"]}
SEARCH = "331b7eae-3871-419d-8d43-be0535655d3c"
NEW = {"title": "New", "external_id": "new", "email_address": "new@example.com"}
LEADS = {
    "name": "New",
    "filters": {"companyLinkedInUrls": ["https://www.linkedin.com/company/stripe"], "countries": ["US"]},
}

WRITES = [
    ("audience", "create_list", "POST", "/api/v1/lists", {"name": "New"}),
    ("audience", "upsert_contact", "POST", "/api/v1/contacts", {"email": "new@example.com"}),
    ("audience", "upsert_contacts", "POST", "/api/v1/contacts/bulk", {"contacts": [{"email": "new@example.com"}]}),
    ("crm", "delete_contact_list", "DELETE", f"/contacts/lists/{SEARCH}", None),
    ("prospects", "delete_list", "DELETE", "/lists/bfb11068-c4ca-429c-a92d-f24465aa0bce", None),
    ("salesnav", "create_contact_list", "POST", "/v1/contacts/lists", LEADS),
    ("salesnav", "delete_contact_list", "DELETE", "/v1/contacts/lists/abc123", None),
    ("workshop", "create_list", "POST", "/v1/lists", NEW),
    ("workshop", "update_list", "PATCH", f"/v1/lists/{LIST}", {"title": "Renamed"}),
    ("workshop", "delete_list", "DELETE", f"/v1/lists/{LIST}", None),
    ("workshop", "delete_memberships", "DELETE", f"/v1/lists/{LIST}/memberships", CONTACTS),
]
"""(API, operationId, method, path, body) of requests that write something."""

load = cache(load_api)


class Crash(Exception):
    """A defect of a handler."""


def refuse(_: Any) -> Any:
    """An answer that is documented for no operation, so that it is held back as well."""
    raise Refusal(418, {"error": "no"})


def refuse_as_documented(_: Any) -> Any:
    raise Refusal(404, {"error": "List not found"})


def crash(_: Any) -> Any:
    raise Crash


def break_the_contract(_: Any) -> Any:
    return {"this": "is not what the document says"}, 200


FAILURES = (refuse, crash, break_the_contract)


def failing(api: Api, operation_id: str, fail: Callable[[Any], Any]) -> Api:
    """The API with a handler that does all it did, draws ids and turns the clock besides, and then fails."""
    original = api.handler(operation_id)

    def handler(world: World, **arguments: Any) -> Any:
        result = original(world, **arguments)
        world.ids.uuid()
        world.clock = world.clock.freeze()
        return fail(result)

    handler.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]  # what the runtime looks at
    return replace(api, handlers={**api.handlers, operation_id: handler})


def ask(app: MockApp, api: Api, method: str, path: str, body: Any) -> httpx.Response:
    credential = api.default_credential(app.worlds.default)
    headers = {} if credential is None else {"Authorization": f"Bearer {credential['token']}"}

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://mock", headers=headers) as client:
            return await client.request(method, path, json=body)

    return asyncio.run(send())


@pytest.mark.parametrize(("name", "operation_id", "method", "path", "body"), WRITES, ids=lambda each: str(each)[:24])
def test_the_requests_write(name: str, operation_id: str, method: str, path: str, body: Any) -> None:
    """Each of the requests changes something when its handler does not fail."""
    api = load(name)
    world = seed_world([api])
    before = export(world, Apis([api]))

    assert ask(MockApp([api], world), api, method, path, body).is_success
    assert export(world, Apis([api])) != before


@pytest.mark.parametrize("fail", FAILURES)
@pytest.mark.parametrize(("name", "operation_id", "method", "path", "body"), WRITES, ids=lambda each: str(each)[:24])
def test_a_failure_leaves_no_trace(
    name: str, operation_id: str, method: str, path: str, body: Any, fail: Callable[[Any], Any]
) -> None:
    """Records, ids, clock and seed are untouched, and the same request then does what it does in a fresh world."""
    api = load(name)
    world, fresh = seed_world([api]), seed_world([api])
    for each in (world, fresh):
        each.clock = each.clock.freeze()
    fresh.clock = world.clock
    before = export(world, Apis([api]))

    failed = ask(MockApp([failing(api, operation_id, fail)], world), api, method, path, body)
    after = export(world, Apis([api]))
    again = ask(MockApp([api], world), api, method, path, body)
    expected = ask(MockApp([api], fresh), api, method, path, body)

    assert failed.status_code == 500
    assert after == before
    assert (again.status_code, again.content) == (expected.status_code, expected.content)
    assert export(world, Apis([api]))["collections"] == export(fresh, Apis([api]))["collections"]


def test_a_documented_refusal_leaves_no_trace_either() -> None:
    """A handler that refuses after it has written is answered as it says, and has written nothing."""
    api = load("workshop")
    world = seed_world([api])
    before = export(world, Apis([api]))

    answer = ask(
        MockApp([failing(api, "delete_list", refuse_as_documented)], world), api, "DELETE", f"/v1/lists/{LIST}", None
    )

    assert (answer.status_code, answer.json()) == (404, {"error": "List not found"})
    assert export(world, Apis([api])) == before


def test_what_a_snapshot_took_meanwhile_stays() -> None:
    """A snapshot of before a failure and one of after it are the same, and a fork of either goes its own way."""
    api = load("workshop")
    world = seed_world([api])
    taken = world.snapshot()

    ask(MockApp([failing(api, "delete_list", crash)], world), api, "DELETE", f"/v1/lists/{LIST}", None)
    fork = World("fork", world.snapshot())
    ask(MockApp([api], fork), api, "DELETE", f"/v1/lists/{LIST}", None)

    assert len(fork[api.collections[1]]) == 21
    assert len(world[api.collections[1]]) == 22
    world.restore(taken)
    assert len(world[api.collections[1]]) == 22


def test_counters_of_fault_rules_go_on() -> None:
    """A request that fails has been met all the same: what a rule counts is requests, not successes."""
    api = load("workshop")
    world = seed_world([api])
    world.faults = (Rule("limit", RequestPattern(operation_id="delete_list"), limit=Limit(1, 60)),)
    app = MockApp([failing(api, "delete_list", crash)], world)

    for _ in range(2):
        ask(app, api, "DELETE", f"/v1/lists/{LIST}", None)

    assert (world.tallies["limit"].met, world.tallies["limit"].fired) == (2, 1)
    assert world.journal.added == 2
