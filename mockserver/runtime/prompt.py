"""Answers a request in the step of the event loop that read it, if it is complete and nothing has to wait.

ASGI gives every request a task, and messages for what is there already; for most requests to a mock that takes longer
than to answer them. Whatever does have to wait (the rest of a long body, a fault's delay, the control plane, a client
that reads slowly, an answer before this one) goes through ASGI, as ever: a request that has come whole from where it
stands, read, routed and with its fault rules drawn.
"""

from __future__ import annotations

import logging
from typing import Any

from starlette.types import ASGIApp

from mockserver.runtime.defects import defect
from mockserver.runtime.framing import BETWEEN, CONTENT
from mockserver.runtime.message import Raw
from mockserver.runtime.methods import KNOWN
from mockserver.runtime.protocol import Protocol
from mockserver.runtime.request import AtOnce, Request
from mockserver.runtime.whole import LINE_END, Fields, WholeRequest, whole

KEPT = 64 * 1024
"""Bytes of a body that are still to come and may be waited for without ASGI."""

logger = logging.getLogger("mockserver")


class PromptProtocol(Protocol):
    """A connection to an application that has a method `at_once`, or to any other."""

    _data = b""
    """The piece that is read, if a request begins with it."""
    _prompt = False
    """Whether the piece that is read has brought an answer."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._at_once: AtOnce | None = getattr(self.app, "at_once", None)
        self._fields: Fields | None = None
        self._parts: list[bytes] = []
        self._due: str | None = None
        """The HTTP version of a request whose head has been read, and which may be answered at once."""

    def data_received(self, data: bytes) -> None:
        if self._stage == BETWEEN and self._is_free() and self._answered_whole(data):
            return
        if self.server_state.unsent:  # what follows may write, or close the connection
            self.server_state.flush()
        self._data = data if self._stage == BETWEEN and not self._held else b""
        self._prompt = False
        Protocol.data_received(self, data)  # which super() would look for each time
        self._data = b""
        if self._due is not None and not self._over and not self._ends_soon():
            self._wait_for_body()

    def _ends_soon(self) -> bool:
        """Whether so little of a body is still to come that it is kept until then: many clients write it apart."""
        return self._stage == CONTENT and self._rest <= KEPT

    @property
    def is_idle(self) -> bool:
        return self._due is None and super().is_idle

    def shutdown(self) -> None:
        """A request of which the rest is still to come is answered, and ends its connection by itself."""
        if self._due is None:
            super().shutdown()

    def eof_received(self) -> None:
        """The client has nothing more to say, and the connection is closed: what is ready for it goes first."""
        self.server_state.flush()

    def _is_free(self) -> bool:
        """Whether a request that begins now need not wait, and may be followed by another."""
        cycle = self.cycle
        return (
            self._at_once is not None
            and not self._held
            and not self._over
            and (cycle is None or cycle.response_complete)
            and not self.flow.write_paused
            and not self.server_state.draining
        )

    def _answered_whole(self, data: bytes) -> bool:
        """Whether the piece was a whole request, which has been answered at once."""
        state = self.server_state
        request = whole(data, self._fields)
        # below headers that have been judged, whatever fits LINE is a request
        if request is None or (request.fields is not self._fields and not state.judge.takes(data)):
            return False
        self._fields = request.fields
        sent = self._reply(request, request.body, request.came, state.added())
        if type(sent) is not bytes:
            self._go_on(request, sent)
            return True
        # in one piece: ASGI's two messages are two writes to the socket
        state.send(self.loop, self.transport, sent)
        # what on_response_complete does, but for what only a request that has waited needs
        state.total_requests += 1
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._wait(self.timeout_keep_alive)
        return True

    def _go_on(self, request: WholeRequest, app: Any) -> None:
        """Have ASGI go on with a request that has come whole, which nobody reads a second time."""
        self.server_state.flush()  # what goes on may write, or close the connection
        self._method = request.method
        self.expect_100_continue = False
        # as they came: the application has parted the path from the prefix of a world
        data, end, _ = request.came
        path, _, query = data[: end - len(LINE_END)].split(b" ")[1].partition(b"?")
        cycle = self._ask(self._scope("1.1", path, query, list(request.raw_headers)), app, keep_alive=True)
        cycle.body += request.body
        cycle.more_body = False
        cycle.message_event.set()

    def _answer(self, version: str, app: ASGIApp | None = None) -> None:
        unanswered = self.cycle is not None and not self.cycle.response_complete
        if self._at_once is None or unanswered or self._offered or self.expect_100_continue or self.flow.write_paused:
            super()._answer(version, app)
        else:
            self._due = version

    def on_body(self, body: bytes) -> None:
        if self._due is None:
            super().on_body(body)
        else:
            self._unended = 0
            self._parts.append(body)

    def on_message_complete(self) -> None:
        if self._due is None or self._offered or self._over:
            super().on_message_complete()
            return
        # a client may have ceased to read meanwhile
        app = self.app if self.flow.write_paused else self._answered()
        if app is not None:
            self._wait_for_body(app)
            super().on_message_complete()

    def _wait_for_body(self, app: ASGIApp | None = None) -> None:
        """Have it answered by ASGI after all, with what has come of its body."""
        version, parts = self._due, self._parts
        assert version is not None
        self._due, self._parts = None, []
        super()._answer(version, app)
        for part in parts:
            super().on_body(part)

    def _answered(self) -> ASGIApp | None:
        """None if the request has been answered at once, else what goes on with it."""
        assert self._due is not None
        path, query = self._target()
        parts = self._parts
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        keep_alive = self._keeps_alive(self._due)
        request = Request(self._method, path.decode("latin-1"), query, self.headers)
        added = self.server_state.added()
        if not keep_alive:
            added += b"connection: close\r\n"
        sent = self._reply(request, body, self._as_sent(body), added)
        if not isinstance(sent, bytes):
            return sent
        self._due = None
        self._prompt = True
        if parts:
            self._parts = []
        self._end_request(keep_alive=keep_alive)
        self.transport.write(sent)
        if not keep_alive:
            self.transport.close()
        self.on_response_complete()
        return None

    def _reply(self, request: Request, body: bytes, came: Raw | None, added: bytes) -> bytes | ASGIApp:
        """What the application sends at once, or the answer to a defect of its; what goes on if it has to wait."""
        assert self._at_once is not None
        # the scope of ASGI would say it; nobody makes one here
        if self.scheme == "https":
            request.scheme = "https"
        try:
            return self._at_once(request, body, came, added)
        except Exception as error:  # noqa: BLE001  # what uvicorn does around an ASGI application
            return defect(error, request.method).written(added, request.method)[0]

    def _refuse(self, status: int, detail: str) -> None:
        """Behind a request that was answered, in one piece with it, noise is no request: the connection just ends."""
        if self._prompt and not self._over:
            self._over = True
            logger.warning("%s %s", status, detail)
            self.transport.close()
        else:
            super()._refuse(status, detail)

    def _as_sent(self, body: bytes) -> Raw | None:
        """The request as it was sent, if the piece that is read is nothing else and says it in the plainest way."""
        data, end = self._data, self._head_end
        # each header on a line of its own, and nothing in front of the request or behind it
        plain = end + len(body) == len(data) and data.count(LINE_END, 0, end) == len(self.headers) + 2
        if plain and self._coding is None and self._method in KNOWN:
            return data, data.find(LINE_END) + len(LINE_END), end
        return None
