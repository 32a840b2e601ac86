"""What ASGI cannot say: the end of a connection, by the transport that a scope carries as an extension."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

EXTENSION = "mockserver.transport"

STOPPING = "the server stops"
"""Why a request is cancelled whose connection the server has ended."""


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
