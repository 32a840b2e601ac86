"""The targets of a verification: APIs of the catalog in this process, in new worlds, or the server at a URL."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.api import Api
from mockserver.catalog import load_apis
from mockserver.client import Trust, basic
from mockserver.contract.contract import Contract
from mockserver.contract.document import Document
from mockserver.contract.operation import Described
from mockserver.errors import DocumentError
from mockserver.runtime.application import MockApp
from mockserver.seeding import seed_world
from mockserver.verify.data import NONE, Values
from mockserver.verify.events import OperationRef
from mockserver.verify.identities import Credential, Identity, basic_schemes, place_of, requirements
from mockserver.verify.secrets import Secrets, Sent, of_header
from mockserver.world import Record

logger = logging.getLogger("mockserver")

SERVED = "http://127.0.0.1:8080"
"""The default address of `mockserver serve`, so that a command from a report works when pasted."""

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
"""The time at which a mock is verified, so that the same seed gives the same responses on any day."""

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
"""Methods that must not change anything (RFC 9110, 9.2.1)."""


@dataclass(frozen=True)
class Target:
    """An implementation of a document, and its callers.

    app: in this process; None: at `url`. others: callers of other accounts, who must not see the records of `caller`.
    weaker: callers with fewer scopes. secrets: what no report may show. given: the options for callers and headers, as
    shell words. writes: unsafe methods may be sent. values: test data that was given for its operations.
    """

    name: str
    document: Document
    url: str
    app: ASGIApp | None = None
    caller: Identity | None = None
    others: tuple[Identity, ...] = ()
    weaker: tuple[Identity, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Secrets = field(default_factory=Secrets)
    given: tuple[str, ...] = ()
    writes: bool = True
    trust: Trust = field(default_factory=Trust)
    values: Values = NONE

    @cached_property
    def contract(self) -> Contract:
        """The document, compiled."""
        return Contract(self.document)

    @property
    def callers(self) -> Iterator[Identity]:
        """Those whose credential was given, rather than known of the mock."""
        named = [self.caller, *self.others, *self.weaker]
        yield from (each for each in named if each is not None and each.name in OPTIONS)

    @property
    def where(self) -> str:
        """A description of the target, for people."""
        return "the mock, in this process" if self.app is not None else self.url

    @cached_property
    def broken(self) -> Mapping[str, str]:
        """The operations that a flaw of the document costs, by operationId, and why. The others are brought into form.

        Schemathesis then reads the document as the mock does, and fails on no flaw that costs nothing.
        """
        found: dict[str, str] = {}
        for each in self.contract.operations.values():
            try:
                self.document.prepare(each.pointer)
            except DocumentError as error:
                found[each.operation_id] = str(error)
        return found

    def operations(self) -> Iterator[OperationRef]:
        """Every operation of the document that no flaw costs."""
        for each in self.contract.operations.values():
            if each.operation_id in self.broken:
                continue
            responses = each.members.get("responses", {})
            # extensions stand among the responses (OpenAPI 3.0.3, Responses Object)
            statuses = tuple(str(status) for status in responses if not str(status).startswith("x-"))
            media = {
                name for status in statuses for name in self.document.resolve(responses[status]).get("content", {})
            }
            secured = bool(requirements(self.document, each.members))
            yield OperationRef(
                self.name,
                each.operation_id,
                each.method,
                each.path,
                statuses,
                tuple(sorted(media)),
                secured,
                tuple(self._required(each)),
            )

    def _required(self, described: Described) -> Iterator[str]:
        """The parameters without which no request is valid and that have no value yet, as `--set` names them."""
        given = self.values.of(f"{described.method} {described.path}")
        for parameter in self.document.parameters(described.path, described.members):
            known = parameter["in"] not in ("path", "query", "header") or parameter["name"] in given[parameter["in"]]
            if parameter.get("required") and not known:
                yield f"{parameter['in']}.{parameter['name']}"


class Served:
    """Calls an app as a server does: an exception is logged and answered with 500, so that it becomes a finding."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception:
            if scope["type"] != "http":
                raise
            logger.exception("the app failed on %s %s", scope["method"], scope["path"])
            answer = PlainTextResponse("Internal Server Error", status_code=500)
            await answer(scope, receive, send)


