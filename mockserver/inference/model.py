"""A resource, analysed: its item, its key, its collection of records, and how a record comes about.

Made when the first of its operations is asked for, or its records are; what cannot be analysed is stateless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator, NoValueError
from mockserver.contract.operation import Operation
from mockserver.contract.schemas import Validator
from mockserver.errors import OperationError
from mockserver.inference.declared import Declared, declared_of
from mockserver.inference.exemplars import items_in_examples
from mockserver.inference.keys import Key, KeyMaker, key_field, text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.mending import Mender, copied
from mockserver.inference.paths import names_of, one_of, spelled, steps_of
from mockserver.inference.records import PATH, Placing, at, collection_of, joined, merged, without_path
from mockserver.inference.representation import Representation, Representing
from mockserver.inference.resources import Resource, Survey
from mockserver.world import Collection, Record, World
from mockserver.world.store import TableState

CREATED = (
    *("created", "createdat", "createdon", "createdate", "creationdate", "datecreated", "createtime", "creationtime"),
    *("createddate", "createdtime", "creationtimestamp", "dateadded", "addedat", "insertedat", "createddatetime"),
)
UPDATED = (
    *("updated", "updatedat", "updatedon", "updatedate", "dateupdated", "updatetime", "modified", "modifiedat"),
    *("lastmodified", "lastupdated", "lastupdatedat", "modifieddate", "datemodified", "lastmodifiedat", "changedat"),
    *("lastmodifieddate", "modifiedon", "lastupdatedtime", "updateddate", "lastupdateddate", "modificationtime"),
)
MILLISECONDS = 100_000_000_000
"""A time in whole numbers from here on is one in milliseconds."""


OWN_LINKS = ("url", "self", "href", "uri", "selflink", "selfurl", "selfuri", "apiurl")
"""Fields that may be the URL of their own record."""

STATES = ("status", "state", "phase", "stage", "lifecyclestate", "lifecyclestatus")
"""Fields that an action changes."""
COUNTED = ("count", "total")
"""Ends of the names of fields that count what a new record does not have yet."""
STEM = 3
"""Letters of an action's name that a status must begin with."""
LONGEST_NUMBER = 16


class Stateless(Exception):
    """An operation, or all of a resource, is answered without state; the message says why."""


@dataclass(frozen=True)
class Filling:
    """Fields of an item that the world fills in, and what they begin with where nothing was sent."""

    created: Mapping[str, Callable[[datetime], Any]]
    updated: Mapping[str, Callable[[datetime], Any]]
    defaults: Mapping[str, Any]
    made: Sequence[str]
    hidden: frozenset[str] = field(default_factory=frozenset)


