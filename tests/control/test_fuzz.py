"""Schemathesis finds nothing in the control plane's own document, with a token and without."""

from __future__ import annotations

import asyncio
import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from schemathesis.checks import CHECKS
from starlette.types import Receive, Scope, Send

from mockserver.admin import exports
from mockserver.admin.apis import Apis
from mockserver.admin.stubbing import read_stub
from mockserver.callbacks.sender import Sender
from mockserver.catalog import load_apis
from mockserver.contract.document import Document
from mockserver.contract.routing import Router
from mockserver.control.documents import document
from mockserver.control.events import EVENTS
from mockserver.control.plane import mount
from mockserver.runtime.application import MockApp
from mockserver.runtime.faults import Delay, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.reserved import CONTROL
from mockserver.seeding import seed_world
from mockserver.world import DEFAULT, World
from tests.fuzz.campaign import PHASES, fuzz

TOKEN = "correct horse battery staple"

SLOW = Rule("slow", RequestPattern(path="/nowhere"), delay=Delay("fixed", 0.5))
REFUSED = {"id": "refused", "match": {"operationId": "get_list"}, "status": 404, "body": {"error": "List not found"}}
"""The rule and the stub that the document's examples name. The world begins with them, as one that was exported does:
resets, which come at any time, lead back to them."""


HOOKS = """
openapi: 3.1.0
info: {title: Hooks, version: "1"}
webhooks: {nothing: {post: {responses: {"200": {description: Taken.}}}}}
"""
"""A document that has the webhook which the control plane's examples name."""


@dataclass(frozen=True)
class Campaign:
    """A row: from which seed, how many examples bound each operation, with which token, in which phases."""

    seed: int
    examples: int
    token: str | None
    phases: tuple[str, ...] = PHASES


CAMPAIGNS = (
    pytest.param(
        Campaign(seed=1, examples=3, token=TOKEN, phases=("examples", "fuzzing", "stateful")),
        marks=pytest.mark.sample,
        id="sample",
    ),
    pytest.param(Campaign(seed=1, examples=15, token=None), marks=pytest.mark.campaign, id="open"),
    pytest.param(Campaign(seed=2, examples=15, token=TOKEN), marks=pytest.mark.campaign, id="locked"),
)


def published(exported: Any, *, token: bool) -> Document:
    """The control plane's document with its prefix in the paths, as campaigns have no other base URL.

    What can be imported depends on what is served, so the document itself has no example of it.
    """
    raw = copy.deepcopy(dict(document(token=token).raw))
    paths = {f"{CONTROL}{path}": item for path, item in raw["paths"].items()}
    paths["/_mock/import"]["post"]["requestBody"]["content"]["application/json"]["example"] = exported
    return Document({**raw, "servers": [{"url": "/"}], "paths": paths}, "the control plane")


class Busy:
    """The app, asked for a list before each request, so that its journal always has something to show.

    Fault rules are put aside meanwhile: some delay for a minute. `succeeded`: methods and paths answered well. The
    client of a stream, which has no end, leaves when it has seen the beginning.
    """

    def __init__(self, app: MockApp) -> None:
        self._app = app
        self.succeeded: set[tuple[str, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._ask_for_a_list()

        seen, asked = asyncio.Event(), list[bool]()

        async def send_on(message: Any) -> None:
            if message.get("status", 500) < 400:  # a redirect is what some are asked for
                self.succeeded.add((scope["method"], scope["path"]))
            await send(message)
            if message.get("more_body"):
                seen.set()

        async def receive_on() -> Any:
            if scope.get("path") != EVENTS or scope["type"] != "http":
                return await receive()
            if not asked:
                asked.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
            await seen.wait()
            return {"type": "http.disconnect"}

        await self._app(scope, receive_on, send_on)

    async def _ask_for_a_list(self) -> None:
        world = self._app.worlds.default
        rules, world.faults = world.faults, ()
        transport: Any = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            await client.get("/v1/lists")
        world.faults = rules

    def failed(self, described: Document) -> set[str]:
        """The operations that never succeeded."""
        router: Router[str] = Router()
        for path, method, operation in described.operations():
            router.add(path, method, operation["operationId"])
        found = [(method, router.match(path)) for method, path in self.succeeded]
        succeeded = {match[0].targets[method] for method, match in found if match and method in match[0].targets}
        return {operation["operationId"] for _, _, operation in described.operations()} - succeeded


@pytest.mark.parametrize("campaign", CAMPAIGNS)
def test_schemathesis_finds_nothing(campaign: Campaign, tmp_path: Path) -> None:
    """Every check in every phase passes on every operation, which succeeds too; no error, no dead link."""
    (tmp_path / "hooks.yaml").write_text(HOOKS)
    # prospects asks for no credential: anybody is given a token
    apis = load_apis(["workshop", "prospects", str(tmp_path / "hooks.yaml")])
    stubs = (read_stub(Apis(apis), REFUSED),)
    world = World(DEFAULT, replace(seed_world(apis).snapshot(), faults=(SLOW,), stubs=stubs))
    app = MockApp(apis, world)
    app.callbacks = Sender(apis, app.worlds)
    mount(app, "127.0.0.1", "127.0.0.1", campaign.token)
    caller = [] if campaign.token is None else [{"token": campaign.token, "account": "any", "scopes": []}]

    busy, described = Busy(app), published(exports.export(world, Apis(apis)), token=campaign.token is not None)

    outcome = fuzz(
        busy,
        described,
        caller,
        tmp_path,
        seed=campaign.seed,
        examples=campaign.examples,
        phases=campaign.phases,
    )

    assert not outcome.findings, str(outcome)
    assert outcome.idle.isdisjoint(campaign.phases), "phases that sent nothing"
    assert not busy.failed(described)
    if campaign.phases == PHASES:
        assert set(CHECKS.get_all_names()) - set(outcome.checks) <= {"ignored_auth", "object_level_authorization"}
    print(outcome)
