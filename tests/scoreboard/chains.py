"""Chains: whether what is created in a document's collections is there, step by step, as its reader would expect.

Which collections and steps are expected, `expected` says. A step that cannot be taken, because one before it failed, is
missed. What a server decides itself (identifiers, times) need not be what was sent. The requests are made from the
document alone; only the values of path parameters above a collection are taken from the server, as somebody has to tell
a client which parents there are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx

from mockserver.contract.contract import Contract
from mockserver.contract.operation import Described
from mockserver.errors import DocumentError
from tests.scoreboard.expected import NAME, Collection, expected
from tests.scoreboard.identifying import Identifying
from tests.scoreboard.requests import Asked
from tests.scoreboard.sender import Sender
from tests.scoreboard.told import (
    CURSORS,
    FOLLOWING,
    SMALL,
    Miss,
    body_of,
    expect_kept,
    expect_same,
    first_page,
    json_of,
    last_key,
    leaves_of,
    lists_in,
    longest_list,
    next_link,
    objects_in,
    path_values,
    plain_fields,
    scalars_in,
    spelled,
    takes_small,
    text_of,
    tokens_in,
    with_leaf,
    with_value,
)

STEPS = ("create", "read", "distinct", "listed", "merged", "replaced", "deleted", "gone")
MOST = 12
"""Collections of one document that are tried, spread over it."""
PAGES = 40
"""Pages of a list that are followed."""


@dataclass
class Chained:
    """What is counted: steps taken and missed by name, collections whole or not, and each miss with its cause."""

    taken: dict[str, int] = field(default_factory=dict)
    expected: dict[str, int] = field(default_factory=dict)
    collections: int = 0
    whole: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, collection: Collection, chain: Any) -> None:
        """Take the steps of a chain, each by its name."""
        whole = reached = True
        self.collections += 1
        for name in collection.steps():
            self.expected[name] = self.expected.get(name, 0) + 1
            try:
                if not reached:
                    raise Miss("not reached")
                getattr(chain, name)()
                self.taken[name] = self.taken.get(name, 0) + 1
            except (Miss, DocumentError, httpx.HTTPError, ValueError) as error:
                whole = False
                self.misses.append(f"chain {name}: {collection.create.path}: {error}"[:300])
                reached = reached and name not in ("create", "read")
        self.whole += whole

    def counts(self) -> dict[str, int]:
        """The counts by name, as the scoreboard adds them up."""
        steps = {f"step {name}": self.expected.get(name, 0) for name in STEPS}
        passed = {f"passed {name}": self.taken.get(name, 0) for name in STEPS}
        return {**steps, **passed, "collections": self.collections, "whole": self.whole}


def chain(client: httpx.Client, contract: Contract, known: Callable[[str], Mapping[str, str]]) -> Chained:
    """Try the chains of one document. known: path values of an operation that lead to what exists."""
    told = Chained()
    found = expected(contract)
    step = max(1, len(found) // MOST)
    sender = Sender(client, contract)
    for each in found[::step][:MOST]:
        told.add(each, _Chain(sender, each, known))
    return told


class _Chain:
    """The chain of one collection."""

    def __init__(self, sender: Sender, collection: Collection, known: Callable[[str], Mapping[str, str]]) -> None:
        self._sender = sender
        self._of = collection
        self._identifying = Identifying(collection)
        found = known(collection.create.operation_id)
        self._above = {name: found[name] for name in collection.above if name in found}
        self._below: dict[str, str] = {}
        self._sent: Any = None
        self._item: Any = None
        self._candidates: list[str] = []

    def create(self) -> None:
        asked = self._sender.asked(self._of.create, self._above)
        values = path_values(self._of.create.path, asked.path)
        self._above = {name: values[name] for name in self._of.above}
        self._sent = body_of(asked)
        own = [value for name, value in values.items() if name not in self._above]
        answer = self._sender.succeed(self._of.create, asked)
        self._candidates = own or list(self._identifying.of_answer(answer, self._sent))

    def _values(self, identifier: str) -> dict[str, str]:
        """The path values of the item, which the paths may call differently."""
        names = NAME.findall(self._of.read.path)
        above = [self._above[name] for name in self._of.above]
        return {**dict(zip(names, above, strict=False)), names[-1]: identifier}

    def _path_values(self, described: Described) -> dict[str, str]:
        """The values of the item for another operation on it."""
        return dict(zip(NAME.findall(described.path), self._below.values(), strict=False))

    def read(self) -> None:
        told = "no identifier in the answer"
        for identifier in dict.fromkeys([*self._candidates, *self._found(self._sent)]):
            values = self._values(identifier)
            answer = self._sender.send(self._sender.asked(self._of.read, values))
            told = f"{answer.status_code} for {identifier!r}: {answer.text[:120]}"
            if answer.is_success:
                self._below = values
                self._item = self._seen()
                expect_same(
                    self._sent, self._item, "what was sent", {**self._above, self._of.key: identifier}, self._may_have
                )
                return
        raise Miss(told)

    def _found(self, body: Any) -> Iterator[str]:
        """What may be its identifier in the list: that of the last item which has what was sent."""
        if self._of.list is None:
            return
        answer = self._sender.send(self._sender.asked(self._of.list, self._above))
        sent = plain_fields(body)
        for items in lists_in(json_of(answer.content)):
            for each in reversed([item for item in items if isinstance(item, Mapping)]):
                if sent and all(
                    text_of(each.get(name)) == text_of(value) for name, value in sent.items() if name in each
                ):
                    yield from self._identifying.within(each)

    def _seen(self) -> Any:
        asked = self._sender.asked(self._of.read, self._below)
        return json_of(self._sender.succeed(self._of.read, asked).content)

    def _may_have(self, read: Any, holder: Any, name: str, value: Any) -> bool:
        """Whether what is read may have a value in a field of one of its objects: else it cannot be what was sent."""
        return self._sender.may_be(self._of.read, with_value(read, holder, name, value))

    def distinct(self) -> None:
        asked = self._sender.asked(self._of.create, self._above, 2)
        answer = self._sender.succeed(self._of.create, asked)
        first = list(self._below.values())[-1]
        sent = body_of(asked)
        others = [*self._identifying.of_answer(answer, sent), *self._found(sent)]
        for each in others:
            if each != first and self._sender.send(self._sender.asked(self._of.read, self._values(each))).is_success:
                return
        raise Miss(f"the second is none but {others[:3]} beside {first}")

    def listed(self) -> None:
        assert self._of.list is not None
        asked = self._sender.asked(self._of.list, self._above)
        wanted = list(self._below.values())[-1]
        query, seen = {**self._small(self._of.list), **self._meant(self._of.list)}, 0
        for _ in range(PAGES):
            answer = self._sender.succeed(self._of.list, asked, query)
            seen += 1
            told = set(scalars_in(json_of(answer.content)))
            if self._is_among(json_of(answer.content)):
                return
            if wanted in told or any(unquote(each.rpartition("/")[2]) == wanted for each in told if "/" in each):
                return
            following = self._next(answer, asked, query)
            if following is None:
                raise Miss(f"{wanted} is on none of {seen} page(s): {answer.text[:100]}")
            query = following
        raise Miss(f"{wanted} is on none of {seen} pages")

    def _is_among(self, page: Any) -> bool:
        """Whether the item stands in a list as it is read, where neither tells its identifier."""
        own = [each for each in objects_in(self._item, whole=True) if len(each) > 1]
        return any(each in own for items in lists_in(page) for each in items)

    def _meant(self, described: Described) -> dict[str, str]:
        """The item's own values of what the list requires in its query: it is to be among what is asked for."""
        own = {spelled(name): value for each in reversed(list(objects_in(self._item))) for name, value in each.items()}
        return {
            name: str(own[spelled(name)])
            for name, each in self._sender.parameters(described, "query").items()
            if each.get("required") and isinstance(own.get(spelled(name)), str | int)
        }

    def _small(self, described: Described) -> dict[str, str]:
        """A short page, if the list has a parameter for that, and one that leads on."""
        parameters = self._sender.parameters(described, "query")
        if not {spelled(name) for name in parameters} & {*CURSORS, *FOLLOWING, "startingafter"}:
            return {}
        return next(({name: str(SMALL)} for name, each in parameters.items() if takes_small(name, each)), {})

    def _next(self, answer: httpx.Response, asked: Asked, query: Mapping[str, str]) -> dict[str, str] | None:
        """The query of the page that follows: by a link, a cursor, or one page or offset on; None if there is none."""
        del asked
        assert self._of.list is not None
        link = answer.links.get("next", {}).get("url") or next_link(json_of(answer.content))
        if link:
            return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
        names = {spelled(name): name for name in self._sender.parameters(self._of.list, "query")}
        token = next(tokens_in(json_of(answer.content)), None)
        cursor = next((names[each] for each in CURSORS if each in names), None)
        if cursor and (token or last_key(json_of(answer.content))):
            return {**query, cursor: token or str(last_key(json_of(answer.content)))}
        count = longest_list(json_of(answer.content))
        for each in ("startingafter", "after"):
            last = last_key(json_of(answer.content))
            if each in names and last is not None and count:
                return {**query, names[each]: last}
        for each, by in (("page", 1), ("pagenumber", 1), ("offset", count), ("skip", count), ("start", count)):
            if each in names and count:
                first = first_page(self._sender.parameters(self._of.list, "query")[names[each]]) if by == 1 else 0
                return {**query, names[each]: str(int(query.get(names[each], first)) + by)}
        return None

    def _pinned(self, asked: Asked) -> Asked:
        """The request with the item's own identifier where its body has one: nothing is to be renamed."""
        body = json_of(asked.body)
        identifier = list(self._below.values())[-1]
        own = {path: value for path, value in leaves_of(self._item) if str(value) == identifier}
        changed = False
        wraps = isinstance(body, Mapping) and len(body) == 1
        for path, _ in list(leaves_of(body)):  # where the item has it, a wrapper apart
            places = (path, path[1:] if wraps else path)
            found = next((value for other, value in own.items() if other in places or other[1:] == path), None)
            if found is not None:
                body, changed = with_leaf(body, path, found), True
        return replace(asked, body=json.dumps(body).encode()) if changed else asked

    def merged(self) -> None:
        assert self._of.merge is not None
        asked = self._pinned(self._sender.asked(self._of.merge, self._path_values(self._of.merge), 3))
        self._sender.succeed(self._of.merge, asked)
        after = self._seen()
        expect_same(body_of(asked), after, "what was merged", self._above, self._may_have)
        expect_kept(self._item, body_of(asked), after)
        self._item = after

    def replaced(self) -> None:
        assert self._of.replace is not None
        asked = self._pinned(self._sender.asked(self._of.replace, self._path_values(self._of.replace), 4))
        self._sender.succeed(self._of.replace, asked)
        expect_same(body_of(asked), self._seen(), "what was put", self._above, self._may_have)

    def deleted(self) -> None:
        assert self._of.delete is not None
        self._sender.succeed(self._of.delete, self._sender.asked(self._of.delete, self._path_values(self._of.delete)))

    def gone(self) -> None:
        answer = self._sender.send(self._sender.asked(self._of.read, self._below))
        if answer.status_code not in (404, 410):
            raise Miss(f"{answer.status_code} {answer.text[:100]}")
