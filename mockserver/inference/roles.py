"""Roles: what each operation does to which resource, by method, place and schema, hardly ever by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from mockserver.contract.operation import Described
from mockserver.contract.routing import without_conditions
from mockserver.inference.conditions import named_values
from mockserver.inference.declared import Role, declared_of
from mockserver.inference.paths import ROOT, Place, is_parameter, names_of, spelled
from mockserver.inference.resource import Resource
from mockserver.inference.resources import LONGEST, Survey
from mockserver.inference.sharing import telling
from mockserver.inference.verbs import CREATING, PAGED, is_of, is_told_to_make, is_told_to_read, makes
from mockserver.inference.vocabulary import KEYS

ON_ITEMS: Mapping[str, Role] = {
    "GET": "read",
    "HEAD": "read",
    "PUT": "replace",
    "PATCH": "merge",
    "DELETE": "delete",
    "POST": "action",
}
ON_LISTS: Mapping[str, tuple[Role, str]] = {
    "POST": ("create", ""),
    "PUT": ("replace", ", whose body names the item"),
    "PATCH": ("merge", ", whose body names the item"),
    "DELETE": ("bulk", ", which deletes the items that its parameters choose"),
}
VERBS_FIRST: Mapping[str, Role] = {"POST": "action", "PUT": "action", "DELETE": "delete"}
"""What a method does at `C/verb/{x}`, where `C/{x}` is an item."""
BEHIND = 2
"""Segments of a path in which a word before a key is no verb: at the root it is the name of a collection."""
WRAPPER = 2
"""Properties that an object has at most, for the properties of those to count as its own."""

COUNTS = ("count", "total", "size", "number")


@dataclass(frozen=True)
class Decision:
    """The role of one operation: on which resource, and why. `resource` is None if it is stateless."""

    role: Role
    resource: Resource | None
    reason: str


class Roles:
    """Decides the roles of one document's operations."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._looks = survey.looks

    @cached_property
    def items(self) -> Mapping[Place, Resource]:
        """The collections by the place of their items."""
        found = self._survey.resources.values()
        return {
            each.item: each
            for each in found
            if each.item is not None and each.kind == "collection" and not each.is_shared
        }

    def sharing(self, described: Described) -> Sequence[Resource]:
        """The collections that an operation at a path of several of them may be about, the likeliest first."""
        place = self._survey.place(described.operation_id)
        for item in (place, place[:-1]):
            places = self._survey.shared.get(item, ())
            if places and place not in places:
                tells = telling(self._survey, described)
                found = sorted(places, key=lambda each: (not tells(each), "POST" not in self._survey.operations(each)))
                return [self._survey.resources[each] for each in found]
        return ()

    def of(self, operation_id: str) -> Decision:
        """The role of an operation."""
        described = self._survey.contract.operations[operation_id]
        declared = declared_of(self._survey.declarations, operation_id, described.path)
        found = self._decided(self._survey.described(operation_id))
        call = self._survey.calls.get(operation_id)
        if call is not None:
            found = replace(found, reason=f"its name says {call.method} {call.path}; {found.reason}")
        if declared.stateless:
            return Decision("stateless", None, declared.reason)
        return found if declared.role is None else self._said(described, declared.role, declared.reason, found.resource)

    def _said(self, described: Described, role: Role, reason: str, found: Resource | None) -> Decision:
        """The role that is declared, on the resource at the path or the nearest above it."""
        resource = None if role == "stateless" else found or self._near(described)
        if resource is None and role != "stateless":
            place = f"no collection is at {described.path} or above it"
            reason = f"{reason.removesuffix(' so')} that its role is {role}, but {place}"
        return Decision(role, resource, reason)

    def _near(self, described: Described) -> Resource | None:
        """The resource that lies nearest above a path."""
        place = self._survey.place(described.operation_id)
        for length in range(len(place), 0, -1):
            found = self._survey.resources.get(place[:length]) or self.items.get(place[:length])
            if found is not None:
                return found
        return None

    def _decided(self, described: Described) -> Decision:
        place = self._survey.place(described.operation_id)
        if not place and described.path != ROOT:
            return _stateless(f"its path has conditions only, or more than {LONGEST} segments")
        main = self._survey.operations(place).get(described.method)
        if main is not None and main is not described and not self._is_alike(described, main):
            return _stateless(f"what {described.method} {main.path} takes or answers is other than here")
        resource = self._survey.resources.get(place)
        if resource is not None:
            return (
                self._on_singleton(described, resource)
                if resource.kind == "singleton"
                else self._on_list(described, resource)
            )
        resource = self.items.get(place)
        if resource is not None:
            return self._made_behind(described) or self._on_item(described, resource)
        sharing = self.sharing(described)
        return self.on_shared(described, sharing[0]) if sharing else self._below(described, place)

    def _is_alike(self, described: Described, main: Described) -> bool:
        """Whether an operation takes and answers what another one at its place does, where conditions part them."""
        if without_conditions(described.path) == described.path:
            return True
        pairs = [(look(described), look(main)) for look in (self._looks.answer, self._looks.sent)]
        return all(one == other or self._looks.identity(one) == self._looks.identity(other) for one, other in pairs)

    @staticmethod
    def _on_singleton(described: Described, resource: Resource) -> Decision:
        roles: Mapping[str, Role] = {"GET": "singleton_read", "HEAD": "singleton_read", "DELETE": "singleton_delete"}
        return Decision(roles.get(described.method, "singleton_write"), resource, resource.reason)

    def _on_list(self, described: Described, resource: Resource) -> Decision:
        method, sent = described.method, self._looks.sent(described)
        where = f"{method} on the collection {self._survey.shown(resource.place)}"
        if method in ("GET", "HEAD", "QUERY"):
            return self._listing(described, resource)
        if self._is_bulk(method, sent, resource):
            return Decision("bulk", resource, f"{where}, whose body is a list of items")
        if method == "POST" and (self._is_search(described, resource) or is_told_to_read(described)):
            return self._reading(described, resource, where)
        if method in ("PUT", "PATCH") and not self._names_item(sent, resource):
            return Decision("create", resource, f"{where}, whose body names no item")
        role = ON_LISTS.get(method)
        if role is None:
            return _stateless(f"{where} fits no known role")
        return Decision(role[0], resource, f"{where}{role[1]}")

    def _reading(self, described: Described, resource: Resource, where: str) -> Decision:
        """The role of a POST that reads."""
        if self._survey.list_in(self._looks.answer(described)) is not None:
            return Decision("search", resource, f"{where}, which answers the list and takes no item")
        return _stateless(f"{where} is called {described.members['operationId']}, and answers no list")

    def _listing(self, described: Described, resource: Resource) -> Decision:
        answer = self._looks.answer(described)
        if described.method == "GET" and self._survey.list_in(answer) is None and not self._has_list(answer):
            return _stateless(f"the answer of GET {described.path} has no list")
        return Decision("list", resource, resource.reason)

    def _names_item(self, sent: Any, resource: Resource) -> bool:
        """Whether a body has a field that may hold the key of an item."""
        item = next(iter(self._survey.operations(resource.item).values()), None)
        names = {spelled(each) for each in names_of(self._survey.steps[item.operation_id])[-1:]} if item else set()
        return bool(self._names(sent) & {*names, *KEYS[:4]})

    def _has_list(self, schema: Any) -> bool:
        return schema is not None and any(self._looks.items(each) is not None for _, each in self._looks.places(schema))

    def _is_search(self, described: Described, resource: Resource) -> bool:
        answer, sent = self._looks.answer(described), self._looks.sent(described)
        path = self._survey.list_in(answer)
        if path is None or makes(described) or is_told_to_make(described):
            return False
        if not self._may_list(self._looks.items(self._looks.inner(answer, path)), resource):
            return False
        if is_told_to_read(described) or self._names(sent) & PAGED:
            return True
        if self._takes_fields(described, resource):
            return False
        fields = set(self._looks.properties(self._looks.items(self._looks.inner(answer, path))))
        own = set(self._looks.properties(sent)) if sent is not None else set()
        # a body of the item's fields could as well create one
        return not own or len(own & fields) <= len(own) // 4

    def _may_list(self, items: Any, resource: Resource) -> bool:
        """Whether a list has what the collection's own list has, as far as both say what that is."""
        found, known = self._looks.identity(items), self._survey.listed_identity(resource.place)
        return (
            not isinstance(found, str) or known is None or found in (known, self._survey.item_identity(resource.place))
        )

    def _on_item(self, described: Described, resource: Resource) -> Decision:
        method = described.method
        where = f"{method} on the item {self._survey.shown(resource.item or ())}"
        taken = named_values(self._looks, described) if method == "DELETE" else ()
        if taken:
            return Decision("merge", resource, f"{where}, which takes its {', '.join(taken)} away")
        if method == "PUT" and "POST" not in self._survey.operations(resource.place):
            return Decision("create_or_replace", resource, f"{where}, and nothing else creates one")
        if method == "PUT" and makes(described):
            return Decision("create_or_replace", resource, f"{where}, which documents 201")
        if method == "POST" and self._is_made_here(described, resource):
            return Decision("create_or_replace", resource, f"{where}, and nothing else creates one")
        if method == "POST" and self._takes_fields(described, resource):
            return Decision("merge", resource, f"{where}, whose body has the item's fields")
        role = ON_ITEMS.get(method)
        return Decision(role, resource, where) if role is not None else _stateless(f"{where} fits no known role")

    def _made_behind(self, described: Described) -> Decision | None:
        """The role of POST on an item that makes one of those directly behind it."""
        place = self._survey.place(described.operation_id)
        for text in self._survey.below.get(place, {}):
            found = self.items.get((*place, text))
            if found is not None and self._survey.operations(found.place).get("POST") is described:
                return Decision("create", found, f"POST on {self._survey.shown(place)} makes one of those behind it")
        return None

    def _is_made_here(self, described: Described, resource: Resource) -> bool:
        """Whether POST on an item creates it: its body is an item, and no path beside it creates one.

        That is, others change it, or nothing at all is at the path beside it.
        """
        methods, beside = self._survey.operations(resource.item).keys(), self._survey.operations(resource.place)
        # where the path beside lists and nothing changes an item, POST on it is an action, whatever its body has
        if "POST" in beside or not (methods & {"PUT", "PATCH"} or not (beside or resource.is_shared)):
            return False
        if any("POST" in self._survey.operations(each) for each in self._survey.views(resource)):
            return False
        return self._takes_fields(described, resource)

    def _takes_fields(self, described: Described, resource: Resource) -> bool:
        read = self._survey.operations(resource.item).get("GET")
        item = self._looks.answer(read) if read is not None else None
        names = self._names(item)
        if not names:
            create = self._survey.operations(resource.place).get("POST")
            names = self._names(self._looks.sent(create)) if create is not None else set()
        sent = self._names(self._looks.sent(described)) | self._queried(described)
        return bool(sent) and len(sent & names) * 2 >= len(sent)

    def _names(self, schema: Any) -> set[str]:
        """The names of the properties of an object, and of those that it wraps."""
        if schema is None:
            return set()
        found = set(map(spelled, self._looks.properties(schema)))
        for each in self._looks.properties(schema).values():
            if len(found) <= WRAPPER and "array" not in self._looks.kinds(each):
                found |= set(map(spelled, self._looks.properties(each)))
        return found

    @staticmethod
    def _queried(described: Described) -> set[str]:
        given = described.members.get("parameters") or ()
        return {spelled(each["name"]) for each in given if isinstance(each, Mapping) and each.get("in") == "query"}

    def _below(self, described: Described, place: Place) -> Decision:
        """The role of a path below a collection or an item that is not a resource itself."""
        if not place:
            return _stateless("its path has no segment, and no items are behind it")
        above = self.items.get(place[:-1])
        if above is not None and not is_parameter(place[-1]):
            return self._acting(described, above)
        above = self._survey.resources.get(place[:-1])
        if above is not None and above.kind == "collection" and not is_parameter(place[-1]):
            return self._beside(described, above, place)
        above = self._survey.resources.get(place[:-2]) if len(place) > BEHIND else None
        item = (*place[:-2], place[-1])
        is_verb = above is not None and above.item == item and not is_parameter(place[-2])  # `/things/close/{id}`
        if above is not None and is_verb and described.method in VERBS_FIRST and not is_of(described, place[-2]):
            where = f"{place[-2]} stands before the item {self._survey.shown(item)}"
            return Decision(VERBS_FIRST[described.method], above, where)
        if is_parameter(place[-1]) and described.method == "GET":
            return _stateless(f"nothing lists or creates what GET {self._survey.shown(place)} reads")
        return _stateless(f"{self._survey.shown(place)} belongs to no collection")

    def on_shared(self, described: Described, resource: Resource) -> Decision:
        """The role of an operation at a path of several collections, where it is about an item of one."""
        is_whole = self._survey.place(described.operation_id) == resource.item
        return (self._on_item if is_whole else self._acting)(described, resource)

    def _acting(self, described: Described, resource: Resource) -> Decision:
        """The role of a path directly behind an item."""
        word, item = self._survey.place(described.operation_id)[-1], self._survey.shown(resource.item or ())
        return Decision("action", resource, f"{described.method} {word} is an action on the item {item}")

    def _beside(self, described: Described, resource: Resource, place: Place) -> Decision:
        answer, sent = self._looks.answer(described), self._looks.sent(described)
        method, word, whole = described.method, spelled(place[-1]), self._survey.shown(resource.place)
        if method == "GET" and word in COUNTS and self._is_count(answer):
            return Decision("count", resource, f"it answers a number, beside {whole}")
        if method == "POST" and sent is not None and self._of_items(self._looks.items(sent), resource):
            return Decision("bulk", resource, f"its body is a list of items of {whole}")
        if method == "POST" and word in CREATING and self._takes_fields(described, resource):
            return Decision("create", resource, f"POST {place[-1]} takes the fields of an item of {whole}")
        if method == "POST" and word in CREATING and sent is not None and self._answers_item(answer, resource):
            return Decision("create", resource, f"POST {place[-1]} answers an item of {whole}")
        if method in ("GET", "POST") and self._lists_items(answer, resource):
            return Decision("search", resource, f"it lists items of {whole}")
        return _stateless(f"{method} {self._survey.shown(place)} answers no items of {whole}")

    def _is_count(self, answer: Any) -> bool:
        if answer is None:
            return False
        kinds = self._looks.kinds(answer)
        properties = self._looks.properties(answer)
        return bool(kinds & {"integer", "number"}) or any(spelled(name) in COUNTS for name in properties)

    def _lists_items(self, answer: Any, resource: Resource) -> bool:
        path = self._survey.list_in(answer)
        return path is not None and self._of_items(self._looks.items(self._looks.inner(answer, path)), resource)

    def _answers_item(self, answer: Any, resource: Resource) -> bool:
        item = self._survey.item_of(resource.place)
        if answer is None or item is None or self._looks.items(answer) is not None:
            return False
        fields, others = set(self._looks.properties(answer)), set(self._looks.properties(item))
        return len(fields) > 1 and fields <= others

    def _is_bulk(self, method: str, sent: Any, resource: Resource) -> bool:
        """Whether a body is a list of items, or the envelope of one, as the answer of a list is."""
        if method not in ("POST", "PUT", "PATCH") or sent is None:
            return False
        if self._looks.items(sent) is not None:
            return True
        place = self._survey.list_in(sent) if method == "POST" else None
        return bool(place) and self._of_items(self._looks.items(self._looks.inner(sent, place or ())), resource)

    def _of_items(self, items: Any, resource: Resource) -> bool:
        if items is None:
            return False
        identity = self._looks.identity(items)
        if identity == self._survey.item_identity(resource.place):
            return True
        methods = self._survey.operations(resource.place)
        return "POST" in methods and identity == self._looks.identity(self._looks.sent(methods["POST"]))


def _stateless(reason: str) -> Decision:
    return Decision("stateless", None, reason)
