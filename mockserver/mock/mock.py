"""The object that a test holds: a world of its own on a running server."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import count
from operator import methodcaller
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mockserver.catalog import Api
from mockserver.contract.bodies import write_json
from mockserver.contract.operation import Operation
from mockserver.contract.violations import ABSENT, Kind
from mockserver.errors import MockServerError
from mockserver.mock.credentials import authorization
from mockserver.mock.faults import Fault, check_arguments, check_documented, rule_of
from mockserver.mock.requests import Requests
from mockserver.mock.state import State
from mockserver.mock.violations import Expectation, Violations
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Damage, Delay, Match
from mockserver.runtime.pattern import ANY, RequestPattern
from mockserver.state import checked_time
from mockserver.world import Clock, Record, Snapshot, World

if TYPE_CHECKING:
    import httpx

    from mockserver.mock.transport import Transport
    from mockserver.server import MockServer

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead


class Mock:
    """One isolated world: where clients find it, what it holds, what it was asked. See MockServer.mock.

    As a context manager it checks at the end that no request broke the contract, and drops its world.
    """

    def __init__(self, server: MockServer, world: World, violations: Violations, drop: Callable[[Mock], None]) -> None:
        self.server = server
        self.world = world
        self._violations = violations
        self._drop = drop
        self._rules = count(1)

    def __repr__(self) -> str:
        return f"<Mock {self.name}: {', '.join(self.server.apis)}>"

    @property
    def name(self) -> str:
        """The world's name, for the header X-Mock-World."""
        return self.world.name

    # where clients find it

    def url(self, api: str | None = None) -> str:
        """The base URL to give to a client, without a trailing slash; the documented paths follow."""
        if api is not None:
            self._api(api)
        if not self.server.running:
            raise MockServerError("no socket is open: start the server, or use mock.client, which needs none.")
        return f"{self.server.url}/_world/{self.name}"

    def credential(self, api: str) -> str:
        """The token of the API's default demo credential in this world; MockServerError if it takes none."""
        record = self._api(api).default_credential(self.world)
        if record is None:
            raise MockServerError(
                f"{api} takes no credentials: call it without one. mock.headers({api!r}) fits any API."
            )
        token: str = record["token"]
        return token

    def credentials(self, api: str) -> list[Record]:
        """Every credential of the API: token, account, scopes, description."""
        collection = self._api(api).credentials
        return [] if collection is None else list(self.world[collection])

    def headers(self, api: str | None = None) -> dict[str, str]:
        """Headers that lead a request into this world, and, if an API is named, carry its default credential.

        For clients that cannot take a base URL with a path: give them `mock.server.url` and these.
        """
        found = {"X-Mock-World": self.name}
        if api is not None and self._api(api).credentials is not None:
            found |= authorization(self._api(api).document, self.credential(api))
        return found

    @cached_property
    def transport(self) -> Transport:
        """For an httpx client of either kind: requests reach this world without a socket."""
        from mockserver.mock.transport import Transport

        return Transport(self.server.app, self.world)

    @cached_property
    def client(self) -> httpx.Client:
        """An httpx client on this world without a socket; it brings no credential of its own."""
        return self.transport.client()

    @cached_property
    def async_client(self) -> httpx.AsyncClient:
        """As `client`, for asyncio."""
        return self.transport.async_client()

    # what it holds

    @cached_property
    def state(self) -> State:
        """Every record, by collection: read, replaced, patched."""
        return State(self.world, tuple(self.server.apis.values()))

    def snapshot(self) -> Snapshot:
        """How everything stands now: state, clock, ids, faults."""
        return self.world.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Back to a snapshot; what was asked before stays known."""
        if not isinstance(snapshot, Snapshot):
            raise MockServerError(f"restore takes what mock.snapshot() answered, got {snapshot!r:.80}.")
        self.world.restore(snapshot)

    def reset(self) -> None:
        """Back to how the test began, with no request known; what broke the contract is not forgiven by this."""
        self.world.reset()

    def now(self) -> datetime:
        """The world's time, aware and in UTC."""
        return self.world.now()

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Stop the clock, at an ISO 8601 time if one is given (without an offset: UTC); answers the time."""
        try:
            moment = datetime.fromisoformat(at) if isinstance(at, str) else at
            if moment is not None and moment.tzinfo is None:
                moment = moment.replace(tzinfo=UTC)
        except (ValueError, AttributeError):
            expected = "a datetime or an ISO 8601 time such as '2026-04-22T10:00:00Z'"
            raise MockServerError(f"freeze takes {expected}, got {at!r:.80}.") from None
        return self._turn(lambda clock: clock.freeze(moment))

    def advance(self, by: timedelta | float = 0.0, **units: float) -> datetime:
        """Move the clock by seconds, a timedelta, or its units (`minutes=5`), frozen or running; answers the time."""
        try:
            step = (by if isinstance(by, timedelta) else timedelta(seconds=by)) + timedelta(**units)
        except (TypeError, ValueError, OverflowError):
            given = ", ".join([f"{name}={value!r}" for name, value in units.items()] or [repr(by)])
            raise MockServerError(
                f"advance takes seconds, a timedelta, or units of one such as minutes=5, got {given}."
            ) from None
        return self._turn(lambda clock: clock.advance(step))

    def resume(self) -> datetime:
        """Let a frozen clock run on from where it stands; answers the time."""
        return self._turn(Clock.resume)

    def _turn(self, turned: Callable[[Clock], Clock]) -> datetime:
        with self.world.lock:
            clock = self.world.clock
            try:
                checked_time(lambda: turned(clock).now())
            except ValueError as error:
                raise MockServerError(f"{error}.") from None
            self.world.clock = turned(clock)
        return self.now()

    # what it does to clients

    def fault(
        self,
        operation_id: str | None = None,
        *,
        api: str | None = None,
        method: str | None = None,
        path: str | None = None,
        request_headers: Mapping[str, str] | None = None,
        nth: int | None = None,
        probability: float = 1.0,
        times: int | None = None,
        limit: tuple[int, float] | None = None,
        delay: float | tuple[float, float] | Delay | None = None,
        status: int | None = None,
        example: str | None = None,
        retry_after: int | None = None,
        body: Any = ABSENT,
        headers: Mapping[str, str] | None = None,
        damage: Damage | None = None,
        rate: int = 100,
    ) -> Fault:
        """Add a fault rule, at work from now until it is removed, its `with` block ends, or the test does.

        Which requests: operation_id (`create_list` or `workshop.create_list`), api, method, path (with * and ?),
        request_headers (contained); of these the nth only, with a probability, at most so many times, or those beyond
        a limit (requests, seconds). What happens: a delay in seconds, or between two numbers of seconds; a documented
        status with its example; 429 with retry_after; any status with a body and headers; a damage: `close`, `reset`,
        `truncate`, `malformed`, or `drip` at a rate of bytes a second. MockServerError if that makes no rule.
        """
        method = _method(method)
        check_arguments(locals())
        api, operation_id = self._operation(api, operation_id)
        rule = rule_of(
            f"mock-{next(self._rules)}",
            Match(api, operation_id, method, path, request_headers or {}),
            nth=nth,
            probability=probability,
            times=times,
            limit=limit,
            delay=delay,
            status=status,
            example=example,
            retry_after=retry_after,
            body=body,
            headers=headers,
            damage=damage,
            rate=rate,
        )
        if operation_id is not None:
            check_documented(rule, self._compiled(api, operation_id))
        return Fault(self.world, rule)

    # what it was asked

    def requests(
        self,
        operation_id: str | None = None,
        *,
        api: str | None = None,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, object] | None = None,
        body: Any = ANY,
    ) -> Requests:
        """The requests so far that match, oldest first; without arguments, all.

        operation_id: `create_list` or `workshop.create_list`; query, headers: values that contain these; body: JSON
        that contains this. MockServerError for an operation that no API has, so that a slip matches nothing unseen.
        """
        api, operation_id = self._operation(api, operation_id)
        pattern = RequestPattern(api, operation_id, _method(method), path, status, _texts(query), _texts(headers), body)
        return Requests(pattern, self._exchanges())

    def expect_violations(self, *kinds: Kind) -> Expectation:
        """Say that requests which break the contract (of these kinds, if given) are meant: from now on, or in `with`.

        Kinds: not_found, method_not_allowed, unauthorized, forbidden, invalid, too_large. At least one has to come.
        """
        return self._violations.expect(kinds)

    def check(self) -> None:
        """Raise BrokenContract, with an explanation, if a request broke the contract unexpected; then begin anew."""
        __tracebackhide__ = True
        self._violations.check()

    def forgive(self) -> str:
        """The explanation that `check` would raise with, or nothing; then begin anew."""
        return self._violations.forgive()

    def close(self) -> None:
        """Drop the world; clients of it would begin a new one."""
        self._drop(self)

    def __enter__(self) -> Mock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self.close()
        if kind is None:
            self.check()

    def _exchanges(self) -> list[Exchange]:
        journal = self.world.journal
        kept = journal.entries()
        if len(kept) < journal.added:
            raise MockServerError(
                f"the journal of this world keeps the last {len(kept)} of {journal.added} requests, so they cannot be "
                "counted. Ask earlier, or mock.reset() in between."
            )
        return kept

    def _api(self, name: str) -> Api:
        known = self.server.apis
        if name not in known:
            raise MockServerError(f"no API called {name!r} is served; expected one of {', '.join(known)}.")
        return known[name]

    def _operation(self, api: str | None, operation_id: str | None) -> tuple[str | None, str | None]:
        """API and operation by their names, the first of which may stand before the second; raises for unknown ones."""
        if operation_id is not None and api is None and "." in operation_id:
            api, _, operation_id = operation_id.partition(".")
        if api is not None:
            self._api(api)
        known = sorted(self.server.operations(api))
        if operation_id is not None and operation_id not in known:
            close = difflib.get_close_matches(operation_id, known, n=3)
            rest = f"did you mean {' or '.join(close)}?" if close else f"expected one of {', '.join(known)}."
            raise MockServerError(
                f"{'no API has an' if api is None else f'{api} has no'} operation {operation_id!r}; {rest}"
            )
        return api, operation_id

    def _compiled(self, api: str | None, operation_id: str) -> list[Operation]:
        endpoints = [each for route in self.server.app.plane.router.routes for each in route.targets.values()]
        return [
            each.operation for each in endpoints if api in (None, each.api.name) and each.operation_id == operation_id
        ]


def _method(name: str | None) -> str | None:
    return name.upper() if isinstance(name, str) else name


def _texts(values: Mapping[str, object] | None) -> dict[str, str]:
    """Values as a URL has them: true in small letters, numbers as digits."""
    return {
        name: value if isinstance(value, str) else write_json(value).decode() for name, value in (values or {}).items()
    }
