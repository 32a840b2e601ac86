"""Webhooks of the served documents: sent on demand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import nearest
from mockserver.admin.service import Service
from mockserver.callbacks.documented import webhooks_of
from mockserver.callbacks.sender import Callback, Delivery
from mockserver.errors import WorldError
from mockserver.world import World


def send(service: Service, world: World, name: str, given: Any) -> dict[str, Any]:
    """Send the webhook of that name once, as a `WebhookTarget` says; what came of it, as a `Delivery`."""
    return {"world": world.name, "name": name, **asdict(deliver(service, world, name, given))}


def deliver(service: Service, world: World, name: str, given: Any) -> Delivery:
    """The same, as an object; WorldError if no API has such a webhook, or several do."""
    given = schemas.checked("WebhookTarget", given)
    if service.callbacks is None:
        raise WorldError("conflict", "this server sends no webhooks. Serve with MockServer or `mockserver serve`.")
    chosen = [service.apis.api(given["api"])] if "api" in given else [*service.apis]
    found = [(api, webhooks_of(api)) for api in chosen]
    having = [api for api, webhooks in found if name in webhooks]
    if not having:
        known = [each for _, webhooks in found for each in webhooks]
        expected = nearest(name, known) if known else "the documents have none"
        raise WorldError("unknown", f"no webhook is called {name!r}; {expected}.")
    if len(having) > 1:
        listed = ", ".join(each.name for each in having)
        raise WorldError("conflict", f"several APIs have a webhook {name!r}: name one of {listed} as `api`.")
    webhook = webhooks_of(having[0])[name]
    return service.callbacks.deliver(Callback(having[0], webhook, world, given["url"], {}), again=False)
