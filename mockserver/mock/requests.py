"""The requests of a test that match a pattern: their number, the requests, and an explanation of a wrong number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, takewhile
from typing import Any, overload

from mockserver.admin import journal, schemas
from mockserver.admin.apis import Apis
from mockserver.admin.flaws import ValueFlaw
from mockserver.contract.bodies import value_text
from mockserver.mock import history
from mockserver.mock.history import cut
from mockserver.mock.rules import by_argument
from mockserver.mock.violations import summary
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.pattern import ANY, RequestPattern, nearest
from mockserver.world import World

SHOWN = 3
"""Maximum of requests in an explanation: the closest ones, or the first that matched."""

LOOKED_AT = 30
"""Maximum of near misses that are compared to find those that differ."""

STRAY = (
    "{} went to the default world during this test, without the path of mock.url() and the header of mock.headers(): "
    "urljoin(mock.url(), '/v1/lists') loses the path, mock.url() + '/v1/lists' keeps it"
)
"""The explanation of requests that missed the world of a test."""


class Count(int):
    """The number of requests that matched: an int that also explains itself."""

    requests_explanation: list[str]

    @classmethod
    def of(cls, requests: Requests) -> Count:
        count = cls(len(requests))
        count.requests_explanation = requests.explanation()
        return count


class Strays:
    """Requests to the default world since this was created, most likely of a test, by mistake.

    They have lost the path of their world's base URL, as `urljoin(mock.url(), "/v1/lists")` does.
    """

    def __init__(self, default: World) -> None:
        self._journal = default.journal
        self._last = next(reversed(default.journal.entries()), None)

    def meant(self, pattern: RequestPattern) -> list[Exchange]:
        """Those that match, whatever their status code, which depends on the records of the world."""
        wanted = replace(pattern, status=None)
        since = takewhile(lambda each: each is not self._last, reversed(self._journal.entries()))
        return [each for each in since if wanted.matches(each)][::-1]


class Requests:
    """The exchanges of one world that match a pattern, oldest first; `strays`: those that went to the default world."""

    def __init__(self, pattern: RequestPattern, exchanges: Sequence[Exchange], strays: Strays) -> None:
        self.pattern = pattern
        self._strays = strays
        self._all = [exchange for exchange in exchanges if pattern.may_mean(exchange)]
        self._matching = [exchange for exchange in exchanges if pattern.matches(exchange)]

    @overload
    def __getitem__(self, at: int) -> Exchange: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Exchange]: ...
    def __getitem__(self, at: int | slice) -> Exchange | Sequence[Exchange]:
        __tracebackhide__ = True
        try:
            return self._matching[at]
        except IndexError:
            raise IndexError("\n".join([f"there is no request [{at}]", *self.explanation()])) from None

    def __len__(self) -> int:
        return len(self._matching)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._matching)

    def __repr__(self) -> str:
        missed = "" if self._matching else f"; nearest: {self._misses()[0].strip()}" if self._all else "; none was sent"
        return f"<{_times(len(self), 'request')} of {_described(self.pattern)}{missed}>"

    @property
    def count(self) -> Count:
        """The number; under pytest, `assert mock.requests(…).count == 1` explains itself."""
        return Count.of(self)

    def assert_called(
        self, times: int | None = None, *, at_least: int | None = None, at_most: int | None = None
    ) -> None:
        """Raise AssertionError, with the closest requests, unless so many matched; by default at least one."""
        __tracebackhide__ = True
        asked = {"exactly": times, "atLeast": at_least, "atMost": at_most}
        journal.expected({name: number for name, number in asked.items() if number is not None})
        if times is None and at_least is None and at_most is None:
            at_least = 1
        count = len(self)
        for number, holds, words in (
            (times, count == times, "exactly"),
            (at_least, at_least is None or count >= at_least, "at least"),
            (at_most, at_most is None or count <= at_most, "at most"),
        ):
            if number is not None and not holds:
                expected = f"expected {words} {_times(number, 'request')} of {_described(self.pattern)}, got {count}"
                raise AssertionError("\n".join([expected, *self.explanation()]))

    def assert_not_called(self) -> None:
        """Raise AssertionError, with the requests, if any matched."""
        __tracebackhide__ = True
        self.assert_called(0)

    def explanation(self) -> list[str]:
        """A few lines: what matched, or what came closest and its differences, and what went to another world."""
        return [*self._here(), *self._elsewhere()]

    def _here(self) -> list[str]:
        if self._matching:
            head = f"{_times(len(self), 'request')} matched {_described(self.pattern)}:"
            told = (line for each in self._matching[:SHOWN] for line in _with_changes(each))
            return [head, *told, *_more(len(self))]
        if not self._all:
            return ["no request was sent to this world"]
        head = f"nothing matched {_described(self.pattern)}; nearest of {_times(len(self._all), 'request')}:"
        return [head, *self._misses()]

    @property
    def requests_explanation(self) -> list[str]:
        """For a comparison with the requests instead of their count."""
        return [*self.explanation(), "a number of requests is their count: mock.requests(…).count"]

    def _misses(self) -> list[str]:
        missed = nearest(self.pattern, self._all, LOOKED_AT)
        lines = dict.fromkeys(cut(f"  {summary(each)}: {'; '.join(difference)}") for each, difference in missed)
        return list(islice(lines, SHOWN))

    def _elsewhere(self) -> list[str]:
        strays = self._strays.meant(self.pattern)
        if not strays:
            return []
        lines = (cut(f"  {summary(each)}") for each in strays[:SHOWN])
        return [STRAY.format(_times(len(strays), "such request")), *lines, *_more(len(strays))]


def _with_changes(exchange: Exchange) -> Iterator[str]:
    """A request in a line, and what it changed in some more."""
    yield cut(f"  {summary(exchange)}")
    yield from (f"      {line}" for line in history.told(exchange))


def _more(number: int) -> list[str]:
    return [] if number <= SHOWN else [f"  … and {number - SHOWN} more"]


def pattern(apis: Apis, arguments: Mapping[str, Any]) -> RequestPattern:
    """The pattern of the arguments of Mock.requests; WorldError has flaws by the names of the arguments."""
    with by_argument(_told):
        return journal.expectation(apis, described(arguments))[0]


def described(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Mock.requests as the JSON of an expectation."""
    method = arguments["method"]
    plain = {name: arguments[name] for name in ("api", "path", "status")}
    named = {"operationId": arguments["operation_id"], "method": method.upper() if isinstance(method, str) else method}
    texts = {name: _texts(arguments[name]) for name in ("query", "headers")}
    said = {name: value for name, value in {**plain, **named, **texts}.items() if value is not None}
    return said if arguments["body"] is ANY else said | {"body": arguments["body"]}


def _texts(values: Any) -> Any:
    """Values in their form in a URL: `true` in lower case, numbers as digits."""
    if not isinstance(values, Mapping):
        return values
    texts = schemas.as_json(values)
    return {name: value_text(each) for name, each in texts.items()}


def _told(flaw: ValueFlaw) -> str:
    if flaw.rule == "known":
        return f"{flaw.message}."
    argument = {"operationId": "operation_id"}.get(str(flaw.place[0]), flaw.place[0]) if flaw.place else "arguments"
    return f"{argument} {flaw.message}."


def _times(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number} {what}s"


def _described(pattern: RequestPattern) -> str:
    name = ".".join(part for part in (pattern.api, pattern.operation_id) if part)
    asked = [name] if name else []
    asked += [str(part) for part in (pattern.method, pattern.path) if part is not None]
    for part in ("status", "query", "headers"):
        value = getattr(pattern, part)
        asked += [f"{part} {value}"] if value else []
    if pattern.body is not RequestPattern.body:
        asked.append(f"body {pattern.body}")
    return cut(", ".join(asked) or "any operation")
