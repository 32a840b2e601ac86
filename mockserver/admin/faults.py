"""Fault rules of a world: added, found, removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import chain, count
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw, refuse
from mockserver.admin.rules import read_rule, write_rule
from mockserver.errors import WorldError
from mockserver.runtime.faults import Rule
from mockserver.runtime.tally import tally_of, without
from mockserver.world import World

SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR

RULES = 1_000
"""Fault rules that a world keeps."""

Place = tuple[str | int, ...]


def add(world: World, apis: Apis, given: Any, names: Iterable[str] = ()) -> Rule:
    """Add the rule that a `NewFaultRule` describes; it is tried after those there are.

    A rule without an id gets the first of `names` that is free, or else `fault-<number>`.
    """
    given = schemas.checked("NewFaultRule", given)
    with world.lock:
        taken = {rule.id for rule in world.faults}
        if len(taken) >= RULES:
            raise WorldError("full", f"a world keeps at most {RULES} fault rules. Delete one.")
        id_ = given.get("id") or next(each for each in chain(names, _numbered(len(taken))) if each not in taken)
        if id_ in taken:
            raise WorldError("taken", f"a fault rule called {id_!r} exists already. Choose another id or delete it.")
        rule = read_rule({**given, "id": id_})
        refuse("conflict", flaws(apis, rule))
        world.faults = (*world.faults, rule)
        world.tallies = without(world.tallies, [id_])
        return rule


def flaws(apis: Apis, rule: Rule, within: Place = ()) -> Iterator[ValueFlaw]:
    """What is wrong with a rule beyond what its schema can say; `within` is the path to it."""
    written = write_rule(rule)
    yield from apis.unknown(written.get("match", {}), (*within, "match"))
    if rule.delay is not None and rule.delay.kind == "uniform" and rule.delay.low > rule.delay.high:
        message = f"must not be less than `from`, which is {rule.delay.low:g}, got {rule.delay.high:g}"
        yield ValueFlaw((*within, "delay", "to"), message, "order", rule.delay.low, rule.delay.high)
    yield from _undocumented(apis, rule, within)
    yield from schemas.flaws("FaultRule", written, within)  # values of one header may be too long together


def find(world: World, id_: str) -> Rule:
    """The rule of that id; WorldError if the world has none."""
    rules: Iterable[Rule] = world.faults
    found = next((rule for rule in rules if rule.id == id_), None)
    if found is None:
        raise WorldError("unknown", f"the world {world.name!r} has no fault rule called {id_!r}.")
    return found


def remove(world: World, rule: Rule) -> None:
    """Take a rule away, with its counters; nothing happens if the world does not have it any more."""
    with world.lock:
        left = tuple(each for each in world.faults if each is not rule)
        if len(left) < len(world.faults):
            world.faults = left
            world.tallies = without(world.tallies, [rule.id])


def clear(world: World) -> None:
    """Take all rules away."""
    with world.lock:
        world.tallies = without(world.tallies, [rule.id for rule in world.faults])
        world.faults = ()


def fired(world: World, rule: Rule) -> int:
    """How often the rule has fired in the world."""
    return tally_of(world, rule.id).fired


def shown(world: World, rule: Rule) -> dict[str, Any]:
    """The rule as the schema `Fault` has it."""
    tally = tally_of(world, rule.id)
    return {"world": world.name, "rule": write_rule(rule), "met": tally.met, "fired": tally.fired}


def _numbered(taken: int) -> Iterator[str]:
    return (f"fault-{number}" for number in count(taken + 1))


def _undocumented(apis: Apis, rule: Rule, within: Place) -> Iterator[ValueFlaw]:
    """Whether no operation that the rule names documents its answer; server errors need no document.

    What stands before a server may answer them.
    """
    name, reply = rule.match.operation_id, rule.reply
    if name is None or reply is None or reply.kind in ("respond", "fuzz"):
        return
    known: dict[str, set[str]] = {}
    for operation in apis.operations(rule.match.api, name):
        for status, response in operation.responses.items():
            known.setdefault(status, set()).update(response.examples)
    examples = sorted(known.get(str(reply.status), ()))
    if known and str(reply.status) not in known and reply.kind == "documented" and reply.status < SERVER_ERROR:
        message = (
            f"{name} documents no {reply.status}, but {', '.join(sorted(known))}. "
            f"To have it answer {reply.status} all the same, give the answer a body"
        )
        yield ValueFlaw((*within, "reply", "status"), message, "documented", sorted(known), reply.status)
    elif known and reply.example is not None and reply.example not in examples:
        message = f"{name} has no example {reply.example!r} of {reply.status}; expected {', '.join(examples) or 'none'}"
        yield ValueFlaw((*within, "reply", "example"), message, "documented", examples, reply.example)
