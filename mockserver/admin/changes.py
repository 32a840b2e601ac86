"""What a request changed, and how two worlds differ, as JSON: records before and after, ids drawn, rules counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from mockserver.admin import clock
from mockserver.admin.apis import Apis
from mockserver.admin.records import copied
from mockserver.contract.bodies import value_text, write_json
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import ABSENT
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.tally import NONE
from mockserver.world import Collection, Snapshot
from mockserver.world.changes import Change, alike, changes, changes_of
from mockserver.world.merging import merged
from mockserver.world.store import TableState

RECORDS = 1_000
"""Records that one entry tells of at most."""

Json = dict[str, Any]


def made(exchange: Exchange) -> Iterator[Change]:
    """The records that the request changed."""
    before, after = exchange.before, exchange.after
    # versions are shared between moments: the same object means that nothing was written
    if before is None or after is None or before.states is after.states:
        return iter(())
    return changes(before.states, after.states)


def count(exchange: Exchange) -> int:
    """How many records the request changed."""
    return sum(1 for _ in made(exchange))


def touches(exchange: Exchange, collection: str, key: str | None) -> bool:
    """Whether the request changed the record of a collection, or any of it if no key is given."""
    before, after = exchange.before, exchange.after
    if before is None or after is None:
        return False
    found = changes_of(collection, before.states, after.states)
    return any(key is None or value_text(each.key) == key for each in found)


def shown(exchange: Exchange) -> Json | None:
    """What the request changed, as the schema `EntryChanges` has it; None if it is not known."""
    before, after = exchange.before, exchange.after
    if before is None or after is None:
        return None
    found = made(exchange)
    records = [_record(each) for each in islice(found, RECORDS)]
    return {
        "records": records,
        "more": sum(1 for _ in found),
        "ids": {"before": drawn(before), "after": drawn(after)},
        "counted": list(_counted(before, after)),
        "clock": {
            "readAt": None if exchange.read_at is None else clock.write_time(exchange.read_at),
            "before": clock.write_clock(before.clock),
            "after": clock.write_clock(after.clock),
        },
    }


def drawn(moment: Snapshot) -> Json:
    """How many ids had been drawn, for records and for the bodies of errors."""
    return {"drawn": moment.ids, "requests": moment.request_ids}


def _record(change: Change) -> Json:
    return {
        "collection": change.collection,
        "key": value_text(change.key),
        "change": change.kind,
        "before": _copy(change.before),
        "after": _copy(change.after),
    }


def _copy(record: Any) -> Any:
    return None if record is None else copied([record])[0]


def _counted(before: Snapshot, after: Snapshot) -> Iterator[Json]:
    """The rules and stubs whose counters are not the same, with both counts."""
    for id_ in dict.fromkeys((*before.tallies, *after.tallies)):
        one, other = (moment.tallies.get(id_, NONE) for moment in (before, after))
        if (one.met, one.fired) != (other.met, other.fired):
            yield {
                "id": id_,
                "before": {"met": one.met, "fired": one.fired},
                "after": {"met": other.met, "fired": other.fired},
            }


def compared(apis: Apis, left: Snapshot, right: Snapshot, limit: int) -> Json:
    """How two moments differ, as the schema `Comparison` has it but for their names; `limit` records a collection."""
    found = [_collection(each, left, right, limit) for each in apis.collections.values()]
    collections = [each for each in found if each["added"] or each["gone"] or each["changed"]]
    # told beside the collections, in the form that `PATCH /_mock/state` takes
    patches = {each["name"]: each.pop("patch") for each in collections}
    unpatched = [{"collection": each["name"], "key": key} for each in collections for key in each.pop("unpatched")]
    rest: Json = {
        "seed": {"left": left.seed, "right": right.seed},
        "ids": {"left": drawn(left), "right": drawn(right)},
        "clock": {"left": clock.write_clock(left.clock), "right": clock.write_clock(right.clock)},
        "faults": {"left": [rule.id for rule in left.faults], "right": [rule.id for rule in right.faults]},
        "stubs": {"left": [stub.id for stub in left.stubs], "right": [stub.id for stub in right.stubs]},
    }
    same = all(each["left"] == each["right"] for each in rest.values())
    # by value too: a rule may have been replaced by another of its id
    same = same and (left.faults, left.stubs) == (right.faults, right.stubs)
    return {
        "same": not collections and same,
        "collections": collections,
        "patch": patches,
        "unpatched": unpatched,
        **rest,
    }


def _collection(collection: Collection, left: Snapshot, right: Snapshot, limit: int) -> Json:
    name, counts = collection.name, {"added": 0, "gone": 0, "changed": 0}
    listed: list[Change] = []
    before, after = (_states(collection, each, either=(left, right)) for each in (left, right))
    for change in changes_of(name, before, after):
        counts[change.kind] += 1
        # the first that are found, and sorted later: to sort all would cost what the collections have
        if len(listed) < limit:
            listed.append(change)
    listed.sort(key=lambda each: value_text(each.key))
    patches = {value_text(each.key): merge_patch(each.before, each.after) for each in listed}
    return {
        "name": name,
        **counts,
        "records": [{**_record(each), "fields": list(fields(each.before, each.after))} for each in listed],
        "more": sum(counts.values()) - len(listed),
        "patch": patches,
        "unpatched": [
            value_text(each.key)
            for each in listed
            if not alike(merged(each.before, patches[value_text(each.key)]), each.after)
        ],
    }


def _states(collection: Collection, moment: Snapshot, either: tuple[Snapshot, Snapshot]) -> Mapping[str, TableState]:
    """The versions of a moment; one that nobody had looked at has the version that it begins with."""
    name = collection.name
    if name in moment.states or collection.begin is None or not any(name in each.states for each in either):
        return moment.states
    return {name: moment.state(collection)}


def fields(before: Any, after: Any, place: tuple[str, ...] = ()) -> Iterator[Json]:
    """Where two versions of a record differ, each place with both values; arrays are compared as a whole."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return
    for name in dict.fromkeys((*before, *after)):
        one, other = before.get(name, ABSENT), after.get(name, ABSENT)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from fields(one, other, (*place, name))
        elif not alike(one, other):
            values = (("before", one), ("after", other))
            yield {"pointer": pointer_of((*place, name)), **{side: each for side, each in values if each is not ABSENT}}


def merge_patch(before: Any, after: Any) -> Any:
    """The JSON merge patch (RFC 7396) from one value to the other; it cannot say that a member becomes null."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return after
    # null removes a member (RFC 7396, 2)
    patch = {name: None for name in before if name not in after}
    for name, value in after.items():
        if name not in before:
            patch[name] = value
        elif not alike(before[name], value):
            patch[name] = merge_patch(before[name], value)
    return patch


def lines(found: Iterable[Change], most: int) -> Iterator[str]:
    """Changes in a line each, for a person: what became of which record."""
    found = iter(found)
    for change in islice(found, most):
        yield f"{change.collection} {value_text(change.key)} {_said(change)}"
    rest = sum(1 for _ in found)
    if rest:
        yield f"… and {rest} more"


def _said(change: Change) -> str:
    if change.before is None:
        return f"added: {write_json(change.after).decode()}"
    if change.after is None:
        return "gone"
    told = (
        f"{each['pointer']}: {_value(each, 'before')} -> {_value(each, 'after')}"
        for each in fields(change.before, change.after)
    )
    return ", ".join(told)


def _value(field: Json, side: str) -> str:
    return write_json(field[side]).decode() if side in field else "nothing"
