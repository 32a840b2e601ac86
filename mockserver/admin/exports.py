"""A whole world as JSON: exported, and loaded again.

Every state that a world can have survives the way through JSON: what is more than a file may hold is refused when it
comes into a world, not when it is loaded. An export has every collection, but of a document with very many of them only
those that somebody has looked at, or that are asked for: the others begin anew, alike, where it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mockserver.admin import clock, faults, schemas, stubbing
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw, refuse
from mockserver.admin.records import Kept, copied
from mockserver.admin.rules import read_rule, write_rule
from mockserver.api import Api
from mockserver.contract.bodies import DEEPEST, write_json
from mockserver.contract.validator import shown
from mockserver.errors import StateError
from mockserver.runtime.faults import Rule
from mockserver.world import Collection, Record, Snapshot, World

VERSION = 1
"""Of the exported form."""

DEEPEST_WORLD = DEEPEST + 20
"""Levels that an exported world may nest: records as deep as a request's body stand a few levels deep in it."""


LARGE = 500
"""Collections of one API of which an export has all; to make the first records of thousands takes half a minute."""

EVERY = "all"
"""Stands for the name of every collection."""


def export(world: World, apis: Apis, include: Iterable[str] = ()) -> dict[str, Any]:
    """The whole world as the schema `WorldState` has it. How often rules and stubs have been met is not part of it.

    include: names of collections, or EVERY, that it has although nobody has looked at them; StateError if one is
    unknown.
    """
    taken = world.snapshot()
    collections = {name: copied(records) for name, records in kept(taken, apis, include)}
    return {**_apart(taken), "collections": collections}


def written(world: World, apis: Apis, include: Iterable[str] = ()) -> Iterator[bytes]:
    """The JSON of the exported world, a collection at a time: together they may be too large to be held once more."""
    taken = world.snapshot()
    # the object is left open, for the collections to follow as its last member
    yield write_json(_apart(taken)).removesuffix(b"}") + b',"collections":{'
    for number, (name, records) in enumerate(kept(taken, apis, include)):
        text = write_json(name) + b":" + write_json(records)
        yield b"," + text if number else text
    yield b"}}"


def kept(taken: Snapshot, apis: Apis, include: Iterable[str] = ()) -> Iterator[tuple[str, list[Record]]]:
    """The collections that an export has, with their records, which are those of the world."""
    left = {each.name for each in left_out(taken, apis, include)}
    for name, collection in apis.collections.items():
        if name not in left:
            yield name, taken.state(collection).records()


def left_out(taken: Snapshot, apis: Apis, include: Iterable[str] = ()) -> list[Collection]:
    """The collections that an export has not; StateError if one that is to be included is unknown."""
    included = set(include)
    for name in sorted(included - {EVERY}):
        apis.collection(name)
    large = [] if EVERY in included else [api for api in apis if len(api.stored()) > LARGE]
    known = included | taken.states.keys()
    return [each for api in large for each in api.stored() if not (each.name in known or _is_given(api, each))]


def _is_given(api: Api, collection: Collection) -> bool:
    """Whether a collection does not begin with what follows from the document alone."""
    fixtures = {} if api.inferred is None else api.inferred.fixtures
    return collection.begin is None or collection.name.partition(".")[2] in fixtures


def _apart(taken: Snapshot) -> dict[str, Any]:
    """What is exported beside the collections."""
    return {
        "version": VERSION,
        "seed": taken.seed,
        "clock": clock.write_clock(taken.clock),
        "ids": {"drawn": taken.ids, "requests": taken.request_ids},
        "faults": [write_rule(rule) for rule in taken.faults],
        "stubs": [stubbing.write_stub(stub) for stub in taken.stubs],
    }


def load(world: World, apis: Apis, exported: Any) -> None:
    """Make the world what was exported, whole or not at all; StateError names every flaw. Its journal stays."""
    world.restore(snapshot(apis, exported))


def snapshot(apis: Apis, exported: Any) -> Snapshot:
    """What was exported, as a snapshot that a world can begin with; StateError names every flaw."""
    judge = Kept(apis, ("collections",))
    exported = schemas.as_json(exported, StateError, DEEPEST_WORLD)
    refuse("invalid", _flaws_of_form(exported), StateError)
    # the form first: what follows reads members that only a sound form is sure to have
    rules = tuple(map(read_rule, exported["faults"]))
    refuse("conflict", _conflicts(apis, exported, rules), StateError)
    states = judge.states(exported["collections"], whole=True)
    refuse("conflict", judge.dangling(states), StateError)
    drawn, requests, seed = exported["ids"]["drawn"], exported["ids"]["requests"], exported["seed"]
    # an export of before there were stubs has none
    stubs = tuple(stubbing.read_stub(apis, stub) for stub in exported.get("stubs", ()))
    now = clock.read_clock(exported["clock"])
    return Snapshot(states, now, int(drawn), int(requests), rules, int(seed), stubs)


def _conflicts(apis: Apis, exported: Mapping[str, Any], rules: Sequence[Rule]) -> Iterator[ValueFlaw]:
    """What is wrong with clock, fault rules and stubs beyond their form."""
    try:
        clock.read_clock(exported["clock"])
    except ValueError as error:
        yield ValueFlaw(("clock",), str(error), "range")
    yield from _repeated("faults", [rule.id for rule in rules], "rule")
    for number, rule in enumerate(rules):
        yield from faults.flaws(apis, rule, ("faults", str(number)))
    stubs = exported.get("stubs", ())
    yield from _repeated("stubs", [stub["id"] for stub in stubs], "stub")
    for number, stub in enumerate(stubs):
        yield from stubbing.flaws(apis, stub, ("stubs", str(number)))


def _repeated(member: str, ids: Sequence[str], what: str) -> Iterator[ValueFlaw]:
    taken: set[str] = set()
    for number, each in enumerate(ids):
        if each in taken:
            message = f"{shown(each)} is already taken by an earlier {what}"
            yield ValueFlaw((member, str(number), "id"), message, "taken", received=each)
        taken.add(each)


def _flaws_of_form(exported: Any) -> Iterator[ValueFlaw]:
    version = exported.get("version") if isinstance(exported, Mapping) else None
    if version != VERSION:
        message = f"expected {VERSION}, got {shown(version)}; export it again with this release"
        yield ValueFlaw(("version",), message, "version", VERSION, version)
    else:
        yield from schemas.flaws("WorldState", exported)
