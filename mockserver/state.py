"""A world's state as JSON: read, replaced, patched, exported and loaded, checked like fixtures.

Whatever changes a world changes all it was asked to or nothing, and names every flaw of what it was given. Records are
copied on their way in and out, so nobody holds one that a world shares with others.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any

from mockserver.catalog import Api
from mockserver.contract.bodies import read_json, write_json
from mockserver.contract.discriminator import told_apart
from mockserver.contract.document import Document
from mockserver.contract.pointers import pointer_of
from mockserver.contract.schemas import SchemaCompiler, Validator, shown
from mockserver.errors import StateError
from mockserver.runtime.rules import IDLE, read_rule, write_rule
from mockserver.world import Clock, Collection, Duplicate, Record, Snapshot, World
from mockserver.world.store import TableState

VERSION = 1
"""Of the exported form."""

RECORDS = 2_000_000
"""Records that a world takes at once."""

FLAWS = 100
"""Flaws that one refusal names at most."""

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
"""Between which times a world's clock may stand."""

OUT_OF_REACH = f"a clock stands between the years {EARLIEST:%Y} and {LATEST:%Y} only"

SCHEMAS = Path(__file__).parent / "control" / "openapi.yaml"
"""Where the form of an exported world is described."""

Changes = Mapping[str, Any]


@dataclass(frozen=True)
class Flaw:
    """What is wrong at a place of the JSON that was given: `place` is the path to it."""

    place: tuple[str | int, ...]
    message: str

    @property
    def pointer(self) -> str:
        return pointer_of(list(self.place))

    def __str__(self) -> str:
        return f"{_words(self.place)}: {self.message}"


def collections(apis: Iterable[Api]) -> dict[str, Collection]:
    """Every collection that the APIs keep, credentials included, by its name: `workshop.lists`."""
    return {each.name: each for api in apis for each in api.stored()}


def read(world: World, collection: Collection) -> list[Record]:
    """The collection's records, in the order they came in."""
    with world.lock:
        records = list(world[collection])
    return _copied(records)


def replace(world: World, apis: Iterable[Api], records: Mapping[str, Sequence[Record]]) -> None:
    """Put whole collections in the place of those of the same names, all or none; StateError names every flaw."""
    kept = _Kept(apis)
    states = kept.states(_given(records))
    with world.transaction():
        _expect(kept.dangling(states, world))
        for name, state in states.items():
            world.replace(kept.collections[name], state)


def patch(world: World, apis: Iterable[Api], changes: Mapping[str, Mapping[str, Record | None]]) -> None:
    """Merge changes (RFC 7396) into records by their keys, all or none; StateError names every flaw.

    None deletes the record; a key that no record has creates one, which must carry that key.
    """
    kept = _Kept(apis)
    changes = _given(changes)
    known = [name for name in changes if name in kept.collections]
    with world.transaction():
        merging = (flaw for name in known for flaw in kept.merge(world, name, changes[name]))
        _expect(chain(kept.unknown(changes), merging))
        _expect(flaw for name in changes for flaw in kept.dangling_after(world, name, changes[name]))
        _expect(flaw for name in changes for flaw in kept.too_few(name, len(world[kept.collections[name]])))


def export(world: World, apis: Iterable[Api]) -> dict[str, Any]:
    """The whole world as JSON that `load` takes. How often fault rules have fired is not part of it."""
    taken = world.snapshot()
    frozen_at = taken.clock.frozen_at
    return {
        "version": VERSION,
        "seed": taken.seed,
        "clock": {
            "frozenAt": None if frozen_at is None else write_time(frozen_at),
            "offset": taken.clock.offset.total_seconds(),
        },
        "ids": {"drawn": taken.ids, "requests": taken.request_ids},
        "faults": [write_rule(rule) for rule in taken.faults],
        "collections": {name: _copied(_in_order(taken.states[name])) for name in collections(apis)},
    }


def load(world: World, apis: Iterable[Api], exported: Any) -> None:
    """Make the world what was exported, whole or not at all; StateError names every flaw. Its journal stays."""
    world.restore(snapshot(apis, exported))


def snapshot(apis: Iterable[Api], exported: Any) -> Snapshot:
    """What was exported, as a snapshot that a world can begin with; StateError names every flaw."""
    kept = _Kept(apis, ("collections",))
    exported = _given(exported)
    _expect(_flaws_of_form(exported))
    states = kept.states(exported["collections"], whole=True)
    _expect(kept.dangling(states))
    rules = tuple(map(read_rule, exported["faults"]))
    ids = exported["ids"]
    return Snapshot(states, _clock(exported["clock"]), ids["drawn"], ids["requests"], rules, exported["seed"])


