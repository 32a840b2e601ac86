"""Requests of the journal, sent once more: in a fork from before them, or in a world as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mockserver.admin import history, schemas
from mockserver.admin.changes import fields
from mockserver.admin.entries import message
from mockserver.admin.service import Service
from mockserver.contract.bodies import read_json
from mockserver.errors import WorldError
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from mockserver.runtime.replaying import Replaying
from mockserver.world import World

Json = dict[str, Any]


def replay(service: Service, world: World, number: int, given: Any) -> Json:
    """Send the request of an entry as a `NewReplay` says; what came of it, as the schema `Replay` has it."""
    given = schemas.checked("NewReplay", given)
    exchange = history.entry(world, number)
    made = again(service, world, exchange, given.get("fork"), given.get("world"))
    differences = list(_differences(exchange, made))
    # in a world of no name the number would lead to nothing
    kept = given.get("fork", given.get("world"))
    return {
        "world": kept,
        "number": None if kept is None else made.number,
        "original": _answer(exchange),
        "replayed": _answer(made),
        "same": not differences,
        "differences": differences,
    }


def again(
    service: Service, world: World, exchange: Exchange, fork: str | None = None, target: str | None = None
) -> Exchange:
    """The exchange that the same request makes: in a new world `fork`, in the world `target`, or in one of no name.

    WorldError if the request is not kept whole.
    """
    kept = exchange.request
    if kept.size > len(kept.body):
        message = f"only {len(kept.body)} of the {kept.size} bytes of the body of entry {exchange.number} are kept"
        raise WorldError("conflict", f"{message}, so it cannot be sent again.")
    before = history.moment_of(world, exchange)
    if target is not None:
        chosen = service.world(target)
    elif fork is not None:
        chosen = service.worlds.create(fork, before)
    else:
        chosen = World(world.name, before)
    return Replaying(service.plane, observed=(fork, target) != (None, None)).again(chosen, exchange)


def _answer(exchange: Exchange) -> Json:
    return {
        "status": exchange.status,
        "response": None if exchange.response is None else message(exchange.response),
    }


def _differences(original: Exchange, replayed: Exchange) -> Iterator[Json]:
    """Where the two answers are not the same, by status, header, and place in the body."""
    if original.status != replayed.status:
        yield _differs("status", "", original.status, replayed.status)
    # what was cut off has nothing more to compare, and its status says so
    if original.response is None or replayed.response is None:
        return
    yield from _headers(original.response, replayed.response)
    yield from _bodies(original.response, replayed.response)


def _headers(original: Message, replayed: Message) -> Iterator[Json]:
    names = dict.fromkeys(name.decode("latin-1") for side in (original, replayed) for name, _ in side.headers)
    for name in names:
        one, other = original.values(name), replayed.values(name)
        # it follows from the body, whose difference is told by itself
        if one != other and name != "content-length":
            yield _differs("header", f"/{name}", ", ".join(one) or None, ", ".join(other) or None)


def _bodies(original: Message, replayed: Message) -> Iterator[Json]:
    if original.body == replayed.body and original.size == replayed.size:
        return
    (one, flaw), (other, another) = (read_json(side.body) for side in (original, replayed))
    found = list(fields(one, other)) if flaw is None and another is None else []
    for each in found:
        yield _differs("body", each["pointer"], each.get("before"), each.get("after"))
    if not found:
        yield _differs("body", "", None, None)


def _differs(where: str, pointer: str, original: Any, replayed: Any) -> Json:
    return {"where": where, "pointer": pointer, "original": original, "replayed": replayed}
