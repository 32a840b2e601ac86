"""An Api: a document, its fixtures, its handlers and the words it refuses with. The catalog finds and loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.violations import Rejection
from mockserver.errors import StartError
from mockserver.world import Collection, Record, Table, World
from mockserver.world.store import INSERTED

if TYPE_CHECKING:  # of the shipped APIs nothing is inferred, and they are there sooner without it
    from mockserver.inference import DocumentedAnswers, Inference

Handler = Callable[..., Any]
Refuse = Callable[[World, Rejection], tuple[Any, int] | None]
"""Body and status of a refusal; None if the document has no answer for it, so that the server words it."""


@dataclass(frozen=True)
class Api:
    """One API: its document, what it keeps, who may call it, and how it words a refusal.

    `handlers` answer its operations, by operationId: each is given the world and those of the operation's arguments
    that it names, or all if it takes `**arguments`. `inferred` answers those that have none. `compiled` is the document
    compiled, where that has been done; `mount` stands before every path.
    """

    name: str
    document: Document
    handlers: Mapping[str, Handler]
    collections: tuple[Collection, ...]
    credentials: Collection | None
    refuse: Refuse
    fixtures: tuple[Path, ...]
    inferred: Inference | None = None
    compiled: Contract | None = None
    mount: str = ""

    @cached_property
    def contract(self) -> Contract:
        """The document, compiled."""
        return self.compiled or Contract(self.document)

    @cached_property
    def documented(self) -> DocumentedAnswers:
        """Makes responses from the document alone, whether handlers are written or inferred."""
        from mockserver.inference import DocumentedAnswers

        return DocumentedAnswers(self.contract)

    def handler(self, operation_id: str) -> Handler:
        """What answers the operation of that name; StartError if nothing does."""
        found = self.handlers.get(operation_id, self.inferred)
        if found is None:
            raise StartError(
                f"{self.name}: operation {operation_id} has no handler. Write a function {operation_id}(world) for it."
            )
        return found

    def stored(self) -> tuple[Collection, ...]:
        """Every collection, credentials included; those that are inferred are worked out for it."""
        inferred = () if self.inferred is None else self.inferred.collections
        known = (*self.collections, *inferred)
        return known if self.credentials is None else (*known, self.credentials)

    def loaded(self) -> tuple[Collection, ...]:
        """The collections that fixtures fill when a world is made; inferred ones are filled on first use."""
        return self.collections if self.credentials is None else (*self.collections, self.credentials)

    def kept_in(self, world: World) -> tuple[Collection, ...]:
        """The collections, credentials apart, of which a world has records so far."""
        return tuple(each for each in self.stored() if each is not self.credentials and world.has_used(each))

    def default_credential(self, world: World) -> Record | None:
        """The first credential of the fixtures: whom `--auth any` takes a caller for."""
        first = [] if self.credentials is None else world[self.credentials].slice(INSERTED, limit=1)
        return first[0] if first else None


class Records:
    """The collections of an API in a world by their names without that of the API, for a handler that takes `records`.

    Those that are inferred are there as well, so that a handler can act on what other operations create.
    """

    def __init__(self, api: Api, world: World) -> None:
        self._api = api
        self._world = world

    def __getitem__(self, name: str) -> Table:
        for each in self._api.stored():
            if each.name == f"{self._api.name}.{name}":
                return self._world[each]
        known = sorted(each.name.partition(".")[2] for each in self._api.stored())
        raise KeyError(f"{self._api.name} has no collection {name!r}; expected one of {', '.join(known) or 'none'}")


def inferences(document: Document) -> Iterator[tuple[str, str]]:
    """(JSON pointer, reason) of everything the document infers rather than takes from the published page."""
    yield from _inferences(document.raw, "#")


def _inferences(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, Mapping):
        if isinstance(node.get("x-inferred"), str):
            yield pointer, node["x-inferred"]
        for key, value in node.items():
            yield from _inferences(value, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for at, value in enumerate(node):
            yield from _inferences(value, f"{pointer}/{at}")
