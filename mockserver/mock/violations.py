"""Requests that broke the contract: recorded as they come, and separated from those that a test expects.

A request breaks the contract when the document alone turned it down, before any handler ran: no such path or method,
no credential that is known, a scope missing, a parameter or body that is not valid, a body too large. What the state
refuses (an unknown id, a name taken) is no breach, and what a fault rule or `Prefer` answers is not judged.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, repeat
from operator import methodcaller
from types import TracebackType
from typing import get_args, overload

from mockserver.contract.violations import Kind, Rejection
from mockserver.errors import MockServerError
from mockserver.output.escaping import visible
from mockserver.runtime.exchange import Exchange

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

MOST = 1_000
"""Maximum of exchanges kept for one world; of the others only the number is kept."""

SHOWN = 5
"""Maximum of exchanges in an explanation."""

BODY_SHOWN = 300
"""Maximum of characters of a request's body in an explanation."""

ADVICE = "If the test means to send them, say so: mock.expect_violations()."

REMEDIES: Mapping[Kind, str] = {
    "not_found": "served: {1}",
    "unauthorized": "mock.credential({0!r}) is one, and mock.headers({0!r}) sends it",
    "forbidden": "mock.credentials({0!r}) tells what each may do",
}
"""Remedies by kind of rejection, given the API and those served; the rejection itself is not worded for tests."""

Judge = Callable[[Exchange], Rejection | None]

KINDS: tuple[Kind, ...] = get_args(Kind)


class BrokenContract(AssertionError):
    """A test sent a request that breaks the contract, or did not send one that it expected to."""


class Expectation(Sequence[Exchange]):
    """The violations that a test expects, from now until its end, or within a `with` block.

    At least one has to come. It is the sequence of those that came.
    """

    def __init__(self, violations: Violations, kinds: tuple[Kind, ...]) -> None:
        self._violations = violations
        self._kinds = kinds
        self._came: list[Exchange] = []

    def takes(self, exchange: Exchange) -> bool:
        """Whether a violation is one of those that are expected."""
        assert exchange.rejection is not None
        return not self._kinds or exchange.rejection.kind in self._kinds

    def add(self, exchange: Exchange) -> None:
        """Count a violation that came."""
        self._came.append(exchange)

    def check(self) -> None:
        """Raise BrokenContract if there was none."""
        __tracebackhide__ = True
        if not self._came:
            kinds = f" ({', '.join(self._kinds)})" if self._kinds else ""
            raise BrokenContract(
                f"expected a request that violates the contract{kinds}, but none was sent. "
                "Send one after, or within, mock.expect_violations(), or do not expect it."
            )

    @overload
    def __getitem__(self, at: int) -> Exchange: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, at: int | slice) -> Exchange | Sequence[Exchange]:
        return self._came[at]

    def __len__(self) -> int:
        return len(self._came)

    def __enter__(self) -> Expectation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        self._violations.end(self)
        if kind is None:
            self.check()


