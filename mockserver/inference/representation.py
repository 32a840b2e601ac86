"""Representation: the item's schema, and where bodies have the item or the list of items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.media import Media
from mockserver.contract.operation import Described, Operation
from mockserver.contract.pointers import path_of
from mockserver.contract.success import answered
from mockserver.inference.looks import Looks, Pointer
from mockserver.inference.paths import names_of, one_of, spelled, steps_of
from mockserver.inference.resource import Resource
from mockserver.inference.resources import Survey
from mockserver.inference.vocabulary import ENVELOPE, LISTS

WRAPPERS = (
    "data",
    "result",
    "results",
    "item",
    "response",
    "payload",
    "body",
    "object",
    "resource",
    "entity",
    "record",
)
"""Names of the property that an item stands in."""

DEEPEST_SENT = 2
"""Wrappers within one another of a request's item."""

BESIDE = 3
"""Properties that an answer has at most, for the one that is called like its resource to be the item."""
SHARED = 0.5
"""Share of an object's properties that an item must have, for the object to be the item."""


@dataclass(frozen=True)
class Representation:
    """The item: its schema, where the answer that it was found in has it, and why."""

    schema: Any
    identity: Any
    fields: frozenset[str]
    reason: str


@dataclass(frozen=True)
class Envelope:
    """The answer of a list: where its list is, and where an element has the item. `scalar`: elements are keys."""

    items: Pointer
    element: Pointer
    scalar: bool
    reason: str


def success(operation: Operation) -> Media | None:
    """The media type of the body of the answer to a request that succeeds; None if it has no body."""
    media = answered(operation).media
    return media[0] if media else None


