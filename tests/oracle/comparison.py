"""The runtime and stock Connexion in lock-step: the same requests, the same worlds, every disagreement kept.

They agree if both let the handler decide and its status and body are the same, or if both refuse the request
themselves for the same reason: no such path, no such method, no credential, no scope, or not valid. How a refusal is
worded and whether "not valid" is 400, 415 or 422 is the document's affair, of which stock Connexion knows nothing.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from mockserver.api import Api
from mockserver.contract.violations import Rejection
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.world import World
from tests import draws
from tests.fuzz.exchange import Answer, Request, send
from tests.fuzz.traffic import NOW, credentials
from tests.oracle.mutants import Mutant, mutants
from tests.oracle.stock import Stock


@dataclass(frozen=True)
class Disagreement:
    """One request that the two answered differently; `origin` is the campaign or the mutant it came from."""

    api: str
    origin: str
    operation_id: str | None
    request: Request
    ours: Answer
    stock: Answer

    def __str__(self) -> str:
        return f"{self.api}: {self.origin}\n  {self.request}\n  ours:  {self.ours}\n  stock: {self.stock}"


@dataclass
class Comparison:
    """How often was asked, by operationId and what the runtime decided, and all disagreements."""

    asked: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    disagreements: list[Disagreement] = field(default_factory=list)


class Ours:
    """The runtime over a world; knows of every answer which operation gave it and who decided it."""

    def __init__(self, api: Api, world: World) -> None:
        self.api = api
        self.world = world
        self.operation_id: str | None = None
        self._kind: str | None = None
        self._refuse = api.refuse
        self.app = MockApp([replace(api, refuse=self._refusing)], world, observers=[self._observe])

    def _observe(self, exchange: Any) -> None:
        self.operation_id = exchange.operation_id

    def _refusing(self, world: World, rejection: Rejection) -> tuple[Any, int] | None:
        self._kind = rejection.kind
        return self._refuse(world, rejection)

    async def answer(self, request: Request) -> Answer:
        """The runtime's answer, and whether a handler or the runtime gave it."""
        self._kind = self.operation_id = None
        answer = await send(self.app, request)
        if self._kind is None and answer.media_type == "application/problem+json":
            self._kind = "not_found" if answer.status == 404 else str(answer.status)
        return replace(answer, decided=self._kind or "handler")


def agree(ours: Answer, stock: Answer) -> bool:
    """The rule: the same decision, and of a handler's decision the same status and body; but never to fail together."""
    if ours.decided != stock.decided or ours.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return False
    return ours.decided != "handler" or (ours.status, _content(ours)) == (stock.status, _content(stock))


def _content(answer: Answer) -> tuple[str | None, str] | None:
    return (answer.media_type, json.dumps(json.loads(answer.body), sort_keys=True)) if answer.body else None


async def compare(
    api: Api, requests: Iterable[Request], *, each: int, most: int | None = None, oracle: Api | None = None
) -> Comparison:
    """Ask both the requests of a campaign; the oracle serves the same API unless another is given.

    Asked as well: mutants of requests that both served alike, of every operation and success status the first `each`.
    most: of the mutants of one request, so many by chance, where an API has thousands.
    """
    chance = random.Random(draws.seed(1))
    world = seed_world([api])
    world.clock = world.clock.freeze(NOW)
    pair = Pair(Ours(api, world), Stock(oracle or api, World("stock", world.snapshot())))
    changes = mutants(api, credentials(api, world))
    served: Counter[tuple[str | None, int]] = Counter()
    for request in requests:
        status = await pair.ask(request, "campaign")
        if status is not None and status < HTTPStatus.MULTIPLE_CHOICES:
            served[pair.ours.operation_id, status] += 1
            if served[pair.ours.operation_id, status] <= each:
                await pair.ask_all(
                    request, changes if most is None else chance.sample(changes, min(most, len(changes)))
                )
    return pair.comparison


class Pair:
    """The runtime and stock Connexion, kept in step."""

    def __init__(self, ours: Ours, stock: Stock) -> None:
        self.ours = ours
        self.stock = stock
        self.comparison = Comparison()

    async def ask_all(self, request: Request, changes: Sequence[Mutant]) -> None:
        """Ask both all mutants of the request, each in the world as it now stands."""
        now = self.ours.world.snapshot()
        for change in changes:
            mutant = change.mutate(request)
            if mutant is not None:
                await self.ask(mutant, change.name)
                self.ours.world.restore(now)
                self.stock.world.restore(now)

    async def ask(self, request: Request, origin: str) -> int | None:
        """Ask both, after which both worlds stand the same; the status agreed on, None for a disagreement."""
        before = self.stock.world.snapshot()
        ours, stock = await self.ours.answer(request), await self.stock.answer(request)
        self.comparison.asked[self.ours.operation_id, ours.decided] += 1
        after = self.ours.world.snapshot()
        if agree(ours, stock):
            kept = self.stock.world.snapshot() if stock.status < HTTPStatus.MULTIPLE_CHOICES else before
            self.stock.world.restore(replace(kept, request_ids=after.request_ids))
            return ours.status
        found = Disagreement(self.ours.api.name, origin, self.ours.operation_id, request, ours, stock)
        self.comparison.disagreements.append(found)
        self.stock.world.restore(after)
        return None
