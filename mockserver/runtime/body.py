"""A request's body: read within the limit and decoded, or the reason why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Receive

from mockserver.runtime.codings import CodingError, Overflow, undone
from mockserver.runtime.request import Request

DRAINED = 64 * 1024 * 1024
"""Bytes beyond the limit that are read and discarded: many clients read no response before they have sent all."""


class Disconnected(Exception):
    """The client disconnected before it had sent the whole body."""


@dataclass(slots=True)
class Body:
    """What came, decoded; as it came if its codings cannot be undone; empty if it is too long.

    `size` is how many bytes came, or are known to come, or what they decode to. `flaw`: why it is not what the client
    means. `whole`: nothing of it is left in the connection.
    """

    content: bytes = b""
    size: int = 0
    flaw: Overflow | CodingError | None = None
    whole: bool = True


NONE = Body()


async def read_body(request: Request, receive: Receive, limit: int) -> Body:
    """The body, up to `limit` bytes; not read at all if it is far too long, or if the client waits for 100 Continue."""
    length = request.header("content-length")
    if length is None and "transfer-encoding" not in request.headers:
        return NONE
    # of a chunked body nothing is known before it has come
    known = int(length) if length is not None and length.isdecimal() else 0
    # who expects 100 Continue has sent nothing yet, and need not
    if known > limit and (known > limit + DRAINED or "expect" in request.headers):
        return Body(size=known, flaw=Overflow(), whole=False)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        part: bytes = message.get("body", b"")
        size += len(part)
        # what is beyond is counted and thrown away, so that memory stays bounded
        if size <= limit:
            parts.append(part)
        ended = not message.get("more_body", False)
        if size > limit and (ended or size > limit + DRAINED):
            return Body(size=max(known, size), flaw=Overflow(), whole=False)
        if ended:
            return decoded(request, parts[0] if len(parts) == 1 else b"".join(parts), limit)


def decoded(request: Request, body: bytes, limit: int) -> Body:
    """A complete body, decoded as the request's Content-Encoding says."""
    if not body:
        return NONE
    if "content-encoding" not in request.first:
        return Body(body, len(body))
    try:
        content = undone(body, request.headers["content-encoding"], limit)
    except Overflow as flaw:
        return Body(size=len(body), flaw=flaw)
    except CodingError as flaw:
        return Body(body, len(body), flaw)
    return Body(content, len(content))
