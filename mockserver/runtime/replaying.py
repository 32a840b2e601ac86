"""Sends a request of the journal once more: the same bytes, with the same reading of the clock and the same ids.

Nobody waits for the answer, so what a fault rule delays is not delayed, and a connection that it ends is only said to
have ended.
"""

from __future__ import annotations

import time
from dataclasses import replace

from mockserver.runtime.answered import AnsweredBy
from mockserver.runtime.body import NONE, Body, decoded
from mockserver.runtime.codings import UNDECODED
from mockserver.runtime.damage import ENDS
from mockserver.runtime.dataplane import DataPlane
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import NOTHING_FIRED
from mockserver.runtime.recording import Recorder
from mockserver.runtime.request import Request
from mockserver.world import World


class Replaying(DataPlane):
    """A data plane that shares everything with another, but is heard of only if `observed`."""

    def __init__(self, plane: DataPlane, *, observed: bool) -> None:
        self.options = plane.options
        self.routes = plane.routes
        self.cors = plane.cors
        self.recorder = plane.recorder if observed else Recorder()

    def again(self, world: World, exchange: Exchange) -> Exchange:
        """The exchange that the same request makes in a world, in whose journal it is."""
        assert exchange.before is not None
        request = _request(exchange)
        with world.as_of(exchange.before, exchange.read_at) as clock:
            made = self._exchanged(world, request, self._body(exchange, request), exchange)
        if made.before is not None:
            # the clock that stood still for it is not the world's
            made.before = replace(made.before, clock=clock)
        with world.lock:
            made.after = world.moment()
        return made

    def _exchanged(self, world: World, request: Request, body: Body, exchange: Exchange) -> Exchange:
        call = self._routed(world, request, body, exchange.request, time.time(), time.perf_counter())
        fired = self._fired(call) if world.faults else NOTHING_FIRED
        damage = fired.damage
        if damage is not None and damage.damage in ENDS:
            call.exchange.answered_by, call.exchange.breach = AnsweredBy("fault", damage.id), True
            self._recorded(call)
        else:
            self._finished(call, self._answered(call, fired.rules), damage)
        return call.exchange

    def _body(self, exchange: Exchange, request: Request) -> Body:
        """The body, which the journal keeps decoded unless that could not be done."""
        content = exchange.request.body
        violations = () if exchange.rejection is None else exchange.rejection.violations
        if any(each.keyword in UNDECODED for each in violations):
            return decoded(request, content, self.options.body_limit)
        return Body(content, len(content)) if content else NONE


def _request(exchange: Exchange) -> Request:
    path, _, query = exchange.target.partition("?")
    request = Request(exchange.method, path, query.encode("latin-1"), list(exchange.request.headers))
    request.prefix = exchange.prefix
    return request
