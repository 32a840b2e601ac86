"""Fault rules of a world: listed, added, deleted."""

from __future__ import annotations

from itertools import count
from typing import Any

from mockserver.control.problems import Problem
from mockserver.control.served import Served
from mockserver.runtime.dataplane import CONTROL
from mockserver.runtime.faults import Rule
from mockserver.runtime.rules import read_rule, write_rule
from mockserver.world import World

RULES = 1_000
"""Fault rules that a world keeps."""


def list_faults(served: Served, world: str) -> dict[str, Any]:
    found = served.world(world)
    with found.lock:
        return {"world": found.name, "faults": [_shown(found, rule) for rule in found.faults]}


def add_fault(served: Served, world: str, body: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    found = served.world(world)
    match = body.get("match", {})
    served.expect(match.get("api"), match.get("operationId"), "/match")
    with found.lock:
        taken = {rule.id for rule in found.faults}
        if len(taken) >= RULES:
            raise Problem(409, f"A world keeps at most {RULES} fault rules. Delete one.")
        id_ = body.get("id") or next(free for n in count(len(taken) + 1) if (free := f"fault-{n}") not in taken)
        if id_ in taken:
            raise Problem(409, f"A fault rule called {id_!r} exists already. Choose another id or delete it.")
        rule = read_rule({**body, "id": id_})
        found.faults = (*found.faults, rule)
        found.tallies.pop(id_, None)
        return _shown(found, rule), 201, {"Location": f"{CONTROL}/faults/{id_}?world={found.name}"}


def get_fault(served: Served, id_: str, world: str) -> dict[str, Any]:
    found = served.world(world)
    with found.lock:
        return _shown(found, _expect(found, id_))


def delete_fault(served: Served, id_: str, world: str) -> tuple[None, int]:
    found = served.world(world)
    with found.lock:
        gone = _expect(found, id_)
        found.faults = tuple(rule for rule in found.faults if rule is not gone)
        found.tallies.pop(id_, None)
    return None, 204


def clear_faults(served: Served, world: str) -> tuple[None, int]:
    found = served.world(world)
    with found.lock:
        found.faults = ()
        found.tallies.clear()
    return None, 204


def _expect(world: World, id_: str) -> Rule:
    for rule in world.faults:
        if isinstance(rule, Rule) and rule.id == id_:
            return rule
    raise Problem(404, f"The world {world.name!r} has no fault rule called {id_!r}; {CONTROL}/faults lists them.")


def _shown(world: World, rule: Rule) -> dict[str, Any]:
    """The rule as the schema `Fault` has it."""
    tally = world.tallies.get(rule.id)
    met, fired = getattr(tally, "met", 0), getattr(tally, "fired", 0)
    return {"world": world.name, "rule": write_rule(rule), "met": met, "fired": fired}
