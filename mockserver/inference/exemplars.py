"""Examples of items in a document: in the answers that have one or list several, and in the bodies that create them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from mockserver.errors import DocumentError
from mockserver.inference.records import at
from mockserver.inference.representation import success

if TYPE_CHECKING:
    from mockserver.inference.model import Model

FURTHER = 2
"""Segments behind a collection in which an operation concerns its items."""
MOST = 20
"""Examples of one resource that are taken."""


def items_in_examples(model: Model) -> list[Mapping[str, Any]]:
    """Valid items in the examples of answers: of the list first, then of one item, then of what a creation answers."""
    found: list[Mapping[str, Any]] = []
    for item in _all(model):
        if item not in found and model.judge.accepts(item):
            found.append(item)
        if len(found) == MOST:
            break
    return found


def _all(model: Model) -> Iterator[Mapping[str, Any]]:
    for method, at_item in (("GET", False), ("GET", True), ("POST", False), ("PUT", True), ("PATCH", True)):
        try:
            operation = model.operation(method, at_item)
            media = None if operation is None else success(operation)
            if media is None:
                continue
            for example in media.examples.values():
                yield from _of(model, media.schema, example, listed=method == "GET" and not at_item)
            for example in model.looks.shape(media.schema).examples:
                yield from _of(model, media.schema, example, listed=method == "GET" and not at_item)
        except (DocumentError, TypeError, AttributeError, KeyError):  # of a wrong type, which `check` tells
            continue
    yield from (each for each in model.looks.shape(model.item.schema).examples if isinstance(each, Mapping))
    yield from _beside(model)


def _beside(model: Model) -> Iterator[Mapping[str, Any]]:
    """The examples of what goes on from a collection or its item and answers an item: creations elsewhere, actions."""
    resource, survey = model.resource, model.survey
    views = set(survey.views(resource))
    for place, methods in survey.at.items():
        goes_on = place[: len(resource.place)] == resource.place and len(place) <= len(resource.place) + FURTHER
        if place in (resource.place, resource.item) or not (goes_on or place in views):
            continue
        for described in methods.values():
            try:
                media = success(model.contract.operation(described.operation_id))
            except DocumentError:
                continue
            if media is not None and model.looks.identity(media.schema) == model.item.identity:
                yield from (each for each in media.examples.values() if isinstance(each, Mapping))


def _of(model: Model, schema: Any, example: Any, *, listed: bool) -> Iterator[Mapping[str, Any]]:
    if listed and model.resource.kind == "collection":
        envelope = model.representing.envelope(model.item, schema)
        if envelope is None or envelope.scalar:
            return
        items = _inside(example, envelope.items)
        for each in items if isinstance(items, list) else ():
            item = _inside(each, envelope.element)
            if isinstance(item, Mapping):
                yield item
        return
    place = model.representing.place(model.item, schema)
    item = None if place is None else _inside(example, place)
    if isinstance(item, Mapping):
        yield item


def items_sent(model: Model) -> Iterator[Mapping[str, Any]]:
    """Items in the examples of bodies that create one."""
    for method, at_item in (("POST", False), ("PUT", True)):
        try:
            operation = model.operation(method, at_item)
            if operation is None or operation.body is None:
                continue
            media = operation.body.media[0]
            place = model.representing.sent(model.item, media.schema)
            for example in media.examples.values():
                item = _inside(example, place) if media.accepts(example) else None
                if isinstance(item, Mapping):
                    yield item
        except (DocumentError, TypeError, AttributeError, KeyError):  # of a wrong type, which `check` tells
            continue


def _inside(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def keys_answered(model: Model) -> Iterator[Any]:
    """The keys of what the examples of answers show: what a path leads to, or lists, when a client begins."""
    field = model.key.field
    for method, at_item in (("GET", False), ("GET", True)) if field is not None else ():
        try:
            operation = model.operation(method, at_item)
            media = None if operation is None else success(operation)
            for example in () if media is None else media.examples.values():
                items = _of(model, media.schema if media else {}, example, listed=not at_item)
                yield from (at(each, field or ()) for each in items)
        except (DocumentError, TypeError, AttributeError, KeyError):  # of a wrong type, which `check` tells
            continue


def keys_in_examples(model: Model) -> Iterator[Any]:
    """The keys that clients choose in the document's examples of creating one; they are to be free."""
    field = model.key.field
    if field is None:
        return
    yield from (at(item, field) for item in items_sent(model))
    for method, at_item in (("POST", False), ("PUT", True)):
        operation = model.operation(method, at_item)
        if operation is not None and operation.body is not None:
            schema = operation.body.media[0].schema
            sent = model.representing.sent(model.item, schema)
            if model.key.chooser == "client":  # the example of what is sent is one of creating it, too
                wholes = model.looks.shape(model.looks.inner(schema, sent)).examples
                yield from (at(each, field) for each in wholes if isinstance(each, Mapping))
            inner = model.looks.inner(schema, (*sent, *field))
            yield from model.looks.shape(inner).examples
