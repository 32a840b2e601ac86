"""The Connexion application that serves compiled operations.

It stands beside `connexion.FlaskApp` and `connexion.AsyncApp` and is made of the same public pieces: Connexion builds
the operations of each document and resolves their handlers, `make_operation` compiles them. What the stock
middlewares do one after another per request, one pass over compiled operations does here on the event loop.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from connexion.apps.abstract import AbstractApp
from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
from connexion.middleware.main import API
from connexion.operations import AbstractOperation
from connexion.resolver import Resolver
from connexion.spec import OpenAPISpecification
from starlette.types import Receive, Scope, Send

from mockserver.catalog import Api
from mockserver.contract.bodies import write_json
from mockserver.contract.operation import compile_operation
from mockserver.contract.routing import Route, Router
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.violations import Rejection
from mockserver.errors import DocumentError
from mockserver.runtime import cors
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.endpoint import Endpoint, Unauthorized
from mockserver.runtime.preference import preferred
from mockserver.runtime.request import Disconnected, Request, TooLarge
from mockserver.world import World

BODY_LIMIT = 10 * 1024 * 1024
HEALTH = "/_mock/health"


@dataclass(frozen=True)
class Options:
    """How requests are treated. `body_limit` is in bytes."""

    any_credential: bool = False
    cors: bool = True
    body_limit: int = BODY_LIMIT


@dataclass(frozen=True)
class Exchange:
    """One request answered, for those who watch. `seconds` is the time spent on it."""

    method: str
    path: str
    operation_id: str | None
    api: str | None
    status: int
    seconds: float


Observer = Callable[[Exchange], None]


class MockApp(AbstractApp):
    """A Connexion application for APIs of the catalog over one world; an ASGI app, ready once made."""

    def __init__(
        self, apis: Iterable[Api], world: World, options: Options | None = None, observers: Sequence[Observer] = ()
    ) -> None:
        self.world = world
        self.options = options or Options()
        self.observers = observers
        self._middleware_app = self.runtime = Runtime(self)
        super().__init__("mockserver", middlewares=[])
        for api in apis:
            self.mount(api)
        self.middleware.app, self.middleware.middleware_stack = self.middleware._build_middleware_stack()

    def mount(self, api: Api) -> None:
        """Serve one API at its documented paths; DocumentError if another serves one of them."""
        options = self.middleware.options.replace(resolver=Resolver(api.handler), pythonic_params=True)
        specification = CheckedSpecification(dict(api.document.raw))
        self.middleware.apis.append(API(specification, base_path=None, name=api.name, api=api, **vars(options)))

    def add_url_rule(self, rule: str, *_: Any, **__: Any) -> None:
        raise NotImplementedError(f"{rule}: only documented operations are served; add it to an OpenAPI document.")

    def add_error_handler(self, code_or_exception: Any, function: Any) -> None:
        raise NotImplementedError(f"{code_or_exception}: a refusal is worded by its API's refuse(), not by {function}.")


class CheckedSpecification(OpenAPISpecification):
    """A document that openapi-spec-validator has found valid; Connexion's own check knows Draft 4 and 3.0 only."""

    @classmethod
    def _validate_spec(cls, spec: Any) -> None:
        """See Document.validate."""


