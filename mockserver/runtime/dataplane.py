"""The data plane: every request in one pass on the event loop, through the world it names, into that world's journal.

Route, then faults, then `Prefer`, then security, decoding, validation, handler, validation of the answer, send. Only a
fault's delay and the client's own pace make a request wait.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from connexion.middleware.abstract import SpecMiddleware
from connexion.spec import OpenAPISpecification
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.catalog import Api
from mockserver.contract.bodies import media_type, write_json
from mockserver.contract.parameters import Pairs, Undecodable, percent_decode, split_query
from mockserver.contract.routing import Route, Router
from mockserver.contract.servers import base_paths
from mockserver.contract.violations import Rejection
from mockserver.errors import DocumentError, WorldError
from mockserver.runtime import faults, transport
from mockserver.runtime.answer import Answer, problem, refused
from mockserver.runtime.body import Body, Disconnected, read_body
from mockserver.runtime.codings import CodingError, Overflow
from mockserver.runtime.compiled import CompiledAPI
from mockserver.runtime.cors import Cors
from mockserver.runtime.damage import as_sent, deliver, hang_up, hangs_up
from mockserver.runtime.endpoint import Endpoint, UnauthorizedRequest, unservable
from mockserver.runtime.exchange import Exchange, Message, kept
from mockserver.runtime.preference import preferred
from mockserver.runtime.request import Request
from mockserver.world import DEFAULT, World
from mockserver.world.registry import Worlds

BODY_LIMIT = 10 * 1024 * 1024
CONTROL = "/_mock"
HEALTH = "/_mock/health"
WORLD_PREFIX = "/_world/"
WORLD_HEADER = "x-mock-world"

LONGEST_SHOWN = 200
"""Characters of an unknown path that are compared with the documented ones and repeated."""

logger = logging.getLogger("mockserver")


@dataclass(frozen=True)
class Options:
    """How requests are treated. `body_limit` is in bytes; `cors_origins` may call with credentials, see Cors."""

    any_credential: bool = False
    cors: bool = True
    cors_origins: tuple[str, ...] = ()
    body_limit: int = BODY_LIMIT


Observer = Callable[[Exchange], None]
Routed = tuple[Route[Endpoint] | None, Mapping[str, list[str]], Endpoint | None]


class DataPlane(SpecMiddleware):
    """Routes and answers requests of every mounted API.

    `control` makes the app at /_mock when it is first asked; `guard` answers the refusal of whoever may not use it.
    """

    def __init__(self, worlds: Worlds, options: Options, observers: Sequence[Observer]) -> None:
        self.worlds = worlds
        self.options = options
        self.observers = observers
        self.cors = Cors(options.cors_origins) if options.cors else None
        self.router: Router[Endpoint] = Router()
        self.control: Callable[[], Awaitable[ASGIApp]] | None = None
        self.guard: Callable[[Request], Answer | None] = lambda _: None
        self._owners: dict[str, Api] = {}

    def add_api(self, specification: OpenAPISpecification, *, api: Api, **options: Any) -> CompiledAPI:
        return CompiledAPI(specification, api=api, serve=self.serve, **options)

    def serve(self, path: str, endpoint: Endpoint) -> None:
        """Answer requests for the endpoint's method on the path; DocumentError if the path is taken by another."""
        taken = self.router.find(path)
        if taken is not None and (
            self._owners[taken.template] is not endpoint.api
            or (taken.template != path and endpoint.described.method in taken.targets)
        ):
            raise _collision(path, endpoint, taken)
        self._owners[self.router.add(path, endpoint.described.method, endpoint).template] = endpoint.api

    def serve_below(self, api: Api) -> None:
        """Answer below the base paths that the document's `servers` give as well, except where another path is.

        Called when every path has been served as it is written, which wins over one that is put together.
        """
        own = [route for route in self.router.routes if self._owners[route.template] is api]
        for base in base_paths(api.document):
            for route in own:
                path = f"{api.mount}{base}{route.template.removeprefix(api.mount)}"
                taken = self.router.find(path)
                if taken is None or self._owners[taken.template] is api:
                    for method, endpoint in route.targets.items():
                        if taken is None or method not in taken.targets:
                            self._owners[self.router.add(path, method, endpoint).template] = api

    @property
    def apis(self) -> list[Api]:
        """The mounted APIs, by name."""
        return sorted({api.name: api for api in self._owners.values()}.values(), key=lambda api: api.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            try:
                await self._serve(scope, receive, send)
            except asyncio.CancelledError as cancelled:
                if cancelled.args != (transport.STOPPING,):
                    raise
        elif scope["type"] == "lifespan":
            await _lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            name = _world_of(request)
            world = None if _is_control(request.path) else self.worlds.enter(name)
        except WorldError as error:
            answer = problem(503 if error.kind == "full" else 400, str(error))
            if self.cors is not None and request.is_preflight:
                answer = self.cors.preflight(request, ())
            if self.cors is not None:
                self.cors.allow(answer, request)
            await answer.send(send, head=request.method == "HEAD")
            return
        if world is None:
            await self._serve_control(_control_request(request, name) if request.prefix else request, receive, send)
            return
        try:
            await self._serve_in(world, request, receive, send)
        finally:
            self.worlds.leave(world)

    async def _serve_control(self, request: Request, receive: Receive, send: Send) -> None:
        refused = self.guard(request)
        if refused is not None:
            await refused.send(send, head=request.method == "HEAD")
        elif request.path == HEALTH:
            await self._health(request).send(send, head=request.method == "HEAD")
        elif self.control is not None:
            app = await self.control()
            await app(request.scope, receive, send)
        else:
            await problem(404, f"There is no control plane here: {request.path}.").send(send)

    async def _serve_in(self, world: World, request: Request, receive: Receive, send: Send) -> None:
        started, clock = time.time(), time.perf_counter()
        try:
            body = await read_body(request, receive, self.options.body_limit)
        except Disconnected:
            return
        routed = self._route(request, body.content)
        route, _, endpoint = routed
        if request.is_preflight and self.cors is not None:
            endpoint = None
        exchange = Exchange(
            world=world.name,
            method=request.method,
            target=request.target,
            path=request.path,
            request=Message.of(request.scope["headers"], body.content, body.size),
            started_at=started,
            route=None if route is None else route.template,
        )
        if endpoint is not None:
            exchange.api, exchange.operation_id = endpoint.api.name, endpoint.operation_id
        fired = self._fired(world, request, exchange) if world.faults else ()
        for rule in fired:
            await faults.hold(rule, world)
        damage = next((rule for rule in fired if rule.damage is not None), None)
        if damage is not None and hangs_up(damage, request.scope):
            exchange.answered_by, exchange.breach = f"fault {damage.id}", True
            self._record(world, exchange, clock)
            await hang_up(damage, request.scope, receive)
            return
        answer = self._faulty(fired, world, request, endpoint, exchange)
        if answer is None:
            answer = self._guarded(world, request, body, routed)
            exchange.answered_by = answer.by
            exchange.rejection = None if answer.rejection is None else kept(answer.rejection)
        if self.cors is not None:
            self.cors.allow(answer, request)
        exchange.status, exchange.response = answer.status, Message.of(answer.headers, as_sent(damage, answer, request))
        exchange.breach |= damage is not None
        self._record(world, exchange, clock)
        await deliver(damage, answer, request, receive, send)

    def _record(self, world: World, exchange: Exchange, clock: float) -> None:
        """Before the answer leaves, so that whoever has it finds the exchange in the journal."""
        exchange.seconds = time.perf_counter() - clock
        world.journal.add(exchange)
        for observe in self.observers:
            observe(exchange)

    @staticmethod
    def _fired(world: World, request: Request, exchange: Exchange) -> list[faults.Rule]:
        fired = [
            rule for rule in world.faults if faults.fire(world, rule, request, exchange.api, exchange.operation_id)
        ]
        exchange.faults = [rule.id for rule in fired]
        return fired

    @staticmethod
    def _faulty(
        fired: Sequence[faults.Rule], world: World, request: Request, endpoint: Endpoint | None, exchange: Exchange
    ) -> Answer | None:
        operation = None if endpoint is None else endpoint.servable
        for rule in fired:
            found = faults.reply(rule, world, operation, request.prefix)
            if found is not None:
                answer, exchange.breach = found
                exchange.answered_by = f"fault {rule.id}"
                return answer
        return None

    def _route(self, request: Request, body: bytes) -> Routed:
        found = self.router.match(request.path, request.method)
        if found is None:
            return None, {}, None
        route, values = found
        if route.alternatives:
            chosen = route.chosen(request.method, request.query, request.headers, _form(request, body))
            if chosen is None:
                return None, {}, None
            route = chosen
        endpoint = route.targets.get(request.method) or (route.targets.get("GET") if request.method == "HEAD" else None)
        return route, values, endpoint

    def _guarded(self, world: World, request: Request, body: Body, routed: Routed) -> Answer:
        """The answer to a request, whatever happens: a defect of ours is a problem in our own name, and in the log."""
        try:
            return self._answer(world, request, body, routed)
        except DocumentError as error:
            return unservable(error)
        except Exception:
            logger.exception("%s %s failed", request.method, request.path)
            return problem(500, f"{request.method} failed inside the mock server; its log says where.")

    def _answer(self, world: World, request: Request, body: Body, routed: Routed) -> Answer:
        route, values, endpoint = routed
        if request.is_preflight and (self.cors is not None or endpoint is None):
            return self._preflight(world, request, route)
        if route is None:
            return self._no_path(world, request)
        if endpoint is None:
            return self._no_method(world, request, route)
        if "prefer" in request.headers:
            canned = preferred(endpoint.operation, request.preferences, request.prefix)
            if canned is not None:
                return canned
        return self._operate(world, endpoint, request, body, values)

    def _preflight(self, world: World, request: Request, route: Route[Endpoint] | None) -> Answer:
        """What a browser hears that asks for itself; where no page may call, OPTIONS is refused as any such method.

        No flaw of the client's either way.
        """
        if self.cors is not None:
            return self.cors.preflight(request, () if route is None else _allowed(route))
        answer = self._no_path(world, request) if route is None else self._no_method(world, request, route)
        answer.by, answer.rejection = "preflight", None
        return answer

    def _operate(
        self, world: World, endpoint: Endpoint, request: Request, body: Body, values: Mapping[str, list[str]]
    ) -> Answer:
        operation = endpoint.operation
        try:
            caller = endpoint.authorize(request, world, any_credential=self.options.any_credential)
        except UnauthorizedRequest as error:
            challenge = operation.security.challenge if error.rejection.kind == "unauthorized" else None
            return endpoint.refuse(world, error.rejection, {"WWW-Authenticate": challenge} if challenge else None)
        if body.flaw is not None and operation.body is not None:
            answer = self._unreadable(world, endpoint, body.flaw)
        else:
            answer = endpoint.answer(request, values, body.content, world, caller)
        if not body.whole:
            answer.add("Connection", "close")
        return answer

    def _unreadable(self, world: World, endpoint: Endpoint, flaw: Overflow | CodingError) -> Answer:
        """The refusal of a body that cannot be had; what it could be encoded as instead is said in a header."""
        if isinstance(flaw, Overflow):
            message = f"the body must have at most {self.options.body_limit} bytes; send less"
            return endpoint.refuse(world, Rejection("too_large", message, endpoint.operation.operation_id))
        headers = None if flaw.accepted is None else {"Accept-Encoding": flaw.accepted}
        return endpoint.refuse_as_invalid(world, [flaw.violation], headers)

    def _health(self, request: Request) -> Answer:
        if request.method not in ("GET", "HEAD"):
            detail = f"{HEALTH} answers GET, HEAD, not {request.method}."
            return problem(405, detail, {"Allow": "GET, HEAD"}, errors=[])
        body = write_json({"status": "ok", "apis": [api.name for api in self.apis]})
        return Answer(200, body, "application/json")

    def _no_path(self, world: World, request: Request) -> Answer:
        above = self.router.above(request.path)
        if above is not None:
            api = self._owners[above.template]
            message = f"no documented path matches {request.path}"
            return _reworded(api, world, Rejection("not_found", message), {})
        nearest = [route.template for route in self.router.nearest(request.path, 3)]
        asked = request.path if len(request.path) <= LONGEST_SHOWN else f"{request.path[:LONGEST_SHOWN]}..."
        detail = f"No documented path matches {asked}. The nearest are: {', '.join(nearest)}."
        answer = problem(404, detail, nearest=nearest)
        answer.rejection = Rejection("not_found", detail)
        return answer

    def _no_method(self, world: World, request: Request, route: Route[Endpoint]) -> Answer:
        allowed = ", ".join(_allowed(route))
        message = f"{request.method} is not documented for {route.template}; expected {allowed}"
        api = self._owners[route.template]
        return _reworded(api, world, Rejection("method_not_allowed", message), {"Allow": allowed})


def _form(request: Request, body: bytes) -> Pairs:
    """The fields of a form that came as the body; none if it is no form."""
    if media_type(request.header("content-type") or "") != "application/x-www-form-urlencoded":
        return {}
    return split_query(body.decode("latin-1"))


def _is_control(path: str) -> bool:
    return path.startswith(CONTROL) and (path == CONTROL or path[len(CONTROL)] == "/")


def _control_request(request: Request, world: str) -> Request:
    """A request below the base URL of a world as one to the control plane, with a header that names the world."""
    header = WORLD_HEADER.encode()
    others = [each for each in request.scope["headers"] if each[0].lower() != header]
    named = [*others, (header, world.encode("latin-1", "replace"))]
    raw = request.path.encode("latin-1")
    return Request({**request.scope, "path": unquote(request.path), "raw_path": raw, "headers": named})


def _world_of(request: Request) -> str:
    """The name of the world that the base URL or else the header names; the request goes on below it.

    A client that puts its base URL before a link that leads into the world already names the world twice.
    """
    if request.path.startswith(WORLD_PREFIX):
        name, slash, rest = request.path[len(WORLD_PREFIX) :].partition("/")
        request.prefix = f"{WORLD_PREFIX}{name}"
        below, start = f"{slash}{rest}", 0
        while below.startswith(f"{request.prefix}/", start):
            start += len(request.prefix)
        request.path = below[start:]
        return _decoded(name)
    return request.headers[WORLD_HEADER][0] if WORLD_HEADER in request.headers else DEFAULT


def _decoded(name: str) -> str:
    try:
        return percent_decode(name)
    except Undecodable:
        return name


def _collision(path: str, endpoint: Endpoint, taken: Route[Endpoint]) -> DocumentError:
    other = next(iter(taken.targets.values()))
    way_out = (
        "Name the parameters of one path alike."
        if other.api is endpoint.api
        else "Serve one of them below a prefix of its own: --mount NAME=/prefix."
    )
    return DocumentError(
        f"{endpoint.api.name}: {endpoint.operation_id} ({endpoint.described.method} {path}) "
        f"has the same path as {other.api.name}: {other.operation_id} ({taken.template}). {way_out}"
    )


def _reworded(api: Api, world: World, rejection: Rejection, headers: dict[str, str]) -> Answer:
    with world.lock:
        found = api.refuse(world, rejection)
    if found is None:
        answer = refused(rejection, headers)
    else:
        payload, status = found
        answer = Answer(status, write_json(payload), "application/json", headers)
    answer.rejection = rejection
    return answer


def _allowed(route: Route[Endpoint]) -> list[str]:
    methods = set(route.targets)
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
