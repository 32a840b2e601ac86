"""Items of several kinds: what is sent tells of which one is, and an update keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.contract.document import Document
from mockserver.inference.kinds import Kinds
from mockserver.inference.looks import Looks
from tests.inference.shape import FOLDER

SENT: list[dict[str, Any]] = [
    {"petType": "cat", "name": "Rex", "indoor": True},
    {"petType": "dog", "name": "Max", "tricks": ["roll"]},
]


@pytest.fixture(scope="module")
def pets() -> Iterator[httpx.Client]:
    with MockServer([str(FOLDER / "kinds.yaml")]).mock() as mock:
        yield mock.client


@pytest.mark.parametrize("sent", SENT, ids=lambda each: str(each["petType"]))
def test_an_item_is_of_the_kind_that_was_sent(pets: httpx.Client, sent: dict[str, Any]) -> None:
    """With all that this kind requires, and nothing of another."""
    made = pets.post("/pets", json=sent).json()

    assert sent.items() <= made.items()
    assert ("lives" in made) == (sent["petType"] == "cat") != ("bark" in made)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
@pytest.mark.parametrize("sent", SENT, ids=lambda each: str(each["petType"]))
def test_an_update_keeps_the_kind(pets: httpx.Client, sent: dict[str, Any], method: str) -> None:
    """Whether or not the body could say it."""
    path = f"/pets/{pets.post('/pets', json=sent).json()['id']}"
    changed = pets.request(method, path, json={"name": "Later"}).json()

    assert (changed["petType"], changed["name"]) == (sent["petType"], "Later")
    assert pets.get(path).json() == changed


def test_fields_tell_the_kind_where_no_value_does() -> None:
    """If they fit one alternative alone."""
    cat = {"type": "object", "properties": {"name": {"type": "string"}, "lives": {"type": "integer"}}}
    dog = {"type": "object", "properties": {"name": {"type": "string"}, "bark": {"type": "string"}}}
    shared = {"type": "object", "properties": {"id": {"type": "integer"}}}
    looks = Looks(Document({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}))
    kinds = Kinds(looks, {**shared, "anyOf": [cat, dog]})
    told = kinds.of({"id": 1, "lives": 9})

    assert told is not None
    assert told.schema == {**shared, "allOf": [cat]}
    assert kinds.of({"name": "Rex"}) is None
    assert not Kinds(looks, cat)
