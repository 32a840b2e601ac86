"""Opens the mocks of one server: names their worlds, prepares their initial state, and observes contract violations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import count

from mockserver.admin import stubs, worlds
from mockserver.admin.service import Service
from mockserver.contract.violations import Rejection
from mockserver.errors import StateError, WorldError
from mockserver.mock import undocumented
from mockserver.mock.fixtures import Source, read_source, stub_folders
from mockserver.mock.host import Host
from mockserver.mock.mock import Mock
from mockserver.mock.state import State
from mockserver.mock.violations import Watch
from mockserver.runtime.exchange import Exchange
from mockserver.world import Snapshot, World
from mockserver.world.journal import Budget, Journal

KEPT = 100_000
"""Maximum of exchanges in the journal of a mock."""

KEPT_BYTES = 64 * 1024 * 1024
"""Their maximum size in bytes."""

UNFIT = re.compile(r"[^A-Za-z0-9]+")
LONGEST = 48
"""Maximum of characters of a test's name in the name of its world."""


class Mocks:
    """Opening a mock costs a fork; the initial state for fixtures and seeds is computed once and shared."""

    def __init__(self, server: Host) -> None:
        self._server = server
        self._service = Service.of(server.app)
        self._numbers = count(1)
        self._origins: dict[tuple[object, ...], tuple[Snapshot, Sequence[Source]]] = {}
        self.watch = Watch()
        server.observe(self.watch)

    def renew(self) -> None:
        """Go on with the APIs that the server has now."""
        self._service = Service.of(self._server.app)
        self._origins.clear()

    def open(
        self, name: str = "mock", *, seed: int | None = None, fixtures: Sequence[Source] = (), strict: bool = False
    ) -> Mock:
        """A mock on a fresh world; `name` is what its world's name begins with.

        strict: names of parameters and properties that are not documented are violations.
        """
        worlds = self._service.worlds
        fitting = UNFIT.sub("-", name).strip("-")[:LONGEST] or "mock"
        world = worlds.create(f"{fitting}-{next(self._numbers)}", self._origin(seed, fixtures))
        worlds.enter(world.name)
        world.journal = Journal(Budget(KEPT_BYTES), KEPT, KEPT_BYTES)
        violations = self.watch.open(world.name, ", ".join(self._server.apis), self._undocumented if strict else None)
        return Mock(self._server, self._service.apis, world, violations, self.close)

    def _undocumented(self, exchange: Exchange) -> Rejection | None:
        api = self._server.apis.get(exchange.api or "")
        return None if api is None or exchange.breach else undocumented.rejection(api.contract, exchange)

    def close(self, mock: Mock) -> None:
        """Delete the mock's world."""
        self.watch.close(mock.name)
        with suppress(WorldError):  # the test may have deleted it
            self._server.app.worlds.delete(mock.name)

    def _origin(self, seed: int | None, fixtures: Sequence[Source]) -> Snapshot | None:
        if seed is None and not fixtures:
            return None
        if seed is not None:
            worlds.check_seed(seed)
        key = (seed, *(id(source) if isinstance(source, Mapping) else str(source) for source in fixtures))
        if key not in self._origins:
            self._origins[key] = self._prepared(seed, fixtures), fixtures
        return self._origins[key][0]

    def _prepared(self, seed: int | None, fixtures: Sequence[Source]) -> Snapshot:
        world = World("fixtures", self._server.app.worlds.default.origin)
        state = State(world, self._service.apis)
        records: dict[str, Sequence[Mapping[str, object]]] = {}
        for source in fixtures:
            records |= read_source(source)
            for folder in stub_folders(source):
                stubs.load_folder(world, self._service.apis, folder.name, folder)
        try:
            state.replace(records)
        except StateError as error:
            files = ", ".join(str(source) for source in fixtures if not isinstance(source, Mapping))
            raise StateError(error.kind, f"{files}: {error}" if files else str(error), error.flaws) from None
        snapshot = world.snapshot()
        return snapshot if seed is None else replace(snapshot, seed=seed)
