"""Journal entries as JSON: in short, and whole with the explanation."""

from __future__ import annotations

import codecs
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from mockserver.admin import changes
from mockserver.admin.clock import write_time
from mockserver.admin.explanation import explain
from mockserver.admin.service import Service
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.world import Clock, World


def summary(exchange: Exchange) -> dict[str, Any]:
    """The entry as the schema `EntrySummary` has it."""
    return {
        "number": exchange.number,
        "at": write_time(datetime.fromtimestamp(exchange.started_at, UTC)),
        "worldAt": write_time(_world_time(exchange)),
        "milliseconds": round(exchange.seconds * 1000, 3),
        "method": exchange.method,
        "target": exchange.target,
        "api": exchange.api,
        "operationId": exchange.operation_id,
        "status": exchange.status,
        "answeredBy": str(exchange.answered_by),
        "faults": list(exchange.faults),
        "breach": exchange.breach,
        # a rejection without violations, such as of an unknown path, counts as one
        "violations": 0 if exchange.rejection is None else len(exchange.rejection.violations) or 1,
        "changed": changes.count(exchange),
    }


def _world_time(exchange: Exchange) -> datetime:
    """When the request was received, by the clock of its world as it was set then."""
    if exchange.read_at is not None:
        return exchange.read_at
    clock = Clock() if exchange.before is None else exchange.before.clock
    # nobody read the world's clock for this request, so it follows from how the clock was set
    return clock.frozen_at or datetime.fromtimestamp(exchange.started_at, UTC) + clock.offset


def whole(service: Service, world: World, exchange: Exchange) -> dict[str, Any]:
    """The entry as the schema `Entry` has it."""
    return {
        **summary(exchange),
        "world": exchange.world,
        "request": message(exchange.request),
        "response": None if exchange.response is None else message(exchange.response),
        "explain": explain(service, world, exchange),
        "changes": changes.shown(exchange),
    }


def message(message: Message) -> dict[str, Any]:
    """One side of an exchange as the schema `Message` has it."""
    cut = message.size > len(message.body)
    headers = [{"name": name.decode("latin-1"), "value": value.decode("latin-1")} for name, value in message.headers]
    try:
        # of a body that was cut, the last character may be incomplete; the decoder leaves it out
        body, encoding = codecs.getincrementaldecoder("utf-8")().decode(message.body, final=not cut), "utf-8"
    except UnicodeDecodeError:
        body, encoding = b64encode(message.body).decode(), "base64"
    return {"headers": headers, "body": body, "encoding": encoding, "bytes": message.size, "cut": cut}