class Model:
    """One resource of one document, analysed."""

    def __init__(
        self, survey: Survey, generator: Generator, api: str, resource: Resource, begin: Callable[[], TableState]
    ) -> None:
        self.survey = survey
        self.looks = survey.looks
        self.contract: Contract = survey.contract
        self.generator = generator
        self.resource = resource
        self.representing = Representing(survey, resource)
        found = self.representing.item()
        if found is None:
            raise Stateless(f"no answer or body of {resource.name} is an object")
        self.item: Representation = found
        if not self.item.fields and not self.at_list.keys() & {"POST"} and not self.at_item.keys() & {"PUT", "PATCH"}:
            raise Stateless(f"the items of {resource.name} have no fields, and nothing creates one")
        self.one = one_of(next((text for text in reversed(resource.place) if "{" not in text), ""))
        self.key = self._key()
        self.placing = self._placing()
        self.collection: Collection = collection_of(
            f"{api}.{resource.name}",
            self.placing,
            self.item.schema,
            closed=self.looks.is_closed(self.item.schema),
            begin=begin,
        )

    def declared(self) -> Declared:
        """What is said of the resource on any of its operations or paths."""
        told = Declared()
        for each in (*self.at_list.values(), *self.at_item.values()):
            told = told.over(declared_of(self.survey.declarations, each.operation_id, each.path))
        return told

    @cached_property
    def owner(self) -> Pointer | None:
        """The field of an item that has the account it belongs to, if one is declared."""
        declared = self.declared().owner
        return tuple(declared.split(".")) if declared else None

    @cached_property
    def own_link(self) -> str | None:
        """The field of an item that is its own URL: called so, a URI, and written by no request."""
        for name, schema in self.properties.items():
            if spelled(name) in OWN_LINKS and self.looks.shape(schema).schema.get("format") in ("uri", "url"):
                written = (self.looks.sent(each) for each in (*self.at_list.values(), *self.at_item.values()))
                return None if any(name in self.looks.properties(each) for each in written) else name
        return None

    @property
    def at_list(self) -> Mapping[str, Any]:
        return self.survey.operations(self.resource.place)

    @property
    def at_item(self) -> Mapping[str, Any]:
        return self.survey.operations(self.resource.item)

    def operation(self, method: str, at_item: bool) -> Operation | None:
        """The compiled operation at the list or the item; None if there is none that can be served."""
        described = (self.at_item if at_item else self.at_list).get(method)
        if described is None:
            return None
        try:
            return self.contract.operation(described.operation_id)
        except OperationError:
            return None

    # --- the key -----------------------------------------------------------------------------------------------------

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the path parameters of an item, parents first; the last is the key's."""
        described = next(iter(self.at_item.values()), None)
        if described is not None:
            return names_of(steps_of(described.path))
        names = names_of(steps_of(next(iter(self.at_list.values())).path)) if self.at_list else ()
        return (*names, f"{self.one or 'record'}_key" if "key" in names else "key")

    @cached_property
    def key_schema(self) -> Any:
        """The schema of the path parameter of the key; anything if no path has one."""
        described = next(iter(self.at_item.values()), None)
        if described is None or self.resource.kind == "singleton":
            return {}
        try:
            for each in self.contract.document.parameters(described.path, described.members):
                if each["in"] == "path" and each["name"] == self.names[-1]:
                    return each.get("schema", {})
        except (KeyError, TypeError, AttributeError):
            pass
        return {}

    def _key(self) -> Key:
        if self.resource.kind == "singleton":
            return Key(None, None, "client", "it is one for each path")
        parameter = self.names[-1] if self.at_item else None
        declared = self.declared()
        if declared.key is not None:
            found: Pointer | None = tuple(declared.key.split("."))
            why = declared.reason
        else:
            found, why = key_field(self.looks, self.item.schema, parameter, self.looks.kinds(self.key_schema), self.one)
        chooser, who = self._chooser(found)
        return Key(found, parameter, chooser, f"{why}; {who}")

    def _chooser(self, found: Pointer | None) -> tuple[Any, str]:
        create = self.at_list.get("POST")
        if create is None:
            return (
                ("client", "the client chooses it, by PUT") if "PUT" in self.at_item else ("world", "the server has it")
            )
        schema = self.looks.sent(create)
        inner = self.looks.inner(schema, self.representing.sent(self.item, schema))
        if found is not None and self._requires(inner, found):
            return "client", "the client chooses it, as the body requires it"
        return "world", "the server gives it"

    def _requires(self, schema: Any, path: Pointer) -> bool:
        for name in path:
            if name not in self.looks.required(schema) or name not in self.looks.properties(schema):
                return False
            if self.looks.shape(self.looks.properties(schema)[name]).schema.get("readOnly"):
                return False
            schema = self.looks.properties(schema)[name]
        return True

    def _placing(self) -> Placing:
        if self.resource.kind == "singleton":
            names = names_of(steps_of(next(iter(self.at_list.values())).path))
            return Placing(names, tuple(None for _ in names), self.resource.name)
        parents = self.names[:-1]
        fields = tuple(self._parent_field(name, number) for number, name in enumerate(parents))
        return Placing(self.names, (*fields, self.key.field))

    def _parent_field(self, name: str, number: int) -> Pointer | None:
        """The field of an item that has the value of a parent in the path."""
        same = spelled(name)
        literal = self._literal_before(number)
        for each, schema in self.looks.properties(self.item.schema).items():
            called = spelled(each)
            wanted = (same,) if same not in ("id", "name", "key", "uuid", "slug") else ()
            named = called in (*wanted, f"{literal}id", f"{literal}uuid") and (each,) != self.key.field
            if named and self.looks.kinds(schema) & {"string", "integer"} and not self.looks.is_object(schema):
                return (each,)
        return None

    def _literal_before(self, number: int) -> str:
        """What the collection is called, one of it, whose item the path value of this number is."""
        place, seen = self.resource.place, -1
        for at_, text in enumerate(place):
            seen += text.count("{}")
            if seen >= number:
                return one_of(place[at_ - 1]) if at_ else ""
        return ""

    @cached_property
    def converters(self) -> tuple[Callable[[Any], Any], ...]:
        """What turns each path value into the type of its field."""
        return tuple(self._converter(field) for field in self.placing.fields)

    def _converter(self, field: Pointer | None) -> Callable[[Any], Any]:
        kinds = (
            self.looks.kinds(self.looks.inner(self.item.schema, field)) if field is not None else frozenset(("string",))
        )
        if "string" in kinds or not kinds:
            return text_of
        return _number

    @cached_property
    def keys(self) -> KeyMaker:
        field = self.key.field
        schema = self.looks.inner(self.item.schema, field) if field is not None else self.key_schema
        judge = self.validator(schema if schema is not None else {})
        parameter = self.validator(self.key_schema)
        return KeyMaker(
            schema, judge, (self.key_schema, parameter), self.generator, self.exemplar, (field or self.names)[-1]
        )

    @cached_property
    def exemplar(self) -> Any:
        """What a key of the document looks like: in an example, or as it is generated."""
        field = self.key.field
        schema = self.looks.inner(self.item.schema, field) if field is not None else self.key_schema
        for each in self.looks.shape(schema).examples:
            if isinstance(each, str | int):
                return each
        for example in self.examples:
            value = at(example, field) if field is not None else ""
            if value != "" and isinstance(value, str | int):
                return value
        shape = self.looks.shape(schema).schema
        if shape.get("format") in ("uuid", "guid"):
            return "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
        return 1 if "integer" in self.looks.kinds(schema) and "string" not in self.looks.kinds(schema) else None

    # --- the item ----------------------------------------------------------------------------------------------------

    def validator(self, schema: Any) -> Validator:
        return self.contract.validator(schema if schema is not None else {}, "response")

    @cached_property
    def judge(self) -> Validator:
        """Says whether an item is valid, as an answer has it."""
        return self.validator(self.item.schema)

    @cached_property
    def mender(self) -> Mender:
        return Mender(self.generator, self.item.schema, self.judge, self.one)

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        return self.looks.properties(self.item.schema)

    @cached_property
    def spelling(self) -> Mapping[str, str]:
        """The fields of the item by their spelling."""
        return {spelled(name): name for name in reversed(list(self.properties))}

    @cached_property
    def is_open(self) -> bool:
        return self.looks.is_open(self.item.schema)

    @cached_property
    def filling(self) -> Filling:
        required = self.looks.required(self.item.schema)
        created, updated, defaults, made = {}, {}, {}, []
        for name, schema in self.properties.items():
            shape = self.looks.shape(schema).schema
            if spelled(name) in CREATED and (clock := self._clock(schema)):
                created[name] = clock
            elif spelled(name) in UPDATED and (clock := self._clock(schema)):
                updated[name] = clock
            elif "default" in shape or self._default(schema) is not None:
                defaults[name] = shape.get("default", self._default(schema))
            elif (
                (name in required or shape.get("readOnly")) and (name,) != self.key.field and not shape.get("writeOnly")
            ):
                made.append(name)
        hidden = frozenset(n for n, each in self.properties.items() if self.looks.shape(each).schema.get("writeOnly"))
        return Filling(created, updated, defaults, made, hidden)

    def _default(self, schema: Any) -> Any:
        """The default of a schema, where it is not merged: references keep their examples apart."""
        node = schema
        for _ in range(5):
            if not isinstance(node, Mapping):
                return None
            if "default" in node:
                return node["default"]
            node = self.looks.document.resolve(node) if "$ref" in node else None
        return None

    def _clock(self, schema: Any) -> Callable[[datetime], Any] | None:
        """What writes a time as a field has it; None if the field has none."""
        kinds, shape = self.looks.kinds(schema), self.looks.shape(schema)
        if "string" in kinds:
            if shape.schema.get("format") == "date":
                return lambda now: now.date().isoformat()
            return lambda now: now.isoformat(timespec="seconds").replace("+00:00", "Z")
        if kinds & {"integer", "number"}:
            example = next((each for each in shape.examples if isinstance(each, int | float)), 0)
            scale = 1000 if example > MILLISECONDS else 1
            return lambda now: int(now.timestamp() * scale)
        return None

    @cached_property
    def examples(self) -> list[Mapping[str, Any]]:
        """The examples of items in the document's answers, those of lists included."""
        return items_in_examples(self)

    def fields_sent(self, body: Any) -> dict[str, Any]:
        """What a body, its wrapper taken off, says of an item: its fields by name, else by spelling."""
        if not isinstance(body, Mapping):
            return {}
        found: dict[str, Any] = {}
        for name, value in body.items():
            own = name if name in self.properties else self.spelling.get(spelled(name))
            if own is not None:
                found[own] = value
            elif self.is_open and name != PATH:
                found[name] = value
        return found

    # --- records -----------------------------------------------------------------------------------------------------

    def created(self, world: World, sent: Mapping[str, Any], path: Sequence[Any], seed: str) -> dict[str, Any]:
        """A new record of these fields and path values, completed to a valid item."""
        now = world.now()
        record = dict(sent)
        filling = self.filling
        for name, value in filling.defaults.items():
            record.setdefault(name, value)
        for name, write in (*filling.created.items(), *filling.updated.items()):
            if name not in sent or self._is_read_only(name):
                record[name] = write(now)
        self.placing.put(record, path, self.converters)
        return self.ordered(self.completed(record, path, seed, now))

    def ordered(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with its fields in the order in which the document has them."""
        known = {name: record[name] for name in self.properties if name in record}
        return known if len(known) == len(record) else {**known, **record}

    def completed(
        self, record: dict[str, Any], path: Sequence[Any], seed: str, now: datetime, before: Record | None = None
    ) -> dict[str, Any]:
        """The record with what its item requires and it lacks, generated; valid, or else Stateless.

        before: the record that it is a change of.
        """
        for name in self.filling.made:
            if name not in record:
                try:
                    record[name] = self._generated(name, f"{seed} {name}", now)
                except NoValueError:
                    continue
        item = record if PATH not in record else without_path(record)
        if self.judge.accepts(item):
            return record
        whole = self._mended(item, seed, now, None if before is None else self.bare(before))
        self.placing.put(whole, path, self.converters)
        return whole

    def _mended(self, item: Record, seed: str, now: datetime, before: Record | None) -> dict[str, Any]:
        try:
            whole = self.mender.mended(item, seed, now, before)
        except NoValueError as error:
            raise Stateless(f"no valid item of {self.resource.name} can be made: {error}") from None
        return self._kept(whole, item) if isinstance(whole, dict) else dict(item)

    def _kept(self, whole: dict[str, Any], item: Record) -> dict[str, Any]:
        """A made item with what is known of it, field by field, as far as it stays valid."""
        for name, value in item.items():
            if name not in whole or whole[name] != value:
                changed = {**whole, name: value}
                whole = changed if self.judge.accepts(changed) else whole
        return whole

    @cached_property
    def _alike(self) -> dict[str, Any]:
        """Values of fields that new records have alike: null where it is allowed, 0 for counts; no two texts."""
        return {}

    def _generated(self, name: str, seed: str, now: datetime) -> Any:
        if name in self._alike:
            return copied(self._alike[name])
        schema = self.properties[name]
        judge, values = self.judges(name), self.looks.shape(schema).schema.get("enum")
        empty = judge.accepts(None) and (values is None or None in values)
        if empty or not self._varies(schema):
            counts = one_of(name).endswith(COUNTED) and judge.accepts(0)
            given: Any = None if empty else 0 if counts else self._made(name, self.collection.name, now)
            self._alike[name] = given
            return copied(given)
        return self._made(name, seed, now)

    def _varies(self, schema: Any) -> bool:
        shape = self.looks.shape(schema).schema
        return "string" in self.looks.kinds(schema) and "enum" not in shape and "const" not in shape

    def _made(self, name: str, seed: str, now: datetime) -> Any:
        schema = self.properties[name]
        return self.generator.value(schema, self.judges(name), seed, now=now, name=name, style="documented")

    @cached_property
    def _by_property(self) -> dict[str, Validator]:
        return {}

    def judges(self, name: str) -> Validator:
        found = self._by_property.get(name)
        if found is None:
            found = self._by_property[name] = self.validator(self.properties[name])
        return found

    def _is_read_only(self, name: str) -> bool:
        return bool(self.looks.shape(self.properties.get(name)).schema.get("readOnly"))

    @cached_property
    def read_only(self) -> frozenset[str]:
        return frozenset(name for name in self.properties if self._is_read_only(name))

    def changed(
        self, world: World, before: Record, after: dict[str, Any], path: Sequence[Any], seed: str
    ) -> dict[str, Any]:
        """A record in the place of another: read-only fields and path values stay, the time of change is now."""
        now = world.now()
        for name in self.read_only:
            if name in before:
                after[name] = before[name]
        for name in self.filling.created:
            if name in before:
                after[name] = before[name]
        for name, write in self.filling.updated.items():
            after[name] = write(now)
        self.placing.put(after, path, self.converters)
        return self.ordered(self.completed(after, path, seed, now, before))

    def merged(self, before: Record, change: Mapping[str, Any], *, nulls: bool) -> dict[str, Any]:
        """The fields merged into a record. nulls: one stays where its field takes it, else it removes the field."""
        after = dict(before)
        for name, value in change.items():
            if value is None:
                if nulls and name in self.properties and self.judges(name).accepts(None):
                    after[name] = None
                else:
                    after.pop(name, None)
            elif isinstance(value, Mapping) and isinstance(after.get(name), Mapping):
                after[name] = merged(after[name], value)
            else:
                after[name] = value
        return after

    @staticmethod
    def bare(record: Record) -> Record:
        """The item of a record, what only requests have included."""
        return without_path(record) if PATH in record else record

    def converted(self, name: str, text: str) -> Any:
        """A path value as the field of that name has it."""
        return self._converter((name,))(text)

    def states(self, word: str) -> dict[str, Any]:
        """The fields that an action of this name sets: a status with a value called like it (`cancel`: cancelled)."""
        found: dict[str, Any] = {}
        stem = word.removesuffix("e")
        for name, schema in self.properties.items():
            values = self.looks.shape(schema).schema.get("enum")
            if len(stem) >= STEM and isinstance(values, list) and spelled(name) in STATES:
                same = [each for each in values if isinstance(each, str) and spelled(each).startswith(stem)]
                if len(same) == 1:
                    found[name] = same[0]
        return found

    @cached_property
    def offset(self) -> int:
        """What is added to the number of records ever put, so that whole numbers count on from the highest."""
        state = self.collection.begin() if self.collection.begin else TableState.load(self.collection, ())
        texts = [self.placing.values(record)[-1] for _, (_, record) in state.rows.items()] if self.placing.names else []
        highest = max((int(each) for each in texts if each.isdecimal() and len(each) < LONGEST_NUMBER), default=0)
        return max(0, highest - state.next_sequence) + 1

    def joined(self, texts: Sequence[str]) -> str:
        """The key of the record at these path values."""
        return joined(texts) if texts else self.placing.alone or ""

    def shown(self, record: Record) -> Record:
        """The item of a record, as answers have it."""
        hidden = self.filling.hidden
        if PATH in record or hidden:
            return {name: value for name, value in record.items() if name != PATH and name not in hidden}
        return record


def _number(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value
