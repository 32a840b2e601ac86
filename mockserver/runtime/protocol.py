"""HTTP/1.1 over one connection: its requests, one after another, are answered by the ASGI application or refused."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import unquote

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from mockserver.runtime.answer import problem
from mockserver.runtime.connections import Connections
from mockserver.runtime.framing import BETWEEN, Framing
from mockserver.runtime.request import RawHeaders
from mockserver.runtime.transport import EXTENSION

LINGER = 0.5
"""Seconds in which whatever a refused client still sends is thrown away, so that it gets to read why."""

logger = logging.getLogger("mockserver")


class Protocol(Framing):
    """A connection whose scopes carry its transport as an extension. A refusal is a problem in our own name."""

    server_state: Connections
    _idle_since = 0.0
    """When the latest request was answered, by the loop's clock."""
    _before: Sequence[RequestResponseCycle] = ()
    """Pipelined requests before the last one that have yet to be answered."""

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to answer, and nothing of an answer left to be sent."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not self._over and not self.transport.is_closing()

    def _answer(self, version: str, app: ASGIApp | None = None) -> None:
        """Have the application, or another, answer the request, in its turn."""
        path, query = self._target()
        headers, self.headers = self.headers, []  # of trailers, which are no headers of the request (RFC 9110, 6.5.1)
        scope = self._scope(version, path, query, headers)
        self._ask(scope, app or self.app, keep_alive=self._keeps_alive(version))

    def _scope(self, version: str, path: bytes, query: bytes, headers: RawHeaders) -> Any:
        """The request as ASGI tells it."""
        decoded = path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "method": self._method,
            "scheme": self.scheme,
            "path": unquote(decoded) if "%" in decoded else decoded,
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "server": self.server,
            "client": self.client,
            "state": self.app_state.copy(),
            "extensions": {EXTENSION: self.transport},
        }

    def _ask(self, scope: Any, app: Any, *, keep_alive: bool) -> RequestResponseCycle:
        """Have an ASGI application answer, in its turn."""
        self.scope = scope
        before = self.cycle
        self.cycle = cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=keep_alive,
            on_response=self.on_response_complete,
        )
        if before is None or before.response_complete:
            self._start_asgi_task(cycle, app)
        else:
            self.flow.pause_reading()
            # answers go out in the order of the requests (RFC 9112, 9.3.2)
            self.pipeline.appendleft((cycle, app))
            self._before = [each for each in (*self._before, before) if not each.response_complete]
        return cycle

    def _target(self) -> tuple[bytes, bytes]:
        """Path and query of the request."""
        url = self.url
        if url.startswith(b"/") and b"#" not in url:
            path, _, query = url.partition(b"?")
            return path, query
        parsed = httptools.parse_url(url)
        return parsed.path, parsed.query or b""

    def _keeps_alive(self, version: str) -> bool:
        """Whether the connection may carry another request; what follows CONNECT is meant for a tunnel."""
        return (
            self.parser.should_keep_alive()
            and version != "1.0"
            and self._method != "CONNECT"
            and not self.server_state.draining
        )

    def on_body(self, body: bytes) -> None:
        self._unended = 0
        cycle = self.cycle
        if not cycle.response_complete:
            cycle.body += body
            if len(cycle.body) > HIGH_WATER_LIMIT:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        if self._offered or self._over:
            return
        cycle = self.cycle
        self._end_request(keep_alive=cycle.keep_alive)
        if not cycle.response_complete:
            cycle.more_body = False
            cycle.message_event.set()

    def on_response_complete(self) -> None:
        """Go on to the next request, or wait for one, with one timer however many requests a connection carries."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)

    def _wait(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._stage == BETWEEN and not self._held and (self.cycle is None or self.cycle.response_complete):
            left = self._idle_since + self.timeout_keep_alive - self.loop.time()
            if left > 0:
                self._wait(left)
            else:
                self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        for cycle in self._before:  # uvicorn tells the last one only
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        del self._reader  # which refers back to this
        self.server_state.ended()

    def _refuse(self, status: int, detail: str) -> None:
        """Say why, unless requests before this one are still to be answered, and end the connection."""
        if self._over:
            return
        self._over = True
        logger.warning("%s %s", status, detail)
        cycle = self.cycle
        broken = cycle is not None and cycle.more_body
        unanswered = [
            each for each in (*self._before, *(() if broken else (cycle,))) if each and not each.response_complete
        ]
        if broken and unanswered:
            self.pipeline.popleft()  # the one whose body is broken, last to come
        if unanswered:
            unanswered[-1].keep_alive = False
            return
        answer = problem(status, detail, {"Connection": "close"})
        self.transport.write(answer.written(self.server_state.added(), "GET")[0])
        # closed at once, data still unread would have the system reset the connection and the client lose the answer
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(LINGER, self.transport.close)
        else:
            self.transport.close()
