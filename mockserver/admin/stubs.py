"""Stubs of a world: made, found, removed, read from files; and why those that did not answer a request did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import refuse
from mockserver.admin.stubbing import flaws, read_stub, write_stub
from mockserver.catalog import Api
from mockserver.contract.bodies import read_json
from mockserver.contract.violations import ABSENT, Violation
from mockserver.errors import FixtureError, OperationError, WorldError
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.stubs import Stub
from mockserver.runtime.tally import tally_of, without
from mockserver.world import World

STUBS = 1_000
"""Stubs that a world keeps."""

FOLDER = "stubs"
"""Of the files that hold stubs, below the fixtures of an API."""


def add(world: World, apis: Apis, given: Any, names: Iterable[str] = ()) -> Stub:
    """Make the stub that a `NewStub` describes; it is asked before those there are.

    A stub without an id gets the first of `names` that is free, or else `stub-<number>`.
    """
    given = schemas.checked("NewStub", given)
    with world.lock:
        taken = {stub.id for stub in world.stubs}
        if len(taken) >= STUBS:
            raise WorldError("full", f"a world keeps at most {STUBS} stubs. Delete one.")
        numbered = (f"stub-{number}" for number in count(len(taken) + 1))
        id_ = given.get("id") or next(each for each in chain(names, numbered) if each not in taken)
        if id_ in taken:
            raise WorldError("taken", f"a stub called {id_!r} exists already. Choose another id or delete it.")
        refuse("conflict", flaws(apis, given))
        stub = read_stub(apis, {**given, "id": id_})
        world.stubs = (*world.stubs, stub)
        world.tallies = without(world.tallies, [stub.rule.id])
        return stub


def find(world: World, id_: str) -> Stub:
    """The stub of that id; WorldError if the world has none."""
    stubs: Iterable[Stub] = world.stubs
    found = next((stub for stub in stubs if stub.id == id_), None)
    if found is None:
        raise WorldError("unknown", f"the world {world.name!r} has no stub called {id_!r}.")
    return found


def remove(world: World, stub: Stub) -> None:
    """Take a stub away, with its counters; nothing happens if the world does not have it any more."""
    with world.lock:
        left = tuple(each for each in world.stubs if each is not stub)
        if len(left) < len(world.stubs):
            world.stubs = left
            world.tallies = without(world.tallies, [stub.rule.id])


def clear(world: World) -> None:
    """Take all stubs away."""
    with world.lock:
        world.tallies = without(world.tallies, [stub.rule.id for stub in world.stubs])
        world.stubs = ()


def count_of(world: World, stub: Stub) -> tuple[int, int]:
    """How many requests the stub has met in the world, and how many of them it has answered."""
    tally = tally_of(world, stub.rule.id)
    return tally.met, tally.fired


def shown(world: World, stub: Stub) -> dict[str, Any]:
    """The stub as the schema `Stub` has it."""
    met, told = count_of(world, stub)
    return {"world": world.name, "stub": write_stub(stub), "met": met, "answered": told}


def missed(world: World, apis: Apis, exchange: Exchange) -> list[dict[str, Any]]:
    """The stubs for the operation of the exchange that did not answer it, and why, as `Explanation` has them."""
    stubs: Iterable[Stub] = world.stubs
    asked = [each for each in stubs if each.rule.match.operation_id == exchange.operation_id]
    asked = [each for each in asked if each.rule.match.api in (None, exchange.api)]
    if not asked:
        return []
    by = exchange.answered_by
    body = _body(apis, exchange)
    return [
        {"id": each.id, "reasons": each.rule.match.difference(exchange, body) or [_unasked(each, exchange)]}
        for each in asked
        if (by.kind, by.rule) != ("stub", each.id)
    ]


def _unasked(stub: Stub, exchange: Exchange) -> str:
    """Why a stub that matches did not answer."""
    by, rule = exchange.answered_by, stub.rule
    if by.kind == "stub":
        return f"it matches, but the stub {by.rule!r}, made later, was asked first"
    if by.kind == "fault":
        return f"it matches, but the fault rule {by.rule!r} answered before"
    if exchange.rejection is not None:
        return f"it matches, but the request was rejected before ({exchange.rejection.kind})"
    limits = {"nth": rule.nth, "times": rule.times, "probability": rule.probability}
    said = ", ".join(f"{name} {value}" for name, value in limits.items() if value not in (None, 1.0))
    return f"it matches, but answers only: {said}" if said else "it matches, and was made after the request"


def _body(apis: Apis, exchange: Exchange) -> Any:
    """The value of the request's body, as the operation reads it; ABSENT if it is not known whole."""
    came, api = exchange.request, apis.by_name.get(exchange.api or "")
    if api is None or exchange.operation_id is None or len(came.body) != came.size:
        return ABSENT
    try:
        operation = api.contract.operation(exchange.operation_id)
    except (OperationError, KeyError):
        return ABSENT
    ignored: list[Violation] = []
    return ABSENT if operation.body is None else operation.body.decode(came.header("content-type"), came.body, ignored)


def load(world: World, apis: Iterable[Api]) -> None:
    """Make the stubs that the fixtures of the APIs have; FixtureError names file and every flaw."""
    served = list(apis)
    for api in served:
        folder = next((each for each in api.fixtures if (each / FOLDER).is_dir()), None)
        if folder is not None:
            load_folder(world, Apis(served), api.name, folder)


def load_folder(world: World, apis: Apis, name: str, folder: Path) -> None:
    """Make the stubs that an API's folder of fixtures has in `stubs/`; FixtureError names file and every flaw."""
    for file in sorted((folder / FOLDER).glob("*.json")):
        _load(world, apis, name, file)


def _load(world: World, apis: Apis, name: str, file: Path) -> None:
    for number, given in enumerate(_read(file), start=1):
        match = given.get("match")
        named = {**given, "match": {"api": name, **match}} if isinstance(match, dict) else given
        try:
            add(world, apis, named, _names(file.stem))
        except WorldError as error:
            told = "; ".join(f"{flaw.pointer or 'the stub'}: {flaw.message}" for flaw in error.flaws) or str(error)
            raise FixtureError(f"{file}: stub {number}: {told}") from None


def _read(file: Path) -> list[dict[str, Any]]:
    """The stubs of a file: one, or an array of them."""
    expected = 'expected a stub such as {"match": {"operationId": …}, "body": …}, or an array of them'
    try:
        content, flaw = read_json(file.read_bytes())
    except OSError as error:
        raise FixtureError(f"{file}: the stubs cannot be read ({error.strerror}). Check the file.") from None
    if flaw is not None:
        raise FixtureError(f"{file}: {expected}, but the file {flaw.message}.")
    found = content if isinstance(content, list) else [content]
    for each in found:
        if not isinstance(each, dict):
            raise FixtureError(f"{file}: {expected}, got {each!r:.80}.")
    return found


def _names(stem: str) -> Iterator[str]:
    """What stubs of a file are called that have no id: after it."""
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))
