"""The APIs of a server, with their operations and collections, found by name."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from mockserver.admin.flaws import ValueFlaw
from mockserver.api import Api
from mockserver.contract.operation import Operation
from mockserver.errors import OperationError, StateError, WorldError
from mockserver.world import Collection

NEAREST = 3
"""Names that are proposed for one that nothing has."""


class Apis:
    """What is served, by name. What is looked up and is not there is a WorldError."""

    def __init__(self, apis: Iterable[Api]) -> None:
        self.by_name: Mapping[str, Api] = {api.name: api for api in apis}

    def __iter__(self) -> Iterator[Api]:
        return iter(self.by_name.values())

    def api(self, name: str) -> Api:
        """The API of that name."""
        found = self.by_name.get(name)
        if found is None:
            raise WorldError("unknown", f"{_no_api(name, self.by_name)}.")
        return found

    def having(self, name: str, operation_id: str) -> Api:
        """The API of that name, which has the operation."""
        found = self.api(name)
        known = found.contract.operations
        if operation_id not in known:
            raise WorldError(
                "unknown", f"{name} has no operation {operation_id!r:.100}; {nearest(operation_id, known)}."
            )
        return found

    @cached_property
    def collections(self) -> Mapping[str, Collection]:
        """Every collection that the APIs keep, credentials included, by its name: `workshop.lists`."""
        return {each.name: each for api in self for each in api.stored()}

    def collection(self, name: str) -> Collection:
        """The collection of that name."""
        found = self.collections.get(name)
        if found is None:
            raise StateError("unknown", f"no collection is called {name!r}; {self.nearest_collection(name)}")
        return found

    def nearest_collection(self, name: str) -> str:
        """What to write instead of the name of no collection; as their names end alike, only what is very near it."""
        return nearest(name, self.collections, 0.75)

    def operation_ids(self, api: str | None = None) -> list[str]:
        """The names of the operations of one API, or of all, in order."""
        chosen = self if api is None else (self.by_name[api],)
        return sorted({name for one in chosen for name in one.contract.operations})

    def operations(self, api: str | None, operation_id: str) -> Iterator[Operation]:
        """The operations of that name, of one API or of all, as far as they can be served."""
        for one in self:
            if api in (None, one.name) and operation_id in one.contract.operations:
                with suppress(OperationError):
                    yield one.contract.operation(operation_id)

    def unknown(self, given: Mapping[str, Any], within: tuple[str | int, ...] = ()) -> Iterator[ValueFlaw]:
        """Whether nothing served has the names given as `api` and `operationId`: they would match nothing, unnoticed.

        `within` is the path to the object that gives them.
        """
        api, operation_id = given.get("api"), given.get("operationId")
        if api is not None and api not in self.by_name:
            yield ValueFlaw((*within, "api"), _no_api(api, self.by_name), "known", sorted(self.by_name), api)
            api = None
        known = self.operation_ids(api)
        if operation_id is not None and operation_id not in known:
            lack = "no API has an" if api is None else f"{api} has no"
            message = f"{lack} operation {operation_id!r}; {nearest(operation_id, known)}"
            yield ValueFlaw((*within, "operationId"), message, "known", known, operation_id)


def inferred(api: Api) -> list[dict[str, str | None]]:
    """What was inferred of each operation that has no handler of its own, as the schema `Inferred` has it."""
    assert api.inferred is not None
    plans = [api.inferred.plan(each) for each in api.contract.operations if each not in api.handlers]
    return [
        {
            "operationId": each.operation_id,
            "role": each.role,
            "collection": each.collection,
            "key": each.key or None,
            "envelope": each.envelope or None,
            "paging": each.paging or None,
            "filters": each.filters or None,
            "reason": each.reason,
        }
        for each in plans
    ]


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """What to write instead of a name that nothing has."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=NEAREST, cutoff=cutoff)
    return f"did you mean {' or '.join(close)}?" if close else f"expected one of {', '.join(known)}"


def _no_api(name: str, known: Iterable[str]) -> str:
    return f"no API called {name!r} is served; expected one of {', '.join(known)}"
