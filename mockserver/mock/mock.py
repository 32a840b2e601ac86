"""The object that a test holds: a world of its own on a running server."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from operator import methodcaller
from types import TracebackType
from typing import TYPE_CHECKING, Any

from mockserver.admin import clock, schemas
from mockserver.admin import history as past
from mockserver.admin.apis import Apis
from mockserver.contract.violations import ABSENT, Kind
from mockserver.errors import MockServerError
from mockserver.mock import faults, history, requests, stubs
from mockserver.mock.clients import Clients
from mockserver.mock.faults import Fault
from mockserver.mock.history import Comparison
from mockserver.mock.host import Host
from mockserver.mock.requests import Requests, Strays
from mockserver.mock.rules import by_argument
from mockserver.mock.state import State
from mockserver.mock.stubs import StubbedAnswer
from mockserver.mock.times import seconds_of, time_of
from mockserver.mock.violations import Expectation, Violations
from mockserver.runtime.damage import Damage
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.faults import Delay
from mockserver.runtime.pattern import ANY
from mockserver.world import Snapshot, World
from mockserver.world.changes import Change

if TYPE_CHECKING:
    from mockserver.admin.history import At
    from mockserver.callbacks.sender import Delivery

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead


class Mock(Clients):
    """One isolated world: its URL and clients, its state, its faults and its requests. See MockServer.mock.

    As a context manager it checks at the end that no request broke the contract, and drops its world.
    """

    def __init__(
        self, server: Host, apis: Apis, world: World, violations: Violations, drop: Callable[[Mock], None]
    ) -> None:
        super().__init__(server, apis, world)
        self._strays = Strays(server.app.worlds.default)
        self._violations = violations
        self._drop = drop
        self._rules = count(1)
        self._forks: list[Mock] = []

    def __repr__(self) -> str:
        return f"<Mock {self.name}: {', '.join(self.server.apis)}>"

    # state and time

    @cached_property
    def state(self) -> State:
        """The records by collection, to be read, replaced and patched."""
        return State(self.world, self._apis)

    def snapshot(self) -> Snapshot:
        """A copy of the present state, clock, ids and faults."""
        return self.world.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Restore a snapshot; the requests so far are kept."""
        if not isinstance(snapshot, Snapshot):
            raise MockServerError(f"restore takes what mock.snapshot() returned, got {snapshot!r:.80}.")
        self.world.restore(snapshot)

    def reset(self) -> None:
        """Reset to the state at the beginning of the test, and forget its requests, but not contract violations."""
        self.world.reset()

    def now(self) -> datetime:
        """The world's time, as an aware datetime in UTC."""
        return self.world.now()

    def freeze(self, at: datetime | str | None = None) -> datetime:
        """Freeze the clock, at an ISO 8601 time if one is given (without an offset: UTC); returns the time."""
        clock.freeze(self.world, {} if at is None else {"at": time_of(at)})
        return self.now()

    def advance(self, by: timedelta | float = 0.0, **units: float) -> datetime:
        """Advance the clock by seconds, a timedelta, or its units (`minutes=5`), frozen or not; returns the time."""
        clock.advance(self.world, {"seconds": seconds_of(by, units)})
        return self.now()

    def resume(self) -> datetime:
        """Let a frozen clock run again from its present time; returns the time."""
        clock.resume(self.world)
        return self.now()

    # faults and stubs

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
        delay: float | tuple[float, float] | Delay | Mapping[str, Any] | None = None,
        status: int | None = None,
        example: str | None = None,
        retry_after: int | None = None,
        body: Any = ABSENT,
        headers: Mapping[str, str] | None = None,
        damage: Damage | None = None,
        rate: int = 100,
        reply: Mapping[str, Any] | None = None,
    ) -> Fault:
        """Add a fault rule, in force until it is removed, or until its `with` block or the test ends.

        Which requests: operation_id (`create_list` or `workshop.create_list`), api, method, path (with * and ?),
        request_headers (contained); of these the nth only, with a probability, at most so many times, or those beyond
        a limit (requests, seconds). What happens: a delay in seconds, or between two numbers of seconds; a documented
        status with its example; 429 with retry_after; any status with a body and headers; a damage: `close`, `reset`,
        `truncate`, `malformed`, or `drip` at a rate of bytes a second. delay and reply also take what the control plane
        does: `{"kind": "lognormal", "median": 0.1, "sigma": 0.5}`. MockServerError if that makes no rule.
        """
        arguments = dict(locals())
        arguments["api"], arguments["operation_id"] = self._named(api, operation_id)
        names = (f"mock-{number}" for number in self._rules)
        return faults.add(self.world, self._apis, names, arguments)

    def stub(
        self,
        operation_id: str,
        body: Any = ABSENT,
        *,
        api: str | None = None,
        path: Mapping[str, object] | None = None,
        query: Mapping[str, object] | None = None,
        request_headers: Mapping[str, str] | None = None,
        request_body: Any = ABSENT,
        nth: int | None = None,
        probability: float = 1.0,
        times: int | None = None,
        status: int | None = None,
        example: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> StubbedAnswer:
        """Answer valid requests that match with a body of the test's own, until it is removed or the test ends.

        Which requests: operation_id (`create_list` or `workshop.create_list`), values of path parameters (`*` is any
        text) and of the query, request_headers (contained), request_body (JSON that the body contains); of these
        the nth only, with a probability, at most so many times. The answer: a documented status (the lowest 2xx without
        one), with body, or a documented example, and headers. A later stub is asked before an earlier one. WorldError
        tells every flaw of an answer that the document does not have.
        """
        arguments = dict(locals())
        arguments["api"], arguments["operation_id"] = self._named(api, operation_id)
        names = (f"mock-{number}" for number in count(1))
        return stubs.add(self.world, self._apis, names, arguments)

    def fuzz(
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
    ) -> Fault:
        """Answer requests with ever new values at the edges of the response's schema, to test their client.

        Each response is valid: empty and longest texts, absent optional properties, null where it is allowed, unknown
        properties and members where the schema is open. The values follow from the world's seed, so that they come
        again. It is a fault rule, and ends like one; the arguments are those of `fault`.
        """
        return self.fault(
            operation_id,
            api=api,
            method=method,
            path=path,
            request_headers=request_headers,
            nth=nth,
            probability=probability,
            times=times,
            reply={"kind": "fuzz"},
        )

    def send_webhook(self, name: str, url: str, *, api: str | None = None) -> Delivery:
        """Send a webhook of the document once, with a valid body, to a URL on loopback; returns what came of it.

        api: whose webhook it is, if several APIs have one of that name. WorldError if none has.
        """
        from mockserver.admin.service import Service
        from mockserver.admin.webhooks import deliver

        target = {"url": url, "api": api} if api is not None else {"url": url}
        return deliver(Service.of(self.server.app), self.world, name, target)

    # requests

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
        """The requests so far that match, oldest first; without arguments all.

        operation_id: `create_list` or `workshop.create_list`; query, headers: values that contain these; body: JSON
        that contains this. MockServerError for an operation that no API has, so that a slip matches nothing unseen.
        """
        api, operation_id = self._named(api, operation_id)
        said = {"api": api, "operation_id": operation_id, "method": method, "path": path, "status": status}
        wanted = requests.pattern(self._apis, said | {"query": query, "headers": headers, "body": body})
        return Requests(wanted, self._exchanges(), self._strays)

    # what became of it

    def at(self, entry: Exchange | int, when: At = "before") -> Mock:
        """A mock on a world of its own, as this one stood before a request, or `after` it; dropped with this one.

        entry: a request, such as `mock.requests("create_list")[0]`, or its number, from 1.
        """
        with by_argument(lambda flaw: f"at's when {flaw.message}."):
            schemas.checked("At", when)
        number = history.entry(self.world, entry).number
        made = self.server.mock(f"{self.name}-at-{number}")
        made.world.origin = past.at(self.world, number, when)
        made.world.reset()
        self._forks.append(made)
        return made

    def replay(self, entry: Exchange | int, *, here: bool = False) -> Exchange:
        """Send a request once more: the same bytes, the same reading of the clock, the same ids.

        In a fork from before it, which is forgotten, or `here`, in this world as it stands. Answers the new exchange.
        """
        from mockserver.admin.replays import again
        from mockserver.admin.service import Service

        target = self.name if here else None
        return again(Service.of(self.server.app), self.world, history.entry(self.world, entry), target=target)

    def changes(self, of: Exchange | int | str | None = None) -> list[Change]:
        """The records that requests changed, in order: each with `collection`, `key`, `kind`, `before` and `after`.

        of: a request or its number, or the operation of several (`create_list`); without it, all.
        """
        if of is None or isinstance(of, str):
            return history.made(self.requests(of))
        return history.made([history.entry(self.world, of)])

    def compare(self, left: Snapshot | Mock, right: Snapshot | Mock | None = None) -> Comparison:
        """The records that differ between a snapshot, or another mock, and this world as it stands, or `right`.

        It is the sequence of the changes from the left to the right, so `assert not mock.compare(before)` holds if
        there are none; `patch` makes them, `same` looks at ids, clock and rules, too.
        """
        return Comparison(self._apis, history.moment(left), history.moment(self if right is None else right))

    def changes_explanation(self) -> str:
        """What the latest requests changed, in lines for a person; empty if nothing was."""
        return history.explanation(self.world.journal.entries())

    def expect_violations(self, *kinds: Kind) -> Expectation:
        """Expect requests that break the contract (of these kinds, if given): from now on, or in a `with` block.

        Kinds: not_found, method_not_allowed, unauthorized, forbidden, invalid, too_large,
        not_acceptable. At least one has to come.
        """
        return self._violations.expect(kinds)

    def check(self) -> None:
        """Raise BrokenContract, with an explanation, if a request unexpectedly broke the contract; then start anew."""
        __tracebackhide__ = True
        self._violations.check()
        for fork in self._forks:
            fork.check()

    def forgive(self) -> str:
        """The message with which `check` would raise, or an empty text; then start anew."""
        return "\n".join(filter(None, [self._violations.forgive(), *(fork.forgive() for fork in self._forks)]))

    def close(self) -> None:
        """Delete the world; a later request of a client creates a new one."""
        for fork in self._forks:
            fork.close()
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

    def _named(self, api: str | None, operation_id: str | None) -> tuple[str | None, str | None]:
        """API and operation by their names, which may also be given as one, `api.operation`."""
        if api is None and isinstance(operation_id, str) and operation_id not in self._apis.operation_ids():
            before, dot, behind = operation_id.partition(".")
            api, operation_id = (before, behind) if dot else (None, operation_id)
        return api, operation_id
