"""Replies: the documented answer of an operation, with a record or a list of records in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mockserver.contract.copying import copied
from mockserver.contract.digits import number_of
from mockserver.contract.generation.words import words_of
from mockserver.contract.headers import fits
from mockserver.contract.operation import Operation, Response
from mockserver.contract.success import status_of
from mockserver.errors import DocumentError
from mockserver.inference.casting import cast, casts_of
from mockserver.inference.looks import Pointer
from mockserver.inference.mending import Mender
from mockserver.inference.paths import PATH, spelled
from mockserver.inference.records import at, without_path
from mockserver.inference.remembered import BySeed
from mockserver.world import Record, World

if TYPE_CHECKING:
    from mockserver.inference.model import Model
    from mockserver.inference.plans import Inference
    from mockserver.inference.tallies import Tallies

LINKS = ("href", "self", "selflink", "location")
"""Names of the link to a record in an answer that has no item."""
SELF = ("self", "selflink", "selfurl", "selfuri")
"""Names of such a link beside an item."""
Answered = tuple[Any, int, Mapping[str, str]]


class Reply:
    """One documented response that contains a record, and the record's place in it."""

    def __init__(self, inference: Inference, model: Model, operation: Operation, response: Response) -> None:
        self._inference = inference
        self._model = model
        self._operation = operation
        self.response = response
        self.status = status_of(response)
        self._media = response.media[0] if response.media else None
        schema = None if self._media is None else self._media.schema
        is_list = schema is not None and model.looks.items(schema) is not None
        self.in_list = is_list and not model.looks.is_object(schema)  # where either may come, one comes alone
        inner = model.looks.items(schema) if self.in_list else schema
        self.place: Pointer | None = model.representing.place(model.item, inner)
        self.view = View(model, model.looks.inner(inner, self.place)) if self.place is not None else None
        envelope = None
        if self.place is None and schema is not None and not self.in_list:
            envelope = model.representing.envelope(model.item, schema)
        self._listed = None if envelope is None or envelope.scalar or envelope.element else envelope.items
        self._element = None if self._listed is None else View(model, items_within(model, schema, self._listed))
        self._skeletons: BySeed[Any] = BySeed()
        self._tells_item: bool | None = None
        self._key_names: dict[tuple[str, ...], str | None] = {}
        self._headers: BySeed[Mapping[str, str]] = BySeed()
        self._located = next((name for name in response.described_headers if name.lower() == "location"), None)

    def of(self, world: World, record: Record, location: Callable[[], str]) -> Answered:
        """The response with a record."""
        return self._payload(world, record, location), self.status, self.headers(world, location)

    def _payload(self, world: World, record: Record, location: Callable[[], str]) -> Any:
        if self._media is None:
            return None
        if self._tallies and not self._is_only_received(world):
            record = self._tallies.shown(world, record)
        # the document has the answer of one collection only at a path of several
        if self._may_be_whole and self._media.accepts(self._model.shown(record)):
            return self._model.shown(record)
        if self._listed is not None and self._element is not None:
            return placed(self.skeleton(world), self._listed, [self._element.shown(record)])
        if self.view is None:
            return self._receipt(world, record, location)
        item = self.view.shown(record)
        if not item and not self.view.same:  # no field of the record is one of this answer
            return self._receipt(world, record, location)
        item = self._model.linked(item, location)
        if self.place:
            item = placed(self.skeleton(world), self.place, item)
            for link in self._links:
                item = placed(item, link, location())
        return [item] if self.in_list else item

    @cached_property
    def _may_be_whole(self) -> bool:
        """Whether the answer to a request for an item is documented as that of another collection at the same path."""
        resource = self._model.resource
        is_item = self._inference.survey.place(self._operation.operation_id) == resource.item
        return self.view is None and resource.is_shared and is_item and self._operation.method != "DELETE"

    @cached_property
    def _links(self) -> Sequence[Pointer]:
        """Where the answer says the URL of its item beside it."""
        if self._media is None or not self.place:
            return ()
        looks, place = self._model.looks, self.place
        beside = [(path, each) for path, each in looks.places(self._media.schema) if path[: len(place)] != place]
        return [path for path, each in beside if _is_own_link(path) and looks.kinds(each) == {"string"}]

    def _is_only_received(self, world: World) -> bool:
        """Whether the answer has no field of an item, so that nothing needs to be counted for it."""
        if self.view is not None or self._listed is not None:
            return False
        if self._tells_item is None:
            names = {spelled(name) for each in _objects(self.skeleton(world)) for name in each}
            self._tells_item = not names.isdisjoint(self._model.spelling)
        return not self._tells_item

    @cached_property
    def _tallies(self) -> Tallies:
        return self._inference.lineage.tallies(self._model)

    def _given(self, world: World) -> Mapping[str, str]:
        """The headers that do not depend on state: made once for each seed."""
        found = self._headers.get(world.seed)
        if found is None:
            found = self._headers[world.seed] = self._inference.headers(world, self._operation, self.response)
        return found

    def skeleton(self, world: World) -> Any:
        """The answer without the record: made once for each seed."""
        found = self._skeletons.get(world.seed)
        if found is None:
            found = self._skeletons[world.seed] = self._inference.stateless(world, self._operation, self.response)
        return found

    def _receipt(self, world: World, record: Record, location: Callable[[], str]) -> Any:
        """An answer that has no item: the fields of the record that it has by name, its key, and a link to it."""
        payload = copied(self.skeleton(world))
        for target in _objects(payload):
            for name in target:
                own = name if name in record else self._model.spelling.get(spelled(name), "")
                if own in record and not isinstance(record[own], dict | list):
                    target[name] = record[own]
                elif spelled(name) in LINKS and isinstance(target[name], str):
                    target[name] = location()
        if self._model.resource.kind == "collection":
            for holder in _objects(payload):
                own_name = self._key_name(holder)
                if own_name is not None:
                    field = self._model.key.field
                    holder[own_name] = self._model.placing.values(record)[-1] if field is None else at(record, field)
                    break
        return payload

    def is_key(self, payload: Any) -> bool:
        """Whether the answer to a creation is a number or a word, or a list of those: the key of what was made."""
        alone = payload[0] if isinstance(payload, list) and payload else payload
        is_plain = isinstance(alone, str | int) and not isinstance(alone, bool) and " " not in str(alone)
        return is_plain and self._model.resource.kind == "collection"

    def key_of(self, record: Record, payload: Any) -> Any:
        """The key in the form of such an answer; the answer as it is where that may not have it."""
        field, text = self._model.key.field, self._model.placing.values(record)[-1]
        number = number_of(text)
        for key in (text if field is None else at(record, field), text, text if number is None else number):
            told = [key] if isinstance(payload, list) else key
            if self._media is not None and self._media.accepts(told):
                return told
        return payload

    def _key_name(self, holder: Mapping[str, Any]) -> str | None:
        """The property that has the key, found once for objects of the same names."""
        names = tuple(holder)
        if names not in self._key_names:
            self._key_names[names] = key_name(self._model, holder)
        return self._key_names[names]

    def headers(self, world: World, location: Callable[[], str] | None = None) -> Mapping[str, str]:
        if not self.response.headers and not self.response.header_examples and self._located is None:
            return {}
        headers = dict(self._given(world))
        if self._located is not None and location is not None:
            found = self._fitting_location(location())
            if found is not None:
                headers[self._located] = found
        return headers

    def _fitting_location(self, url: str) -> str | None:
        """The URL, its path, or the end of that, whichever the header's schema takes first; None if it takes none."""
        header = next((each for each in self.response.headers if each.name == self._located), None)
        if header is None or fits(header, url):
            return url
        segments = urlsplit(url).path.split("/")
        ends = ("/".join(("", *segments[at:])) for at in range(1, len(segments)))
        return next((each for each in ends if fits(header, each)), None)


