"""The Connexion application that serves compiled operations.

It stands beside `connexion.FlaskApp` and `connexion.AsyncApp` and is made of the same public pieces: Connexion builds
the operations of each document and resolves their handlers, `make_operation` compiles them. What the stock
middlewares do one after another per request, one pass over compiled operations does on the event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from connexion.apps.abstract import AbstractApp
from connexion.middleware.main import API
from starlette.types import Receive, Scope, Send

from mockserver.api import Api
from mockserver.runtime.compiled import ContractSpecification, HandlerResolver
from mockserver.runtime.dataplane import DataPlane, Options
from mockserver.runtime.dispatcher import Dispatcher
from mockserver.runtime.recording import Observer
from mockserver.runtime.request import AtOnce
from mockserver.world import World
from mockserver.world.registry import Worlds


class MockApp(AbstractApp):
    """A Connexion application for APIs of the catalog; an ASGI app, ready once made.

    world: the default one; others are forked from its seed as requests name them.
    """

    def __init__(
        self,
        apis: Iterable[Api],
        world: World,
        options: Options | None = None,
        observers: Sequence[Observer] = (),
        worlds: Worlds | None = None,
    ) -> None:
        self.worlds = worlds or Worlds(world)
        self.callbacks: Any = None  # what sends webhooks, for the control plane
        self.plane = DataPlane(options or Options(), observers)
        self._middleware_app = self.dispatcher = Dispatcher(self.worlds, self.plane)
        super().__init__("mockserver", middlewares=[])
        mounted = list(apis)
        self.plane.routes.apis = sorted(mounted, key=lambda api: api.name)
        for api in mounted:
            self.mount(api)
        self.middleware.app, self.middleware.middleware_stack = self.middleware._build_middleware_stack()
        self.middleware.apis.clear()  # Connexion's copies of the documents, which nobody asks for any more
        for api in mounted:
            self.plane.routes.add_below(api)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the dispatcher directly, as Connexion's middleware stack has nothing else."""
        await self.dispatcher(scope, receive, send)

    @property
    def at_once(self) -> AtOnce:
        """The complete response to a complete request, as it is sent; what goes on with it if it has to wait."""
        return self.dispatcher.at_once

    def mount(self, api: Api) -> None:
        """Serve one API at its documented paths; DocumentError if another serves one of them."""
        options = self.middleware.options.replace(resolver=HandlerResolver(api), pythonic_params=True)
        specification = ContractSpecification(api.contract)
        self.middleware.apis.append(API(specification, base_path=None, name=api.name, api=api, **vars(options)))

    def add_url_rule(self, rule: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError(f"{rule}: only documented operations are served; add it to an OpenAPI document.")

    def add_error_handler(self, code_or_exception: Any, function: Any) -> None:
        raise NotImplementedError(f"{code_or_exception}: a refusal is worded by its API's refuse(), not by {function}.")
