"""Which request of the run created what a later one is about, so that whoever repeats the later one has it, too.

Sequences along links know that themselves. Elsewhere Schemathesis, and we, take ids from earlier answers, so that the
creation is found by them: what was answered to a POST has the value that stands in the later path behind its own.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from mockserver.contract.bodies import read_json
from mockserver.verify.events import Exchange

MOST = 5000
"""Created things that are remembered, the latest."""

DEEPEST = 2
"""Levels of an answer in which a record has its ids: itself, and one wrapper."""


class Origins:
    """Remembers creations by the path of their collection and each value that may be their id."""

    def __init__(self) -> None:
        self._created: OrderedDict[tuple[str, str], Exchange] = OrderedDict()

    def note(self, exchange: Exchange) -> None:
        """Take a request into account: a POST that succeeded."""
        if exchange.method != "POST" or not exchange.succeeded:
            return
        collection = _segments(exchange)
        for identity in {*_scalars(exchange), *_location(exchange)}:
            self._created["/".join(collection), identity] = exchange
        # the oldest first: a run of an hour creates more than anybody repeats
        while len(self._created) > MOST:
            self._created.popitem(last=False)

    def of(self, exchange: Exchange) -> Iterator[Exchange]:
        """The creations of what the request's path names, those of parents first."""
        segments = _segments(exchange)
        for at in range(1, len(segments)):
            found = self._created.get(("/".join(segments[:at]), segments[at]))
            if found is not None:
                yield found

    def before(self, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
        """The exchanges, after the creations that they need and do not have."""
        found: list[Exchange] = []
        for each in exchanges:
            # by identity: two equal requests may both be needed, as where the second is the conflict
            found += [made for made in (*self.of(each), each) if not any(made is other for other in found)]
        return tuple(found)


def _segments(exchange: Exchange) -> list[str]:
    return [unquote(each) for each in urlsplit(exchange.url).path.strip("/").split("/")]


def _scalars(exchange: Exchange) -> Iterator[str]:
    value, flaw = read_json(exchange.response_body)
    if flaw is None:
        yield from _texts(value, DEEPEST)


def _texts(value: Any, levels: int) -> Iterator[str]:
    if isinstance(value, Mapping) and levels:
        for each in value.values():
            yield from _texts(each, levels - 1)
    elif isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        yield str(value)


def _location(exchange: Exchange) -> Iterator[str]:
    for name, value in exchange.response_headers:
        if name.lower() == "location" and (found := re.search(r"([^/?#]+)/?(?:[?#].*)?$", value)) is not None:
            yield unquote(found[1])
