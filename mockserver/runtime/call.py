"""A request that is being answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.contract.pairs import Pairs
from mockserver.contract.routing import Route
from mockserver.runtime.body import Body
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.request import Request
from mockserver.world import World

if TYPE_CHECKING:  # brings Connexion, which a test suite need not load to name a type
    from mockserver.runtime.endpoint import Endpoint


@dataclass(slots=True)
class Call:
    """What is asked, of which world, and what the documents have for it; the stages write into its `exchange`.

    `values` are the raw values in the path; `began` is when it came, by the performance counter.
    """

    world: World
    request: Request
    body: Body
    route: Route[Endpoint] | None
    values: Pairs
    endpoint: Endpoint | None
    exchange: Exchange
    began: float
