"""Who may have a token: the accounts in the credentials of an API, and anybody if an API has none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from mockserver.api import Api
from mockserver.world import DEFAULT, Record, World


@dataclass(frozen=True)
class Owner:
    """Somebody's account in each API that lets him in, and the scopes that he has there: all if None."""

    accounts: dict[str, tuple[str, Sequence[str] | None]]

    def granted(self, asked: str | None, all_scopes: Iterable[str]) -> str:
        """The requested scopes that the owner has, in their order; all of the owner's if none is requested."""
        wanted = sorted({*all_scopes}) if asked is None else list(dict.fromkeys(asked.split()))
        return " ".join(each for each in wanted if each in STANDARD or self._has(each))

    def _has(self, scope: str) -> bool:
        return any(scopes is None or scope in scopes for _, scopes in self.accounts.values())


STANDARD = frozenset({"openid", "profile", "email", "offline_access"})
"""Scopes of OpenID Connect, which everybody has."""


def identified(apis: Sequence[Api], world: World, name: str, secret: str) -> Owner | None:
    """The owner of this name and secret; None if there is none.

    A credential is `name:secret`, as that of HTTP Basic is, or the secret alone.
    """
    return _owner(apis, world, lambda record: record["token"] in (f"{name}:{secret}", secret))


def named(apis: Sequence[Api], world: World, name: str | None) -> Owner | None:
    """Whose account, or whose name before a colon, is this; the first of each API if no name is given."""
    return _owner(
        apis, world, lambda record: name is None or name in (record["account"], record["token"].partition(":")[0])
    )


def _owner(apis: Sequence[Api], world: World, fits: Callable[[Record], bool]) -> Owner | None:
    accounts: dict[str, tuple[str, Sequence[str] | None]] = {}
    for api in apis:
        if api.credentials is None:
            accounts[api.name] = DEFAULT, None
            continue
        record = next((each for each in world[api.credentials] if fits(each)), None)
        if record is not None:
            accounts[api.name] = record["account"], record["scopes"]
    return Owner(accounts) if accounts else None


def all_scopes(apis: Sequence[Api], world: World) -> Iterator[str]:
    """Every scope that a document declares or a credential has."""
    for api in apis:
        for scheme in api.document.security_schemes.values():
            flows = scheme.get("flows") if isinstance(scheme, dict) and scheme.get("type") == "oauth2" else None
            for flow in flows.values() if isinstance(flows, dict) else ():
                declared = flow.get("scopes") if isinstance(flow, dict) else None
                yield from declared if isinstance(declared, dict) else ()
        for record in world[api.credentials] if api.credentials else ():
            yield from record["scopes"]
