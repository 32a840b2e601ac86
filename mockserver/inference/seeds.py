"""Seeds: the records that a collection begins with: fixtures, else the document's examples, then generated ones.

Made when a collection is first looked at, once, and shared by all worlds, whatever their seeds. Records below others
lie below some of those, and a field that names another resource has the key of one of its records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal

from mockserver.contract.copying import copied
from mockserver.contract.generation import NoValueError
from mockserver.errors import DocumentError
from mockserver.inference.errors import Stateless
from mockserver.inference.exemplars import items_sent
from mockserver.inference.keys import text_of
from mockserver.inference.model import Model
from mockserver.inference.options import RECORDS
from mockserver.inference.paths import PATH, names_of, steps_of
from mockserver.inference.records import at, put
from mockserver.inference.sharing import parent_form
from mockserver.world import Clock, Collection, Record, Snapshot, World
from mockserver.world.store import INSERTED, TableState
from mockserver.world.table import Table

if TYPE_CHECKING:
    from mockserver.inference.plans import Inference


MOST_ABOVE = 20
"""Records of another resource among which is looked for some with the same parents."""
PARENTS = 3
"""Parents that have records to begin with."""
BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""The time of everything that was there before a world began."""


class Seeding:
    """Makes the first records of one document's resources."""

    def __init__(self, inference: Inference, records: int = RECORDS) -> None:
        self._inference = inference
        self._records = records
        self._made: dict[str, TableState] = {}
        self._open: set[str] = set()
        self._lock = RLock()

    def state(self, name: str) -> TableState:
        """The first version of the resource of that name."""
        with self._lock:
            found = self._made.get(name)
            if found is None:
                model = self._inference.model(name)
                found = self._made[name] = TableState.load(model.collection, self._all(model))
            return found

    def _all(self, model: Model) -> list[Record]:
        name = model.resource.name
        given = self._inference.fixtures.get(name)
        if given is not None:
            return list(given)
        self._open.add(name)  # collections may refer to each other: one that is being made is left out by the others
        try:
            return list(self._begun(model))
        except (DocumentError, Stateless):
            return []
        finally:
            self._open.discard(name)

    def _begun(self, model: Model) -> Iterator[Record]:
        world = World("seed", Snapshot({}, Clock(BEGAN), 0, 0, seed=_number(model.resource.name)))
        taken: set[str] = set()
        reserved = model.examples_to_create
        declared = model.declared().seeds
        items = [copied(each) for each in declared] if declared is not None else None
        for number, (parents, above) in enumerate(self._parents(model)):
            within = self._within(model, above)
            for item in within or (self._items(model, number) if items is None else items):
                record = self._record(model, world, item, parents, taken, reserved)
                if record is not None:
                    yield record

    def _within(self, model: Model, above: Record | None) -> list[dict[str, Any] | None]:
        """What a record has within it of what lies below: this is what begins there."""
        parent = None if above is None else self._inference.lineage.parent(model.resource)
        if parent is None:
            return []
        embedded = self._inference.lineage.tallies(parent).embedded
        places = [each.place for each in embedded if each.below is not None and each.below.model is model]
        found = [at(above, each) for each in places]
        return [copied(item) for each in found if isinstance(each, list) for item in each if isinstance(item, Mapping)]

    def _items(self, model: Model, number: int) -> Iterator[dict[str, Any] | None]:
        """Items to begin with: examples for the first parent, then generated ones; None: one is to be made."""
        count = 0
        most = 1 if model.resource.kind == "singleton" else self._records
        if number == 0:
            for example in (*model.examples, *items_sent(model)):
                if model.resource.kind == "singleton" and count:
                    return
                count += 1
                yield copied(example)
        singles = most if model.resource.kind == "collection" else most - count
        for _ in range(max(0, singles)):
            yield None

    def _record(
        self,
        model: Model,
        world: World,
        item: Mapping[str, Any] | None,
        parents: Sequence[str],
        taken: set[str],
        reserved: frozenset[str],
    ) -> Record | None:
        number = len(taken)
        token = f"{model.collection.name} {number}"
        own = None if item is None else self._own(model, item)
        if item is None:
            item = self._generated(model, token, number)
        if own is not None and text_of(own) in reserved:
            is_read = text_of(own) in model.examples_to_read and model.joined((*parents, text_of(own))) not in taken
            if not is_read:
                return None
            reserved = reserved - {text_of(own)}  # a creation takes its place
        if model.resource.kind == "singleton":
            path: tuple[Any, ...] = tuple(parents)
        else:
            key_ = self._key(model, world, own, parents, taken, reserved)
            if text_of(key_) in reserved:
                return None
            path = (*parents, key_)
        record = dict(item)
        self._refer(model, record, number)
        model.placing.put(record, path, model.addressing.converters)
        if not model.judge.accepts(model.bare(record)):  # an example may lack what its schema requires
            record = model.making.completed(dict(model.fields_sent(record)), path, token, BEGAN)
            model.placing.put(record, path, model.addressing.converters)
        self._beside(model, record, parents, number)
        key = model.collection.key(record)
        if key in taken:
            return None
        taken.add(key)
        return record

    def _beside(self, model: Model, record: dict[str, Any], parents: Sequence[str], number: int) -> None:
        """Let a record lie below one of those through which it is seen, where no field tells below which."""
        for view in self._inference.survey.resources.values():
            if view.view_of != model.resource.name or view.by is None or view.by[0] != PATH:
                continue
            other = self._inference.lineage.parent(view)
            if other is None or other.resource.name in self._open:
                continue
            found = map(other.placing.values, _first(other, self.state(other.resource.name), MOST_ABOVE))
            same = [each[-1] for each in found if each[:-1] == tuple(parents)]
            if same:
                put(record, view.by, same[number % len(same)])

    @staticmethod
    def _own(model: Model, item: Mapping[str, Any]) -> Any:
        value = None if model.key.field is None else at(item, model.key.field)
        return value if isinstance(value, str | int) and value != "" else None

    def _generated(self, model: Model, token: str, number: int) -> Mapping[str, Any]:
        schema = model.item.schema
        style: Literal["documented", "fresh"] = "documented" if number == 0 else "fresh"
        try:
            made = model.generator.value(schema, model.judge, token, now=BEGAN, name=model.one, style=style)
        except NoValueError as error:
            raise Stateless(str(error)) from None
        return made if isinstance(made, dict) else {}

    @staticmethod
    def _key(
        model: Model, world: World, own: Any, parents: Sequence[str], taken: set[str], reserved: frozenset[str]
    ) -> Any:
        def is_taken(key: Any) -> bool:
            return model.joined((*parents, text_of(model.keyed(parents, key)))) in taken or text_of(key) in reserved

        if own is not None and not is_taken(own) and model.keys.fits(own):
            return model.keyed(parents, own)
        return model.keyed(parents, Seeding._new_key(model, world, is_taken, len(taken)))

    @staticmethod
    def _new_key(model: Model, world: World, is_taken: Callable[[Any], bool], number: int) -> Any:
        """A key that is free, for the record that so many came before."""
        if model.key.chooser == "client":
            made = model.keys.generated(world, is_taken)
            if isinstance(made, float):
                return model.keys.make(world, number + 1, is_taken)
            numbered = f"{made}-{number + 1}"  # a client is likely to choose the plain one
            return numbered if isinstance(made, str) and model.keys.fits(numbered) else made
        return model.keys.make(world, number + 1, is_taken)

    # --- parents -----------------------------------------------------------------------------------------------------

    def _parents(self, model: Model) -> Iterator[tuple[tuple[str, ...], Record | None]]:
        """The path values below which there are records to begin with, and what they lie below."""
        count = model.resource.parents
        above = self._inference.lineage.above(model.resource)
        if not count:
            yield (), None
            return
        if model.resource.is_shared:
            yield from ((each, None) for each in self._whole_names(model))
            return
        parent = None if above is None else self._inference.lineage.known(above.name)
        if above is None or parent is None or above.name in self._open:
            yield self._told(model, count) or self._free(model, 0, count), None
            return
        state = self.state(above.name)
        records = _first(parent, state, PARENTS)
        for record in records:
            values = parent.placing.values(record)
            yield (*values, *self._free(model, len(values), count)), record

    def _whole_names(self, model: Model) -> Iterator[tuple[str, ...]]:
        """The path values above items whose whole names have that of their parent: as the document forms these."""
        count = model.resource.parents
        free = self._free(model, 0, count)
        form = parent_form(model.survey, model.resource)
        above = self._inference.lineage.named(model.resource, "/".join(form))
        if above is not None and above is not model and above.resource.name not in self._open:
            found = [above.placing.values(each)[-1] for each in _first(above, self.state(above.resource.name), PARENTS)]
            yield from ((*free[:-1], each) for each in found)
            return
        words = "/".join(free[-1] if each == "*" else each for each in form)
        yield (*free[:-1], words or free[-1])

    @staticmethod
    def _told(model: Model, count: int) -> tuple[str, ...]:
        """The path values above the first example, if it has them all."""
        for example in model.examples[:1]:
            values = tuple(text_of(at(example, each)) if each else "" for each in model.placing.fields[:count])
            return values if all(values) else ()
        return ()

    def _free(self, model: Model, start: int, end: int) -> tuple[str, ...]:
        """Path values that no resource has the keys of."""
        items = () if model.resource.is_shared else model.at_item.values()
        described = next(iter((*items, *model.at_list.values())))
        names = names_of(steps_of(described.path))[start:end]
        by_name = {
            each["name"]: each
            for each in model.contract.document.parameters(described.path, described.members)
            if each["in"] == "path"
        }
        fields = model.placing.fields[start:end]
        pairs = zip(names, fields, strict=True)
        return tuple(
            self._value(model, name, by_name.get(name, {}), field[-1] if field else name) for name, field in pairs
        )

    @staticmethod
    def _value(model: Model, name: str, parameter: Mapping[str, Any], called: str) -> str:
        schema = parameter.get("schema", {})
        judge = model.contract.validator(schema)
        given = [parameter.get("example"), *model.looks.shape(schema).examples]
        found = next((each for each in given if each is not None and judge.accepts(each)), None)
        if found is None:
            try:
                found = model.generator.value(schema, judge, name, now=BEGAN, name=called)
            except NoValueError:
                found = "1"
        return text_of(found)

    # --- references --------------------------------------------------------------------------------------------------

    def _refer(self, model: Model, record: dict[str, Any], number: int) -> None:
        """Put keys of records that exist into the fields that name other resources, and accounts into owners."""
        own = set(model.placing.fields)
        accounts = self._inference.survey.accounts
        if accounts and model.owner is not None:
            put(record, model.owner, accounts[number % len(accounts)])
        for field, other in self._inference.lineage.references(model).items():
            if (field,) in own or field not in record or other in self._open:
                continue
            try:
                target = self._inference.model(other)
                found = _first(target, self.state(other), self._records + 2)
            except (Stateless, DocumentError):
                continue
            if not found or target.key.field is None:
                continue
            key = at(found[number % len(found)], target.key.field)
            judge, is_list = model.judges(field), isinstance(record[field], list)
            given = [
                [each] if is_list else each for each in (key, text_of(key), model.addressing.converter((field,))(key))
            ]
            record[field] = next((each for each in given if judge.accepts(each)), record[field])


def _first(model: Model, state: TableState, most: int) -> list[Record]:
    return Table(_Alone(model.collection.name, state), model.collection).slice(INSERTED, limit=most)


class _Alone:
    """One version of one collection, to be read as a table."""

    edit = None

    def __init__(self, name: str, state: TableState) -> None:
        self.states = {name: state}

    def replace(self, collection: Collection, state: TableState) -> None:
        self.states[collection.name] = state


def _number(name: str) -> int:
    """The seed of a collection's own chance."""
    return int.from_bytes(blake2b(name.encode(), digest_size=6).digest())