class _Kept:
    """What the APIs keep, and how records for it are judged. `within` is where the collections stand in the JSON."""

    def __init__(self, apis: Iterable[Api], within: tuple[str, ...] = ()) -> None:
        apis = list(apis)
        self.collections = collections(apis)
        self._documents = {each.name: api.document for api in apis for each in api.stored()}
        self._within = within

    def _flaw(self, message: str, *place: str | int) -> Flaw:
        return Flaw((*self._within, *place), message)

    def unknown(self, given: Iterable[str]) -> Iterator[Flaw]:
        """Names that no collection has."""
        known = ", ".join(self.collections)
        for name in given:
            if name not in self.collections:
                yield self._flaw(f"no collection is called so; expected one of {known}", name)

    def missing(self, given: Iterable[str]) -> Iterator[Flaw]:
        """Collections that are not given, and names that no collection has."""
        names = set(given)
        served, exported = _apis_of(self.collections), _apis_of(names)
        if served != exported:
            message = f"is the state of {_listed(exported)}, but {_listed(served)} are served. Serve the same APIs"
            yield Flaw(self._within, message)
            return
        for name in self.collections:
            if name not in names:
                yield self._flaw("is missing; an export has every collection of the APIs served", name)
        yield from self.unknown(sorted(names))

    def states(self, records: Mapping[str, Sequence[Record]], *, whole: bool = False) -> dict[str, TableState]:
        """The collections' first versions; StateError names every flaw. `whole`: none may be missing."""
        if sum(map(len, records.values())) > RECORDS:
            raise StateError(f"a world takes at most {RECORDS} records at once. Give less.")
        known = [name for name in records if name in self.collections]
        flaws = (flaw for name in known for flaw in self._judge_all(name, records[name]))
        lacking = (flaw for name in known for flaw in self.too_few(name, len(records[name])))
        _expect(chain(self.missing(records) if whole else self.unknown(records), flaws, lacking))
        return {name: TableState.load(self.collections[name], each) for name, each in records.items()}

    def too_few(self, name: str, count: int) -> Iterator[Flaw]:
        """Whether the collection would have fewer records than its API cannot do without."""
        least = self.collections[name].least
        if count < least:
            yield self._flaw(f"must have at least {least} record{'' if least == 1 else 's'}, would have {count}", name)

    def _judge_all(self, name: str, records: Sequence[Record]) -> Iterator[Flaw]:
        sound = True
        for number, record in enumerate(records):
            for flaw in self._judge(name, number, record):
                sound = False
                yield flaw
        if sound:
            yield from self._repeated(name, records)

    def _judge(self, name: str, at: str | int, record: Record) -> Iterator[Flaw]:
        """Where the record breaks the schema of its collection."""
        validator = _validator(self._documents[name], self.collections[name])
        if not validator.accepts(record):
            for violation in validator.violations(record, "body"):
                yield self._flaw(violation.message, name, at, *violation.path)

    def _repeated(self, name: str, records: Sequence[Record]) -> Iterator[Flaw]:
        """Records that claim what an earlier one has."""
        collection = self.collections[name]
        claims: dict[str, Callable[[Record], Hashable | None]] = {"key": collection.key, **collection.unique}
        for constraint, value_of in claims.items():
            taken: set[Hashable] = set()
            for number, record in enumerate(records):
                value = value_of(record)
                if value is not None and value in taken:
                    message = f"{constraint}: {shown(value)} is already taken by an earlier record"
                    yield self._flaw(message, name, number)
                taken.add(value)

    def dangling(self, states: Mapping[str, TableState], world: World | None = None) -> Iterator[Flaw]:
        """References that lead to no record, once the states are in the world."""

        def state(name: str) -> TableState:
            return states[name] if name in states or world is None else world.state(self.collections[name])

        for name, collection in self.collections.items():
            for field, target in collection.references.items():
                if name in states or target in states:
                    known = state(target).rows
                    for number, record in enumerate(_in_order(state(name))):
                        place = (name, number, field) if name in states else (target,)
                        by = "" if name in states else f"{_words((name, number, field))}: "
                        for value in _values(record.get(field)):
                            if value not in known:
                                yield self._flaw(f"{by}{shown(value)} is not the key of any record in {target}", *place)

    def merge(self, world: World, name: str, changes: Changes) -> Iterator[Flaw]:
        """Put the changed records; what cannot be put is a flaw."""
        collection = self.collections[name]
        table = world[collection]
        for key in [key for key, change in changes.items() if change is None]:
            if table.delete(key) is None:
                yield self._flaw("no record has this key, so none can be deleted", name, key)
        for key, change in changes.items():
            if change is None:
                continue
            record = merged(table.get(key), change)
            flaws = list(self._judge(name, key, record))
            yield from flaws
            if flaws:
                continue
            if collection.key(record) != key:
                yield self._flaw(f"the record's own key is {shown(collection.key(record))}", name, key)
                continue
            try:
                table.put(record)
            except Duplicate as error:
                yield self._flaw(f"{error.constraint}: {shown(error.value)} is already taken", name, key)

    def dangling_after(self, world: World, name: str, changes: Changes) -> Iterator[Flaw]:
        """References to or from the changed records that lead to no record now."""
        collection = self.collections[name]
        for key, change in changes.items():
            record = {} if change is None else world[collection].get(key) or {}
            for field, target in collection.references.items():
                for value in _values(record.get(field)):
                    if value not in world.state(self.collections[target]).rows:
                        yield self._flaw(f"{shown(value)} is not the key of any record in {target}", name, key, field)
        gone = {key for key, change in changes.items() if change is None}
        for other in self.collections.values() if gone else ():
            for field in (field for field, target in other.references.items() if target == name):
                for number, record in enumerate(_in_order(world.state(other))):
                    for value in gone.intersection(_values(record.get(field))):
                        yield self._flaw(f"{_words((other.name, number, field))} still refers to it", name, value)


