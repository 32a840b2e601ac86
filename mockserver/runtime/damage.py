"""Sends a response, damaged if a fault rule says so."""

from __future__ import annotations

import asyncio
from typing import Literal

from starlette.types import Receive, Scope, Send

from mockserver.runtime import transport
from mockserver.runtime.answer import BODILESS, Answer
from mockserver.runtime.faults import Rule

Damage = Literal["close", "reset", "truncate", "malformed", "drip"]
"""close, reset: the connection ends without a response (FIN, RST). truncate: half of the body. malformed: a body that
is not JSON. drip: a body of a few bytes at a time."""

ENDS = ("close", "reset")
"""What ends the connection instead of answering."""

DRIPS_A_SECOND = 20


def hangs_up(rule: Rule, scope: Scope) -> bool:
    """Whether the rule ends the connection instead of answering, and there is a connection."""
    return rule.damage in ENDS and transport.transport_of(scope) is not None


async def hang_up(rule: Rule, scope: Scope, receive: Receive) -> None:
    """End the connection instead of answering."""
    connection = transport.transport_of(scope)
    assert connection is not None
    # ASGI cannot end a connection without an answer: see `transport`
    (transport.close if rule.damage == "close" else transport.reset)(connection)
    await _gone(receive)


def as_sent(rule: Rule | None, answer: Answer, method: str) -> bytes:
    """The body that `deliver` will send, after the rule has damaged it."""
    if method == "HEAD" or answer.status in BODILESS:
        return b""
    if rule is None or rule.damage == "drip" or not answer.body:
        return answer.body
    if rule.damage == "malformed":
        # without its last bracket, and of the same length, no body is JSON
        return answer.body[:-1] + b","
    return answer.body[: len(answer.body) // 2]


async def deliver(rule: Rule | None, answer: Answer, method: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Send the answer, damaged by the rule if there is one."""
    head = method == "HEAD"
    if rule is None or head or not answer.body:
        await answer.send(send, head=head)
    elif rule.damage == "drip":
        await _drip(answer, rule.rate, transport.transport_of(scope), send)
    elif rule.damage == "malformed" or transport.transport_of(scope) is None:
        await answer.with_body(as_sent(rule, answer, method)).send(send)
    else:
        await _truncate(answer, as_sent(rule, answer, method), scope, receive, send)


async def _truncate(answer: Answer, half: bytes, scope: Scope, receive: Receive, send: Send) -> None:
    """Announce the whole body, send half of it and close."""
    connection = transport.transport_of(scope)
    assert connection is not None
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    # the length of the whole has been announced: only an end of the connection tells the client that it has not all
    await send({"type": "http.response.body", "body": half, "more_body": True})
    transport.close(connection)
    await _gone(receive)


async def _drip(answer: Answer, rate: int, connection: asyncio.Transport | None, send: Send) -> None:
    """Send the body a few bytes at a time, as long as the client is connected: it may take hours."""
    step = max(1, rate // DRIPS_A_SECOND)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    for start in range(0, len(answer.body), step):
        # uvicorn takes what is sent to a client that has gone, and says nothing
        if connection is not None and transport.is_lost(connection):
            return
        await send({"type": "http.response.body", "body": answer.body[start : start + step], "more_body": True})
        await asyncio.sleep(step / rate)
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