class View:
    """How a schema represents the items of a resource: whole, or only those fields that the schema has."""

    def __init__(self, model: Model, schema: Any) -> None:
        self._model = model
        self.schema = schema
        looks = model.looks
        self.same = bool(looks.identity(schema) == model.item.identity)
        self._fields = None if self.same or looks.is_open(schema) else frozenset(looks.properties(schema))
        self._mender: Mender | None = None
        self._key = key_name(model, looks.properties(schema)) if model.key.field is None else None
        kinds = looks.kinds(looks.inner(schema, (self._key,))) if self._key is not None else frozenset()
        self._is_number = bool(kinds & {"integer", "number"}) and "string" not in kinds
        self._casts = {} if self.same else dict(self._cast(model, schema))
        self._part = None if self.same else self._shown_part(model, schema)
        self._names = {} if self._fields is None else dict(self._renamed(self._fields))

    @staticmethod
    def _cast(model: Model, schema: Any) -> Iterator[tuple[str, tuple[frozenset[str], frozenset[type]]]]:
        """The types of fields that have none of the item's here."""
        for name, (kinds, types) in casts_of(model.looks, model.looks.properties(schema)).items():
            own = model.casts.get(name)
            if own is not None and not types & own[1]:
                yield name, (kinds, types)

    @staticmethod
    def _shown_part(model: Model, schema: Any) -> str | None:
        """The one part of an item that is all that is shown here: the `comment` of a thread."""
        identity = model.looks.identity(schema)
        if not isinstance(identity, str) or model.looks.properties(schema).keys() & model.properties.keys():
            return None
        return next((name for name, each in model.properties.items() if model.looks.identity(each) == identity), None)

    def _renamed(self, fields: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Fields of the item that are written otherwise here: `TemplateID`, and `TemplateId`."""
        for name in fields - self._model.properties.keys():
            own = self._model.spelling.get(spelled(name))
            if own is not None and own not in fields:
                yield own, name

    @cached_property
    def required(self) -> frozenset[str]:
        """The fields that its schema requires."""
        return self._model.looks.required(self.schema)

    def name_of(self, field: str) -> str:
        """How a field of the item is written here."""
        return self._names.get(field, field)

    @property
    def tells_key(self) -> bool:
        """Whether an item is shown with its key."""
        field = self._model.key.field
        return self._key is not None or (field is not None and (self._fields is None or field[0] in self._fields))

    def shown(self, record: Record) -> Record:
        """The item of a record."""
        item = self._model.shown(record)
        if self._part is not None:
            part = item.get(self._part)
            return part if isinstance(part, Mapping) else {}
        if self._casts:
            casts = self._casts
            item = {name: cast(casts[name], value) if name in casts else value for name, value in item.items()}
        if self._names:
            item = {self._names.get(name, name): value for name, value in item.items()}
        if self._key is not None:
            text = self._model.placing.values(record)[-1]
            number = number_of(text) if self._is_number else None
            item = {**item, self._key: text if number is None else number}
        if self._fields is None or item.keys() <= self._fields:
            return item
        return {name: value for name, value in item.items() if name in self._fields}

    def page(self, records: Sequence[Record]) -> list[Record]:
        """The items of several records."""
        if (
            self._part is not None
            or self._names
            or self._casts
            or self._key is not None
            or self._fields is not None
            or self._model.making.filling.hidden
        ):
            return [self.shown(each) for each in records]
        return [without_path(each) if PATH in each else each for each in records]

    def mended(self, world: World, item: Record, key: str) -> Any:
        """The item, valid by this schema; the same each time."""
        if self._mender is None:
            model = self._model
            self._mender = Mender(model.generator, self.schema, model.validator(self.schema), model.one)
        try:
            return self._mender.mended(item, f"{world.seed} {key}", world.now())
        except DocumentError:
            return item


def items_within(model: Model, schema: Any, path: Pointer) -> Any:
    """The schema of the items of a list in an answer."""
    return model.looks.items(model.looks.inner(schema, path))


def key_name(model: Model, properties: Mapping[str, Any]) -> str | None:
    """The property of an answer that has the key of a record, by its name; None if none has."""
    if model.resource.kind == "singleton":
        return None
    parameter = model.key.parameter or ""
    last = "" if model.key.field is None else spelled(model.key.field[-1])
    ending = words_of(parameter)[-1:] or ("",)
    by_name = {spelled(name): name for name in properties}
    wanted = (spelled(parameter), last, f"{model.one}id", f"{model.resource.called}id", *ending, "id", "uuid", "uid")
    found = next((by_name[each] for each in wanted if each and each in by_name), None)
    if found is None:
        own = [each for each in by_name if each.endswith((f"{model.one}id", "uuid"))]
        ends = own or [each for each in by_name if each.endswith("id")]
        found = by_name[ends[0]] if len(ends) == 1 else None
    return found


def _is_own_link(path: Pointer) -> bool:
    """Whether a place beside an item is called as the link to it: `self`, or the `href` of that."""
    *above, name = map(spelled, path)
    return name in SELF or (name == "href" and above[-1:] == ["self"])


def placed(skeleton: Any, path: Pointer, value: Any) -> Any:
    """A copy of what leads to a place, with the value there; the rest is shared."""
    if not path:
        return value
    copy = dict(skeleton) if isinstance(skeleton, Mapping) else {}
    copy[path[0]] = placed(copy.get(path[0]), path[1:], value)
    return copy


def _objects(payload: Any) -> list[dict[str, Any]]:
    """An object, and the objects in its properties."""
    if not isinstance(payload, dict):
        return []
    return [payload, *(each for each in payload.values() if isinstance(each, dict))]