class Runtime(SpecMiddleware):
    """Routes and answers requests of every mounted API."""

    def __init__(self, app: MockApp) -> None:
        self._app = app
        self.router: Router[Endpoint] = Router()
        self._owners: dict[str, Api] = {}

    def add_api(self, specification: OpenAPISpecification, *, api: Api, **options: Any) -> CompiledAPI:
        return CompiledAPI(specification, api=api, runtime=self, **options)

    def serve(self, path: str, endpoint: Endpoint) -> None:
        """Answer requests for the endpoint's method on the path."""
        taken = self.router.find(path)
        owner = self._owners.get(taken.template) if taken else endpoint.api
        if taken and owner is not endpoint.api:
            other = next(iter(taken.targets.values()))
            raise DocumentError(
                f"{endpoint.api.name}: {endpoint.operation.operation_id} ({endpoint.operation.method} {path}) "
                f"has the same path as {other.api.name}: {other.operation.operation_id} ({taken.template}). "
                "Serve one of them elsewhere, under a mount prefix of its own."
            )
        self._owners[self.router.add(path, endpoint.operation.method, endpoint).template] = endpoint.api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        request = Request(scope)
        try:
            endpoint, answer = await self._answer(request, receive)
        except Disconnected:
            return
        if self._app.options.cors and request.header("origin") is not None:
            cors.allow(answer)
        await answer.send(send, head=request.method == "HEAD")
        self._observe(request, endpoint, answer, time.perf_counter() - started)

    def _observe(self, request: Request, endpoint: Endpoint | None, answer: Answer, seconds: float) -> None:
        operation_id = endpoint.operation.operation_id if endpoint else None
        api = endpoint.api.name if endpoint else None
        for observe in self._app.observers:
            observe(Exchange(request.method, request.path, operation_id, api, answer.status, seconds))

    async def _answer(self, request: Request, receive: Receive) -> tuple[Endpoint | None, Answer]:
        if request.path == HEALTH:
            return None, self._health(request)
        found = self.router.match(request.path)
        if found is None:
            return None, self._no_path(request)
        route, values = found
        if self._app.options.cors and cors.is_preflight(request):
            return None, cors.preflight(request, _allowed(route))
        endpoint = route.targets.get(request.method) or (route.targets.get("GET") if request.method == "HEAD" else None)
        if endpoint is None:
            return None, self._no_method(request, route)
        return endpoint, await self._operate(endpoint, request, values, receive)

    async def _operate(
        self, endpoint: Endpoint, request: Request, values: dict[str, list[str]], receive: Receive
    ) -> Answer:
        operation, world = endpoint.operation, self._app.world
        if "prefer" in request.headers:
            canned = preferred(operation, request.preferences)
            if canned is not None:
                return canned
        try:
            caller = endpoint.authorize(request, world, any_credential=self._app.options.any_credential)
            body = b"" if operation.body is None else await request.body(receive, self._app.options.body_limit)
        except Unauthorized as error:
            challenge = operation.security.challenge if error.rejection.kind == "unauthorized" else None
            return endpoint.refuse(world, error.rejection, {"WWW-Authenticate": challenge} if challenge else None)
        except TooLarge:
            message = f"the body must have at most {self._app.options.body_limit} bytes; send less"
            rejection = Rejection("too_large", message, operation.operation_id)
            return endpoint.refuse(world, rejection, {"Connection": "close"})
        return endpoint.answer(request, values, body, world, caller)

    def _health(self, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return problem(405, f"{HEALTH} answers GET, not {request.method}.", {"Allow": "GET, HEAD"})
        names = dict.fromkeys(api.name for api in self._owners.values())
        return Answer(
            200, b'{"status":"ok","apis":["%s"]}' % b'","'.join(n.encode() for n in names), "application/json"
        )

    def _no_path(self, request: Request) -> Answer:
        above = self.router.above(request.path)
        if above is not None:
            api = self._owners[above.template]
            return self._reworded(api, Rejection("not_found", f"no documented path matches {request.path}"), {})
        known = [route.template for route in self.router.routes]
        nearest = difflib.get_close_matches(request.path, known, n=3, cutoff=0.0)
        detail = f"No documented path matches {request.path}. The nearest are: {', '.join(nearest)}."
        return problem(404, detail, nearest=nearest)

    def _no_method(self, request: Request, route: Route[Endpoint]) -> Answer:
        allowed = ", ".join(_allowed(route))
        message = f"{request.method} is not documented for {route.template}; expected {allowed}"
        return self._reworded(
            self._owners[route.template], Rejection("method_not_allowed", message), {"Allow": allowed}
        )

    def _reworded(self, api: Api, rejection: Rejection, headers: dict[str, str]) -> Answer:
        with self._app.world.lock:
            payload, status = api.refuse(self._app.world, rejection)
        return Answer(status, write_json(payload), "application/json", headers)


class CompiledAPI(AbstractRoutingAPI):
    """Connexion's view of one document: it walks the operations, and each is compiled as it is made."""

    def __init__(self, specification: OpenAPISpecification, *, api: Api, runtime: Runtime, **options: Any) -> None:
        self._api = api
        self._runtime = runtime
        self._compiler = SchemaCompiler(api.document)
        super().__init__(specification, **options)

    def make_operation(self, operation: AbstractOperation) -> Endpoint:
        compiled = compile_operation(self._api.document, self._compiler, operation.path, operation.method)
        return Endpoint(self._api, compiled, operation.function)

    @staticmethod
    def _framework_path_and_name(operation: AbstractOperation, path: str) -> tuple[str, str]:
        return path, operation.operation_id

    def _add_operation_internal(self, method: str, path: str, operation: Endpoint, name: str | None = None) -> None:
        del method, name  # the operation knows its own
        self._runtime.serve(f"{self.base_path}{path}", operation)


def _allowed(route: Route[Endpoint]) -> list[str]:
    methods = set(route.targets)
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
