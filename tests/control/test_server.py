"""What the control plane says of the server."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
import yaml

from mockserver import MockServer
from mockserver.catalog import names
from mockserver.coverage import journal
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import KINDS, Outline
from mockserver.coverage.counting.summary import Summary
from tests.control.steps import errors


@pytest.mark.parametrize("probe", ["/health", "/health/live", "/health/ready"])
def test_health(control: httpx.Client, probe: str) -> None:
    """A server that runs is alive and ready; the data plane answers, as the document says."""
    answer = control.get(probe)

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "apis": list(names())}
    assert control.head(probe).status_code == 200
    assert control.post(probe).status_code == 405


def test_apis(control: httpx.Client, server: MockServer) -> None:
    """Each API is listed with its operations, collections and documents; one alone looks the same."""
    listed = control.get("/apis").json()["apis"]

    assert [each["name"] for each in listed] == sorted(server.apis)
    assert [control.get(f"/apis/{each['name']}").json() for each in listed] == listed
    workshop = listed[-1]
    assert workshop["title"] == server.apis["workshop"].document.raw["info"]["title"]
    assert {"api": "workshop", "operationId": "get_list", "method": "GET", "path": "/v1/lists/{id}"} in workshop[
        "operations"
    ]
    assert workshop["collections"] == [
        "workshop.contacts",
        "workshop.lists",
        "workshop.memberships",
        "workshop.credentials",
    ]


@pytest.mark.parametrize("api", names())
def test_documents(control: httpx.Client, server: MockServer, api: str) -> None:
    """The document is the one served, in JSON and in YAML."""
    documents = control.get(f"/apis/{api}").json()["documents"]

    as_json, as_yaml = (control.get(f"{server.url}{documents[form]}") for form in ("json", "yaml"))

    raw = server.apis[api].document.raw
    assert as_json.headers["content-type"] == "application/json"
    assert as_json.json() == raw
    assert as_yaml.headers["content-type"].startswith("application/yaml")
    assert yaml.safe_load(as_yaml.text) == raw
    assert "&id" not in as_yaml.text


@pytest.mark.parametrize("path", ["/apis/nope", "/apis/nope/openapi.json", "/apis/nope/openapi.yaml"])
def test_unknown_api(control: httpx.Client, path: str) -> None:
    """An API that is not served is refused, and those served are named."""
    answer = control.get(path)

    assert answer.status_code == 404
    assert errors(answer) == {}
    assert "expected one of audience, crm" in answer.json()["detail"]


def test_lines_of_a_document(control: httpx.Client) -> None:
    """What stands at a pointer, and the file and line of it; nothing else does."""
    found = control.get("/apis/workshop/lines", params={"pointer": "#/components/schemas/NewList"}).json()

    written = Path(found["file"]).read_text().splitlines()
    assert written[found["line"] - 1].strip() == "NewList:"
    assert found["text"].startswith("NewList:\n  type: object\n  required: [external_id, title]")
    assert control.get("/apis/workshop/lines", params={"pointer": "#/none"}).status_code == 404


def test_a_request_to_begin_with(control: httpx.Client, server: MockServer) -> None:
    """Of every operation of the five, one that the contract accepts."""
    refused = {}
    for api in server.apis:
        for operation in control.get(f"/apis/{api}").json()["operations"]:
            made = control.get(f"/apis/{api}/example", params={"operationId": operation["operationId"]}).json()
            where = {place: [each for each in made["parameters"] if each["in"] == place] for place in ("path", "query")}
            path = made["path"]
            for each in where["path"]:
                path = path.replace(f"{{{each['name']}}}", quote(each["value"], safe=""))
            sent = httpx.request(
                made["method"],
                f"{server.url}/_world/examples{path}",
                params={each["name"]: each["value"] for each in where["query"] if each["value"]},
                headers={"Authorization": f"Bearer {server.credential(api)}"} if made["secured"] else {},
                **({} if made["body"] is None else {"content": made["body"]["text"]}),
            )
            if sent.status_code in (400, 405, 415, 422):
                refused[operation["operationId"]] = sent.text

    assert refused == {}


@pytest.mark.parametrize(("api", "operation", "status"), [("workshop", "none", 404), ("none", "get_list", 404)])
def test_no_request_of_no_operation(control: httpx.Client, api: str, operation: str, status: int) -> None:
    """The refusal says what there is none of."""
    assert control.get(f"/apis/{api}/example?operationId={operation}").status_code == status


def test_coverage_of_a_world(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """What `mockserver coverage` counts in the exported journal, by kind; nothing of another API."""
    workshop.get("/v1/lists", params={"limit": 2})
    workshop.post("/v1/lists", json={"external_id": "covered"})
    httpx.get(f"{server.url}/api/v1/lists")
    counted, outline = Coverage(), Outline([server.apis["workshop"]])
    for exchange in journal.fetch(server.url, "default", None).exchanges:
        if exchange.api == "workshop":
            counted.add(outline, exchange)
    expected = Summary(outline, counted)

    told = control.get("/apis/workshop/coverage").json()

    assert (told["requests"], told["forgotten"], told["parts"]) == (2, 0, None)
    assert told["whole"]["exercised"] == expected.figure().exercised > 3
    assert {each["kind"]: (each["exercised"], each["parts"]) for each in told["kinds"]} == {
        kind: (expected.of_kind(kind).exercised, expected.of_kind(kind).parts) for kind in KINDS
    }


def test_coverage_of_an_operation(control: httpx.Client, workshop: httpx.Client) -> None:
    """Each of its parts, with how many requests exercised it."""
    workshop.get("/v1/lists", params={"limit": 2})
    workshop.get("/v1/lists")

    told = control.get("/apis/workshop/coverage?operationId=list_lists").json()

    hits = {(each["kind"], each["name"]): each["hits"] for each in told["parts"]}
    assert told["operationId"] == "list_lists"
    assert hits["operation", "list_lists"] == hits["status", "200"] == 2
    assert hits["parameter", "query limit"] == 1
    assert hits["parameter", "query cursor"] == 0
    assert control.get("/apis/workshop/coverage?operationId=none").status_code == 404
    assert control.get("/apis/none/coverage").status_code == 404
