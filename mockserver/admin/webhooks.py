"""Webhooks of the served documents: sent on demand."""

from __future__ import annotations

from typing import Any

from mockserver.admin import schemas
from mockserver.admin.apis import Apis, nearest
from mockserver.admin.service import Service
from mockserver.callbacks.documented import webhooks_of
from mockserver.callbacks.sender import Callback
from mockserver.errors import WorldError
from mockserver.world import World


def send(service: Service, world: World, name: str, given: Any) -> dict[str, Any]:
    """Send the webhook of that name once, as a `WebhookTarget` says; what came of it, as `Delivery` has it."""
    given = schemas.checked("WebhookTarget", given)
    if service.callbacks is None:
        raise WorldError("conflict", "this server sends no webhooks. Serve with MockServer or `mockserver serve`.")
    served = Apis(service.callbacks.apis)  # also those that describe webhooks only, to which no route leads
    chosen = [served.api(given["api"])] if "api" in given else [*served]
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
    delivery = service.callbacks.deliver(Callback(having[0], webhook, world, given["url"], {}), again=False)
    told = {"status": delivery.status, "attempts": delivery.attempts, "flaw": delivery.flaw}
    return {"world": world.name, "name": name, **told}
