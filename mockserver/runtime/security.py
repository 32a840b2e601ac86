"""Authentication: the credentials of a request, compared with the operation's requirement and the API's credentials."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.api import Api
from mockserver.contract.digest import DigestCredential
from mockserver.contract.operation import Operation
from mockserver.contract.security import Extract
from mockserver.contract.violations import Kind, Rejection
from mockserver.oauth.grants import GRANTS
from mockserver.oauth.grants import caller as issued
from mockserver.runtime.request import Request
from mockserver.world import DEFAULT, Collection, Record, World
from mockserver.world.table import Table

DEMO = "one of the demo credentials"
EVERY = "*"
"""Stands for every scope."""


class Doorkeeper:
    """Checks the callers of one operation."""

    def __init__(self, api: Api, operation: Operation) -> None:
        self._api = api
        self._operation_id = operation.operation_id
        self._security = operation.security
        self._only = self._the_only_one()

    def caller(self, request: Request, world: World, *, any_credential: bool) -> Record | Rejection | None:
        """The credential record of the caller; None if none is needed or known; a Rejection if the caller is refused.

        With `any_credential`, every caller is the default account.
        """
        if not self._security.alternatives:
            return None
        if any_credential:
            return self._api.default_credential(world)
        # most callers end here; whoever does not is judged in full below, which also words the refusal
        if self._only is not None:
            extract, scopes, credentials = self._only
            presented = extract(request)
            record = None if isinstance(presented, DigestCredential) else world[credentials].get(presented)
            if record is not None:
                granted = record["scopes"]
                for scope in scopes:  # one or two: to make a set of what is granted takes longer
                    if scope not in granted:
                        break
                else:
                    return record
        return self._anybody(request, world) if self._api.credentials is None else self._known(request, world)

    def _the_only_one(self) -> tuple[Extract, tuple[str, ...], Collection] | None:
        """Where the credential is, the scopes it needs and who knows it, if one scheme is all there is, as mostly."""
        if self._api.credentials is None or len(self._security.alternatives) != 1:
            return None
        alternative = self._security.alternatives[0]
        if len(alternative.extracts) != 1:
            return None
        return alternative.extracts[0], alternative.scopes, self._api.credentials

    def challenge(self, rejection: Rejection) -> dict[str, str]:
        """The headers of a refusal: a 401 has a challenge."""
        asked = rejection.kind == "unauthorized" and self._security.challenge
        return {"WWW-Authenticate": self._security.challenge} if asked else {}

    def _known(self, request: Request, world: World) -> Record | Rejection | None:
        """The first record that satisfies one of the alternatives and has its scopes."""
        return self._judged(request, lambda presented: self._records(presented, request, world), DEMO)

    def _anybody(self, request: Request, world: World) -> Record | Rejection | None:
        """Any caller with a credential of the right kind: the API has no credentials to compare it with.

        An access token that was issued here counts for what it is, and not once it has expired.
        """
        # looked at only once somebody has asked the authorization server for a token
        if world.has_used(GRANTS):
            remedy = self._security.wanted
            return self._judged(request, lambda presented: self._strangers(presented, request, world), remedy)
        for alternative in self._security.alternatives:
            presented = alternative.credentials(request)
            if presented:
                return {"token": presented[0], "account": DEFAULT, "scopes": [*alternative.scopes]}
        if self._security.optional:
            return None
        return self._rejection("unauthorized", f"no credential was sent; send {self._security.wanted}")

    def _judged(
        self, request: Request, records_of: Callable[[list[str]], list[Record]], remedy: str
    ) -> Record | Rejection | None:
        rejection, came = None, False
        for alternative in self._security.alternatives:
            presented = alternative.credentials(request)
            came = came or bool(presented)
            records = records_of(presented)
            if not records:
                continue
            granted = [scope for record in records for scope in record["scopes"]]
            missing = [scope for scope in alternative.scopes if scope not in granted and EVERY not in granted]
            if not missing:
                return records[0]
            message = f"the credential lacks the scope {', '.join(missing)}; send one that has it"
            # of several alternatives the first that knew the caller: what it lacks helps more than that another did not
            rejection = rejection or self._rejection("forbidden", message, alternative.scopes, tuple(granted))
        if self._security.optional:
            return None
        message = "the credential is unknown" if came else "no credential was sent"
        return rejection or self._rejection("unauthorized", f"{message}; send {remedy}")

    def _records(self, presented: list[str], request: Request, world: World) -> list[Record]:
        """The record of each credential; empty if one of them is unknown."""
        assert self._api.credentials is not None
        table = world[self._api.credentials]
        found = [
            _proved(table, each, request.method)
            if isinstance(each, DigestCredential)
            else table.get(each) or self._issued(each, request, world)
            for each in presented
        ]
        known = [record for record in found if record is not None]
        return known if len(known) == len(presented) else []

    def _strangers(self, presented: list[str], request: Request, world: World) -> list[Record]:
        """The same of an API without credentials, where any but an expired access token is the default account's."""
        table = world[GRANTS]
        found = [
            self._issued(each, request, world)
            if table.get(each) is not None
            else {"account": DEFAULT, "scopes": [EVERY]}
            for each in presented
        ]
        known = [record for record in found if record is not None]
        return [{"token": presented[0], **known[0]}, *known[1:]] if known and len(known) == len(presented) else []

    def _issued(self, token: str, request: Request, world: World) -> Record | None:
        """The caller with an access token of the authorization server; it is a bearer token, and no key or password."""
        bearer = (request.header("authorization") or "").partition(" ")
        is_bearer = bearer[0].lower() == "bearer" and bearer[2].strip() == token
        return issued(world, self._api.name, token) if is_bearer else None

    def _rejection(
        self, kind: Kind, message: str, required: tuple[str, ...] = (), granted: tuple[str, ...] = ()
    ) -> Rejection:
        return Rejection(kind, message, self._operation_id, required_scopes=required, granted_scopes=granted)


def _proved(table: Table, credential: DigestCredential, method: str) -> Record | None:
    """The record whose token, `user:password`, the credential was made with."""
    # a table of demo credentials is short
    for record in table:
        user, _, password = record["token"].partition(":")
        # a Digest response is computed from the password, so it cannot be looked up as a token is
        if user == credential and credential.proves(password, method):
            return record
    return None
