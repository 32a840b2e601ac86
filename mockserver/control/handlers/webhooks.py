"""Handler of the tag `webhooks`."""

from __future__ import annotations

from typing import Any

from mockserver.admin import webhooks
from mockserver.admin.service import Service


def send_webhook(service: Service, name: str, world: str, body: dict[str, Any]) -> dict[str, Any]:
    return webhooks.send(service, service.world(world), name, body)
