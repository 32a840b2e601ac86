"""Handlers: what each role does to the records of its resource, one closure for each operation.

A handler is given the world, the decoded values of a valid request and the path it came by; it returns body, status and
headers of a documented answer, or raises a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.contract.operation import BODY, Key, Operation
from mockserver.inference.declared import Role
from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.pages import Pager
from mockserver.inference.patches import patched
from mockserver.inference.paths import spelled
from mockserver.inference.records import PATH, WITHIN, at, put
from mockserver.inference.replies import Answered, Reply
from mockserver.world import Record, World
from mockserver.world.store import Table

if TYPE_CHECKING:
    from mockserver.inference.model import Model
    from mockserver.inference.plans import Inference

Values = Mapping[Key, Any]
Origin = Callable[[], str]
Handler = Callable[[World, Values, Origin], Answered]


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
    by: str | None
    sent: Pointer
    reply: Reply
    made: Reply

    def texts(self, values: Values) -> tuple[str, ...]:
        """The path values of a request."""
        return tuple([text_of(values[each]) for each in self.path])

    def table(self, world: World) -> Table:
        return world[self.model.collection]

    def fields(self, values: Values) -> dict[str, Any]:
        """What the request says of the item; its owner is the account that asks."""
        found = self._sent(values)
        if OWNER in values and self.model.owner is not None:
            put(found, self.model.owner, values[OWNER])
        return found

    def _sent(self, values: Values) -> dict[str, Any]:
        body = values.get(BODY)
        if isinstance(body, list) and len(body) == 1:
            body = body[0]
        for name in self.sent:
            body = body.get(name) if isinstance(body, Mapping) else None
        found = self.model.fields_sent(body)
        if not found and BODY not in values:
            found = self.model.fields_sent({name: value for (where, name), value in values.items() if where == "query"})
        return found

    def expect_own(self, world: World, values: Values) -> None:
        """A refusal if the record at the path is another account's: it does not exist for this one."""
        texts = tuple(text_of(values[each]) for each in self.path[: len(self.model.placing.names)] if each in values)
        record = self.table(world).get(self.model.joined(texts))
        owner = self.model.owner
        if record is not None and owner is not None and text_of(at(record, owner)) != values[OWNER]:
            raise self.missing(world, f"{self.model.one} {'/'.join(texts)}")

    def missing(self, world: World, what: str) -> Exception:
        return self.inference.refusal(world, self.operation, "not_found", f"{what} does not exist")

    def expect(self, world: World, texts: tuple[str, ...]) -> Record:
        """The record at these path values; a refusal if there is none."""
        found = self.table(world).get(self.model.joined(texts))
        if found is None:
            raise self.missing(world, f"{self.model.one} {'/'.join(texts)}")
        return found

    def expect_parents(self, world: World, texts: tuple[str, ...]) -> None:
        """A refusal if a path leads below a record that does not exist, where the document tells of one."""
        above = self.inference.parent(self.model.resource)
        if above is None or not self.inference.tells_not_found(self.operation):
            return
        count = len(above.placing.names)
        if world[above.collection].get(above.joined(texts[:count])) is None:
            raise self.missing(world, f"{above.one} {'/'.join(texts[:count])}")

    def records(self, world: World, texts: tuple[str, ...]) -> list[Record]:
        """The records below these path values."""
        table = self.table(world)
        if self.by is not None:
            return [each for each in table if text_of(each.get(self.by, "")) == texts[-1]]
        return table.slice(WITHIN, texts) if texts else list(table)

    def location(self, record: Record, origin: Origin) -> str:
        """The URL of a record."""
        return f"{origin()}{self.inference.item_path(self.model, record)}"


def handler_of(subject: Subject, pager: Pager | None) -> Handler:
    """What answers an operation in its role."""
    makers: Mapping[str, Callable[[], Handler]] = {
        "list": lambda: _list(subject, _needed(pager)),
        "search": lambda: _list(subject, _needed(pager)),
        "count": lambda: _count(subject),
        "create": lambda: _create(subject),
        "read": lambda: _read(subject),
        "replace": lambda: _write(subject, whole=True),
        "merge": lambda: _write(subject, whole=False),
        "create_or_replace": lambda: _put(subject),
        "delete": lambda: _delete(subject),
        "action": lambda: _act(subject),
        "bulk": lambda: _bulk(subject),
        "singleton_read": lambda: _read(subject),
        "singleton_write": lambda: _put(subject),
        "singleton_delete": lambda: _delete(subject),
    }
    return makers[subject.role]()


def _needed(pager: Pager | None) -> Pager:
    assert pager is not None
    return pager


def _query(values: Values) -> dict[str, Any]:
    return {name: value for (where, name), value in values.items() if where == "query"}


