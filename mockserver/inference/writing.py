"""Handlers that write one record: create, replace, merge, create or replace, and actions on an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mockserver.contract.operation import BODY
from mockserver.inference.keys import text_of
from mockserver.inference.patches import malformed, patched
from mockserver.inference.paths import PATH, bare, spelled
from mockserver.inference.records import at, put
from mockserver.inference.replies import Answered
from mockserver.inference.subject import Handler, Origin, Subject, Values
from mockserver.world import Record, World
from mockserver.world.table import Table


def creating(subject: Subject) -> Handler:
    model = subject.model
    saves = spelled(bare(subject.operation.path).rstrip("/").rpartition("/")[2]) in SAVES

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
        subject.keep(world, record, fields)
        return subject.told(reply.of(world, record, lambda: subject.location(record, origin)), record, origin)

    return handle


SAVES = ("save", "upsert")
"""What the path of a creation ends with that changes the record if there is one of its key."""


def created(subject: Subject, world: World, fields: dict[str, Any], parents: tuple[str, ...]) -> dict[str, Any]:
    """A new record below these parents, with a key that is free."""
    model, table = subject.model, subject.table(world)
    if subject.by is not None:
        put(fields, subject.by, model.addressing.converter(subject.by)(parents[-1]))
        parents = parents[: model.resource.parents]
    parents = subject.parents(world, fields, parents)
    key = _new_key(subject, world, table, fields, parents)
    seed = f"{world.seed} {model.collection.name} {model.joined((*parents, text_of(key)))}"
    return model.making.created(world, fields, (*parents, key), seed)


def _new_key(subject: Subject, world: World, table: Table, fields: Mapping[str, Any], parents: tuple[str, ...]) -> Any:
    """The key that the client has chosen, or a new one; a refusal if the client's is taken."""
    model = subject.model
    field = model.key.field

    def taken(key: Any) -> bool:
        return table.get(model.joined((*parents, text_of(model.keyed(parents, key))))) is not None

    own = at(fields, field) if field is not None and field[0] not in model.read_only else ""
    if own not in ("", None) and not isinstance(own, dict | list | bool):
        own = model.keyed(parents, own)
        _give_way(subject, world, (*parents, text_of(own)))
        if not taken(own):
            if model.key.chooser == "client" or model.keys.fits(own):
                return own
        elif model.key.chooser == "client" or "409" in subject.operation.responses:
            what = f"{model.one} {text_of(own)} exists already"
            raise subject.inference.refusal(world, subject.operation, "conflict", what)
    return model.keyed(parents, model.keys.make(world, table.following + model.offset, taken))


def _give_way(subject: Subject, world: World, texts: tuple[str, ...]) -> None:
    """Remove a record that stands for the document's example of what is created, so that this can be created once.

    That is one whose example is one of reading it as well, and which is as it was in the beginning.
    """
    model, table = subject.model, subject.table(world)
    begin, key = model.collection.begin, model.joined(texts)
    if begin is None or not (texts[-1] in model.examples_to_create and texts[-1] in model.examples_to_read):
        return
    given = model.resource.name in subject.inference.fixtures or model.declared().seeds is not None
    begun, record = begin().rows.get(key), table.get(key)
    if not given and record is not None and begun == (table.sequence(key), record):
        subject.inference.lineage.remove(world, model, record)


def writing(subject: Subject, *, whole: bool) -> Handler:
    """Replace, or merge; by the key in the body where the path has none, and PUT then creates what is not there."""
    model = subject.model
    creates = whole and not subject.inference.tells_not_found(subject.operation)

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts, fields = subject.texts(values), subject.fields(values)
        if len(texts) < len(model.placing.names):
            own = subject.key_sent(values, fields)
            if creates and subject.table(world).get(model.joined((*texts, text_of(own)))) is None:
                record = created(subject, world, fields, texts)
                subject.keep(world, record, fields)
                return subject.made.of(world, record, lambda: subject.location(record, origin))
            texts = (*texts, text_of(own))
        before = subject.expect(world, texts)
        after = changed(subject, world, values, before, fields, texts, whole=whole)
        subject.keep(world, after, fields)
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
    if subject.tallies:
        before = subject.tallies.shown(world, before)
    if not whole and isinstance(body, list) and all(isinstance(each, Mapping) and "op" in each for each in body):
        wrong = malformed(body)
        if wrong is not None:
            raise subject.inference.refusal(world, subject.operation, "invalid", wrong)
        item, flaw = patched(model.bare(before), body)
        if flaw is not None:
            raise subject.inference.refusal(world, subject.operation, "conflict", flaw)
        after = model.fields_sent(item)
        fields.update(after)
    elif whole:  # a body that has none of the item's fields, such as a file, replaces none
        after = {**model.making.defaults(fields), **fields} if fields or not body else dict(before)
    else:
        after = model.making.merged(before, fields, nulls=subject.inference.keeps_nulls(subject.operation))
    after.pop(PATH, None)
    if PATH in before:
        after[PATH] = before[PATH]
    seed = f"{world.seed} {model.collection.name} {model.joined(texts) if texts else ''}"
    return model.making.changed(world, before, after, texts, seed)


def putting(subject: Subject) -> Handler:
    """Create or replace: PUT where it makes the record; PATCH, and POST where it alone writes, merge into one."""
    model, method = subject.model, subject.operation.method
    adds = method == "POST" and subject.role == "create_or_replace" and not model.at_item.keys() & {"PUT", "PATCH"}
    is_whole = method != "PATCH" and not adds

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts, fields = subject.texts(values), subject.fields(values)
        table = subject.table(world)
        before = table.get(model.joined(texts))
        if before is None:
            subject.expect_parents(world, texts)
            seed = f"{world.seed} {model.collection.name} {model.joined(texts) if texts else ''}"
            record = model.making.created(world, fields, texts, seed)
            reply = subject.made
        else:
            record = changed(subject, world, values, before, fields, texts, whole=is_whole)
            reply = subject.reply
        subject.keep(world, record, fields)
        return reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def acting(subject: Subject) -> Handler:
    """An action on an item: the fields that are sent are merged, and a status that is named like the action is set."""
    model = subject.model
    steps = [each for each in bare(subject.operation.path).rstrip("/").replace(":", "/").split("/") if each]
    word = spelled(steps[-1]) if steps and "{" not in steps[-1] else ""
    states = model.making.states(word) if subject.operation.method != "GET" else {}
    number = len(model.placing.names)

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts = subject.texts(values)[:number]
        record = subject.expect(world, texts)
        if subject.operation.method != "GET":
            fields = {**subject.fields(values), **states}
            fields = {name: each for name, each in fields.items() if name not in model.read_only or name in states}
            if fields:
                after = model.making.merged(record, fields, nulls=True)
                if model.judge.accepts(model.bare(after)):
                    for name, write in model.making.filling.updated.items():
                        after[name] = write(world.now())
                    model.placing.put(after, texts, model.addressing.converters)
                    record = after
                    subject.table(world).put(record)
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle
