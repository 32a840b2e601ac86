"""Every example of the published page is what the running server answers.

The examples are read from the specification; salesnav.yaml beside this file holds them against the page.
"""

from __future__ import annotations

import json
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
CONNECTED = "sk_live_demo_7c1f0a94e2b8"
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


def as_text(answer: Any) -> str:
    """The answer as JSON, so that two are alike only if their keys come in one order."""
    return json.dumps(answer)


def without(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name not in names}


def only(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: answer[name] for name in names}


def test_listing(api: httpx.Client) -> None:
    """The documented list comes first of three; all that the page states around it is true."""
    documented = answered(LISTS, "get", 200)

    answer = api.get(LISTS)

    assert answer.status_code == 200
    assert as_text({**answer.json(), "items": answer.json()["items"][:1]}) == as_text(documented)
    assert len(answer.json()["items"]) == documented["total"]


def test_creating(api: httpx.Client) -> None:
    """The documented request finds the documented 47 people."""
    documented = answered(LISTS, "post", 201)

    answer = api.post(LISTS, json=sent(LISTS, "post"))

    assert answer.status_code == 201
    assert as_text({**answer.json(), **only(documented, *GENERATED)}) == as_text(documented)


def test_creating_without_a_filter(api: httpx.Client) -> None:
    """The documented plain refusal answers a search for a company alone."""
    body = sent(LISTS, "post")
    body = {**body, "filters": without(body["filters"], "jobTitles", "countries")}

    answer = api.post(LISTS, json=body)

    assert (answer.status_code, answer.json()) == (400, answered(LISTS, "post", 400))


def test_getting(api: httpx.Client) -> None:
    """The documented list is answered key for key."""
    answer = api.get(f"{LISTS}/abc123")

    assert (answer.status_code, as_text(answer.json())) == (200, as_text(answered(LIST, "get", 200)))


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
    assert answer.json()["name"] == body["name"]
    assert as_text({**answer.json(), **only(documented, "name", "updatedAt")}) == as_text(documented)


def test_contacts(api: httpx.Client) -> None:
    """The documented contact comes first of 47, on a page of 25."""
    documented = answered(f"{LIST}/contacts", "get", 200)

    answer = api.get(f"{LISTS}/abc123/contacts")

    assert answer.status_code == 200
    assert as_text({**answer.json(), "items": answer.json()["items"][:1]}) == as_text(documented)
    assert len(answer.json()["items"]) == documented["limit"]


@pytest.mark.parametrize(("path", "method", "status"), errors())
def test_errors(api: httpx.Client, path: str, method: str, status: str) -> None:
    """Every documented error is answered as the page shows it when the request prefers that example."""
    headers = {"Prefer": f"code={status}, example=documented"}

    answer = api.request(method, path.format(listId="abc123"), headers=headers)

    assert (answer.status_code, answer.json()) == (int(status), answered(path, method, int(status)))


def test_the_envelope(api: httpx.Client) -> None:
    """A real refusal has the keys of the documented one in their order, at every level."""
    documented = answered(LISTS, "get", 400)["error"]

    error = api.get(LISTS, params={"limit": 0}).json()["error"]

    assert list(error) == list(documented)
    assert (error["type"], error["code"]) == (documented["type"], documented["code"])
    assert [list(each) for each in error["fields"]] == [list(each) for each in documented["fields"]]
    assert list(error["debug"]) == list(documented["debug"])


SEARCH = {"companyLinkedInUrls": ["https://www.linkedin.com/company/stripe"]}


@pytest.mark.parametrize(
    ("response", "name", "method", "path", "token", "body"),
    [
        ("Unauthorized", "unauthorized", "GET", LISTS, None, None),
        ("SalesNavigatorNotConnected", "not_connected", "POST", LISTS, "sk_live_demo_unlinked_35d2c6", {}),
        ("InvalidPage", "invalid_limit", "GET", f"{LISTS}?limit=101", CONNECTED, None),
        ("InvalidName", "invalid_name", "PUT", f"{LISTS}/abc123", CONNECTED, {"name": 5}),
        ("ContactListNotFound", "not_found", "GET", f"{LISTS}/zzz999", CONNECTED, None),
        ("BodyTooLarge", "too_large", "PUT", f"{LISTS}/abc123", CONNECTED, "x" * 10 * 1024 * 1024),
        (
            "InvalidFields",
            "invalid_country",
            "POST",
            LISTS,
            CONNECTED,
            {"name": "x", "filters": {**SEARCH, "countries": ["us"]}},
        ),
    ],
)
def test_chosen_errors(
    client: ClientFactory, response: str, name: str, method: str, path: str, token: str | None, body: Any
) -> None:
    """Every example that the specification adds to the page's is a refusal as the server words it."""
    example = DOCUMENT["components"]["responses"][response]["content"]["application/json"]["examples"][name]["value"]

    error = client("salesnav", token).request(method, path, json=body).json()["error"]

    assert as_text({**error, "requestId": example["error"]["requestId"]}) == as_text(example["error"])


def test_an_unreadable_body(api: httpx.Client) -> None:
    """The specification's example of a body that is no JSON is what the server answers."""
    examples = DOCUMENT["paths"][LISTS]["post"]["responses"]["400"]["content"]["application/json"]["examples"]

    answer = api.post(LISTS, content="{", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()) == (400, examples["unreadable_body"]["value"])


def test_a_challenge_on_demand(client: ClientFactory) -> None:
    """A 401 that is asked for challenges as a real one does."""
    real, asked = (client("salesnav", None).get(LISTS, headers=each) for each in ({}, {"Prefer": "code=401"}))

    assert asked.headers["WWW-Authenticate"] == real.headers["WWW-Authenticate"]


def test_the_page_states_no_status() -> None:
    """The page shows bodies without their statuses, so every status says that it is inferred."""
    stated = [
        (path, method, status)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
        for status, response in operation["responses"].items()
        if "x-inferred" not in resolved(response)
    ]

    assert stated == []
