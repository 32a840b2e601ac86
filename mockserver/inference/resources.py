"""Resources: a document's path templates as a tree, and what in it is a collection, its item, or one thing alone.

`C` and `C/{x}` are a collection and its item. The values in the path before `C` are the record's parents, and part of
its key. Only paths, and where they leave it open the written schemas, are looked at; nothing is compiled.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

from mockserver.contract.contract import Contract
from mockserver.contract.operation import Described
from mockserver.contract.routing import split_template
from mockserver.errors import DocumentError
from mockserver.inference.behind import creation, item_behind, place_of_kind
from mockserver.inference.calls import calls_of
from mockserver.inference.conditions import conditional_steps
from mockserver.inference.declared import Declarations
from mockserver.inference.looks import Looks
from mockserver.inference.naming import named
from mockserver.inference.paths import (
    PARAMETER,
    ROOT,
    Place,
    Step,
    is_parameter,
    names_of,
    place_of,
    spelled,
    steps_of,
)
from mockserver.inference.resource import Resource
from mockserver.inference.sharing import identities, shared_places, telling, whole_field
from mockserver.inference.views import merged
from mockserver.inference.vocabulary import ENVELOPE, LISTS

NAMELESS = re.compile(re.escape(PARAMETER))
ITEM_METHODS = frozenset(("GET", "PUT", "PATCH", "DELETE", "HEAD"))
WRITING = frozenset(("PUT", "PATCH", "DELETE"))
OWNED = 2
"""Segments that a place has at least which ends with the key of an owner."""
NAMED = 3
"""Collections that are named beside one whose items lie where theirs do."""
LONGEST = 100
"""Segments of a path that may lead to something: each place above it is kept, so that they count by their square."""


class Survey:
    """The places of one document, and the resources among them."""

    def __init__(self, contract: Contract, declarations: Declarations) -> None:
        self.contract = contract
        self.looks = Looks(contract.document)
        self.declarations = declarations
        self.accounts: Sequence[str] = ()
        """The accounts that may call, where it is said which there are."""
        self.steps: dict[str, tuple[Step, ...]] = {}
        self.at: defaultdict[Place, dict[str, Described]] = defaultdict(dict)
        self.below: defaultdict[Place, dict[str, None]] = defaultdict(dict)
        self._names: dict[Place, tuple[str, ...]] = {}
        self._identities: dict[Place, set[str]] = {}
        self.calls = calls_of(self.looks, contract.operations)
        every = sorted(contract.operations.items(), key=lambda each: len(split_template(each[1].path)[1]))
        for name, described in every:  # those without conditions first: they say what a place is
            self._add(name, described)

    def described(self, operation_id: str) -> Described:
        """An operation as the document describes it; one that is a call as it would be on a path of its own."""
        return self.calls.get(operation_id) or self.contract.operations[operation_id]

    def _add(self, name: str, described: Described) -> None:
        described = self.calls.get(name, described)
        before = steps_of(described.path)
        is_place = 0 < len(before) <= LONGEST
        steps = self.steps[name] = (*before, *self._conditions(described)) if is_place else ()
        if not steps and described.path != ROOT:
            return
        place = place_of(steps)
        self.at[place].setdefault(described.method, described)  # `/pets/{id}` and `/pets/{id}.json`
        for length in range(len(place)):
            self.below[place[:length]][place[length]] = None
            self._names.setdefault(place[: length + 1], names_of(steps[: length + 1]))

    def _conditions(self, described: Described) -> tuple[Step, ...]:
        try:
            return conditional_steps(self.looks, described)
        except (DocumentError, AttributeError, TypeError, KeyError):  # of a wrong type, which `check` tells
            return ()

    def place(self, operation_id: str) -> Place:
        return place_of(self.steps[operation_id])

    def called(self, place: Place | None) -> tuple[str, ...]:
        """The names of the parameters that lead to a place."""
        return self._names.get(place or (), ())

    def shown(self, place: Place) -> str:
        """A place as the document writes its path, with the names of its parameters."""
        names = iter(self._names.get(place, ()))
        return "/" + "/".join(NAMELESS.sub(lambda _: f"{{{next(names, '')}}}", text) for text in place)

    def parameters(self, place: Place) -> int:
        """How many path values lead to a place, as the operations there name them."""
        return sum(text.count(PARAMETER) for text in place)

    def operations(self, place: Place | None) -> Mapping[str, Described]:
        """The operations at a place, by method."""
        return self.at.get(place, {}) if place is not None else {}

    def at_item(self, resource: Resource) -> Mapping[str, Described]:
        """The operations on an item, by method; at a path of several collections those that are about it."""
        found = self.operations(resource.item)
        if not resource.is_shared:
            return found
        return {method: each for method, each in found.items() if telling(self, each)(resource.place)}

    @cached_property
    def shared(self) -> Mapping[Place, tuple[Place, ...]]:
        """The paths that lead to the items of several collections, and the places of those."""
        return shared_places(self)

    def identities(self, place: Place) -> set[str]:
        """The identities of the schemas that the items of a collection have, of those that share a path."""
        known = self._identities.get(place)
        if known is None:
            known = self._identities[place] = identities(self, place)
        return known

    @cached_property
    def resources(self) -> Mapping[Place, Resource]:
        """Every resource by its place."""
        found = {each.place: each for each in self._found()}
        return merged(self, named(self, found))

    def _found(self) -> Iterator[Resource]:
        sharing = {place for places in self.shared.values() for place in places}
        for place in sorted({*self.at, *self.below}, key=lambda each: (len(each), each)):
            last = place[-1] if place else ""
            if last.startswith(":"):
                continue
            if place in sharing:
                yield self._sharing(place)
                continue
            found = (
                self._owned(place) or self._behind(place)
                if is_parameter(last)
                else self._collection(place) or self._singleton(place)
            )
            if found is not None:
                yield found

    def _sharing(self, place: Place) -> Resource:
        """A collection whose items lie where those of others do."""
        item = place[:-1]
        others = [each[-1] for each in islice((each for each in self.shared[item] if each != place), NAMED)]
        beside = f", beside those of {', '.join(others)}" if others else ""
        path = next(iter(self.operations(item).values())).path
        reason = f"{path} leads to items of {self.shown(place)}{beside}; the whole name of one tells which"
        return Resource("", "collection", place, item, self.parameters(place), reason, whole=whole_field(self, place))

    def _behind(self, place: Place) -> Resource | None:
        """A collection whose items lie directly behind those of another: `/policies/{step}/{rule}`."""
        item = item_behind(self, place)
        if item is None:
            return None
        own, made = place_of_kind(self, item), creation(self, item)
        if made is not None:
            self.at[own] = {"POST": made}
        reason = f"{self.shown(item)} is an item behind {self.shown(place)}, which is one of another kind"
        return Resource("", "collection", own, item, self.parameters(own), reason)

    def _owned(self, place: Place) -> Resource | None:
        """A collection whose items lie behind the key of an owner and their own: `/repos/{owner}/{repo}`."""
        item = self.item_place(place)
        if item is None or not self._is_above(place) or not (self._is_stored(item) or self._lists(place)):
            return None
        reason = f"{self.shown(item)} is an item behind the key of its owner and its own"
        return Resource("", "collection", place, item, self.parameters(place), reason)

    def _is_above(self, place: Place) -> bool:
        """Whether a parameter only leads further: nothing is there, or a list of what lies behind it."""
        methods = self.operations(place)
        if methods.keys() & WRITING or (len(place) < OWNED and not self._is_listed_at_root(place)):
            return False
        if is_parameter(place[-2:][0]) and not self._is_written_behind(place):
            return False  # three keys in a row: a report on what they name, unless an item there is written
        return "GET" not in methods or self.list_in(self.looks.answer(methods["GET"])) is not None

    def _is_listed_at_root(self, place: Place) -> bool:
        """Whether a parameter with nothing before it has a list of what is made there."""
        return bool(place) and self.operations(place).keys() == {"GET", "POST"}

    def _is_written_behind(self, place: Place) -> bool:
        """Whether an item directly behind a parameter is created, changed or deleted."""
        behind = [text for text in self.below.get(place, {}) if is_parameter(text)]
        return any(self.operations((*place, text)).keys() & WRITING for text in behind)

    def item_place(self, place: Place) -> Place | None:
        """The place of a collection's item, if the operations there are those of an item."""
        children = [text for text in self.below.get(place, {}) if is_parameter(text)]
        for text in sorted(children, key=lambda each: each != PARAMETER):  # `{id}` before `v{version}`
            methods = self.operations((*place, text)).keys()
            if (*place, text) in self.shared:
                continue
            if methods & ITEM_METHODS and text.count(PARAMETER) == 1 and not self._is_owner((*place, text)):
                return (*place, text)
        return None

    def _is_owner(self, place: Place) -> bool:
        """Whether a parameter with a list names the owner of the items behind it, and no item itself."""
        behind = [text for text in self.below.get(place, {}) if is_parameter(text)]
        return any(self.operations((*place, text)).keys() & ITEM_METHODS for text in behind) and self._is_above(place)

    def _collection(self, place: Place) -> Resource | None:
        item = self.item_place(place)
        parents = self.parameters(place)
        if item is not None and (self._is_stored(item) or self._lists(place)):
            reason = f"{self.shown(place)} has the item {self.shown(item)}"
        elif place and self._lists(place) and not self._is_search(place):
            item = None
            reason = f"GET {self.shown(place)} answers a list, and no path leads to one of its items"
        else:
            return None
        return Resource("", "collection", place, item, parents, reason)

    def _is_stored(self, item: Place) -> bool:
        """Whether an item can be read as an object, or written."""
        methods = self.operations(item)
        read = methods.get("GET")
        if methods.keys() <= {"GET", "HEAD"} and "POST" not in self.operations(item[:-1]):
            return False  # nothing creates one, and nobody could know which there are
        if read is None:
            known = bool(self.operations(item[:-1]).keys() & {"GET", "POST"})
            return bool(methods.keys() & {"PUT", "PATCH"}) or ("DELETE" in methods and known)
        answer = self.looks.answer(read)
        return (answer is not None and self.looks.is_object(answer)) or self.list_in(answer) is not None

    def _lists(self, place: Place) -> bool:
        read = self.operations(place).get("GET")
        if read is None or not self.operations(place).keys() <= {"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH"}:
            return False
        return self.list_in(self.looks.answer(read)) is not None

    def list_in(self, schema: Any) -> tuple[str, ...] | None:
        """The place of the list of objects in a response; None if there is none, or several."""
        if schema is None:
            return None
        if self.looks.items(schema) is not None:
            return ()
        found = [path for path, each in self.looks.places(schema) if self._of_objects(each)]
        named = [path for path in found if path[-1].lower() in LISTS and self._is_outer(path[:-1])]
        outermost = [path for path in found if len(path) == 1]
        chosen = named[:1] or (outermost if len(outermost) == 1 else found if len(found) == 1 else [])
        return chosen[0] if chosen and self._is_envelope(schema, chosen[0]) else None

    @staticmethod
    def _is_outer(path: tuple[str, ...]) -> bool:
        """Whether properties only hold an envelope together."""
        return all(spelled(each) in ENVELOPE or each.lower() in LISTS or spelled(each) == "embedded" for each in path)

    def _of_objects(self, schema: Any) -> bool:
        items = self.looks.items(schema)
        return items is not None and self.looks.is_object(items)

    def _is_envelope(self, schema: Any, path: tuple[str, ...]) -> bool:
        """Whether an object that has a list is made for it, and not something that has parts."""
        others = [name for name in self.looks.properties(schema) if name != path[0]]
        return path[-1].lower() in LISTS or all(spelled(each) in ENVELOPE for each in others)

    def _is_search(self, place: Place) -> bool:
        """Whether the listed items are those of the collection above in the path."""
        above = place[:-1]
        if not above or is_parameter(above[-1]):
            return False
        mine, theirs = self.listed_identity(place), self.item_identity(above)
        return mine is not None and mine == theirs

    def _singleton(self, place: Place) -> Resource | None:
        methods = self.operations(place)
        writes = methods.keys() & {"PUT", "PATCH"}
        if not writes or self.item_place(place) is not None:
            return None
        if "GET" in methods and not self.looks.is_object(self.looks.answer(methods["GET"]) or {}):
            return None
        if "GET" not in methods and "DELETE" not in methods:
            return None
        reason = f"{self.shown(place)} is {' and '.join(sorted(methods))} without an identifier"
        return Resource("", "singleton", place, place, self.parameters(place), reason)

    def views(self, resource: Resource) -> list[Place]:
        """The other places through which a resource is seen."""
        return [each.place for each in self.resources.values() if each.view_of == resource.name]

    def listed_identity(self, place: Place) -> Any:
        """The identity of the schema of what GET lists at a place."""
        read = self.operations(place).get("GET")
        schema = None if read is None else self.looks.answer(read)
        path = self.list_in(schema)
        if path is None:
            return None
        return self.looks.identity(self.looks.items(self.looks.inner(schema, path)))

    def item_identity(self, place: Place) -> Any:
        """The identity of the schema of a collection's items: of what is read of one, or of what is listed."""
        listed = self.listed_identity(place)
        if listed is not None:
            return listed
        read = self.operations(self.item_place(place)).get("GET")
        answer = None if read is None else self.looks.answer(read)
        return None if answer is None else self.looks.identity(answer)

    def item_of(self, place: Place) -> Any:
        """The schema of a collection's items: of what is read of one, listed, or answered to its creation."""
        read, listing, made = (
            self.operations(each).get(method)
            for each, method in ((self.item_place(place), "GET"), (place, "GET"), (place, "POST"))
        )
        if read is not None:
            return self.looks.answer(read)
        answer = None if listing is None else self.looks.answer(listing)
        path = self.list_in(answer)
        if path is not None:
            return self.looks.items(self.looks.inner(answer, path))
        return None if made is None else self.looks.answer(made)

    def names_at(self, place: Place) -> tuple[str, ...]:
        """The names of the path values that lead to a collection, as one of its operations has them."""
        for each in (*self.operations(place).values(), *self.operations(self.item_place(place)).values()):
            return names_of(self.steps[each.operation_id])[: self.parameters(place)]
        return ()
