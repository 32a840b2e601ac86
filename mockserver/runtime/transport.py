"""The one thing ASGI cannot say: close or reset the connection. uvicorn's protocol hands its transport to the app."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EXTENSION = "mockserver.transport"


class ExposedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol, whose scopes carry the connection's transport as an extension."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: self.transport}  # type: ignore[dict-item]  # an extension of ours


def transport_of(scope: Any) -> asyncio.Transport | None:
    """The connection's transport; None where the app runs without a socket."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return transport


def close(transport: asyncio.Transport) -> None:
    """End the connection in the orderly way (FIN)."""
    transport.close()


def reset(transport: asyncio.Transport) -> None:
    """End the connection the hard way (RST)."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
