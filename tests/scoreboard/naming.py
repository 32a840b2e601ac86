"""Requests that name a record in their body or query, as `PUT /roles` with its id: put right to one that exists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from mockserver.inference.plans import Inference
from mockserver.inference.records import at, put
from mockserver.world import World
from mockserver.world.store import INSERTED
from tests.scoreboard.requests import Asked

BY_KEY = ("read", "replace", "merge", "delete", "action")
"""Roles of operations that are asked for a record which exists."""
Named = tuple[tuple[str, ...], Any] | None
"""Where a body has the key of a record, and the key."""


def key_of(inferred: Inference, world: World, operation_id: str) -> Named:
    """The key of a record that an operation can be asked for, where its path does not have it."""
    plan = inferred.plan(operation_id)
    subject = plan.subject
    if subject is None or plan.role not in BY_KEY or len(subject.path) == len(subject.model.placing.names):
        return None
    first, field = subject.table(world).slice(INSERTED, limit=1), subject.model.key.field
    return ((*subject.sent, *field), at(first[0], field)) if first and field is not None else None


def addressed(asked: Asked, named: Named) -> Asked:
    """The request with that key in the query parameter of its name, else in its body of JSON."""
    if named is None:
        return asked
    place, key = named
    if place[-1] in dict(asked.query):
        query = tuple((name, str(key) if name == place[-1] else value) for name, value in asked.query)
        return replace(asked, query=query)
    body = asked.body
    if body is not None and "json" in asked.headers.get("Content-Type", ""):
        sent = orjson.loads(body)
        target = sent[0] if isinstance(sent, list) and len(sent) == 1 else sent
        if isinstance(target, dict):
            put(target, place, key)
            body = orjson.dumps(sent)
    return replace(asked, body=body)
