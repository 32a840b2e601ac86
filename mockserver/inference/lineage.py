"""Lineage: which resources lie below which, and which fields name others; a deletion takes what lies below with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from mockserver.inference.errors import Stateless
from mockserver.inference.keys import text_of
from mockserver.inference.looks import Pointer
from mockserver.inference.model import Model
from mockserver.inference.paths import Place, one_of
from mockserver.inference.records import WITHIN, at, put
from mockserver.inference.resource import Resource
from mockserver.inference.sharing import word_in
from mockserver.inference.tallies import MOST, Tallies, keys_of, states_of
from mockserver.world import Record, World

if TYPE_CHECKING:
    from mockserver.inference.plans import Inference


@dataclass(frozen=True)
class Below:
    """A resource below another: by its path, or, through a view, by the field of its items that names the other."""

    model: Model
    called: str
    by: Pointer | None

    @cached_property
    def states(self) -> tuple[str, tuple[str, ...]]:
        """The field that has the state of a record, and its states."""
        return states_of(self.model)

    def records(self, world: World, above: tuple[str, ...], limit: int | None = None) -> Sequence[Record]:
        """The records below one of the other, given by its path values."""
        table, by = world[self.model.collection], self.by
        if by is not None:
            parents = above[: self.model.resource.parents]
            some = table.slice(WITHIN, parents) if parents else table
            every = table.memo(("below", by, above), lambda: [e for e in some if text_of(at(e, by)) == above[-1]])
            return every[:limit]
        if self.model.placing.alone is not None and len(self.model.placing.names) == len(above):
            found = table.get(self.model.joined(above))
            return [] if found is None else [found]
        return table.slice(WITHIN, above, limit=limit)

    def count(self, world: World, above: tuple[str, ...]) -> int:
        """How many there are."""
        if self.by is not None:
            return len(self.records(world, above))
        return world[self.model.collection].count(WITHIN, above)

    def counts(self, world: World, above: Sequence[tuple[str, ...]]) -> Sequence[int]:
        """How many each of several has."""
        if self.by is not None:
            return [self.count(world, each) for each in above]
        return world[self.model.collection].counts(WITHIN, above)

    def items(self, world: World, above: tuple[str, ...]) -> list[Record]:
        """They themselves, the first ones."""
        return [self.model.shown(each) for each in self.records(world, above, MOST)]

    def keys(self, world: World, above: tuple[str, ...]) -> list[Any]:
        """Their keys."""
        return keys_of(self.model, self.records(world, above))


class Lineage:
    """The relations among the resources of one document."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self._tallies: dict[str, Tallies] = {}
        self._lock = RLock()

    def above(self, resource: Resource) -> Resource | None:
        """The collection in the path of whose item a resource lies; None if there is none, or requests tell which."""
        for length in range(len(resource.place) - 1, 0, -1):
            found = self._inference.roles.items.get(resource.place[:length])
            if found is not None:
                return self._inference.resources.get(found.name)
        return None

    def caller(self, world: World, place: Place, field: Pointer) -> Any:
        """What the thing alone at a place has in a field, as `/user` tells who the caller of `/user/repos` is."""
        resource = self._inference.survey.resources.get(place)
        model = None if resource is None or resource.kind != "singleton" else self.known(resource.name)
        return "" if model is None else at(next(iter(world[model.collection]), {}), field[-1:])

    def parent(self, resource: Resource) -> Model | None:
        """The model of the collection above a resource, if it has records."""
        above = self.above(resource)
        return None if above is None else self.known(above.name)

    def known(self, name: str) -> Model | None:
        """The model of a resource; None if it has no records."""
        try:
            return self._inference.model(name)
        except Stateless:
            return None

    @cached_property
    def _children(self) -> Mapping[str, list[tuple[Resource, Pointer | None]]]:
        """What lies directly below each resource, by its name: resources, and views that a field of theirs leads to."""
        found: dict[str, list[tuple[Resource, Pointer | None]]] = {}
        for resource in self._inference.survey.resources.values():
            if resource.view_of is None or resource.by is not None:
                above = self.above(resource)
                if above is not None and above.name != resource.name:
                    found.setdefault(above.name, []).append((resource, resource.by))
        return found

    def below(self, resource: Resource) -> list[Below]:
        """What lies directly below a resource and has records."""
        found = [(self.known(each.name), each, by) for each, by in self._children.get(resource.name, ())]
        return [Below(model, each.called, by) for model, each, by in found if model is not None]

    def tallies(self, model: Model) -> Tallies:
        """What the items of a resource tell of what lies below them."""
        name = model.resource.name
        found = self._tallies.get(name)
        if found is None:
            with self._lock:
                found = self._tallies[name] = Tallies(self, model)
        return found

    def adopt(self, world: World, model: Model, record: Record, fields: Mapping[str, Any], seed: str) -> None:
        """Keep below a record what a request has sent within it, in place of what was there."""
        values = model.placing.values(record)
        for tally in self.tallies(model).embedded:
            sent = at(fields, tally.place)
            if tally.below is None or not isinstance(sent, list) or tally.place[0] not in fields:
                continue
            child = tally.below.model
            table = world[child.collection]
            kept = set()
            for number, each in enumerate(sent):
                made = self._adopted(world, tally.below, values, each, f"{seed} {tally.place[0]} {number}")
                kept.add(child.collection.key(made))
                table.put(made)
            for each in list(tally.below.records(world, values)):
                if child.collection.key(each) not in kept:
                    self.remove(world, child, each)

    @staticmethod
    def _adopted(world: World, below: Below, values: tuple[str, ...], sent: Any, seed: str) -> Record:
        child, table = below.model, world[below.model.collection]
        fields = child.fields_sent(sent)
        parents = values
        if below.by is not None:
            put(fields, below.by, child.addressing.converter(below.by)(values[-1]))
            parents = values[: child.resource.parents]

        def taken(key: Any) -> bool:
            return table.get(child.joined((*parents, text_of(child.keyed(parents, key))))) is not None

        own = "" if child.key.field is None else at(fields, child.key.field)
        if own not in ("", None) and child.keys.fits(own):
            key = own
        else:
            key = child.keys.make(world, table.following + child.offset, taken)
        return child.making.created(world, fields, (*parents, child.keyed(parents, key)), seed)

    def remove(self, world: World, model: Model, record: Record) -> None:
        """Delete a record, and all that lie below it."""
        rest = [(model, record)]
        # a list and no recursion: clients make chains of any length where records of two resources lie below each other
        while rest:
            owner, gone = rest.pop()
            values = owner.placing.values(gone)
            world[owner.collection].delete(owner.collection.key(gone))
            for below in self.below(owner.resource):
                rest += [(below.model, orphan) for orphan in below.records(world, values)]
            for other in self.sharing(owner.resource):  # what lies below it has its whole name before its own
                rest += [(other, orphan) for orphan in world[other.collection].slice(WITHIN, owner.led(values))]

    def sharing(self, resource: Resource) -> Sequence[Model]:
        """The models of the collections whose items lie where those of a resource do, itself included."""
        places = self._inference.survey.shared.get(resource.item or (), ()) if resource.is_shared else ()
        resources = [self._inference.survey.resources[each] for each in places]
        return [model for model in (self.known(each.name) for each in resources) if model is not None]

    def named(self, resource: Resource, name: str) -> Model | None:
        """The collection of an item of this whole name, of those that share a path with a resource."""
        return next((each for each in self.sharing(resource) if each.resource.place[-1] == word_in(name)), None)

    @cached_property
    def _by_word(self) -> Mapping[str, str]:
        """The resources whose records a field can name, by what one is called."""
        found: dict[str, str] = {}
        every = self._inference.resources.values()
        # the last of a word stays: the one with the fewest parents, of which a key alone names a record
        for resource in sorted(every, key=lambda each: (each.parents, len(each.place)), reverse=True):
            if resource.kind == "collection":
                found[one_of(resource.called)] = resource.name
        return found

    def references(self, model: Model) -> Mapping[str, str]:
        """The fields of an item that name other resources, and their names."""
        found = dict(model.declared().references or {})
        for name, schema in model.properties.items():
            word = one_of(name)
            end = next((each for each in ("uuid", "id", "key") if word.endswith(each)), None)
            other = self._by_word.get(word.removesuffix(end)) if end is not None else None
            if other is None or other == model.resource.name or model.looks.is_object(schema):
                continue
            if self._inference.resources[other].parents <= model.resource.parents:  # one deeper could lie anywhere
                found.setdefault(name, other)
        return found
