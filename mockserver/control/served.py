"""What the control plane looks at and changes: the APIs served, their routes, and the worlds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mockserver import state
from mockserver.catalog import Api
from mockserver.contract.routing import Router
from mockserver.control.problems import Problem
from mockserver.runtime.application import MockApp
from mockserver.runtime.dataplane import CONTROL
from mockserver.runtime.endpoint import Endpoint
from mockserver.world import Collection, World
from mockserver.world.registry import Worlds


@dataclass(frozen=True)
class Served:
    """One server's APIs by name, its router and its worlds."""

    apis: dict[str, Api]
    router: Router[Endpoint]
    worlds: Worlds

    @classmethod
    def by(cls, app: MockApp) -> Served:
        return cls({api.name: api for api in app.plane.apis}, app.plane.router, app.worlds)

    def api(self, name: str) -> Api:
        """The API of that name; Problem if it is not served."""
        found = self.apis.get(name)
        if found is None:
            raise Problem(404, f"No API called {name!r} is served; expected one of {', '.join(self.apis)}.")
        return found

    def collections(self) -> dict[str, Collection]:
        return state.collections(self.apis.values())

    def collection(self, name: str) -> Collection:
        """The collection of that name; Problem if there is none."""
        found = self.collections().get(name)
        if found is None:
            raise Problem(404, f"No collection is called {name!r}; {CONTROL}/state lists them.")
        return found

    def world(self, name: str) -> World:
        """The world of that name; WorldError if there is none."""
        return self.worlds.find(name)

    def operations(self) -> Iterator[Endpoint]:
        for route in self.router.routes:
            yield from route.targets.values()

    def expect(self, api: str | None, operation_id: str | None, within: str = "") -> None:
        """Problem unless what is named is served: a misspelt name would match nothing, silently.

        `within` is the JSON Pointer of what names them.
        """
        errors = [
            {"where": "body", "pointer": f"{within}/{place}", "message": _unknown(name, known)}
            for place, name, known in (
                ("api", api, set(self.apis)),
                ("operationId", operation_id, self._operation_ids(api)),
            )
            if name is not None and name not in known
        ]
        if errors:
            raise Problem(409, "; ".join(each["message"] for each in errors), errors)

    def _operation_ids(self, api: str | None) -> set[str]:
        return {each.operation_id for each in self.operations() if api in (None, each.api.name)}


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """The operation as the control plane's schema `Operation` has it."""
    described = endpoint.described
    return {
        "api": endpoint.api.name,
        "operationId": described.operation_id,
        "method": described.method,
        "path": described.path,
    }


def _unknown(name: str, known: set[str]) -> str:
    nearest = difflib.get_close_matches(name, sorted(known), n=3, cutoff=0.0)
    return f"{name!r} is not served; the nearest are {', '.join(nearest) or 'none'}"
