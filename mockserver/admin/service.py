"""What one server has: its APIs, their routes and its worlds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.admin.apis import Apis
from mockserver.contract.routing import Router
from mockserver.world import World
from mockserver.world.registry import Worlds

if TYPE_CHECKING:  # they bring Connexion, which a test that only reads records need not wait for
    from mockserver.callbacks.sender import Sender
    from mockserver.runtime.application import MockApp
    from mockserver.runtime.dataplane import DataPlane
    from mockserver.runtime.endpoint import Endpoint


@dataclass(frozen=True)
class Service:
    """The APIs of one server by name, its router, its worlds and its data plane."""

    apis: Apis
    router: Router[Endpoint]
    worlds: Worlds
    plane: DataPlane
    callbacks: Sender | None = None

    @classmethod
    def of(cls, app: MockApp) -> Service:
        return cls(Apis(app.plane.routes.apis), app.plane.routes.router, app.worlds, app.plane, app.callbacks)

    def endpoints(self) -> Iterator[Endpoint]:
        """Every operation that is answered."""
        for route in self.router.routes:
            yield from route.targets.values()

    def world(self, name: str) -> World:
        """The world of that name; WorldError if there is none."""
        return self.worlds.find(name)


def operation(endpoint: Endpoint) -> dict[str, Any]:
    """The operation as the schema `Operation` has it."""
    described = endpoint.described
    return {
        "api": endpoint.api.name,
        "operationId": described.operation_id,
        "method": described.method,
        "path": described.path,
    }
