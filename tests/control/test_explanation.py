"""Why a request was answered as it was: one case for each way an answer comes about."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import LIST

Json = dict[str, Any]


def explained(control: httpx.Client, number: int = 1) -> Json:
    explanation: Json = control.get(f"/journal/{number}").json()["explain"]
    return explanation


def chosen(explanation: Json) -> list[str]:
    return [each["operation"]["operationId"] for each in explanation["candidates"] if each["chosen"]]


def reasons(explanation: Json) -> dict[str, str]:
    return {each["operation"]["operationId"]: each["reason"] for each in explanation["candidates"]}


def test_a_handler(control: httpx.Client, workshop: httpx.Client) -> None:
    """The handler and the records it answered from are named, and why the other operations of the path were not it."""
    workshop.get(f"/v1/lists/{LIST}")

    explanation = explained(control)
    assert explanation["answer"] == "The handler get_list() answered 200 from the world's records."
    assert chosen(explanation) == ["get_list"]
    assert reasons(explanation) == {
        "get_list": "/v1/lists/{id} matches the path, and the method is GET.",
        "update_list": "/v1/lists/{id} matches the path, but the method is GET, not PATCH.",
        "delete_list": "/v1/lists/{id} matches the path, but the method is GET, not DELETE.",
    }
    assert explanation["candidates"][0]["operation"] == {
        "api": "workshop",
        "operationId": "get_list",
        "method": "GET",
        "path": "/v1/lists/{id}",
    }
    assert explanation["pathParameters"] == {"id": LIST}
    assert explanation["records"] == [{"collection": "workshop.lists", "key": LIST}]
    assert (explanation["prefer"], explanation["rejection"], explanation["violations"]) == (None, None, [])


def test_records_of_a_page(control: httpx.Client, workshop: httpx.Client) -> None:
    """Every record that an answer shows is named, as long as it is there."""
    shown = [each["id"] for each in workshop.get("/v1/lists?limit=3").json()["data"]]

    assert [each["key"] for each in explained(control)["records"]] == shown


def test_a_record_since_deleted_is_not_named(control: httpx.Client, workshop: httpx.Client) -> None:
    """Records are looked up in the world as it is now."""
    workshop.get(f"/v1/lists/{LIST}")
    workshop.delete(f"/v1/lists/{LIST}")

    assert explained(control)["records"] == []


def test_head(control: httpx.Client, workshop: httpx.Client) -> None:
    """A HEAD request is answered by the operation for GET."""
    workshop.head("/v1/lists")

    assert reasons(explained(control))["list_lists"] == (
        "/v1/lists matches the path, and the method is GET (HEAD is answered as GET, without the body)."
    )


def test_escapes(control: httpx.Client, server: MockServer) -> None:
    """A key that is escaped in the path or in the answer's JSON is still found."""
    control.patch("/state", json={"audience.lists": {'a"b': {**_audience_list(control), "id": 'a"b', "name": "Odd"}}})

    httpx.get(f"{server.url}/api/v1/lists", headers={"Authorization": f"Bearer {server.credential('audience')}"})

    assert {"collection": "audience.lists", "key": 'a"b'} in explained(control)["records"]


def _audience_list(control: httpx.Client) -> Json:
    record: Json = control.get("/state/audience.lists?limit=1").json()["records"][0]
    return record


def test_a_path_that_is_no_text(control: httpx.Client, workshop: httpx.Client) -> None:
    """A path parameter that is no UTF-8 is shown as it was sent."""
    workshop.get("/v1/lists/%FF")

    assert explained(control)["pathParameters"] == {"id": "%FF"}


def test_prefer(control: httpx.Client, workshop: httpx.Client) -> None:
    """A documented example that the request preferred is said to be one."""
    workshop.get(f"/v1/lists/{LIST}", headers=[("Prefer", "code=404"), ("Prefer", "wait=1")])

    explanation = explained(control)
    assert explanation["answer"] == "`Prefer` asked for the documented response of 404; no handler ran."
    assert explanation["prefer"] == "code=404, wait=1"
    assert explanation["records"] == []


def test_a_preferred_500(control: httpx.Client, server: MockServer) -> None:
    """A documented failure that was preferred is no failure of the server."""
    headers = {"Authorization": f"Bearer {server.credential('salesnav')}", "Prefer": "code=500"}
    httpx.get(f"{server.url}/v1/contacts/lists/abc123", headers=headers)

    assert explained(control)["answer"].startswith("`Prefer` asked for the documented response of 500")


def test_violations(control: httpx.Client, workshop: httpx.Client) -> None:
    """Each rule that the request broke is listed, with what was expected and what came."""
    workshop.post("/v1/lists", json={"title": 5, "list_type": "x"})

    explanation = explained(control)
    assert explanation["answer"].startswith("The request was rejected before any handler ran (invalid): body ")
    assert explanation["rejection"]["kind"] == "invalid"
    found = {each["pointer"]: each for each in explanation["violations"]}
    cited = found["/title"].pop("document")
    assert found["/title"] == {
        "where": "body",
        "pointer": "/title",
        "keyword": "type",
        "expected": ["string"],
        "received": 5,
        "message": "must be of type string, got 5",
    }
    assert (found["/external_id"]["keyword"], found["/external_id"]["received"]) == ("required", None)
    assert found["/list_type"]["keyword"] == "enum"
    assert cited["pointer"] == "#/components/schemas/Title"
    assert cited["text"].startswith("Title:\n  description: ")
    assert cited["inferred"].startswith("The page says string; ")
    assert found["/external_id"]["document"]["text"] == "required: [external_id, title]"
    assert control.get("/journal").json()["entries"][0]["violations"] == len(found)