@dataclass(frozen=True)
class Given:
    """The credentials, headers and certificates given by the user; the mock needs none of them.

    userinfo: the `user:password` of the URL, which is the caller's credential for HTTP Basic.
    """

    auth: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    unscoped: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    userinfo: str | None = field(default=None, repr=False)
    trust: Trust = field(default_factory=Trust)

    def identities(self, document: Document) -> dict[str, Identity]:
        """The identities `caller`, `other` and `unscoped`, as far as given."""
        found = {}
        for who, texts in (("caller", self.auth), ("other", self.other), ("unscoped", self.unscoped)):
            credential = Credential.parse(document, texts)
            if who == "caller" and self.userinfo is not None:
                credential = Credential(schemes=dict.fromkeys(basic_schemes(document), self.userinfo))
            if credential is not None and credential.is_given:
                found[who] = Identity(who, document, credential, frozenset() if who == "unscoped" else None)
        return found

    def sent(self, document: Document) -> dict[str, str]:
        """The headers of every request; also that for the URL's user if no security scheme takes it."""
        # a client sends what a URL has of a user as HTTP Basic, whatever the document says
        alone = self.userinfo is not None and not basic_schemes(document)
        return {**self.headers, **(basic(self.userinfo) if alone else {})}

    def secrets(self, document: Document, identities: Iterable[Identity], url: str) -> Secrets:
        """Everything here that no report may show."""
        return Secrets(self._secrets(document, identities), url)

    def _secrets(self, document: Document, identities: Iterable[Identity]) -> Iterator[Sent]:
        places = [place_of(document, scheme) for scheme in document.security_schemes]
        for name, value in self.headers.items():
            yield from of_header(name, value, [name for where, name in places if where == "header"])
        if self.userinfo is not None and not basic_schemes(document):
            yield Sent("header", "Authorization", self.userinfo, USERINFO, "Basic ", encoded=True)
        for identity in identities:
            yield from identity.secrets(VARIABLES[identity.name])

    def options(self, document: Document, secrets: Secrets, said: Iterable[Identity]) -> Iterator[str]:
        """These headers and credentials as options, for a shell."""
        for name, value in self.sent(document).items():
            yield f"--header {secrets.quoted(f'{name}: {value}')}"
        for identity in said:
            yield from identity.options(OPTIONS[identity.name], VARIABLES[identity.name])


def mock_target(chosen: Api | str, given: Given | None = None) -> Target:
    """An API, or the one of that name, in a new world, called with its default credential unless another is given."""
    given, api = given or Given(), _api(chosen)
    world = seed_world([api])
    # a run that is repeated by its seed sees the same times
    world.clock = world.clock.freeze(NOON)
    said = given.identities(api.document)
    records = [] if api.credentials is None else list(world[api.credentials])
    # demo credentials are in the published fixtures: commands show them, so that they can be pasted
    public = {each["token"] for each in records}
    first = said.get("caller") or (_identity(api, records[0]) if records else None)
    own = next(
        (each["account"] for each in records if first is not None and each["token"] == first.credential.text), None
    )
    hidden = [each for each in said.values() if each.credential.text not in public]
    secrets = given.secrets(api.document, hidden, SERVED)
    # reversed, so that the first caller of each account stands for it
    owners = {each["account"]: each for each in reversed(records) if each["account"] != own}
    return Target(
        name=api.name,
        document=api.document,
        url=SERVED,
        app=Served(MockApp([api], world)),
        caller=first,
        others=(said["other"],) if "other" in said else tuple(_identity(api, each) for each in owners.values()),
        weaker=(said["unscoped"],) if "unscoped" in said else tuple(_identity(api, each) for each in records),
        headers=given.sent(api.document),
        secrets=secrets,
        given=tuple(given.options(api.document, secrets, hidden))
        + tuple(f"{OPTIONS[each.name]} {each.credential.text}" for each in said.values() if each not in hidden),
    )


def _api(chosen: Api | str) -> Api:
    return load_apis([chosen])[0] if isinstance(chosen, str) else chosen


def _identity(api: Api, record: Record) -> Identity:
    return Identity(record["token"], api.document, Credential(record["token"]), frozenset(record["scopes"]))


def url_target(chosen: Api | str, url: str, given: Given | None = None, *, writes: bool = False) -> Target:
    """The server at a URL, which is the base of the documented paths; `chosen`: an API, its name, or a document."""
    given, api = given or Given(), _api(chosen)
    document = api.document
    url = url.rstrip("/")
    said = given.identities(document)
    secrets = given.secrets(document, said.values(), url)
    return Target(
        name=api.name,
        document=document,
        url=url,
        caller=said.get("caller"),
        others=(said["other"],) if "other" in said else (),
        weaker=(said["unscoped"],) if "unscoped" in said else (),
        headers=given.sent(document),
        secrets=secrets,
        given=tuple(given.options(document, secrets, [each for each in said.values() if each.credential.text is None])),
        writes=writes,
        trust=given.trust,
    )


OPTIONS = {"caller": "--auth", "other": "--auth-other", "unscoped": "--auth-unscoped"}

VARIABLES = {
    "caller": "MOCKSERVER_AUTH",
    "other": "MOCKSERVER_AUTH_OTHER",
    "unscoped": "MOCKSERVER_AUTH_UNSCOPED",
}

USERINFO = "MOCKSERVER_USERINFO"
"""The variable in commands for the user and password of a URL, if the document has no scheme for them."""
