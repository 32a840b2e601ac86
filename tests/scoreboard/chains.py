"""Chains: whether what is created in a document's collections is there, step by step, as its reader would expect.

Which collections and steps are expected, `expected` says. A step that cannot be taken, because one before it failed, is
missed. What a server decides itself (identifiers, times) need not be what was sent. The requests are made from the
document alone; only the values of path parameters above a collection are taken from the server, as somebody has to tell
a client which parents there are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import httpx

from mockserver.contract.contract import Contract
from mockserver.contract.generation.words import words_of
from mockserver.contract.operation import Described
from mockserver.errors import DocumentError
from tests.scoreboard.expected import NAME, Collection, expected
from tests.scoreboard.judge import Judge
from tests.scoreboard.requests import Asked, Asking
from tests.scoreboard.told import (
    CURSORS,
    FOLLOWING,
    SMALL,
    Miss,
    body_of,
    endings,
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
IDENTIFIERS = ("id", "uuid", "guid", "name", "key", "slug", "number", "code", "sid", "arn", "identifier")
LINKS = ("href", "self", "selflink", "selfurl", "selfuri")


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


class Sender:
    """Sends valid requests for operations and holds the answers against the document."""

    def __init__(self, client: httpx.Client, contract: Contract) -> None:
        self._client = client
        self._contract = contract
        self._asking = Asking(contract)
        self._judge = Judge(contract.document.raw)

    def asked(self, described: Described, values: Mapping[str, str], fresh: int = 0) -> Asked:
        """A valid request; fresh: another body for another number, 0 for the document's example."""
        return self._asking.valid(self._contract.operation(described.operation_id), values, fresh)

    def send(self, asked: Asked, query: Mapping[str, str] | None = None) -> httpx.Response:
        target = asked.target
        if query:
            pairs = {**dict(parse_qsl(urlsplit(target).query, keep_blank_values=True)), **query}
            target = f"{asked.path}?{urlencode(pairs)}"
        return self._client.request(asked.method, target, headers=dict(asked.headers), content=asked.body)

    def succeed(self, described: Described, asked: Asked, query: Mapping[str, str] | None = None) -> httpx.Response:
        """The answer, a success inside its contract; Miss if it is not."""
        answer = self.send(asked, query)
        if not answer.is_success:
            raise Miss(f"{answer.status_code} {answer.text[:160]}")
        flaw = self._judge.flaw(
            described.members, answer.status_code, answer.headers.get("content-type"), answer.content
        )
        if flaw is not None:
            raise Miss(f"out of contract: {flaw}")
        return answer

    def may_be(self, described: Described, body: Any) -> bool:
        """Whether an answer in JSON to an operation may have this body."""
        responses = described.members.get("responses") or {}
        status = next((int(each) for each in sorted(map(str, responses)) if re.fullmatch("2[0-9][0-9]", each)), 200)
        return self._judge.flaw(described.members, status, "application/json", json.dumps(body).encode()) is None

    def parameters(self, described: Described, where: str) -> Mapping[str, Mapping[str, Any]]:
        document = self._contract.document
        found = document.parameters(described.path, described.members)
        return {each["name"]: each for each in found if each["in"] == where}


class _Chain:
    """The chain of one collection."""

    def __init__(self, sender: Sender, collection: Collection, known: Callable[[str], Mapping[str, str]]) -> None:
        self._sender = sender
        self._of = collection
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
        self._candidates = own or list(self._identifiers(answer, self._sent))

    def _identifiers(self, answer: httpx.Response, sent: Any) -> Iterator[str]:
        """What may be the identifier of what was created, the likeliest first."""
        location = answer.headers.get("location")
        if location:
            yield unquote(re.sub(r"\.(json|xml)$", "", urlsplit(location).path.rstrip("/").rpartition("/")[2]))
        try:
            body = answer.json()
        except ValueError:
            body = None
        links = [link for each in objects_in(body) for name, link in each.items() if spelled(name) in LINKS]
        yield from (unquote(urlsplit(each).path.rpartition("/")[2]) for each in links if isinstance(each, str))
        for source in (body, sent):
            alone = source[0] if isinstance(source, list) and source else source
            if isinstance(alone, str | int) and not isinstance(alone, bool):
                yield str(alone)
            yield from self._in(source)

    def _in(self, source: Any) -> Iterator[str]:
        """Values of the names of identifiers, the likeliest first."""
        objects = list(objects_in(source))
        for name in (
            spelled(self._of.key),
            f"{self._of.called}{spelled(self._of.key)}",
            f"{self._of.called}id",
            f"{self._of.called}name",
            *endings(self._of.key),
            *IDENTIFIERS,
        ):
            for each in objects:
                yield from (
                    str(value)
                    for field_, value in each.items()
                    if spelled(field_) == name and isinstance(value, str | int) and not isinstance(value, bool)
                )
        for each in objects:  # or what the last word of the collection is called: `wrapping_id` of `gift-wrappings`
            yield from (
                str(value)
                for field_, value in each.items()
                if isinstance(value, str | int) and not isinstance(value, bool) and len(words_of(field_)) > 1
                if spelled(field_).endswith("id") and self._of.called.endswith(spelled(field_).removesuffix("id"))
            )
        for each in objects:  # or in a list that is called after them: `persisted_recipients`
            yield from (
                str(value[0])
                for field_, value in each.items()
                if isinstance(value, list) and value and isinstance(value[0], str) and self._of.called
                if spelled(field_).endswith((f"{self._of.called}s", f"{self._of.called}ids"))
            )
        for each in objects:  # or what the parameter is called, with more before: `cseEmailAddress`
            yield from (
                str(value)
                for field_, value in each.items()
                if len(words_of(field_)) > 1 and spelled(self._of.key).endswith(spelled(field_))
                if isinstance(value, str | int) and not isinstance(value, bool)
            )
        for each in objects:  # or what is called after it, and more: `accountHoldingId` of a holding
            yield from (
                str(value)
                for field_, value in each.items()
                if spelled(field_).endswith((f"{self._of.called}id", f"{self._of.called}sid"))
                and isinstance(value, str | int)
                and not isinstance(value, bool)
            )
        for each in objects[:1] if len(objects) == 1 and len(objects[0]) == 1 else ():
            yield from (value for value in each.values() if isinstance(value, str))  # what else could it be

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
                    yield from self._in(each)

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
        others = [*self._identifiers(answer, sent), *self._found(sent)]
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
