"""What ASGI cannot say: the end of a connection, and the refusal of what is no HTTP request."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mockserver.runtime.answer import problem

EXTENSION = "mockserver.transport"

STOPPING = "the server stops"
"""Why a request is cancelled whose connection the server has ended."""

LONGEST_HEAD = 256 * 1024
"""Bytes of a request line and headers that are read on top of the first piece that comes."""

LONGEST_URL = 0xFFFF
"""Bytes of a URL that the parser can tell the parts of."""

LINGER = 0.5
"""Seconds in which whatever a refused client still sends is thrown away, so that it gets to read why."""


class ExposedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, whose scopes carry the connection's transport as an extension.

    What is no HTTP request is refused with a problem in the server's own name, and so is a head that does not end.
    """

    url = b""
    _head: int | None = None
    """Bytes that have come of a head since its first piece; None between the end of one and the next."""
    _refused = False
    _before: Sequence[RequestResponseCycle] = ()
    """Pipelined requests before the last one that have yet to be answered."""

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
        if self._refused:
            return
        if self._head is not None and self._head > LONGEST_HEAD:
            self._refuse(431, f"The headers are longer than {LONGEST_HEAD} bytes. Send fewer or shorter ones.")
            return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head = 0
        self.scope["extensions"] = {EXTENSION: self.transport}  # type: ignore[dict-item]  # an extension of ours

    def on_headers_complete(self) -> None:
        self._head = None
        before = self.cycle
        super().on_headers_complete()
        if before is not None and not before.response_complete:
            self._before = [each for each in (*self._before, before) if not each.response_complete]

    def connection_lost(self, exc: Exception | None) -> None:
        for cycle in self._before:  # uvicorn tells the last one only
            cycle.disconnected = True
            cycle.message_event.set()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        del msg
        if len(self.url) > LONGEST_URL:
            self._refuse(414, f"The URL is longer than {LONGEST_URL} bytes. Send a shorter one.")
        else:
            self._refuse(400, "This is no valid HTTP/1.1 request. Check its first line, headers and framing.")

    def _unsupported_upgrade_warning(self) -> None:
        """A request to upgrade that is not followed is answered like any other (RFC 9110, 7.8)."""

    def _refuse(self, status: int, detail: str) -> None:
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body:
            self.cycle.keep_alive = False  # the request before is still to be answered, and then it is over
            return
        answer = problem(status, detail, {"Connection": "close"})
        headers = b"".join(b"%b: %b\r\n" % each for each in (*self.server_state.default_headers, *answer.headers))
        line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n".encode()
        self.transport.write(line + headers + b"\r\n" + answer.body)
        if self.transport.can_write_eof() and not self.pipeline:
            self.transport.write_eof()
            self.loop.call_later(LINGER, self.transport.close)
        else:
            self.transport.close()


def transport_of(scope: Any) -> asyncio.Transport | None:
    """The connection's transport; None where the app runs without a socket."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return transport


def close(transport: asyncio.Transport) -> None:
    """End the connection in the orderly way (FIN)."""
    transport.close()


def is_lost(transport: asyncio.Transport) -> bool:
    """Whether the connection has ended; what only stands for one never does."""
    return transport.get_extra_info("socket") is not None and transport.is_closing()


def reset(transport: asyncio.Transport) -> None:
    """End the connection the hard way (RST)."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
