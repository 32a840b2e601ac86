"""Stubs of a world: how one is added, how files of them are read, and why those that did not answer did not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import refuse
from mockserver.admin.rulesets import RuleSet
from mockserver.admin.stubbing import flaws, read_stub, write_stub
from mockserver.api import Api
from mockserver.contract.bodies import read_json
from mockserver.contract.violations import ABSENT, Violation
from mockserver.errors import FixtureError, OperationError, WorldError
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.stubs import Stub
from mockserver.world import World

FOLDER = "stubs"
"""Of the files that hold stubs, below the fixtures of an API."""


STUBS: RuleSet[Stub] = RuleSet("stub", "stub", 1_000, "stubs", lambda stub: stub.rule.id)


def add(world: World, apis: Apis, given: Any, names: Iterable[str] = ()) -> Stub:
    """Add the stub that a `NewStub` describes; it is tried before the others. For its id, see `RuleSet.add`."""
    given = schemas.checked("NewStub", given)

    def make(id_: str) -> Stub:
        refuse("conflict", flaws(apis, given))
        return read_stub(apis, {**given, "id": id_})

    return STUBS.add(world, make, given.get("id"), names)


def shown(world: World, stub: Stub) -> dict[str, Any]:
    """The stub as the schema `Stub` has it."""
    tally = STUBS.tally(world, stub)
    return {"world": world.name, "stub": write_stub(stub), "met": tally.met, "answered": tally.fired}


def missed(world: World, apis: Apis, exchange: Exchange) -> list[dict[str, Any]]:
    """The stubs for the operation of the exchange that did not answer it, and why, as `Explanation` has them."""
    asked = [each for each in STUBS.of(world) if each.rule.match.operation_id == exchange.operation_id]
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
    # by name, so that everybody's stubs are asked in the same order, whatever the file system's is
    for file in sorted((folder / FOLDER).glob("*.json")):
        _load(world, apis, name, file)


def _load(world: World, apis: Apis, name: str, file: Path) -> None:
    for number, given in enumerate(_read(file), start=1):
        match = given.get("match")
        # the file lies below its API, so it need not say which it is of
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