class Violations:
    """The breaches of one world, on a server of the APIs that `served` names.

    `note` is called on the server's thread, the rest on the test's.
    """

    def __init__(self, served: str, strict: Judge | None = None) -> None:
        self._served = served
        self._strict = strict
        self._opened_by = current_test()
        self.expectations: list[Expectation] = []
        self.unexpected: list[Exchange] = []
        self.senders: list[str] = []
        self.count = 0

    def look(self, exchange: Exchange) -> None:
        """Note an exchange if it broke the contract, or what a strict test asks for beside it."""
        if exchange.rejection is not None:
            self.note(exchange)
        elif self._strict is not None:
            rejection = self._strict(exchange)
            if rejection is not None:
                self.note(exchange.rejected(rejection))

    def note(self, exchange: Exchange) -> None:
        """Record an exchange with a rejection: for the latest expectation that covers it, or as unexpected."""
        for expectation in reversed(self.expectations):
            if expectation.takes(exchange):
                expectation.add(exchange)
                return
        self.count += 1
        if len(self.unexpected) < MOST:
            self.unexpected.append(exchange)
            self.senders.append(current_test())

    def expect(self, kinds: tuple[Kind, ...]) -> Expectation:
        for kind in kinds:
            if kind not in KINDS:
                raise MockServerError(f"expect_violations takes any of {', '.join(KINDS)}, got {kind!r}.")
        expectation = Expectation(self, kinds)
        self.expectations.append(expectation)
        return expectation

    def end(self, expectation: Expectation) -> None:
        self.expectations = [each for each in self.expectations if each is not expectation]

    def forgive(self) -> str:
        """Start anew; returns the explanation of the unexpected violations so far, if there are any."""
        unexpected, senders, count = self.unexpected, self.senders, self.count
        self.unexpected, self.senders, self.count, self.expectations = [], [], 0, []
        is_shared = len({self._opened_by, current_test(), *senders}) > 1
        return explanation(unexpected, count, self._served, senders if is_shared else ()) if count else ""

    def check(self) -> None:
        """Raise BrokenContract for unexpected violations, and for expected ones that did not come; then start anew."""
        __tracebackhide__ = True
        expectations = self.expectations
        broken = self.forgive()
        if broken:
            raise BrokenContract(broken)
        for expectation in expectations:
            expectation.check()


class Watch:
    """An observer that passes each violation on to its world, if a test observes that."""

    def __init__(self) -> None:
        self._worlds: dict[str, Violations] = {}

    def __call__(self, exchange: Exchange) -> None:
        violations = self._worlds.get(exchange.world)
        if violations is not None:
            violations.look(exchange)

    def open(self, world: str, served: str, strict: Judge | None = None) -> Violations:
        """Begin to watch a world; `strict`: what its test holds against a request that the contract allows."""
        violations = self._worlds[world] = Violations(served, strict)
        return violations

    def close(self, world: str) -> None:
        self._worlds.pop(world, None)


def current_test() -> str:
    """The test that pytest runs now; empty outside of one."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]


def explanation(exchanges: Sequence[Exchange], count: int, served: str, senders: Sequence[str] = ()) -> str:
    """What a person needs to mend the requests: each with what the document holds against it.

    senders: the tests that sent them, where it could be several.
    """
    head = "1 request violated the contract:" if count == 1 else f"{count} requests violated the contract:"
    pairs = zip(islice(exchanges, SHOWN), senders or repeat(""), strict=False)
    told = [line for exchange, sender in pairs for line in explain(exchange, served, sender)]
    rest = [] if count <= SHOWN else [f"  … and {count - SHOWN} more"]
    return "\n".join([head, *told, *rest, ADVICE])


def explain(exchange: Exchange, served: str, sender: str = "") -> Iterator[str]:
    """One exchange: its line, who sent it, each violation, what to do about it, the body it carried."""
    assert exchange.rejection is not None
    yield f"  {summary(exchange)}"
    if sender:
        yield f"      sent by {visible(sender)}"
    yield from (f"      {line}" for line in _flaws(exchange))
    if exchange.rejection.kind in REMEDIES:
        yield f"      {REMEDIES[exchange.rejection.kind].format(exchange.api, served)}"
    if exchange.request.body:
        body = visible(exchange.request.body.decode("utf-8", "replace"))
        yield f"      sent: {body if len(body) <= BODY_SHOWN else f'{body[:BODY_SHOWN]}…'}"


def summary(exchange: Exchange) -> str:
    """An exchange on one line: `POST /v1/lists -> 422 (workshop.create_list)`."""
    status = "no answer" if exchange.status is None else exchange.status
    name = "" if exchange.operation_id is None else f" ({exchange.api}.{exchange.operation_id})"
    return visible(f"{exchange.method} {exchange.target} -> {status}{name}")


def _flaws(exchange: Exchange) -> Iterable[str]:
    rejection = exchange.rejection
    assert rejection is not None
    return [visible(str(each)) for each in rejection.violations] or [visible(rejection.message)]
