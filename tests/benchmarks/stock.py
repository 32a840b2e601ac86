"""`python -m tests.benchmarks.stock`: stock Connexion on our document, our handlers and a loaded world.

What Connexion leaves to its user is as plain as it can be: a function that knows the bearer keys, an error handler
that sends a refusal, a transaction around each handler. It is served by uvicorn with uvicorn's own defaults.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from inspect import Signature, signature
from typing import Any

import click
import connexion
import orjson
import uvicorn
from connexion.lifecycle import ConnexionRequest, ConnexionResponse
from connexion.resolver import Resolver

from mockserver.api import Api
from mockserver.catalog import load_api
from mockserver.errors import Refusal
from mockserver.seeding import seed_world
from mockserver.world import World
from tests.benchmarks.operations import HOST

APPS: dict[str, type[connexion.FlaskApp | connexion.AsyncApp]] = {
    "flask": connexion.FlaskApp,
    "async": connexion.AsyncApp,
}
KNOWN: dict[str, dict[str, Any]] = {}
"""Credentials by token; a global, because Connexion finds its bearer function by a dotted name."""


def bearer(token: str) -> dict[str, Any] | None:
    """Connexion's x-bearerInfoFunc: who the caller is, None if the key is not known."""
    return KNOWN.get(token)


def application(api: Api, kind: str, *, validate_responses: bool) -> connexion.FlaskApp | connexion.AsyncApp:
    """The stock app serving the API on a world of its own."""
    world = seed_world([api])
    assert api.credentials is not None
    KNOWN.update({record["token"]: {"sub": record["account"], **record} for record in world[api.credentials]})
    app = APPS[kind](__name__, resolver=Resolver(lambda name: bound(api.handler(name), world)), pythonic_params=True)
    app.add_api(with_bearer(api.document.raw), validate_responses=validate_responses)
    app.add_error_handler(Refusal, refused)
    return app


def with_bearer(document: Any) -> Any:
    """The document, its security schemes naming `bearer`."""
    changed = deepcopy(document)
    for scheme in changed["components"]["securitySchemes"].values():
        scheme["x-bearerInfoFunc"] = f"{bearer.__module__}.{bearer.__name__}"
    return changed


def bound(handler: Callable[..., Any], world: World) -> Callable[..., Any]:
    """The handler on that world, in a transaction, with the world out of its signature."""

    @wraps(handler)
    def in_transaction(**arguments: Any) -> Any:
        with world.transaction():
            return handler(world, **arguments)

    del in_transaction.__wrapped__  # Connexion would look through it for the arguments
    parameters = list(signature(handler).parameters.values())[1:]
    vars(in_transaction)["__signature__"] = Signature(parameters)
    return in_transaction


def refused(_: ConnexionRequest, refusal: Refusal) -> ConnexionResponse:
    return ConnexionResponse(
        refusal.status, content_type="application/json", body=orjson.dumps(refusal.payload), headers=refusal.headers
    )


@click.command()
@click.argument("kind", type=click.Choice(sorted(APPS)))
@click.option("--port", type=int, required=True)
@click.option("--validate-responses", is_flag=True)
def main(kind: str, port: int, validate_responses: bool) -> None:
    """Serve the audience API with connexion.FlaskApp or connexion.AsyncApp until told to stop."""
    uvicorn.run(application(load_api("audience"), kind, validate_responses=validate_responses), host=HOST, port=port)


if __name__ == "__main__":
    main()
