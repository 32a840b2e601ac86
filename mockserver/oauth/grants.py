"""What an authorization server has handed out in a world: codes, access tokens and refresh tokens, until they expire.

They are records of a collection like any other, so that a fork of the world knows them and a reset forgets them. Their
values come from a sequence of their own: fetching a token changes no id of a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from mockserver.world import Collection, Record, World
from mockserver.world.ids import Ids
from mockserver.world.store import TableState


def _none() -> TableState:
    return TableState.load(GRANTS, ())


GRANTS = Collection("oauth.grants", key=lambda record: record["value"], begin=_none)
LENGTH = 40
LIFETIMES = {"code": 60, "access": 3600, "refresh": 30 * 24 * 3600}
"""Seconds of a grant of each kind."""


def issue(world: World, kind: str, grant: Mapping[str, Any]) -> str:
    """The value of a new grant of a kind, for what `grant` says: who it is for, with which scopes."""
    table = world[GRANTS]
    drawn = world.state(GRANTS).next_sequence
    value = Ids(world.seed, "oauth", drawn).token(LENGTH)
    expires = world.now() + timedelta(seconds=LIFETIMES[kind])
    table.put({**grant, "value": value, "kind": kind, "expires": expires.isoformat()})
    return value


def find(world: World, kind: str, value: str) -> Record | None:
    """A grant of that kind and value; None if there is none, or none any more."""
    if not world.has_used(GRANTS):
        return None
    found = world[GRANTS].get(value)
    if found is None or found["kind"] != kind or datetime.fromisoformat(found["expires"]) <= world.now():
        return None
    return found


def revoke(world: World, value: str) -> None:
    """Forget a grant: a code, or a refresh token that another one replaces."""
    world[GRANTS].delete(value)


def caller(world: World, api: str, token: str) -> Record | None:
    """Who calls an API with an access token, as a record of a credential; None if it is none for that API."""
    found = find(world, "access", token)
    if found is None or api not in found["accounts"]:
        return None
    account, scopes = found["accounts"][api]
    granted = [each for each in scopes_of(found) if scopes is None or each in scopes]
    return {"token": token, "account": account, "scopes": granted}


def scopes_of(grant: Mapping[str, Any]) -> Sequence[str]:
    """The scopes of a grant."""
    return str(grant["scope"]).split()
