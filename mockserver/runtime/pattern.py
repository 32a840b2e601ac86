"""Request patterns, for fault rules, counts and filters of the journal.

A pattern says how an exchange differs from it, and matches if it does not.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mockserver.contract.bodies import read_json, write_json
from mockserver.contract.pairs import percent_decoded, split_query
from mockserver.contract.violations import ABSENT
from mockserver.runtime.exchange import Exchange
from mockserver.world.changes import alike

ANY: Any = ABSENT
SHOWN = 80
"""Characters of a value that a difference quotes."""


@dataclass(frozen=True)
class RequestPattern:
    """What a request must be; None and empty ask nothing.

    path: may hold * and ? wildcards; path_values, those of its template's parameters, may as well. status: a number, or
    a range such as `4XX`. query, headers: each name must have a value that contains the text; one of a query must be
    the text, if `whole` asks for that. body: JSON that must be contained in the request's: objects may have more
    properties, everything else must be equal; text must stand in a text body. A browser's preflights match only if the
    method is OPTIONS, or `preflights` asks for them.
    """

    api: str | None = None
    operation_id: str | None = None
    method: str | None = None
    path: str | None = None
    status: int | str | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = ANY
    preflights: bool = False
    path_values: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    def may_mean(self, exchange: Exchange) -> bool:
        """Whether the pattern is about such requests: browsers send CORS preflights, not the client's code."""
        if exchange.answered_by.kind == "callback":
            return self.preflights  # the mock sent it itself
        return self.preflights or self.method == "OPTIONS" or not exchange.is_preflight

    def matches(self, exchange: Exchange, body: Any = ABSENT) -> bool:
        """Whether the exchange has no difference; `body` is the value of the request's, where it is known."""
        return next(self._differences(exchange, body), None) is None

    def difference(self, exchange: Exchange, body: Any = ABSENT) -> list[str]:
        """The differences of the exchange from the pattern, one sentence each; empty if it matches."""
        return [*self._differences(exchange, body)]

    def _differences(self, exchange: Exchange, body: Any) -> Iterator[str]:
        yield from self._line(exchange)
        yield from self._path_values(exchange)
        yield from self._query(exchange)
        yield from self._headers(exchange)
        if body is ABSENT or self.body is ANY:
            yield from self._body(exchange)
        else:
            yield from _missing(self.body, body, "body")

    def _line(self, exchange: Exchange) -> Iterator[str]:
        if self.api is not None and self.api != exchange.api:
            yield _differs("api", self.api, exchange.api)
        if self.operation_id is not None and self.operation_id != exchange.operation_id:
            yield _differs("operationId", self.operation_id, exchange.operation_id)
        # a pattern for OPTIONS means preflights as well
        if self.method is not None and self.method != exchange.method:
            yield _differs("method", self.method, exchange.method)
        elif not self.may_mean(exchange):
            yield "method: expected any except a CORS preflight, which only the method OPTIONS matches, or a callback"
        if self.path is not None and not matches_path(exchange.path, self.path):
            yield _differs("path", self.path, exchange.path)
        if self.status is not None and not _is_of(exchange.status, self.status):
            yield _differs("status", self.status, exchange.status)

    def _path_values(self, exchange: Exchange) -> Iterator[str]:
        values = path_values(exchange.route or "", exchange.path) if self.path_values else {}
        for name, wanted in self.path_values.items():
            if name not in values or not matches_path(values[name], wanted):
                yield _differs(f"path {name}", repr(wanted), repr(values[name]) if name in values else None)

    def _query(self, exchange: Exchange) -> Iterator[str]:
        if self.query:
            query = split_query(exchange.target.partition("?")[2])
            for name, part in self.query.items():
                received = [*map(percent_decoded, query.get(name, ()))]
                yield from (_is_none if self.whole else _without)(part, received, f"query {name}")

    def _headers(self, exchange: Exchange) -> Iterator[str]:
        for name, part in self.headers.items():
            yield from _without(part, exchange.request.values(name), f"header {name}")

    def _body(self, exchange: Exchange) -> Iterator[str]:
        if self.body is ANY:
            return
        came = exchange.request
        received, flaw = read_json(came.body)
        if flaw is None and len(came.body) == came.size:
            yield from _missing(self.body, received, "body")
            return
        text = came.body.decode("utf-8", "replace")
        if not isinstance(self.body, str) or self.body not in text:
            rest = "" if len(came.body) == came.size else f" (only {len(came.body)} of its {came.size} bytes are kept)"
            yield f"body: expected {_json(self.body)}, got {_quoted(text) if text else 'nothing'}{rest}"


def matches_path(path: str, pattern: str) -> bool:
    """Whether the path matches a pattern in which * stands for any text and ? for any character."""
    # brackets are no wildcards here: `/items[0]` is a path that clients send
    return fnmatch.fnmatchcase(path, pattern.replace("[", "[[]"))


def path_values(template: str, path: str) -> dict[str, str]:
    """The decoded values of the template's parameters in a path that it matches."""
    names, expression = _read(template)
    found = expression.fullmatch(path)
    return {} if found is None else dict(zip(names, map(percent_decoded, found.groups()), strict=True))


@lru_cache(maxsize=1024)
def _read(template: str) -> tuple[list[str], re.Pattern[str]]:
    parts = re.split(r"\{([^{}]+)\}", template)
    return parts[1::2], re.compile("([^/]*)".join(map(re.escape, parts[::2])))


def _is_of(status: int | None, wanted: int | str) -> bool:
    return status is not None and (status == wanted or str(wanted) in (str(status), f"{status // 100}XX"))


def _differs(name: str, expected: object, received: object) -> str:
    return f"{name}: expected {expected}, got {'nothing' if received is None else received}"


def nearest(pattern: RequestPattern, exchanges: Iterable[Exchange], most: int = 3) -> list[tuple[Exchange, list[str]]]:
    """The exchanges with the fewest differences from the pattern, and these; the nearest and latest first."""
    missed = [(each, pattern.difference(each)) for each in exchanges if pattern.may_mean(each)]
    missed = [(exchange, difference) for exchange, difference in missed if difference]
    # by the operation first: who asks for one looks at its requests, however much else differs
    missed.sort(key=lambda each: (_distance(pattern, each[0], each[1]), -each[0].number))
    return missed[:most]


def _distance(pattern: RequestPattern, exchange: Exchange, difference: list[str]) -> tuple[bool, int]:
    return pattern.operation_id not in (None, exchange.operation_id), len(difference)


def _without(part: str, received: list[str], place: str) -> Iterator[str]:
    if not any(part in value for value in received):
        yield f"{place}: expected {part!r} in it, got {', '.join(map(_quoted, received)) or 'nothing'}"


def _is_none(value: str, received: list[str], place: str) -> Iterator[str]:
    if value not in received:
        yield f"{place}: expected {value!r}, got {', '.join(map(_quoted, received)) or 'nothing'}"


def _missing(expected: Any, received: Any, at: str) -> Iterator[str]:
    if isinstance(expected, dict) and isinstance(received, dict):
        for name, value in expected.items():
            if name in received:
                yield from _missing(value, received[name], f"{at}.{name}")
            else:
                yield f"{at}.{name}: expected {_json(value)}, got nothing"
    elif not alike(expected, received):
        yield f"{at}: expected {_json(expected)}, got {_json(received)}"


def _json(value: Any) -> str:
    return _short(write_json(value).decode())


def _quoted(text: str) -> str:
    return repr(_short(text))


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 3]}..."
