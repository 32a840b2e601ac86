"""Ends connections, which ASGI cannot do, by the transport that a scope carries as an extension."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

EXTENSION = "mockserver.transport"

STOPPING = "the server stops"
"""The reason with which a request is cancelled after the server has ended its connection."""


def transport_of(scope: Any) -> asyncio.Transport | None:
    """The transport of the connection; None if the app runs without a socket."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(EXTENSION)
    return transport


def close(transport: asyncio.Transport) -> None:
    """Close the connection (FIN)."""
    transport.close()


def is_lost(transport: asyncio.Transport) -> bool:
    """Whether the connection has ended; what only stands for one never does."""
    return transport.get_extra_info("socket") is not None and transport.is_closing()


def reset(transport: asyncio.Transport) -> None:
    """Reset the connection (RST)."""
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        # closed with no time to linger, a connection is reset (socket(7))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
