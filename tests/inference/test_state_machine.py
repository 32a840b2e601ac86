"""Inferred state against a naive model: whatever is created, changed and deleted in any order, both know the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from mockserver import MockServer
from tests.inference.shape import JSON, JSON_PATCH, SHAPES, Shape
from tests.sizes import SAMPLE, WHOLE

NAMES = st.sampled_from(["Rex", "Bella", "Max the second", "Ä"])
SIZES = st.integers(1, 99)
PAGES = 40


def at(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def put(into: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    target = into
    for name in path[:-1]:
        target = target.setdefault(name, {})
    target[path[-1]] = value
    return into


class Client:
    """Speaks to the collection of one shape."""

    def __init__(self, shape: Shape, http: httpx.Client) -> None:
        self.shape = shape
        self._http = http
        self._path = shape.path
        if "{}" in shape.path:
            made = http.post(shape.path.partition("/{}")[0], json={"name": "mine"})
            assert made.status_code == 201, made.text
            self._path = shape.path.replace("{}", str(at(made.json(), shape.parent)))

    def _list(self) -> str:
        return f"{self._path}{self.shape.ending}"

    def _item(self, key: Any) -> str:
        return f"{self.shape.item or self._path}/{quote(str(key), safe='')}{self.shape.ending}"

    def _body(self, name: str | None, size: int | None, key: Any = None) -> dict[str, Any]:
        shape = self.shape
        item: dict[str, Any] = dict(shape.constant or {})
        names = shape.sent_as or (None, None)
        for given, place, sent in ((name, shape.name_at, names[0]), (size, shape.size_at, names[1])):
            if given is not None:
                put(item, place if sent is None else (sent,), given)
        if key is not None and shape.chosen and shape.creates != "put":
            put(item, shape.key, key)
        return put({}, shape.wrap, item) if shape.wrap and not shape.sent_bare else item

    def _send(self, method: str, path: str, body: Any, media: str) -> httpx.Response:
        if media.endswith("json"):
            return self._http.request(method, path, json=body, headers={"Content-Type": media})
        return self._http.request(method, path, data=body)

    def create(self, name: str, size: int, key: Any = None) -> httpx.Response:
        if self.shape.creates == "put":
            return self._send("PUT", self._item(key), self._body(name, size), JSON)
        return self._send("POST", self._list(), self._body(name, size, key), self.shape.media)

    def key_of(self, answer: httpx.Response) -> str:
        if self.shape.creates == "location":
            return answer.headers["location"].rpartition("/")[2]
        return str(at(at(answer.json(), self.shape.wrap), self.shape.key))

    def read(self, key: Any) -> httpx.Response:
        return self._http.get(self._item(key))

    def shown(self, item: Any) -> tuple[Any, Any]:
        """Name and size of an item."""
        return at(item, self.shape.name_at), at(item, self.shape.size_at)

    def merge(self, key: Any, name: str | None, size: int | None) -> httpx.Response:
        assert self.shape.merge is not None
        method, media = self.shape.merge
        if media == JSON_PATCH:
            changes = ((self.shape.name_at, name), (self.shape.size_at, size))
            patch = [{"op": "add", "path": "/" + "/".join(p), "value": v} for p, v in changes if v is not None]
            return self._send(method, self._item(key), patch, media)
        return self._send(method, self._item(key), self._body(name, size, key), media)

    def replace(self, key: Any, name: str, size: int | None) -> httpx.Response:
        return self._send("PUT", self._item(key), self._body(name, size, key), JSON)

    def delete(self, key: Any) -> httpx.Response:
        return self._http.delete(self._item(key))

    def everything(self, length: int) -> list[Any]:
        """The items of all pages of this length."""
        shape, found = self.shape, []
        query: dict[str, Any] = {shape.limit: length} if shape.limit and shape.follow else {}
        url: str | None = self._list()
        for _ in range(PAGES):
            answer = self._http.get(url or "", params=query or None)
            assert answer.status_code == 200, answer.text
            items = at(answer.json(), shape.items)
            found += [at(each, shape.element) for each in items]
            following = self._following(answer, items, query)
            if following is None:
                return found
            url, query = following
        raise AssertionError("the pages do not end")

    def above(self) -> Any:
        """What the items lie below."""
        return self._http.get(self._path.rpartition("/")[0]).json()

    def _following(
        self, answer: httpx.Response, items: list[Any], query: dict[str, Any]
    ) -> tuple[str, dict[str, Any]] | None:
        follow = self.shape.follow
        if follow is None or not items:
            return None
        token = at(answer.json(), follow.token) if follow.token else None
        if follow.kind == "link":
            link = token or answer.links.get("next", {}).get("url")
            return (link, {}) if link else None
        if follow.kind == "token":
            return (self._list(), {**query, follow.parameter: token}) if token else None
        if follow.kind == "key":
            last = at(at(items[-1], self.shape.element), self.shape.key)
            return (self._list(), {**query, follow.parameter: last}) if at(answer.json(), ("has_more",)) else None
        step = 1 if follow.kind == "page" else len(items)
        return self._list(), {**query, follow.parameter: query.get(follow.parameter, follow.origin) + step}


class Machine(RuleBasedStateMachine):
    """One world of one shape, and what a dictionary says is in it."""

    shape: Shape
    server: MockServer

    @initialize()
    def begin(self) -> None:
        self.mock = self.server.mock()
        self.client = Client(self.shape, self.mock.client)
        self.length = 3
        self.first = {self._key(each): self.client.shown(each) for each in self.client.everything(50)}
        self.known: dict[str, tuple[Any, Any]] = dict(self.first)
        self.made: list[str] = []
        self.number = 0

    def _key(self, item: Any) -> str:
        return str(at(item, self.shape.key))

    def _created(self, name: str, size: int, key: str | None) -> None:
        answer = self.client.create(name, size, key)
        assert answer.status_code in (200, 201), answer.text
        found = key if self.shape.creates == "put" else self.client.key_of(answer)
        assert found not in self.known
        self.known[str(found)] = (name, size)
        self.made.append(str(found))

    @rule(name=NAMES, size=SIZES)
    def create(self, name: str, size: int) -> None:
        self.number += 1
        self._created(name, size, f"mine-{self.number}" if self.shape.chosen else None)

    @precondition(lambda self: self.shape.chosen and self.shape.creates == "item" and self.made)
    @rule(name=NAMES, size=SIZES)
    def create_what_is_there(self, name: str, size: int) -> None:
        taken = self.client.create(name, size, self.made[0]).status_code

        assert taken == (409 if self.made[0] in self.known else 201)
        self.known.setdefault(self.made[0], (name, size))

    @precondition(lambda self: self.made)
    @rule(at_=st.integers(0, 20))
    def read(self, at_: int) -> None:
        key = self.made[at_ % len(self.made)]
        answer = self.client.read(key)

        if key in self.known:
            assert answer.status_code == 200, answer.text
            item = at(answer.json(), self.shape.wrap)
            assert (self._key(item), self.client.shown(item)) == (key, self.known[key])
        else:
            assert answer.status_code == self.shape.gone

    @precondition(lambda self: self.made and self.shape.merge)
    @rule(at_=st.integers(0, 20), name=NAMES, size=SIZES, which=st.sampled_from(["name", "size", "both"]))
    def merge(self, at_: int, name: str, size: int, which: str) -> None:
        key = self.made[at_ % len(self.made)]
        needs_name = self.shape.merge is not None and self.shape.merge[1] == JSON and self.shape.wrap == ()
        new_name = name if which != "size" or needs_name else None
        new_size = size if which != "name" else None
        status = self.client.merge(key, new_name, new_size).status_code

        if key in self.known:
            old = self.known[key]
            self.known[key] = (old[0] if new_name is None else new_name, old[1] if new_size is None else new_size)
        assert status == (200 if key in self.known else self.shape.gone)

    @precondition(lambda self: self.made and self.shape.replace and self.shape.creates != "put")
    @rule(at_=st.integers(0, 20), name=NAMES, size=st.none() | SIZES)
    def replace(self, at_: int, name: str, size: int | None) -> None:
        key = self.made[at_ % len(self.made)]
        status = self.client.replace(key, name, size).status_code

        assert status == (200 if key in self.known else self.shape.gone)
        if key in self.known:
            self.known[key] = (name, size)

    @precondition(lambda self: self.made)
    @rule(at_=st.integers(0, 20))
    def delete(self, at_: int) -> None:
        key = self.made[at_ % len(self.made)]
        status = self.client.delete(key).status_code

        assert status in ((200, 204) if key in self.known else (self.shape.gone,))
        self.known.pop(key, None)

    @rule(length=st.integers(1, 5))
    def page(self, length: int) -> None:
        self.length = length

    @invariant()
    def lists_what_is_known(self) -> None:
        if not hasattr(self, "client"):
            return
        items = self.client.everything(self.length)
        listed = {self._key(each): self.client.shown(each)[0] for each in items}

        assert len(items) == len(listed)
        assert listed == {key: name for key, (name, _) in self.known.items()}

    @invariant()
    def tells_above_what_is_known(self) -> None:
        if not hasattr(self, "client") or self.shape.tally is None:
            return
        listed, counted = (self.client.above()[name] for name in self.shape.tally)

        assert counted == len(self.known)
        assert {self._key(each): self.client.shown(each)[0] for each in listed} == {
            key: name for key, (name, _) in self.known.items()
        }

    def teardown(self) -> None:
        if hasattr(self, "mock"):
            self.mock.close()


@pytest.mark.parametrize(
    "examples",
    [
        pytest.param(SAMPLE.examples // 2, marks=pytest.mark.sample, id="sample"),
        pytest.param(WHOLE.examples, marks=pytest.mark.campaign, id="campaign"),
    ],
)
@pytest.mark.parametrize("shape", SHAPES, ids=lambda each: each.name)
def test_an_inferred_collection_is_what_a_dictionary_says(shape: Shape, examples: int) -> None:
    """Reads, pages and statuses, after any sequence of writes."""
    machine = type(
        f"{shape.name.title()}Machine", (Machine,), {"shape": shape, "server": MockServer([str(shape.file)])}
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=15,
            suppress_health_check=list(HealthCheck),
        ),
    )
