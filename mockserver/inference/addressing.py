"""Addressing: how paths lead to records: which field of the item each path value is, and who chooses the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from typing import Any

from mockserver.contract.digits import number_of
from mockserver.contract.document import Document
from mockserver.contract.operation import Described
from mockserver.contract.routing import TEMPLATE
from mockserver.errors import DocumentError
from mockserver.inference.declared import Declared
from mockserver.inference.keys import Key, key_field, text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.paths import bare, names_of, one_of, spelled, steps_of
from mockserver.inference.records import Placing, at
from mockserver.inference.representation import Representation, Representing, success
from mockserver.inference.resource import Resource
from mockserver.inference.resources import Survey
from mockserver.inference.views import parent_field

MOST_BELOW = 300
"""Operations on an item and below it that are asked which keys they take."""


class Addressing:
    """The path values of one resource: their names, and where its item has them."""

    def __init__(
        self, survey: Survey, resource: Resource, representing: Representing, item: Representation, declared: Declared
    ) -> None:
        self._survey = survey
        self._resource = resource
        self._representing = representing
        self._item = item
        self._looks = survey.looks
        self.at_list = survey.operations(resource.place)
        self.at_item = survey.at_item(resource)
        self.one = resource.one
        self.key = self._key(declared)
        self.placing = self._placing()

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the path parameters of an item, parents first; the last is the key's."""
        described = next(iter(self.at_item.values()), None)
        if self._resource.is_shared:
            return (*names_of(steps_of(next(iter(self.at_list.values())).path)), self._resource.whole)
        if described is not None:
            return names_of(steps_of(described.path))
        names = names_of(steps_of(next(iter(self.at_list.values())).path)) if self.at_list else ()
        return (*names, f"{self.one or 'record'}_key" if "key" in names else "key")

    @cached_property
    def key_schema(self) -> Any:
        """The schema of the path parameter of the key; anything if no path has one."""
        if self._resource.kind == "singleton" or self._resource.is_shared:  # whose whole names no other form restricts
            return {}
        schema = self._schema_of(self.names[-1])
        is_list = self._looks.kinds(schema) == {"array"}  # a path that takes several keys: of each the same holds
        return self._looks.items(schema) if is_list else schema

    def _schema_of(self, name: str) -> Any:
        """The schema of a path parameter of an item; anything if there is none."""
        described = next(iter(self.at_item.values()), None)
        if described is None:
            return {}
        found = _parameter_schema(self._survey.contract.document, described, name)
        return {} if found is None else found

    @cached_property
    def narrowest(self) -> Any:
        """The schema of the path parameter of the key, or of another operation where only that one wants a number."""
        described = next(iter(self.at_item.values()), None)
        if described is None or self._looks.kinds(self.key_schema) != frozenset(("string",)):
            return self.key_schema
        contract, start, number = self._survey.contract, f"{bare(described.path)}/", len(self.names) - 1
        below = (each for each in contract.operations.values() if f"{bare(each.path)}/".startswith(start))
        for each in islice(below, MOST_BELOW):
            schema = _parameter_schema(contract.document, each, TEMPLATE.findall(each.path)[number])
            if schema is not None and self._looks.kinds(schema) == frozenset(("integer",)):
                return schema
        return self.key_schema

    def _key(self, declared: Declared) -> Key:
        if self._resource.kind == "singleton":
            return Key(None, None, "client", "there is one for each path")
        parameter = self.names[-1] if self.at_item else None
        found: Pointer | None
        if self._resource.is_shared:
            found, why = (
                (self._resource.whole,),
                f"its `{self._resource.whole}`, its whole name with that of what it lies below",
            )
        elif declared.key is not None:
            found = tuple(declared.key.split("."))
            why = declared.reason
        else:
            found, why = key_field(self._looks, self._item.schema, parameter, self.key_schema, self.one)
            if found is None and parameter is not None and not self._looks.is_closed(self._item.schema):
                found, why = self._exemplified(parameter) or (found, why)
        chooser, who = self._chooser(found)
        return Key(found, parameter, chooser, f"{why}; {who}")

    def _exemplified(self, parameter: str) -> tuple[Pointer, str] | None:
        """The field that examples of the item have, and its schema does not: called as the parameter, or `id`."""
        for described in (each for each in (self.at_item.get("GET"), self.at_list.get("POST")) if each is not None):
            for example in self._examples(described):
                names = [name for wanted in (spelled(parameter), "id") for name in example if spelled(name) == wanted]
                if names and isinstance(example[names[0]], str | int):
                    return (names[0],), f"the examples of the item have `{names[0]}`"
        return None

    def _examples(self, described: Described) -> Iterator[Mapping[str, Any]]:
        """The items in the examples of the answer to an operation."""
        try:
            media = success(self._survey.contract.operation(described.operation_id))
        except DocumentError:
            return
        if media is None:
            return
        place = self._representing.place(self._item, media.schema)
        found = [at(each, place) if place is not None else each for each in media.examples.values()]
        yield from (each for each in found if isinstance(each, Mapping))

    def _chooser(self, found: Pointer | None) -> tuple[Any, str]:
        places = (self._resource.place, *self._survey.views(self._resource))
        create = next((each["POST"] for place in places if "POST" in (each := self._survey.operations(place))), None)
        if create is None:
            return (
                ("client", "the client chooses it, by PUT") if "PUT" in self.at_item else ("world", "the server has it")
            )
        schema = self._looks.sent(create)
        inner = self._looks.inner(schema, self._representing.sent(self._item, schema))
        if found is not None and self._requires(inner, found):
            return "client", "the client chooses it, as the body requires it"
        return "world", "the server gives it"

    def _requires(self, schema: Any, path: Pointer) -> bool:
        for name in path:
            if name not in self._looks.required(schema) or name not in self._looks.properties(schema):
                return False
            if self._looks.shape(self._looks.properties(schema)[name]).schema.get("readOnly"):
                return False
            schema = self._looks.properties(schema)[name]
        return True

    def _placing(self) -> Placing:
        if self._resource.kind == "singleton":
            names = names_of(steps_of(next(iter(self.at_list.values())).path))
            return Placing(names, tuple(None for _ in names), self._resource.name)
        parents = self.names[:-1]
        last = len(parents) - 1 if self._resource.is_shared else None  # which stands in the whole name
        fields = tuple(
            None if number == last else self._parent_field(name, number) for number, name in enumerate(parents)
        )
        return Placing(self.names, (*fields, self.key.field))

    def _parent_field(self, name: str, number: int) -> Pointer | None:
        """The field of an item that has the value of a parent in the path."""
        kinds = self._looks.kinds(self._schema_of(name))
        return parent_field(self._looks, self._item.schema, name, self._literal_before(number), self.key.field, kinds)

    def _literal_before(self, number: int) -> str:
        """What the collection is called, one of it, whose item the path value of this number is."""
        place, seen = self._resource.place, -1
        for at_, text in enumerate(place):
            seen += text.count("{}")
            if seen >= number:
                literal = one_of(place[at_ - 1]) if at_ else ""
                return literal if literal != self.one else ""
        return ""

    @cached_property
    def converters(self) -> tuple[Callable[[Any], Any], ...]:
        """What turns each path value into the type of its field."""
        return tuple(self.converter(field) for field in self.placing.fields)

    def converter(self, field: Pointer | None) -> Callable[[Any], Any]:
        kinds = (
            self._looks.kinds(self._looks.inner(self._item.schema, field))
            if field is not None
            else frozenset(("string",))
        )
        if "string" in kinds or not kinds:
            return text_of
        return _number


def _number(value: Any) -> Any:
    number = number_of(value) if isinstance(value, str) else None
    return value if number is None else number


def _parameter_schema(document: Document, described: Described, name: str) -> Any:
    """The schema of a path parameter of an operation; None if it has none of that name."""
    try:
        for each in document.parameters(described.path, described.members):
            if each["in"] == "path" and each["name"] == name:
                return each.get("schema", {})
    except (KeyError, TypeError, AttributeError):
        pass  # the flaws of a document are told elsewhere
    return None
