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
from tests.documents.examples import Answer, answers

Client = Callable[..., httpx.Client]
Freeze = Callable[[str], None]

SPECIFICATION = yaml.safe_load((Path(__file__).parents[2] / "specs" / "crm.yaml").read_text("utf-8"))
EXAMPLES = {name: each["value"] for name, each in SPECIFICATION["components"]["examples"].items()}
TAGS = "5b3c994e-7569-4df8-b8db-f37421a684f7"
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


def written_out(value: Any) -> Any:
    """The keys of every object, in the order in which they are written."""
    if isinstance(value, dict):
        return [(key, written_out(each)) for key, each in value.items()]
    return [written_out(each) for each in value] if isinstance(value, list) else None


def test_examples_are_the_documents() -> None:
    """The contract's examples are the document's, key for key and in their order."""
    found = list(json_in(published.text("crm")))

    assert found == [EXAMPLES[name] for name in IN_DOCUMENT]


def test_create_a_contact_list(crm: httpx.Client, at: Callable[[float], None]) -> None:
    """The documented request gives the documented answer, but for the ids that are made for it."""
    at(EXAMPLES["Created"]["data"]["created_at"])

    answer = crm.post(LISTS, json=EXAMPLES["CreateRequest"])

    assert answer.status_code == 200
    assert answer.json()["code"] == EXAMPLES["Created"]["code"]
    assert without_ids(answer.json()["data"]) == without_ids(EXAMPLES["Created"]["data"])
    assert written_out(answer.json()) == written_out(EXAMPLES["Created"])


def test_update_a_contact_list(crm: httpx.Client, at: Callable[[float], None]) -> None:
    """The documented request replaces the documented list, and gives the documented answer."""
    at(EXAMPLES["Updated"]["data"]["updated_at"])
    before = crm.put(DOCUMENTED, json=EXAMPLES["CreateRequest"]).json()["data"]

    answer = crm.put(DOCUMENTED, json=EXAMPLES["UpdateRequest"])

    assert before["query"] == "Wow"
    assert answer.status_code == 200
    assert answer.json() == EXAMPLES["Updated"]
    assert written_out(answer.json()) == written_out(EXAMPLES["Updated"])


def test_list_all_contact_lists(crm: httpx.Client) -> None:
    """The listing is the documented one, all of it."""
    answer = crm.get(LISTS)

    assert answer.status_code == 200
    assert answer.text == json.dumps(EXAMPLES["Listed"], separators=(",", ":"))


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


NOBODY = f"{LISTS}/00000000-0000-4000-8000-000000000000"
WRONG = {"filters": [{"attribute_def": TAGS, "value": "cool", "operator": "is"}]}
TOO_LARGE = " " * (10 * 2**20 + 1)
REFUSED: dict[str, tuple[str, Any]] = {
    "create_contact_list 400 severalViolations": (f"POST {LISTS}", WRONG),
    "create_contact_list 413 tooLarge": (f"POST {LISTS}", TOO_LARGE),
    "update_contact_list 400 severalViolations": (f"PUT {DOCUMENTED}", WRONG),
    "update_contact_list 404 unknownList": (f"PUT {NOBODY}", EXAMPLES["UpdateRequest"]),
    "update_contact_list 405 options": (f"PUT {LISTS}/options", EXAMPLES["UpdateRequest"]),
    "update_contact_list 413 tooLarge": (f"PUT {DOCUMENTED}", TOO_LARGE),
    "delete_contact_list 400 unreadableId": (f"DELETE {LISTS}/%FF", None),
    "delete_contact_list 404 unknownList": (f"DELETE {NOBODY}", None),
    "delete_contact_list 405 options": (f"DELETE {LISTS}/options", None),
}
"""What gets each of the specification's examples for a refusal: a request and its body, as text or to be JSON."""
REFUSALS = {name: answer for name, answer in answers("crm").items() if answer.status >= 400}


@pytest.mark.parametrize(("example", "answer"), REFUSALS.items())
def test_refusals(crm: httpx.Client, example: str, answer: Answer) -> None:
    """Every example of a refusal in the specification is what the server answers."""
    asked, body = REFUSED[example]
    text = body if body is None or isinstance(body, str) else json.dumps(body)

    answered = crm.request(*asked.split(), content=text)

    assert (answered.status_code, answered.json()) == (answer.status, answer.body)
    assert answer.headers.items() <= dict(answered.headers).items()


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_preferred_405(crm: httpx.Client, method: str) -> None:
    """A 405 had by `Prefer` says which methods the path has, as every other does."""
    answer = crm.request(method, DOCUMENTED, headers={"Prefer": "code=405"})

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
