"""A resource, analysed: its item, its key, its collection of records.

Made when the first of its operations is asked for, or its records are; what cannot be analysed is stateless.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from mockserver.contract.contract import Contract
from mockserver.contract.generation import Generator
from mockserver.contract.operation import Described, Operation
from mockserver.contract.routing import WIDE
from mockserver.contract.validator import Validator
from mockserver.errors import OperationError
from mockserver.inference.addressing import Addressing
from mockserver.inference.casting import Casts, cast, casts_of
from mockserver.inference.declared import Declared, declared_of
from mockserver.inference.errors import Stateless
from mockserver.inference.exemplars import items_in_examples, keys_answered, keys_in_examples
from mockserver.inference.exemplified import judging
from mockserver.inference.keys import KeyMaker, text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.making import Making
from mockserver.inference.owners import owner_of
from mockserver.inference.paths import PATH, bare, names_of, spelled, steps_of
from mockserver.inference.records import at, collection_of, joined, without_path
from mockserver.inference.representation import Representation, Representing
from mockserver.inference.resource import Resource
from mockserver.inference.resources import Survey
from mockserver.inference.sharing import whole_name
from mockserver.inference.vocabulary import KEYS
from mockserver.world import Collection, Record
from mockserver.world.store import TableState

OWN_LINKS = ("url", "self", "href", "uri", "selflink", "selfurl", "selfuri", "apiurl")
"""Fields that may be the URL of their own record."""
LONGEST_NUMBER = 16


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
        self.one = resource.one
        self.addressing = Addressing(survey, resource, self.representing, found, self.declared())
        self.key = self.addressing.key
        self.placing = self.addressing.placing
        self.making = Making(self)
        self.collection: Collection = collection_of(
            f"{api}.{resource.name}",
            self.placing,
            judging(self.item.schema),
            closed=self.looks.is_closed(self.item.schema),
            begin=begin,
        )

    def declared(self) -> Declared:
        """The declarations for the resource on any of its operations or paths."""
        told = Declared()
        for each in (*self.at_list.values(), *self.at_item.values()):
            told = told.over(declared_of(self.survey.declarations, each.operation_id, each.path))
        return told

    @cached_property
    def owner(self) -> Pointer | None:
        """The field of an item that has the account it belongs to: declared, or found where the accounts are known."""
        declared = self.declared().owner
        if declared:
            return tuple(declared.split("."))
        return owner_of(self) if self.survey.accounts else None

    @cached_property
    def own_link(self) -> str | None:
        """The field of an item that is its own URL: called so, written by no request, a URI or all that names it."""
        for name, schema in self.properties.items():
            is_uri = self.looks.shape(schema).schema.get("format") in ("uri", "url")
            is_only = self.key.field is None and "string" in self.looks.kinds(schema)
            if spelled(name) in OWN_LINKS and (is_uri or is_only):
                written = (self._taken(each) for each in (*self.at_list.values(), *self.at_item.values()))
                is_sent = not self.is_read_only(name) and any(name in each for each in written)
                return None if is_sent else name
        return None

    def _taken(self, described: Described) -> Mapping[str, Any]:
        """The fields of an item that an operation takes, out of their wrapper."""
        schema = self.looks.sent(described)
        return self.looks.properties(self.looks.inner(schema, self.representing.sent(self.item, schema)))

    @cached_property
    def _links_without_host(self) -> bool:
        examples = self.looks.shape(self.properties.get(self.own_link or "")).examples
        return any(isinstance(each, str) and each.startswith("/") for each in examples)

    def linked(self, item: Record, location: Callable[[], str]) -> Record:
        """The item with its own URL in the field for it."""
        link = self.own_link
        if link is None or link not in item:
            return item
        url = location()
        return {**item, link: urlsplit(url).path if self._links_without_host else url}

    @cached_property
    def asked(self) -> frozenset[str]:
        """The fields of an item that the list requires in its query: without them no list would have the item."""
        described = self.at_list.get("GET")
        if described is None:
            return frozenset()
        described = self.contract.operations[described.operation_id]
        parameters = self.contract.document.parameters(described.path, described.members)
        named = {spelled(each["name"]) for each in parameters if each["in"] == "query" and each.get("required")}
        return frozenset(self.spelling[name] for name in named if name in self.spelling)

    @cached_property
    def template(self) -> tuple[str, Sequence[str] | None]:
        """The path of an item, and its parameters in braces; of a collection without one, its own path, and None."""
        described = next(iter(self.survey.operations(self.resource.item).values()), None)
        if described is None:
            return bare(next(iter(self.at_list.values())).path), None
        names = names_of(steps_of(described.path)) if self.resource.is_shared else self.addressing.names
        return bare(described.path), [f"{{{name}}}" for name in names]

    @cached_property
    def is_wide(self) -> bool:
        """Whether the path of an item takes the slashes of its whole name as they are: `/v1/{+name}`."""
        described = next(iter(self.survey.operations(self.resource.item).values()), None)
        return self.resource.is_shared and described is not None and WIDE.search(described.path) is not None

    @property
    def at_list(self) -> Mapping[str, Any]:
        return self.survey.operations(self.resource.place)

    @property
    def at_item(self) -> Mapping[str, Any]:
        return self.survey.at_item(self.resource)

    def operation(self, method: str, at_item: bool) -> Operation | None:
        """The compiled operation at the list or the item; None if there is none that can be served."""
        described = (self.at_item if at_item else self.at_list).get(method)
        if described is None:
            return None
        try:
            return self.contract.operation(described.operation_id)
        except OperationError:
            return None

    @cached_property
    def keys(self) -> KeyMaker:
        field = self.key.field
        schema = self.looks.inner(self.item.schema, field) if field is not None else self.addressing.key_schema
        judge = self.validator(schema if schema is not None else {})
        path = self.addressing.narrowest
        exemplar = self.exemplar if path is self.addressing.key_schema else None
        name = (field or self.addressing.names)[-1]
        return KeyMaker(schema, judge, (path, self.validator(path)), self.generator, exemplar, name)

    @cached_property
    def exemplar(self) -> Any:
        """An example of a key: from the document, or generated."""
        field = self.key.field
        schema = self.looks.inner(self.item.schema, field) if field is not None else self.addressing.key_schema
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
        return self.contract.validator(judging(schema) if schema is not None else {}, "response")

    @cached_property
    def judge(self) -> Validator:
        """Says whether an item is valid, as an answer has it."""
        return self.validator(self.item.schema)

    @cached_property
    def properties(self) -> Mapping[str, Any]:
        return self.looks.properties(self.item.schema)

    @cached_property
    def casts(self) -> Casts:
        """The types of the fields that have plain values only."""
        return casts_of(self.looks, self.properties)

    @cached_property
    def spelling(self) -> Mapping[str, str]:
        """The fields of the item by their spelling."""
        return {spelled(name): name for name in reversed(list(self.properties))}

    @cached_property
    def is_open(self) -> bool:
        return self.looks.is_open(self.item.schema)

    @cached_property
    def examples(self) -> list[Mapping[str, Any]]:
        """The examples of items in the document's answers, those of lists included."""
        return items_in_examples(self)

    def _field_of(self, name: str) -> str | None:
        """The field of the item that a request calls so: by its spelling, or after the item (`petName`: `name`)."""
        told = spelled(name)
        found = self.spelling.get(told)
        # an open item may have a field of that very name
        if found is None and not self.is_open and self.one and told.startswith(self.one):
            found = self.spelling.get(told.removeprefix(self.one))
        return None if found == (self.key.field or ("",))[0] and told != spelled(found) else found

    def fields_sent(self, body: Any) -> dict[str, Any]:
        """The fields of an item in an unwrapped body: matched by name, else by spelling where no other name does."""
        if not isinstance(body, Mapping):
            return {}
        found: dict[str, Any] = {}
        named, casts = self._named, self.casts
        for name, value in body.items():
            own = name if name in named else self._field_of(name)
            if own is not None:
                if own == name or own not in body:
                    known = casts.get(own)
                    found[own] = value if known is None or type(value) in known[1] else cast(known, value)
            elif self.is_open and name != PATH:
                found[name] = value
        return found

    def within(self, body: Any, found: dict[str, Any]) -> dict[str, Any]:
        """The fields found in a body, and those of it that only an object of the item has, in that object."""
        for name in body.keys() - self._named if isinstance(body, Mapping) else ():
            place = self.deeper.get(name)
            if place is not None and self._field_of(name) is None:
                outer = found.get(place)
                found[place] = {name: body[name], **(outer if isinstance(outer, Mapping) else {})}
        return found

    @cached_property
    def deeper(self) -> Mapping[str, str]:
        """The objects of the item by the names of fields that one of them alone has, keys apart."""
        holders: dict[str, list[str]] = {}
        for outer, schema in self.properties.items():
            if "array" not in self.looks.kinds(schema) and not self.is_read_only(outer):
                for name in self.looks.properties(schema):
                    holders.setdefault(name, []).append(outer)
        return {name: each[0] for name, each in holders.items() if len(each) == 1 and spelled(name) not in KEYS}

    @cached_property
    def _named(self) -> frozenset[str]:
        """The fields that an item has by its schema, those included that it only requires."""
        return frozenset(self.properties) | self.looks.required(self.item.schema)

    @cached_property
    def _by_property(self) -> dict[str, Validator]:
        return {}

    def judges(self, name: str) -> Validator:
        found = self._by_property.get(name)
        if found is None:
            found = self._by_property[name] = self.validator(self.properties[name])
        return found

    def is_read_only(self, name: str) -> bool:
        return bool(self.looks.shape(self.properties.get(name)).schema.get("readOnly"))

    @cached_property
    def read_only(self) -> frozenset[str]:
        return frozenset(name for name in self.properties if self.is_read_only(name))

    @staticmethod
    def bare(record: Record) -> Record:
        """The item of a record, what only requests have included."""
        return without_path(record) if PATH in record else record

    @cached_property
    def examples_to_create(self) -> frozenset[str]:
        """The keys that the document's examples of creating an item have."""
        return frozenset(map(text_of, keys_in_examples(self)))

    @cached_property
    def examples_to_read(self) -> frozenset[str]:
        """Those that its examples of reading items have."""
        return frozenset(map(text_of, keys_answered(self)))

    @cached_property
    def offset(self) -> int:
        """What is added to the number of records ever put, so that whole numbers count on from the highest."""
        state = self.collection.begin() if self.collection.begin else TableState.load(self.collection, ())
        texts = [self.placing.values(record)[-1] for _, (_, record) in state.rows.items()] if self.placing.names else []
        highest = max((int(each) for each in texts if each.isdecimal() and len(each) < LONGEST_NUMBER), default=0)
        return max(0, highest - state.next_sequence) + 1

    def keyed(self, parents: Sequence[str], key: Any) -> Any:
        """The key of a new record below these parents: where collections share a path, its whole name."""
        return whole_name(self.resource, parents[-1], text_of(key)) if self.resource.is_shared else key

    def led(self, texts: Sequence[str]) -> tuple[str, ...]:
        """The values in the path of an item that lead to a record of these path values."""
        return (*texts[:-2], texts[-1]) if self.resource.is_shared else tuple(texts)

    def joined(self, texts: Sequence[str]) -> str:
        """The key of the record at these path values."""
        return joined(texts) if texts else self.placing.alone or ""

    def shown(self, record: Record) -> Record:
        """The item of a record, as answers have it."""
        hidden = self.making.filling.hidden
        if PATH in record or hidden:
            return {name: value for name, value in record.items() if name != PATH and name not in hidden}
        return record
