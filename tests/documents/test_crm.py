"""The examples of the crm document, as the running server answers them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.documents import published

Client = Callable[..., httpx.Client]
Freeze = Callable[[str], None]

SPECIFICATION = yaml.safe_load((Path(__file__).parents[2] / "specs" / "crm.yaml").read_text("utf-8"))
EXAMPLES = {name: each["value"] for name, each in SPECIFICATION["components"]["examples"].items()}
IN_DOCUMENT = ("CreateRequest", "Created", "UpdateRequest", "Updated", "Listed", "OptionsWithoutTags")
LISTS, DOCUMENTED = "/contacts/lists", "/contacts/lists/331b7eae-3871-419d-8d43-be0535655d3c"


@pytest.fixture
def crm(client: Client) -> httpx.Client:
    return client("crm")


@pytest.fixture
def at(freeze: Freeze) -> Callable[[float], None]:
    """Freeze the clock at epoch seconds."""
    return lambda seconds: freeze(datetime.fromtimestamp(seconds, UTC).isoformat())


def json_in(text: str) -> Iterator[Any]:
    """Every JSON object of the text that starts on a line of its own."""
    position = 0
    while found := re.compile(r"^\{", re.MULTILINE).search(text, position):
        value, position = json.JSONDecoder().raw_decode(text, found.start())
        yield value


def without_ids(saved: dict[str, Any]) -> dict[str, Any]:
    filters = [{**each, "id": None} for each in saved["filters"]]
    return {**saved, "id": None, "filters": filters}


def test_examples_are_the_documents() -> None:
    """The contract's examples are the document's, key for key and in their order."""
    text = published.text("crm")
    if text is None:
        pytest.skip("the published crm.txt is not here; name its folder in MOCKSERVER_DOCUMENTS")

    found = list(json_in(text))

    assert found == [EXAMPLES[name] for name in IN_DOCUMENT]


def test_create_a_contact_list(crm: httpx.Client, at: Callable[[float], None]) -> None:
    """The documented request gives the documented answer, but for the ids that are made for it."""
    at(EXAMPLES["Created"]["data"]["created_at"])

    answer = crm.post(LISTS, json=EXAMPLES["CreateRequest"])

    assert answer.status_code == 200
    assert answer.json()["code"] == EXAMPLES["Created"]["code"]
    assert without_ids(answer.json()["data"]) == without_ids(EXAMPLES["Created"]["data"])
    assert answer.json()["data"].keys() == EXAMPLES["Created"]["data"].keys()


def test_update_a_contact_list(crm: httpx.Client, at: Callable[[float], None]) -> None:
    """The documented request replaces the documented list, and gives the documented answer."""
    at(EXAMPLES["Updated"]["data"]["updated_at"])
    before = crm.put(DOCUMENTED, json=EXAMPLES["CreateRequest"]).json()["data"]

    answer = crm.put(DOCUMENTED, json=EXAMPLES["UpdateRequest"])

    assert before["query"] == "Wow"
    assert answer.status_code == 200
    assert answer.json() == EXAMPLES["Updated"]


def test_list_all_contact_lists(crm: httpx.Client) -> None:
    """The listing is the documented one, all of it."""
    answer = crm.get(LISTS)

    assert answer.status_code == 200
    assert answer.json() == EXAMPLES["Listed"]


def test_delete_contact_list(crm: httpx.Client) -> None:
    """The documented list is deleted with the documented status and an empty body."""
    answer = crm.delete(DOCUMENTED)

    assert answer.status_code == 204
    assert answer.content == b""


def test_list_search_filters(crm: httpx.Client) -> None:
    """The options are those documented, with the tags that are in use for values."""
    answer = crm.get(f"{LISTS}/options")

    assert answer.status_code == 200
    assert answer.json() == EXAMPLES["OptionsWithTags"]
    tag = EXAMPLES["OptionsWithoutTags"]["data"]["tag"]
    assert answer.json()["data"] == {"tag": {**tag, "values": answer.json()["data"]["tag"]["values"]}}
