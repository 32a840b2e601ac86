"""Subjects: one operation on one resource, with what its handler needs to know of a request and of records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mockserver.contract.bodies import read_json
from mockserver.contract.operation import BODY, Key, Operation
from mockserver.inference.declared import Role
from mockserver.inference.errors import Stateless
from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.nameable import can_name
from mockserver.inference.paths import bare, encoded
from mockserver.inference.records import WITHIN, at, put
from mockserver.inference.replies import Answered, Reply
from mockserver.inference.sharing import asked_for, parent_in
from mockserver.world import Record, World
from mockserver.world.store import INSERTED
from mockserver.world.table import Table

if TYPE_CHECKING:
    from mockserver.inference.model import Model
    from mockserver.inference.plans import Inference
    from mockserver.inference.tallies import Tallies

Values = Mapping[Key, Any]
Origin = Callable[[], str]
Handler = Callable[[World, Values, Origin], Answered]


FORM = 64
"""Characters of a body in which the first field of a form has its sign."""
OWNER: Key = ("header", "$owner")
"""The account that asks, among the values of a request, where records have owners."""
OWNED = "$owner"
"""The name in a query of whose records are shown."""
BY = "$by"
"""The name in a query of what a view shows only."""


@dataclass
class Subject:
    """One operation on one resource: all that its handler needs, worked out before.

    path: the keys of its path values, in order. by: of a view, the field of the item that has the last of them.
    sent: where its body has the fields of the item. replies: its answers, the usual one first.
    """

    inference: Inference
    model: Model
    operation: Operation
    role: Role
    path: tuple[Key, ...]
    by: Pointer | None
    sent: Pointer
    reply: Reply
    made: Reply

    @cached_property
    def through(self) -> int | None:
        """Of an item that is seen through another path, which of its path values the field `by` of the record has."""
        is_item = self.by is not None and len(self.path) > len(self.model.placing.names)
        return len(self.path) - 2 if is_item else None

    @cached_property
    def at_shared(self) -> bool:
        """Whether its path leads to an item that lies where those of other collections do."""
        resource = self.model.resource
        place = self.inference.survey.place(self.operation.operation_id)
        return resource.is_shared and place[: len(resource.place)] != resource.place

    def texts(self, values: Values) -> tuple[str, ...]:
        """The path values of a request that lead to a record, or to records."""
        found = [text_of(self._value(values, each)) for each in self.path]
        if self.at_shared:
            found.insert(-1, parent_in(self.model.resource, found[-1]))
        if self.through is not None:
            del found[self.through]
        return tuple(found)

    @staticmethod
    def _value(values: Values, key: Key) -> Any:
        """A value of the path; of a call, that in its query or body, empty if it has none."""
        if key[0] == "path":
            return values[key]
        body = values.get(BODY)
        return values.get(key, "") if key[0] == "query" else body.get(key[1], "") if isinstance(body, Mapping) else ""

    @cached_property
    def is_call(self) -> bool:
        """Whether its name tells what it does, and its path nothing, see `calls`."""
        return self.operation.operation_id in self.inference.survey.calls

    def table(self, world: World) -> Table:
        return world[self.model.collection]

    def fields(self, values: Values) -> dict[str, Any]:
        """What the request says of the item; its owner is the account that asks."""
        found = self._sent(values)
        if self.model.resource.is_shared and self.role == "create":
            asked = asked_for(self.model.resource, query_of(values))
            if asked is not None:
                found[self.model.resource.whole] = text_of(asked)
        if OWNER in values and self.model.owner is not None:
            put(found, self.model.owner, values[OWNER])
        if self.through is not None and self.by is not None:
            put(found, self.by, self.model.addressing.converter(self.by)(text_of(values[self.path[self.through]])))
        return found

    def _sent(self, values: Values) -> dict[str, Any]:
        body = values.get(BODY)
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        elif isinstance(body, str):
            body = _read(body)
        for name in self.sent:
            body = body.get(name) if isinstance(body, Mapping) else None
        found = self.model.fields_sent(body)
        if self.model.deeper:
            found = self.model.within(body, found)
        if not found and BODY not in values:
            found = self.model.fields_sent({name: value for (where, name), value in values.items() if where == "query"})
        return found

    @cached_property
    def tallies(self) -> Tallies:
        """What its items tell of the records below them."""
        return self.inference.lineage.tallies(self.model)

    def keep(self, world: World, record: Record, fields: Mapping[str, Any]) -> None:
        """Put a record; what the request has sent of the records below it is kept there."""
        self.table(world).put(record)
        if self.tallies.embedded:
            seed = f"{world.seed} {self.model.collection.name} {self.model.collection.key(record)}"
            self.inference.lineage.adopt(world, self.model, record, fields, seed)

    def key_sent(self, values: Values, fields: Mapping[str, Any]) -> Any:
        """The key of the item where the path does not have it: a query parameter of that name, else in the body."""
        field = self.model.key.field
        return None if field is None else values.get(("query", field[-1]), at(fields, field))

    @cached_property
    def owned(self) -> Sequence[Model]:
        """The resource and those above it whose records belong to accounts."""
        found: Model | None = self.model
        models = []
        while found is not None:
            models.append(found)
            found = self.inference.lineage.parent(found.resource)
        return [each for each in models if each.owner is not None]

    def expect_own(self, world: World, values: Values) -> None:
        """A refusal if a record on the path is another account's: it does not exist for this one."""
        texts = tuple(text_of(values[each]) for each in self.path if each in values)
        for model in self.owned:
            of = texts[: len(model.placing.names)]
            record = world[model.collection].get(model.joined(of))
            owner = model.owner
            if record is not None and owner is not None and text_of(at(record, owner)) != values[OWNER]:
                raise self.missing(world, f"{model.one} {'/'.join(of)}")

    def expect_through(self, world: World, values: Values) -> None:
        """A refusal if the record on the path belongs to another than the path says."""
        record = self.table(world).get(self.model.joined(self.texts(values)))
        if record is not None and self.by is not None and self.through is not None:
            text = text_of(values[self.path[self.through]])
            if text_of(at(record, self.by)) != text:
                raise self.missing(world, f"{self.model.one} {'/'.join(self.texts(values))} of {text}")

    def missing(self, world: World, what: str) -> Exception:
        """The refusal of what does not exist; Stateless where the path could name nothing that there is."""
        if self.is_call and not self.inference.tells_not_found(self.operation):
            return Stateless(f"the document has no answer to {self.operation.operation_id} for what does not exist")
        if self._is_nameless:
            return Stateless(f"{self.operation.path} takes no key of {self.model.resource.name}, by its form")
        return self.inference.refusal(world, self.operation, "not_found", f"{what} does not exist")

    @cached_property
    def _is_nameless(self) -> bool:
        return not can_name(self.inference, self.operation)

    def expect(self, world: World, texts: tuple[str, ...]) -> Record:
        """The record at these path values; a refusal if there is none."""
        table = self.table(world)
        found = table.get(self.model.joined(texts))
        if found is None:
            if self.model.resource.kind == "singleton" and not table.following:  # nothing ever was
                raise Stateless(f"no {self.model.one} could be made to begin with")
            raise self.missing(world, f"{self.model.one} {'/'.join(texts)}")
        return found

    def expect_parents(self, world: World, texts: tuple[str, ...]) -> None:
        """A refusal if a path leads below a record that does not exist, where the document tells of one."""
        above = self.inference.lineage.parent(self.model.resource)
        if not self.inference.tells_not_found(self.operation):
            return
        if self.model.resource.is_shared:
            texts = texts[: self.model.resource.parents]
            above = self.inference.lineage.named(self.model.resource, texts[-1])
            texts = texts if above is None else (*texts[:-1], parent_in(above.resource, texts[-1]), texts[-1])
        if above is None:
            return
        count = len(above.placing.names)
        if world[above.collection].get(above.joined(texts[:count])) is None:
            raise self.missing(world, f"{above.one} {'/'.join(texts[:count])}")

    def parents(self, world: World, fields: Mapping[str, Any], texts: tuple[str, ...]) -> tuple[str, ...]:
        """The path values above a new record: those of the path, then as the body has them, or as the first record."""
        model = self.model
        missing = model.placing.fields[len(texts) : model.resource.parents]
        if not missing:
            return texts
        first = self.table(world).slice(INSERTED, limit=1)
        known = model.placing.values(first[0]) if first else ("1",) * model.resource.parents
        place = self.inference.survey.place(self.operation.operation_id)
        found = [
            text_of(at(fields, field) or self.inference.lineage.caller(world, place[:-1], field)) if field else ""
            for field in missing
        ]
        return (*texts, *(own or other for own, other in zip(found, known[len(texts) :], strict=False)))

    def records(self, world: World, texts: tuple[str, ...]) -> list[Record]:
        """The records below these path values."""
        table = self.table(world)
        if self.by is not None:
            parents = texts[: self.model.resource.parents]
            return [
                each
                for each in (table.slice(WITHIN, parents) if parents else table)
                if text_of(at(each, self.by)) == texts[-1]
            ]
        return table.slice(WITHIN, texts) if texts else list(table)

    @cached_property
    def tells_key(self) -> bool:
        """Whether the answer to a creation has the key of what was created."""
        return self.made.view is not None and self.made.view.tells_key

    def told(self, answered: Answered, record: Record, origin: Origin) -> Answered:
        """The answer to a creation; a `Location` says where the record is if the body does not (RFC 9110, 15.3.2)."""
        payload, status, headers = answered
        if self.made.is_key(payload):
            return self.made.key_of(record, payload), status, headers
        if self.tells_key or any(name.lower() == "location" for name in headers):
            return answered
        return payload, status, {**headers, "Location": self.location(record, origin)}

    def location(self, record: Record, origin: Origin) -> str:
        """The URL of a record."""
        return f"{origin()}{self.inference.item_path(self.model, record)}"


def _read(body: str) -> Any:
    """What a body says whose media type nobody knows: JSON, or the fields of a form; itself if it is neither."""
    try:
        if body[:1] == "{":
            value, flaw = read_json(body.encode())
            return value if flaw is None else body
        return dict(parse_qsl(body, strict_parsing=True)) if "=" in body[:FORM] else body
    except ValueError:
        return body


def query_of(values: Values) -> dict[str, Any]:
    return {name: value for (where, name), value in values.items() if where == "query"}


def own_path(operation: Operation, values: Values) -> str:
    """The path of a request, from its values."""
    path = bare(operation.path)
    for (where, name), value in values.items():
        if where == "path":
            path = path.replace(f"{{{name}}}", encoded(text_of(value)))
    return path