def test_scopes(control: httpx.Client, server: MockServer) -> None:
    """A credential without the scope is told which one was asked for, and which it has."""
    httpx.post(f"{server.url}/v1/lists", headers={"Authorization": "Bearer wk_demo_hris"}, json={})

    rejection = explained(control)["rejection"]
    assert rejection["kind"] == "forbidden"
    assert rejection["requiredScopes"]
    assert not set(rejection["requiredScopes"]) <= set(rejection["grantedScopes"])


def test_no_credential(control: httpx.Client, server: MockServer) -> None:
    """A missing credential is said to be the reason; it counts as one violation."""
    httpx.get(f"{server.url}/v1/lists")

    assert explained(control)["rejection"]["message"] == "no credential was sent; send one of the demo credentials"
    assert control.get("/journal").json()["entries"][0]["violations"] == 1


def test_no_method(control: httpx.Client, workshop: httpx.Client) -> None:
    """Where the method is not documented no candidate is chosen, and each says why."""
    workshop.put("/v1/lists")

    explanation = explained(control)
    assert chosen(explanation) == []
    assert reasons(explanation) == {
        "list_lists": "/v1/lists matches the path, but the method is PUT, not GET.",
        "create_list": "/v1/lists matches the path, but the method is PUT, not POST.",
    }
    assert explanation["rejection"]["kind"] == "method_not_allowed"


def test_no_path(control: httpx.Client, workshop: httpx.Client) -> None:
    """Where no path matches, the most similar ones are named."""
    workshop.get("/v1/list")

    explanation = explained(control)
    assert chosen(explanation) == []
    said = {each["reason"] for each in explanation["candidates"] if each["operation"]["operationId"] == "create_list"}
    assert "No documented path matches; /v1/lists is among the most similar." in said
    assert explanation["pathParameters"] == {}


def test_a_more_specific_path(control: httpx.Client, workshop: httpx.Client) -> None:
    """Of two paths that match, the one that says more was chosen, and the operations of the other are told so."""
    workshop.get("/contacts/lists/options")

    explanation = explained(control)
    assert chosen(explanation) == ["list_filter_options"]
    assert set(reasons(explanation).values()) == {
        "/contacts/lists/options matches the path, and the method is GET.",
        "/contacts/lists/{id} matches the path as well, but /contacts/lists/options is more specific.",
    }


def test_a_fault(control: httpx.Client, workshop: httpx.Client) -> None:
    """The rule that answered is named whole; once it is deleted, by its id."""
    rule = {"id": "down", "reply": {"kind": "respond", "status": 503, "body": {"error": "down"}}}
    control.post("/faults", json=rule)
    workshop.get("/v1/lists")

    explanation = explained(control)
    assert explanation["answer"] == "The fault rule 'down' answered 503 instead of the operation."
    assert explanation["faults"] == [{"id": "down", "rule": rule}]
    control.delete("/faults/down")
    assert explained(control)["faults"] == [{"id": "down", "rule": None}]


def test_a_broken_connection(control: httpx.Client, workshop: httpx.Client) -> None:
    """A rule that ended the connection is named, and that nothing was answered."""
    control.post("/faults", json={"id": "gone", "damage": {"kind": "close"}})
    with pytest.raises(httpx.RemoteProtocolError):
        workshop.get("/v1/lists")

    entry = control.get("/journal/1").json()
    assert entry["explain"]["answer"] == "The fault rule 'gone' ended the connection instead of answering."
    assert (entry["status"], entry["response"], entry["breach"]) == (None, None, True)


def test_preflight(control: httpx.Client, server: MockServer) -> None:
    """A browser's question before a request is said to be one."""
    headers = {"Origin": "http://page.test", "Access-Control-Request-Method": "GET"}
    httpx.options(f"{server.url}/v1/lists", headers=headers)

    assert explained(control)["answer"].startswith("This was a CORS preflight")


def test_a_defect(
    control: httpx.Client, workshop: httpx.Client, monkeypatch: pytest.MonkeyPatch, server: MockServer
) -> None:
    """An answer that was held back, or a handler that failed, is said to be the server's own fault."""
    route = server.app.plane.routes.router.match("/v1/lists")
    assert route is not None
    monkeypatch.setattr(route[0].targets["GET"], "handler", lambda _, **__: {"broken": True})
    workshop.get("/v1/lists")

    entry = control.get("/journal/1").json()
    assert entry["status"] == 500
    assert "was not sent" in entry["explain"]["answer"]


def test_where_the_messages_are_documented(control: httpx.Client, workshop: httpx.Client) -> None:
    """Pointers that lead to lines of the document; none where no operation was chosen."""
    workshop.patch(f"/v1/lists/{LIST}", json={"title": 5})
    workshop.get("/nothing")

    documented = explained(control)["documented"]
    texts = {
        part: control.get("/apis/workshop/lines", params={"pointer": pointer}).json()["text"].partition("\n")[0]
        for part, pointer in documented.items()
    }
    assert texts == {"parameters": "parameters:", "requestBody": "requestBody:", "response": "'422':"}
    assert explained(control, 2)["documented"] is None
