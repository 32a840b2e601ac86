"""Every example of the published page is what the running server answers.

The examples are read from the specification; salesnav.yaml beside this file holds them against the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml

from mockserver.resources import resource

ClientFactory = Callable[..., httpx.Client]

DOCUMENT: dict[str, Any] = yaml.safe_load((resource("specs") / "salesnav.yaml").read_text("utf-8"))
LISTS = "/v1/contacts/lists"
LIST = f"{LISTS}/{{listId}}"
GENERATED = ("id", "createdAt", "updatedAt")


def resolved(node: Any) -> Any:
    while isinstance(node, dict) and "$ref" in node:
        reference, node = node["$ref"], DOCUMENT
        for part in reference.split("/")[1:]:
            node = node[part]
    return node


def example(message: Any) -> Any:
    """The documented example of a response or a request body."""
    return resolved(resolved(message)["content"]["application/json"]["examples"]["documented"])["value"]


def answered(path: str, method: str, status: int) -> Any:
    return example(DOCUMENT["paths"][path][method]["responses"][str(status)])


def sent(path: str, method: str) -> Any:
    return example(DOCUMENT["paths"][path][method]["requestBody"])


def errors() -> list[tuple[str, str, str]]:
    """(path, method, status) of every documented refusal."""
    return [
        (path, method, status)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
        for status, response in operation["responses"].items()
        if status >= "400" and "documented" in resolved(response)["content"]["application/json"]["examples"]
    ]


@pytest.fixture
def api(client: ClientFactory) -> httpx.Client:
    return client("salesnav")


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


def test_listing(api: httpx.Client) -> None:
    """The documented list comes first of three; all that the page states around it is true."""
    documented = answered(LISTS, "get", 200)

    answer = api.get(LISTS)

    assert answer.status_code == 200
    assert answer.json()["items"][:1] == documented["items"]
    assert without(answer.json(), "items") == without(documented, "items")
    assert len(answer.json()["items"]) == documented["total"]


def test_creating(api: httpx.Client) -> None:
    """The documented request finds the documented 47 people."""
    documented = answered(LISTS, "post", 201)

    answer = api.post(LISTS, json=sent(LISTS, "post"))

    assert answer.status_code == 201
    assert without(answer.json(), *GENERATED) == without(documented, *GENERATED)
    assert answer.json().keys() == documented.keys()


def test_creating_without_a_filter(api: httpx.Client) -> None:
    """The documented plain refusal answers a search for a company alone."""
    body = sent(LISTS, "post")
    body = {**body, "filters": without(body["filters"], "jobTitles", "countries")}

    answer = api.post(LISTS, json=body)

    assert (answer.status_code, answer.json()) == (400, answered(LISTS, "post", 400))


def test_getting(api: httpx.Client) -> None:
    """The documented list is answered key for key."""
    answer = api.get(f"{LISTS}/abc123")

    assert (answer.status_code, answer.json()) == (200, answered(LIST, "get", 200))


def test_the_count_is_what_the_search_finds(api: httpx.Client) -> None:
    """The filters of the documented list, keywords and all, find the same 47 people in the directory."""
    documented = answered(LIST, "get", 200)

    answer = api.post(LISTS, json={"name": documented["name"], "filters": documented["filters"]})

    again = api.get(f"{LISTS}/{answer.json()['id']}/contacts", params={"limit": 100}).json()
    seeded = api.get(f"{LISTS}/abc123/contacts", params={"limit": 100}).json()
    assert without(answer.json(), *GENERATED) == without(documented, *GENERATED)
    assert [each["baseContactId"] for each in again["items"]] == [each["baseContactId"] for each in seeded["items"]]


def test_deleting(api: httpx.Client) -> None:
    """The documented deletion is answered with an empty body."""
    answer = api.delete(f"{LISTS}/abc123")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api.get(f"{LISTS}/abc123").status_code == 404


def test_renaming(api: httpx.Client) -> None:
    """The documented request gives the documented list its new name; the page's example still shows the old one."""
    documented, body = answered(LIST, "put", 200), sent(LIST, "put")

    answer = api.put(f"{LISTS}/abc123", json=body)

    assert answer.status_code == 200
    assert without(answer.json(), "updatedAt") == {**without(documented, "updatedAt"), **body}
    assert answer.json().keys() == documented.keys()


def test_contacts(api: httpx.Client) -> None:
    """The documented contact comes first of 47, on a page of 25."""
    documented = answered(f"{LIST}/contacts", "get", 200)

    answer = api.get(f"{LISTS}/abc123/contacts")

    assert answer.status_code == 200
    assert answer.json()["items"][:1] == documented["items"]
    assert without(answer.json(), "items") == without(documented, "items")
    assert len(answer.json()["items"]) == documented["limit"]


@pytest.mark.parametrize(("path", "method", "status"), errors())
def test_errors(api: httpx.Client, path: str, method: str, status: str) -> None:
    """Every documented error is answered as the page shows it when the request prefers that example."""
    headers = {"Prefer": f"code={status}, example=documented"}

    answer = api.request(method, path.format(listId="abc123"), headers=headers)

    assert (answer.status_code, answer.json()) == (int(status), answered(path, method, int(status)))


def test_the_envelope(api: httpx.Client) -> None:
    """A real refusal has the keys of the documented one, at every level."""
    documented = answered(LISTS, "get", 400)["error"]

    error = api.get(LISTS, params={"limit": 0}).json()["error"]

    assert error.keys() == documented.keys()
    assert (error["type"], error["code"]) == (documented["type"], documented["code"])
    assert [each.keys() for each in error["fields"]] == [each.keys() for each in documented["fields"]]
    assert error["debug"].keys() == documented["debug"].keys()
