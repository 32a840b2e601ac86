"""Handlers that write several records at once: a body that lists items, and DELETE on a collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.contract.operation import BODY
from mockserver.inference.keys import text_of
from mockserver.inference.records import at
from mockserver.inference.replies import Answered
from mockserver.inference.subject import Handler, Origin, Subject, Values, query_of
from mockserver.inference.writing import changed, created
from mockserver.world import World

ON_ITEMS = ("read", "merge", "replace", "delete", "action")
"""Roles of operations whose path names items."""


def several(subject: Subject) -> Handler:
    """Each item of the body as if it came alone, or one that does; DELETE removes those that the parameters choose."""
    model = subject.model
    media = subject.operation.body.media[:1] if subject.operation.body is not None else ()
    envelope = model.representing.envelope(model.item, media[0].schema) if media else None
    place = () if envelope is None else envelope.items

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        parents = subject.texts(values)
        table = subject.table(world)
        if parents:
            subject.expect_parents(world, parents)
        if subject.operation.method == "DELETE":
            return _swept(subject, world, values, parents)
        body = at(values.get(BODY), place)
        is_alone = isinstance(body, Mapping)  # where a body may be one or several
        records = []
        for each in body if isinstance(body, list) else [body] if is_alone else ():
            fields = model.fields_sent(each)
            own = None if model.key.field is None else text_of(at(fields, model.key.field))
            before = table.get(model.joined((*parents, own))) if own else None
            if before is not None and subject.operation.method in ("PUT", "PATCH"):
                whole = subject.operation.method == "PUT"
                record = changed(subject, world, {}, before, fields, (*parents, own or ""), whole=whole)
            else:
                record = created(subject, world, fields, parents)
            subject.keep(world, record, fields)
            records.append(record)
        if is_alone:
            record = records[0]
            return subject.told(
                subject.made.of(world, record, lambda: subject.location(record, origin)), record, origin
            )
        return subject.inference.listed(world, subject, records)

    return handle


def each_named(subject: Subject, handle: Handler) -> Handler:
    """The same for a path that names several items, as `/apps/7,8`: all of them, or none if one is not there."""
    model, place = subject.model, len(subject.model.placing.names) - 1
    if subject.role not in ON_ITEMS or len(subject.path) <= place or not subject.path:
        return handle
    key = subject.path[place]

    def handle_each(world: World, values: Values, origin: Origin) -> Answered:
        given = values.get(key)
        if not isinstance(given, list) or len(given) <= 1:
            return handle(world, values, origin)
        every = ({**values, key: each} for each in given)
        found = {subject.texts(one)[: place + 1]: one for one in every}  # one that is named twice is deleted once
        records = [subject.table(world).get(model.joined(texts)) for texts in found]
        missing = next((one for one, record in zip(found.values(), records, strict=True) if record is None), None)
        if missing is not None:
            return handle(world, missing, origin)
        for one in found.values():
            handle(world, one, origin)
        kept = [subject.table(world).get(model.joined(texts)) for texts in found]
        shown = [after or before for after, before in zip(kept, records, strict=True)]
        return subject.inference.listed(world, subject, [each for each in shown if each is not None])

    return handle_each


def _swept(subject: Subject, world: World, values: Values, parents: tuple[str, ...]) -> Answered:
    filters = subject.inference.filters(subject.model, subject.operation)
    chosen = filters.applied(subject.records(world, parents), query_of(values))
    body = values.get(BODY)
    if body is not None:  # of whatever form: the keys to delete are somewhere in it
        wanted = set(_texts(body))
        chosen = [each for each in chosen if subject.model.placing.values(each)[-1] in wanted]
    for record in chosen:
        subject.inference.lineage.remove(world, subject.model, record)
    return subject.inference.listed(world, subject, chosen)


def _texts(value: Any) -> list[str]:
    """The texts of all scalars in a body: the keys that it may name."""
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [] if value is None else [text_of(value)]
