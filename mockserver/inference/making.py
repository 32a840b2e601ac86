"""Making records: how one of a resource comes about, is completed to a valid item, and is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.contract.copying import copied
from mockserver.contract.generation import NoValueError
from mockserver.inference.errors import Stateless
from mockserver.inference.filling import Filling, filling_of
from mockserver.inference.kinds import Kinds
from mockserver.inference.mending import Mender, overlaid
from mockserver.inference.paths import PATH, one_of, spelled
from mockserver.inference.records import without_path
from mockserver.inference.vocabulary import KEYS
from mockserver.world import Record, World
from mockserver.world.merging import merged

if TYPE_CHECKING:
    from mockserver.inference.model import Model

STATES = ("status", "state", "phase", "stage", "lifecyclestate", "lifecyclestatus")
"""Fields that an action changes."""
COUNTED = ("count", "total")
"""Ends of the names of fields that count what a new record does not have yet."""
STEM = 3
"""Letters of an action's name that a status must begin with."""


class Making:
    """Makes and changes the records of one resource."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._looks = model.looks
        self._properties = model.properties

    @cached_property
    def filling(self) -> Filling:
        return filling_of(self._looks, self._model.item.schema, self._model.key.field, self._model.asked)

    @cached_property
    def mender(self) -> Mender:
        return Mender(self._model.generator, self._model.item.schema, self._model.judge, self._model.one)

    @cached_property
    def kinds(self) -> Kinds:
        return Kinds(self._looks, self._model.item.schema)

    @cached_property
    def _by_kind(self) -> dict[int, tuple[Filling, Mender]]:
        return {}

    def _ways(self, record: Mapping[str, Any]) -> tuple[Filling, Mender]:
        """How a record is filled in and mended: by its kind, where the items are of several."""
        kind = self.kinds.of(record) if self.kinds else None
        if kind is None:
            return self.filling, self.mender
        found = self._by_kind.get(id(kind))
        if found is None:
            model, schema = self._model, kind.schema
            mender = Mender(model.generator, schema, model.validator(schema), model.one)
            filling = filling_of(self._looks, schema, model.key.field, model.asked)
            found = self._by_kind[id(kind)] = (filling, mender)
        return found

    def created(self, world: World, sent: Mapping[str, Any], path: Sequence[Any], seed: str) -> dict[str, Any]:
        """A new record of these fields and path values, completed to a valid item."""
        now = world.now()
        record = dict(sent)
        filling, _ = self._ways(record)
        for name, value in filling.defaults.items():
            record.setdefault(name, value)
        for name, write in (*filling.created.items(), *filling.updated.items()):
            if name not in sent or self._model.is_read_only(name):
                record[name] = write(now)
        if not record and not sent:
            record = self._whole(seed, now)
        link = self._model.own_link
        if link is not None and link not in record:
            record[link] = self._generated(link, f"{seed} {link}", now)
        self._model.placing.put(record, path, self._model.addressing.converters)
        return self.ordered(self.completed(record, path, seed, now))

    def _whole(self, seed: str, now: datetime) -> dict[str, Any]:
        """An item of which nothing was said; without a field if none can be made."""
        model = self._model
        try:
            made = model.generator.value(model.item.schema, model.judge, seed, now=now, name=model.one)
        except NoValueError:
            return {}
        return made if isinstance(made, dict) else {}

    def defaults(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the fields are that a request leaves out."""
        return self._ways(sent)[0].defaults

    def ordered(self, record: dict[str, Any]) -> dict[str, Any]:
        """The record with its fields in the order in which the document has them."""
        known = {name: record[name] for name in self._properties if name in record}
        return known if len(known) == len(record) else {**known, **record}

    def completed(
        self, record: dict[str, Any], path: Sequence[Any], seed: str, now: datetime, before: Record | None = None
    ) -> dict[str, Any]:
        """The record with what its item requires and it lacks, generated; valid, or else Stateless.

        before: the record that it is a change of.
        """
        filling, mender = self._ways(record)
        alike = self._alike
        for name in filling.made:
            if name in record:
                continue
            if name in alike:
                record[name] = copied(alike[name])
                continue
            try:
                record[name] = self._generated(name, f"{seed} {name}", now)
            except NoValueError:
                continue
        item = record if PATH not in record else without_path(record)
        if self._model.judge.accepts(item):
            return record
        whole = self._mended(mender, item, seed, now, None if before is None else self._model.bare(before))
        if PATH in record:
            whole[PATH] = record[PATH]
        self._model.placing.put(whole, path, self._model.addressing.converters)
        return whole

    def _mended(self, mender: Mender, item: Record, seed: str, now: datetime, before: Record | None) -> dict[str, Any]:
        try:
            whole = mender.mended(item, seed, now, before)
        except NoValueError as error:
            raise Stateless(f"no valid item of {self._model.resource.name} can be made: {error}") from None
        # mending may take more than the place of an error from a made item: what the record may have of that comes back
        return overlaid(dict(whole), item, self._model.judge.accepts) if isinstance(whole, dict) else dict(item)

    @cached_property
    def _alike(self) -> dict[str, Any]:
        """Values of fields that new records have alike: null where it is allowed, 0 for counts; no two texts."""
        return {}

    @cached_property
    def _apart(self) -> set[str]:
        """Fields of which each new record has a value of its own."""
        return set()

    def _generated(self, name: str, seed: str, now: datetime) -> Any:
        if name in self._alike:
            return copied(self._alike[name])
        if name in self._apart:
            return self._made(name, seed, now)
        schema = self._properties[name]
        judge, values = self._model.judges(name), self._looks.shape(schema).schema.get("enum")
        is_vague = isinstance(schema, Mapping) and schema.get("nullable") is True and "type" not in schema
        empty = judge.accepts(None) and (values is None or None in values)
        empty = empty and not is_vague  # by OpenAPI 3.0, `nullable` counts beside a `type` only
        if empty or not (self._varies(schema) or spelled(name) in KEYS):
            counts = one_of(name).endswith(COUNTED) and judge.accepts(0)
            given: Any = None if empty else 0 if counts else self._made(name, self._model.collection.name, now)
            self._alike[name] = given
            return copied(given)
        self._apart.add(name)
        return self._made(name, seed, now)

    def _varies(self, schema: Any) -> bool:
        shape = self._looks.shape(schema).schema
        return "string" in self._looks.kinds(schema) and "enum" not in shape and "const" not in shape

    def _made(self, name: str, seed: str, now: datetime) -> Any:
        schema = self._properties[name]
        return self._model.generator.value(
            schema, self._model.judges(name), seed, now=now, name=name, style="documented"
        )

    def changed(
        self, world: World, before: Record, after: dict[str, Any], path: Sequence[Any], seed: str
    ) -> dict[str, Any]:
        """A record in the place of another: read-only fields and path values stay, the time of change is now."""
        now = world.now()
        if self.kinds:
            self.kinds.kept(before, after)
        for name in self._model.read_only:
            if name in before:
                after[name] = before[name]
        filling, _ = self._ways(after)
        for name in filling.created:
            if name in before:
                after[name] = before[name]
        for name, write in filling.updated.items():
            after[name] = write(now)
        self._model.placing.put(after, path, self._model.addressing.converters)
        return self.ordered(self.completed(after, path, seed, now, before))

    def merged(self, before: Record, change: Mapping[str, Any], *, nulls: bool) -> dict[str, Any]:
        """The fields merged into a record. nulls: one stays where its field takes it, else it removes the field."""
        after = dict(before)
        for name, value in change.items():
            if value is None:
                if nulls and name in self._properties and self._model.judges(name).accepts(None):
                    after[name] = None
                else:
                    after.pop(name, None)
            elif isinstance(value, Mapping) and isinstance(after.get(name), Mapping):
                after[name] = merged(after[name], value)
            else:
                after[name] = value
        return after

    def states(self, word: str) -> dict[str, Any]:
        """The fields that an action of this name sets: a status with a value called like it (`cancel`: cancelled)."""
        found: dict[str, Any] = {}
        stem = word.removesuffix("e")
        for name, schema in self._properties.items():
            values = self._looks.shape(schema).schema.get("enum")
            if len(stem) >= STEM and isinstance(values, list) and spelled(name) in STATES:
                same = [each for each in values if isinstance(each, str) and spelled(each).startswith(stem)]
                if len(same) == 1:
                    found[name] = same[0]
        return found