def merged(record: Any, change: Any) -> Any:
    """The record with a JSON merge patch (RFC 7396) applied; neither is changed."""
    if not isinstance(change, Mapping):
        return change
    target = dict(record) if isinstance(record, Mapping) else {}
    for name, value in change.items():
        if value is None:
            target.pop(name, None)
        else:
            target[name] = merged(target.get(name), value)
    return target


def read_time(text: str) -> datetime:
    """The time of an RFC 3339 text; ValueError if no clock may stand there. A leap second is the one before it."""
    return checked_time(lambda: datetime.fromisoformat(text.upper().replace(":60", ":59")))


def write_time(time: datetime) -> str:
    """The time in RFC 3339, in UTC."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def checked_time(time_of: Callable[[], datetime]) -> datetime:
    """The time that is computed, in UTC; ValueError unless it is one from EARLIEST to LATEST."""
    try:
        time = time_of()
        possible = EARLIEST <= time < LATEST
    except (ValueError, OverflowError):
        possible = False
    if not possible:
        raise ValueError(OUT_OF_REACH)
    return time.astimezone(UTC)


@lru_cache(maxsize=256)
def _validator(document: Document, collection: Collection) -> Validator:
    return _compiler(document).compile(collection.schema)


@lru_cache(maxsize=32)
def _compiler(document: Document) -> SchemaCompiler:
    return SchemaCompiler(document)


@lru_cache(maxsize=1)
def _form() -> Validator:
    document = told_apart(Document.parse(SCHEMAS.read_bytes(), str(SCHEMAS)))
    return SchemaCompiler(document).compile({"$ref": "#/components/schemas/WorldState"})


def _flaws_of_form(exported: Any) -> Iterator[Flaw]:
    version = exported.get("version") if isinstance(exported, Mapping) else None
    if version != VERSION:
        yield Flaw(("version",), f"expected {VERSION}, got {shown(version)}; export it anew with this release")
    elif not _form().accepts(exported):
        for violation in _form().violations(exported, "body"):
            yield Flaw(violation.path, IDLE if violation.keyword == "anyOf" else violation.message)
    else:
        try:
            _clock(exported["clock"])
        except ValueError as error:
            yield Flaw(("clock",), str(error))
        ids = [each["id"] for each in exported["faults"]]
        for number, id_ in enumerate(ids):
            if id_ in ids[:number]:
                yield Flaw(("faults", number, "id"), f"{shown(id_)} is already taken by an earlier rule")


def _clock(exported: Mapping[str, Any]) -> Clock:
    frozen_at = None if exported["frozenAt"] is None else read_time(exported["frozenAt"])
    clock = Clock(frozen_at, timedelta(seconds=exported["offset"]))
    checked_time(clock.now)
    return clock


def _expect(flaws: Iterable[Flaw]) -> None:
    """Raise StateError if there is a flaw."""
    found = list(islice(flaws, FLAWS))
    if found:
        least = "at least " if len(found) == FLAWS else ""
        more = "" if len(found) == 1 else f" (and {least}{len(found) - 1} more)"
        raise StateError(f"{found[0]}{more}", [(flaw.pointer, flaw.message) for flaw in found])


def _given(value: Any) -> Any:
    """A copy of what was given; StateError if it is no JSON."""
    try:
        copy, flaw = read_json(write_json(value))
    except (TypeError, ValueError, RecursionError) as error:
        raise StateError(f"expected JSON: {error}") from None
    if flaw is not None:
        raise StateError(f"the JSON {flaw.message}")
    return copy


def _copied(records: list[Record]) -> list[Record]:
    copy: list[Record]
    copy, flaw = read_json(write_json(records))
    assert flaw is None
    return copy


def _in_order(state: TableState) -> list[Record]:
    return [record for _, record in sorted((row for _, row in state.rows.items()), key=itemgetter(0))]


def _values(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _apis_of(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "no API"


def _words(place: tuple[str | int, ...]) -> str:
    """A place as a person says it: `workshop.lists: record 3: title`."""
    words = [f"record {each + 1}" if at and isinstance(each, int) else str(each) for at, each in enumerate(place)]
    return ": ".join(words)
