"""Handlers: what each role does to the records of its resource, one closure for each operation.

A handler is given the world, the decoded values of a valid request and the path it came by; it returns body, status and
headers of a documented answer, or raises a refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.contract.operation import BODY
from mockserver.inference.bulk import each_named, several
from mockserver.inference.conditions import named_values
from mockserver.inference.errors import Stateless
from mockserver.inference.pages import Pager
from mockserver.inference.replies import Answered
from mockserver.inference.subject import BY, OWNED, OWNER, Handler, Origin, Subject, Values, own_path, query_of
from mockserver.inference.taking import taking
from mockserver.inference.writing import acting, creating, putting, writing
from mockserver.world import World


def handler_of(subject: Subject, pager: Pager | None) -> Handler:
    """What answers an operation in its role."""
    makers: Mapping[str, Callable[[], Handler]] = {
        "list": lambda: _list(subject, _needed(pager)),
        "search": lambda: _list(subject, _needed(pager)),
        "count": lambda: _count(subject),
        "create": lambda: creating(subject),
        "read": lambda: _read(subject),
        "replace": lambda: writing(subject, whole=True),
        "merge": lambda: _merge(subject),
        "create_or_replace": lambda: putting(subject),
        "delete": lambda: _delete(subject),
        "action": lambda: acting(subject),
        "bulk": lambda: several(subject),
        "singleton_read": lambda: _read(subject),
        "singleton_write": lambda: putting(subject),
        "singleton_delete": lambda: _delete(subject),
    }
    handle = each_named(subject, makers[subject.role]())
    return handle if subject.through is None else _seen_through(subject, handle)


def _merge(subject: Subject) -> Handler:
    described = subject.inference.survey.described(subject.operation.operation_id)
    taken = named_values(subject.model.looks, described) if described.method == "DELETE" else ()
    return taking(subject, taken) if taken else writing(subject, whole=False)


def sharing(subjects: Sequence[Subject]) -> Handler:
    """What answers an operation at a path that leads to items of several collections: by the name in the request.

    Of a name that no record has, its form tells which. One that has the form of none can be put as an item of the
    likeliest, and an action on it has no state.
    """
    handlers = [handler_of(each, None) for each in subjects]
    free = putting(subjects[0]) if subjects[0].operation.method == "PUT" else handlers[0]

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        names = [each.texts(values) for each in subjects]
        kept = (
            number
            for number, (each, texts) in enumerate(zip(subjects, names, strict=True))
            if each.table(world).get(each.model.joined(texts)) is not None
        )
        formed = (number for number, texts in enumerate(names) if texts[-2])
        chosen = next(kept, next(formed, None))
        if chosen is None and subjects[0].role == "action":
            raise Stateless(f"{names[0][-1]} is of no collection that is known")
        return (free if chosen is None else handlers[chosen])(world, values, origin)

    return handle


def _seen_through(subject: Subject, handle: Handler) -> Handler:
    """The same for an item that is reached through another path."""

    def handle_through(world: World, values: Values, origin: Origin) -> Answered:
        subject.expect_through(world, values)
        return handle(world, values, origin)

    return handle_through


def _needed(pager: Pager | None) -> Pager:
    assert pager is not None
    return pager


def _list(subject: Subject, pager: Pager) -> Handler:
    by = subject.by

    def handle(world: World, values: Values, origin: Origin) -> Answered:
        parents = subject.texts(values)
        if parents:
            subject.expect_parents(world, parents)
        query = query_of(values)
        if (subject.role == "search" or subject.is_call) and isinstance(values.get(BODY), Mapping):
            query = {**values[BODY], **query}
        if OWNER in values and subject.model.owner is not None:
            query[OWNED] = values[OWNER]
        if by is not None:
            query[BY] = parents[-1]
            parents = parents[: len(subject.model.placing.names) - 1] if subject.model.resource.parents else ()
        return pager.answer(
            world,
            query,
            parents,
            lambda: f"{origin()}{own_path(subject.operation, values)}",
            lambda record: subject.location(record, origin),
        )

    return handle


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


def _read(subject: Subject) -> Handler:
    def handle(world: World, values: Values, origin: Origin) -> Answered:
        record = subject.expect(world, subject.texts(values))
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle


def _delete(subject: Subject) -> Handler:
    def handle(world: World, values: Values, origin: Origin) -> Answered:
        texts = subject.texts(values)
        record = subject.expect(world, texts)
        subject.inference.lineage.remove(world, subject.model, record)
        return subject.reply.of(world, record, lambda: subject.location(record, origin))

    return handle
