"""Fault rules of a world: which there are, how one is added, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw, refuse
from mockserver.admin.rules import read_rule, write_rule
from mockserver.admin.rulesets import RuleSet
from mockserver.runtime.faults import Rule
from mockserver.world import World

SERVER_ERROR = HTTPStatus.INTERNAL_SERVER_ERROR

Place = tuple[str | int, ...]


FAULTS: RuleSet[Rule] = RuleSet("fault rule", "fault", 1_000, "faults", lambda rule: rule.id)


def add(world: World, apis: Apis, given: Any, names: Iterable[str] = ()) -> Rule:
    """Add the rule that a `NewFaultRule` describes; it is tried after the others. For its id, see `RuleSet.add`."""
    given = schemas.checked("NewFaultRule", given)

    def make(id_: str) -> Rule:
        rule = read_rule({**given, "id": id_})
        refuse("conflict", flaws(apis, rule))
        return rule

    return FAULTS.add(world, make, given.get("id"), names)


def flaws(apis: Apis, rule: Rule, within: Place = ()) -> Iterator[ValueFlaw]:
    """What is wrong with a rule beyond what its schema can say; `within` is the path to it."""
    # judged as it would be exported, so that whatever a world takes can be loaded again
    written = write_rule(rule)
    yield from apis.unknown(written.get("match", {}), (*within, "match"))
    if rule.delay is not None and rule.delay.kind == "uniform" and rule.delay.low > rule.delay.high:
        message = f"must not be less than `from`, which is {rule.delay.low:g}, got {rule.delay.high:g}"
        yield ValueFlaw((*within, "delay", "to"), message, "order", rule.delay.low, rule.delay.high)
    yield from _undocumented(apis, rule, within)
    yield from schemas.flaws("FaultRule", written, within)  # values of one header may be too long together


def shown(world: World, rule: Rule) -> dict[str, Any]:
    """The rule as the schema `Fault` has it."""
    tally = FAULTS.tally(world, rule)
    return {"world": world.name, "rule": write_rule(rule), "met": tally.met, "fired": tally.fired}


def _undocumented(apis: Apis, rule: Rule, within: Place) -> Iterator[ValueFlaw]:
    """Whether no operation that the rule names documents its answer; server errors need no document.

    What stands before a server may answer them.
    """
    name, reply = rule.match.operation_id, rule.reply
    # those two say themselves what they answer
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