class Representing:
    """Finds the items of a resource in bodies."""

    def __init__(self, survey: Survey, resource: Resource) -> None:
        self._survey = survey
        self._looks: Looks = survey.looks
        self._resource = resource
        self._one = resource.one

    def item(self) -> Representation | None:
        """The item's schema, from the first operation that has it; None if none does."""
        found = [each for pair in self._candidates() if (each := self._represented(*pair)) is not None]
        # the first may be an object of which nothing is said, where another operation says what it has
        return next((each for each in found if each.fields), found[0] if found else None)

    def _represented(self, what: str, schema: Any) -> Representation | None:
        if schema is None or not self._looks.is_object(schema):
            return None
        path = self.wrapper(schema)
        inner = self._looks.inner(schema, path)
        told = f"{what}, in `{'.'.join(path)}`" if path else what
        fields = frozenset(self._looks.properties(inner))
        return Representation(inner, self._looks.identity(inner), fields, f"the item is {told}")

    def _candidates(self) -> Iterator[tuple[str, Any]]:
        survey, looks, place = self._survey, self._looks, self._resource.place
        at_item, at_list = survey.at_item(self._resource), survey.operations(place)
        if self._lists_within(at_item.get("GET")):
            yield from self._listed(at_list)
        for method in ("GET", "PUT", "PATCH"):
            if method in at_item:
                yield f"what {method} {at_item[method].path} answers", _of_first(looks, looks.answer(at_item[method]))
        yield from self._listed(at_list)
        if "POST" in at_list:
            yield f"what POST {at_list['POST'].path} answers", looks.answer(at_list["POST"])
            yield f"what POST {at_list['POST'].path} takes", looks.sent(at_list["POST"])
        for method in ("PUT", "PATCH"):
            if method in at_item:
                yield f"what {method} {at_item[method].path} takes", looks.sent(at_item[method])

    def _lists_within(self, read: Described | None) -> bool:
        """Whether what GET on an item answers is the envelope of a list, so that it is not the item."""
        answer = None if read is None else self._looks.answer(read)
        path = self._survey.list_in(answer)
        return bool(path) and len(path or ()) == 1 and not self._has_key(self._looks.properties(answer))

    def _listed(self, at_list: Mapping[str, Described]) -> Iterator[tuple[str, Any]]:
        """What the list of the collection has."""
        if "GET" in at_list and self._resource.kind == "collection":
            schema = self._looks.answer(at_list["GET"])
            path = self._survey.list_in(schema)
            if path is not None:
                yield f"what GET {at_list['GET'].path} lists", self._looks.items(self._looks.inner(schema, path))

    def wrapper(self, schema: Any) -> Pointer:
        """The path to the item in an object that may be only its wrapper; empty if it is the item itself."""
        properties = self._looks.properties(schema)
        names = set(map(spelled, properties))
        if self._has_key(properties):
            return ()
        objects = [name for name, each in properties.items() if self._is_single(each)]
        called = (self._one, *self.key_names())
        named = [name for name in objects if spelled(name) in (*called, *WRAPPERS)]
        rest = names - ENVELOPE - set(WRAPPERS)
        chosen = sorted(named, key=lambda each: spelled(each) != self._one)
        if not chosen and len(objects) == 1 and len(properties) == 1:
            chosen = objects
        for name in chosen:
            inner = properties[name]
            is_named = spelled(name) in called and len(properties) <= BESIDE
            if is_named or len(rest - {spelled(name)}) == 0 or self._has_key(self._looks.properties(inner)):
                return (name, *self.wrapper(inner)) if spelled(name) in WRAPPERS else (name,)
        return ()

    def _is_single(self, schema: Any) -> bool:
        return "array" not in self._looks.kinds(schema) and bool(self._looks.properties(schema))

    def _has_key(self, properties: Any) -> bool:
        names = {spelled(name) for name, each in properties.items() if not self._is_single(each)}
        wanted = {"id", "uuid", "sid", "guid", *self.key_names()}
        # a path parameter may be called `number` or `status`, which tells of a list where it stands around one
        return bool(names & (wanted - ENVELOPE | {"id"}))

    def key_names(self) -> tuple[str, ...]:
        """The path parameter of the item, normalized, if no field of the item has that name."""
        item = self._resource.item
        described = next(iter(self._survey.operations(item).values()), None)
        if described is None or self._resource.kind == "singleton":
            return ()
        names = names_of(steps_of(described.path))
        return (spelled(names[-1]),) if names else ()

    def place(self, item: Representation, schema: Any) -> Pointer | None:
        """Where a body has the item; None if it does not have it."""
        if schema is None or not self._looks.is_object(schema):
            return None
        if self._is(item, schema):
            return ()
        path = self.wrapper(schema)  # which may be called as a field of the item is: the `certificate` of a certificate
        if path and self._alike(item, self._looks.inner(schema, path)):
            return path
        if set(self._looks.properties(schema)) <= item.fields:
            return ()
        return next(self._places(item, schema), None)

    def _places(self, item: Representation, schema: Any) -> Iterator[Pointer]:
        """Where an object may have the item: by its schema first, then as its wrapper, then where its fields are."""
        found = [(path, each) for path, each in self._looks.places(schema) if self._is_single(each)]
        yield from (path for path, each in found if self._looks.identity(each) == item.identity)
        path = self.wrapper(schema)
        inner = self._looks.inner(schema, path)
        if path and (self._alike(item, inner) or self._has_key(self._looks.properties(inner))):
            yield path
        if self._alike(item, schema):
            yield ()
        yield from (path for path, each in found if self._alike(item, each))

    def _is(self, item: Representation, schema: Any) -> bool:
        return bool(self._looks.identity(schema) == item.identity)

    def _alike(self, item: Representation, schema: Any) -> bool:
        """Whether an object has the properties of an item, or some of them."""
        fields = set(self._looks.properties(schema))
        common = len(fields & item.fields)
        return bool(fields) and (common >= SHARED * len(fields) or common >= SHARED * len(item.fields)) and common > 1

    def sent(self, item: Representation, schema: Any) -> Pointer:
        """Where a request's body has the fields of an item."""
        if schema is None:
            return ()
        if self._is(item, schema):
            return ()
        own = set(self._looks.properties(schema))
        best: tuple[int, Pointer] = (len(own & item.fields), ())
        for path, each in self._looks.places(schema):
            if self._is_single(each) and len(path) <= DEEPEST_SENT:
                if self._is(item, each):
                    return path
                wraps = spelled(path[-1]) in (self._one, *WRAPPERS)
                common = len(set(self._looks.properties(each)) & item.fields)
                if (wraps or len(own) == 1) and common > best[0]:
                    best = (common, path)
        if not best[0] and len(own) == 1 and own.isdisjoint(item.fields):
            (name,) = own
            return (name,) if self._is_single(self._looks.properties(schema)[name]) else ()
        return best[1]

    def envelope(self, item: Representation | None, schema: Any, declared: str | None = None) -> Envelope | None:
        """Where the answer of a list has its items; None if it has no list. declared: a JSON Pointer to the list."""
        if schema is None:
            return None
        if self._looks.items(schema) is not None:
            return self._listing(item, (), self._looks.items(schema))
        lists = [(path, self._looks.items(each)) for path, each in self._looks.places(schema)]
        lists = [(path, each) for path, each in lists if each is not None]
        if declared:
            lists = [each for each in lists if each[0] == path_of(declared)] or lists
        if not lists:
            return None
        best = min(enumerate(lists), key=lambda each: (*self._rank(item, *each[1]), each[0]))[1]
        return self._listing(item, *best)

    def _rank(self, item: Representation | None, path: Pointer, items: Any) -> tuple[bool, bool, bool, int]:
        name = spelled(path[-1])
        same = item is not None and self._element(item, items) is not None
        return (not same, not self._one or not one_of(path[-1]).endswith(self._one), name not in LISTS, len(path))

    def _listing(self, item: Representation | None, path: Pointer, items: Any) -> Envelope | None:
        where = f"at `{'.'.join(path)}`" if path else "the whole answer"
        element = () if item is None else self._element(item, items)
        if element is not None and self._looks.is_object(items):
            inside = f", each item in `{'.'.join(element)}`" if element else ""
            return Envelope(path, element, False, f"the list is {where}{inside}")
        if self._looks.kinds(items) & {"string", "integer"}:
            return Envelope(path, (), True, f"the list is {where}, of keys")
        if (not path and self._looks.is_object(items)) or not items:
            return Envelope(path, (), False, f"the list is {where}")
        return Envelope(path, (), False, f"the list is {where}, the only one") if self._looks.is_object(items) else None

    def _element(self, item: Representation, items: Any) -> Pointer | None:
        """Where an element of a list has the item."""
        if not self._looks.is_object(items):
            return None
        if self._is(item, items):
            return ()
        for name, each in self._looks.properties(items).items():
            if self._is_single(each) and (self._is(item, each) or spelled(name) == self._one):
                return (name,)
        return () if self._alike(item, items) or self._has_key(self._looks.properties(items)) else None


def _of_first(looks: Looks, schema: Any) -> Any:
    """The schema of an answer, or of its items if it is a list of one."""
    items = None if schema is None else looks.items(schema)
    return schema if items is None else items
