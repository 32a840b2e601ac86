"""The data plane: the stages of an exchange, in order, on the event loop.

A request is routed and read; then come the fault rules of its world, CORS preflights, undocumented paths and methods,
`Prefer`, security, flaws of the body, and finally the operation, which decodes, validates, handles and checks its
response. Each stage may answer; the response is recorded before it is sent. Only a fault that delays, or that acts on
the connection, and the client itself make a request wait.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.contract.violations import Rejection
from mockserver.errors import WorldError
from mockserver.limits import BODY_LIMIT
from mockserver.runtime import faults
from mockserver.runtime.answer import Answer, problem
from mockserver.runtime.answered import PREFER, PREFLIGHT, AnsweredBy
from mockserver.runtime.body import NONE, Body, Disconnected, decoded, read_body
from mockserver.runtime.call import Call
from mockserver.runtime.cors import Cors
from mockserver.runtime.damage import as_sent, deliver, hang_up, hangs_up
from mockserver.runtime.defects import defect
from mockserver.runtime.exchange import Exchange, kept
from mockserver.runtime.invention import dynamic, made_up
from mockserver.runtime.message import Message, Raw, later
from mockserver.runtime.preference import preferred
from mockserver.runtime.recording import Observer, Recorder
from mockserver.runtime.refusals import no_method, no_path
from mockserver.runtime.request import Request
from mockserver.runtime.routes import Routes, allowed
from mockserver.world import World


@dataclass(frozen=True)
class Options:
    """Options of the data plane. `body_limit` is in bytes; `cors_origins` may call with credentials, see Cors."""

    any_credential: bool = False
    cors: bool = True
    cors_origins: tuple[str, ...] = ()
    body_limit: int = BODY_LIMIT


class DataPlane:
    """Answers the requests for every API that `routes` has, each in its world."""

    def __init__(self, options: Options, observers: Sequence[Observer]) -> None:
        self.options = options
        self.routes = Routes()
        self.recorder = Recorder(observers)
        self.cors = Cors(options.cors_origins) if options.cors else None

    async def serve(self, world: World, request: Request, receive: Receive, send: Send) -> None:
        """Answer a request of a world."""
        started, began = time.time(), time.perf_counter()
        try:
            body = await read_body(request, receive, self.options.body_limit)
        except Disconnected:
            return
        message = Message.of(request.raw_headers, body.content, body.size)
        call = self._routed(world, request, body, message, started, began)
        if world.faults:
            await self._serve_with_faults(call, self._fired(call), request.scope, receive, send)
        else:
            answer = self._finished(call, self._answered(call, ()))
            await answer.send(send, head=request.method == "HEAD")

    def at_once(
        self, world: World, request: Request, content: bytes, came: Raw | None, added: bytes
    ) -> bytes | ASGIApp:
        """The answer to a request, as it is sent; what goes on with it if a fault makes it wait.

        See Dispatcher.at_once. The fault rules have counted the request then, and are not asked again.
        """
        started, began = time.time(), time.perf_counter()
        body = decoded(request, content, self.options.body_limit) if content else NONE
        # a body with a coding is another once it is decoded, and the journal keeps that one
        if came is None or body.content is not content:
            message: Message | Raw = Message.of(request.raw_headers, body.content, body.size)
        else:
            message = later(came)
        call = self._routed(world, request, body, message, started, began)
        rules: Sequence[faults.Rule] = ()
        if world.faults:
            fired = self._fired(call)
            if fired.waits:
                return partial(self._serve_with_faults, call, fired)
            rules = fired.rules
        answer = self._answered(call, rules)
        if self.cors is not None:
            self.cors.allow(answer, request)
        sent = answer.written(added, request.method)
        call.exchange.answered(answer.status, later(sent))
        self._recorded(call)
        return sent[0]

    def _routed(
        self, world: World, request: Request, body: Body, message: Message | Raw, started: float, began: float
    ) -> Call:
        """The request with its route and endpoint."""
        route, values, endpoint = self.routes.route(request, body)
        path, query = request.path, request.raw_query
        if route is not None and path == route.template:
            path = route.template  # the journal then keeps one text for all of its requests
        exchange = Exchange(world.name, request.method, f"{path}?{query}" if query else path, path, message, started)
        if route is not None:
            exchange.route = route.template
        if request.prefix:
            exchange.prefix = request.prefix
        if request.scheme != "http":
            exchange.scheme = request.scheme
        if endpoint is not None and (request.method != "OPTIONS" or self.cors is None or not request.is_preflight):
            exchange.api, exchange.operation_id = endpoint.api.name, endpoint.operation_id
        return Call(world, request, body, route, values, endpoint, exchange, began)

    async def _serve_with_faults(
        self, call: Call, fired: faults.Fired, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """The same with fault rules, which may delay, replace, damage or withhold the response."""
        for seconds in fired.delays:
            await asyncio.sleep(seconds)
        damage = fired.damage
        if damage is not None and hangs_up(damage, scope):
            call.exchange.answered_by, call.exchange.breach = AnsweredBy("fault", damage.id), True
            self._recorded(call)
            await hang_up(damage, scope, receive)
            return
        answer = self._finished(call, self._answered(call, fired.rules), damage)
        await deliver(damage, answer, call.request.method, scope, receive, send)

    def _fired(self, call: Call) -> faults.Fired:
        """The fault rules that fire; the exchange keeps how the counters stood before."""
        world = call.world
        with world.lock:
            call.exchange.before = world.begin()
            try:
                return faults.fired(call)
            finally:
                call.exchange.after, call.exchange.read_at = world.end()

    def _answered(self, call: Call, fired: Sequence[faults.Rule]) -> Answer:
        """The response of a fault rule, or else of the first stage that has one; a defect becomes one, too.

        The exchange keeps how the world stood before and after, and what its clock said.
        """
        world, exchange = call.world, call.exchange
        world.lock.acquire()  # a with block takes twice as long
        exchange.before = world.begin(exchange.before, exchange.read_at)
        try:
            return (faults.replied(fired, call) if fired else None) or self._answer(call)
        except Exception as error:  # noqa: BLE001  # the one guard: nothing of ours may take the connection down
            return defect(error, call.request.method if call.endpoint is None else call.endpoint.operation_id)
        finally:
            exchange.after, exchange.read_at = world.end()
            world.lock.release()

    def _answer(self, call: Call) -> Answer:
        request, endpoint = call.request, call.endpoint
        if request.method == "OPTIONS" and request.is_preflight and (self.cors is not None or endpoint is None):
            return self._preflight(call)
        if call.route is None:
            return no_path(self.routes, call)
        if endpoint is None:
            return no_method(self.routes, call, call.route)
        if "prefer" in request.first:
            canned = dynamic(call, endpoint)
            canned = canned or preferred(endpoint.operation, request.preferences, request.prefix, request.accept)
            canned = canned or made_up(call, endpoint, request.preferences.get("code", ""))
            if canned is not None:
                call.exchange.answered_by = PREFER
                return canned
        # before the body: a server that does not know its caller does not say what is wrong with the request
        doorkeeper = (endpoint.ready or endpoint.prepare()).doorkeeper
        caller = doorkeeper.caller(request, call.world, any_credential=self.options.any_credential)
        if isinstance(caller, Rejection):
            return endpoint.refuse(call, caller, doorkeeper.challenge(caller))
        body = call.body
        unread = body.flaw and endpoint.refuse_unread(call, self.options.body_limit)
        answer = unread or endpoint.answer(call, caller)
        # what is left of a body beyond the limit would be read as the next request
        if not body.whole:
            answer.add("Connection", "close")
        return answer

    def _preflight(self, call: Call) -> Answer:
        """The response to a CORS preflight; with --no-cors, OPTIONS is refused like any other undocumented method.

        It is never a violation: the browser sent it, not the client's code.
        """
        if self.cors is None:
            answer = no_path(self.routes, call) if call.route is None else no_method(self.routes, call, call.route)
        else:
            answer = self.cors.preflight(call.request, () if call.route is None else allowed(call.route))
        call.exchange.answered_by, call.exchange.rejection = PREFLIGHT, None
        return answer

    def no_world(self, request: Request, error: WorldError) -> Answer:
        """The response if there can be no such world; pages of other origins may read it."""
        answer = problem(503 if error.kind == "full" else 400, str(error))
        if self.cors is not None:
            if request.is_preflight:
                answer = self.cors.preflight(request, ())
            self.cors.allow(answer, request)
        return answer

    def _finished(self, call: Call, answer: Answer, damage: faults.Rule | None = None) -> Answer:
        """The response as it will be sent, recorded."""
        exchange = call.exchange
        if self.cors is not None:
            self.cors.allow(answer, call.request)
        body = as_sent(damage, answer, call.request.method)
        exchange.answered(answer.status, Message.of(tuple(answer.headers), body))
        exchange.breach |= damage is not None
        self._recorded(call)
        return answer

    def _recorded(self, call: Call) -> None:
        exchange = call.exchange
        exchange.seconds = time.perf_counter() - call.began
        if exchange.rejection is not None:
            exchange.rejection = kept(exchange.rejection)
        self.recorder.record(call.world, exchange)