def own_path(operation: Operation, values: Values) -> str:
    """The path of a request, from its values."""
    path = operation.path
    for (where, name), value in values.items():
        if where == "path":
            path = path.replace(f"{{{name}}}", quote(text_of(value), safe=""))
    return path


def _list(subject: Subject, pager: Pager) -> Handler:
    by = subject.by

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        parents = subject.texts(values)
        if parents:
            subject.expect_parents(world, parents)
        query = _query(values)
        if subject.role == "search" and isinstance(values.get(BODY), Mapping):
            query = {**values[BODY], **query}
        if OWNER in values:
            query[OWNED] = values[OWNER]
        if by is not None:
            query[BY] = parents[-1]
            parents = parents[: len(subject.model.placing.names) - 1] if subject.model.resource.parents else ()
        return pager.answer(world, query, parents, lambda: f"{origin()}{own_path(subject.operation, values)}")

    return handle


OWNER: Key = ("header", "$owner")
"""The account that asks, among the values of a request, where records have owners."""
OWNED = "$owner"
"""The name in a query of whose records are shown."""
BY = "$by"
"""The name in a query of what a view shows only."""


def _count(subject: Subject) -> Handler:
    def handle(world: World, values: Values, origin: Origin) -> Answered:
        del origin
        parents = subject.texts(values)
        table = subject.table(world)
        number = len(subject.records(world, parents)) if parents else len(table)
        payload = subject.reply.skeleton(world)
        if isinstance(payload, Mapping):
            payload = {name: number if _is_number(each) else each for name, each in payload.items()}
        elif _is_number(payload):
            payload = number
        return payload, subject.reply.status, subject.reply.headers(world)

    return handle


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _create(subject: Subject) -> Handler:
    model = subject.model
    saves = spelled(subject.operation.path.rstrip("/").rpartition("/")[2]) in SAVES

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        parents = subject.texts(values)
        if parents:
            subject.expect_parents(world, parents)
        fields = subject.fields(values)
        own = "" if not saves or model.key.field is None else text_of(at(fields, model.key.field) or "")
        before = subject.table(world).get(model.joined((*parents, own))) if own else None
        if before is None:
            record, reply = created(subject, world, fields, parents), subject.made
        else:
            record, reply = changed(subject, world, {}, before, fields, (*parents, own), whole=False), subject.reply
        subject.table(world).put(record)
        return reply.of(world, record, lambda: subject.location(record, origin))

    return handle


SAVES = ("save", "upsert")
"""What the path of a creation ends with that changes the record if there is one of its key."""


def created(subject: Subject, world: World, fields: dict[str, Any], parents: tuple[str, ...]) -> dict[str, Any]:
    """A new record below these parents, with a key that is free."""
    model, table = subject.model, subject.table(world)
    if subject.by is not None:
        fields[subject.by] = model.converted(subject.by, parents[-1])
        parents = parents[: model.resource.parents]
    key = _new_key(subject, world, table, fields, parents)
    return model.created(world, fields, (*parents, key), f"{world.seed} {model.collection.name} {text_of(key)}")


def _new_key(subject: Subject, world: World, table: Table, fields: Mapping[str, Any], parents: tuple[str, ...]) -> Any:
    """The key that the client has chosen, or a new one; a refusal if the client's is taken."""
    model = subject.model
    field = model.key.field

    def taken(key: Any) -> bool:
        return table.get(model.joined((*parents, text_of(key)))) is not None

    own = at(fields, field) if field is not None and field[0] not in model.read_only else ""
    if own not in ("", None) and not isinstance(own, dict | list | bool):
        if not taken(own):
            if model.key.chooser == "client" or model.keys.fits(own):
                return own
        elif model.key.chooser == "client" or "409" in subject.operation.responses:
            what = f"{model.one} {text_of(own)} exists already"
            raise subject.inference.refusal(world, subject.operation, "conflict", what)
    return model.keys.make(world, table.following + model.offset, taken)


def _read(subject: Subject) -> Handler:
    def handle(world: World, values: Values, origin: Origin) -> Answered:
        record = subject.expect(world, subject.texts(values))
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _write(subject: Subject, *, whole: bool) -> Handler:
    """Replace, or merge; by the key in the body where the path has none, and PUT then creates what is not there."""
    model = subject.model
    creates = whole and not subject.inference.tells_not_found(subject.operation)

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts, fields = subject.texts(values), subject.fields(values)
        if len(texts) < len(model.placing.names):
            own = None if model.key.field is None else at(fields, model.key.field)
            if creates and subject.table(world).get(model.joined((*texts, text_of(own)))) is None:
                record = created(subject, world, fields, texts)
                subject.table(world).put(record)
                return subject.made.of(world, record, lambda: subject.location(record, origin))
            texts = (*texts, text_of(own))
        before = subject.expect(world, texts)
        after = changed(subject, world, values, before, fields, texts, whole=whole)
        subject.table(world).put(after)
        return subject.reply.of(world, after, lambda: subject.location(after, origin))

    return handle


def changed(
    subject: Subject,
    world: World,
    values: Values,
    before: Record,
    fields: dict[str, Any],
    texts: Sequence[str],
    *,
    whole: bool,
) -> dict[str, Any]:
    """The record that a request makes of another."""
    model, body = subject.model, values.get(BODY)
    if not whole and isinstance(body, list) and all(isinstance(each, Mapping) and "op" in each for each in body):
        item, flaw = patched(model.bare(before), body)
        if flaw is not None:
            raise subject.inference.refusal(world, subject.operation, "invalid", flaw)
        after = model.fields_sent(item)
    elif whole:
        after = dict(fields)
    else:
        after = model.merged(before, fields, nulls=subject.inference.keeps_nulls(subject.operation))
    after.pop(PATH, None)
    seed = f"{world.seed} {model.collection.name} {texts[-1] if texts else ''}"
    return model.changed(world, before, after, texts, seed)


def _put(subject: Subject) -> Handler:
    """Create or replace: PUT where it makes the record."""
    model = subject.model

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts, fields = subject.texts(values), subject.fields(values)
        table = subject.table(world)
        before = table.get(model.joined(texts))
        if before is None:
            subject.expect_parents(world, texts)
            seed = f"{world.seed} {model.collection.name} {texts[-1] if texts else ''}"
            record = model.created(world, fields, texts, seed)
            reply = subject.made
        else:
            is_whole = subject.operation.method != "PATCH"
            record = changed(subject, world, values, before, fields, texts, whole=is_whole)
            reply = subject.reply
        table.put(record)
        return reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _delete(subject: Subject) -> Handler:
    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts = subject.texts(values)
        record = subject.expect(world, texts)
        subject.inference.remove(world, subject.model, record)
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _act(subject: Subject) -> Handler:
    """An action on an item: the fields that are sent are merged, and a status that is named like the action is set."""
    model = subject.model
    steps = [each for each in subject.operation.path.rstrip("/").replace(":", "/").split("/") if each]
    word = spelled(steps[-1]) if steps and "{" not in steps[-1] else ""
    states = model.states(word) if subject.operation.method != "GET" else {}
    number = len(model.placing.names)

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts = subject.texts(values)[:number]
        record = subject.expect(world, texts)
        if subject.operation.method != "GET":
            fields = {**subject.fields(values), **states}
            fields = {name: each for name, each in fields.items() if name not in model.read_only or name in states}
            if fields:
                after = model.merged(record, fields, nulls=True)
                if model.judge.accepts(model.bare(after)):
                    for name, write in model.filling.updated.items():
                        after[name] = write(world.now())
                    model.placing.put(after, texts, model.converters)
                    record = after
                    subject.table(world).put(record)
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _bulk(subject: Subject) -> Handler:
    """Each item of the body as if it came alone; DELETE removes the items that the parameters choose."""
    model = subject.model

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        del origin
        parents = subject.texts(values)
        table = subject.table(world)
        if parents:
            subject.expect_parents(world, parents)
        if subject.operation.method == "DELETE":
            return _swept(subject, world, values, parents)
        body = values.get(BODY)
        records = []
        for each in body if isinstance(body, list) else ():
            fields = model.fields_sent(each)
            own = None if model.key.field is None else text_of(at(fields, model.key.field))
            before = table.get(model.joined((*parents, own))) if own else None
            if before is not None and subject.operation.method in ("PUT", "PATCH"):
                whole = subject.operation.method == "PUT"
                record = changed(subject, world, {}, before, fields, (*parents, own or ""), whole=whole)
            else:
                record = created(subject, world, fields, parents)
            table.put(record)
            records.append(record)
        return subject.inference.listed(world, subject, records)

    return handle


def _swept(subject: Subject, world: World, values: Values, parents: tuple[str, ...]) -> Answered:
    filters = subject.inference.filters(subject.model, subject.operation)
    chosen = filters.applied(subject.records(world, parents), _query(values))
    body = values.get(BODY)
    if body is not None:
        wanted = set(_texts(body))
        chosen = [each for each in chosen if subject.model.placing.values(each)[-1] in wanted]
    for record in chosen:
        subject.inference.remove(world, subject.model, record)
    return subject.inference.listed(world, subject, chosen)


def _texts(value: Any) -> list[str]:
    """The texts of all scalars in a body: the keys that it may name."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [] if value is None else [text_of(value)]
