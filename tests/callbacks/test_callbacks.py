"""Callbacks and webhooks: what is sent after an operation, where to, how often, and what the journal has of it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.callbacks.documented import Outgoing, webhooks_of
from mockserver.callbacks.expressions import evaluated
from mockserver.callbacks.sender import Callback, Sender
from mockserver.callbacks.targets import Forbidden, Targets
from mockserver.mock import Mock
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message
from tests.callbacks.receiver import receiving

Json = dict[str, Any]

DOCUMENT = """
openapi: 3.1.0
info: {title: Orders, version: "1"}
paths:
  /orders/{id}:
    post:
      operationId: order
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody:
        content:
          application/json: {schema: {type: object, properties: {url: {type: string}, item: {type: string}}}}
      responses:
        "201":
          description: d
          content: {application/json: {schema: {type: object, required: [state], properties: {state: {const: open}}}}}
      callbacks:
        done:
          "{$request.body#/url}/{$request.path.id}?status={$statusCode}":
            post:
              requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Done"}}}}
              responses: {"200": {description: d}}
webhooks:
  shipped:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: "#/components/schemas/Done"}
            example: {item: lamp, state: open, at: "2024-01-01"}
      responses: {"200": {description: d}}
  silent: {post: {responses: {"200": {description: d}}}}
  impossible: {post: {requestBody: {content: {application/json: {schema: {allOf: [{type: string}, {type: integer}]}}}}}}
components:
  schemas:
    Done:
      type: object
      required: [item, state, at]
      properties: {item: {type: string}, state: {type: string}, at: {type: string, format: date}}
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("callbacks") / "orders.yaml"
    file.write_text(DOCUMENT)
    return file


@pytest.fixture(scope="module")
def serving(document: Path) -> Iterator[MockServer]:
    with MockServer([str(document)], callbacks=True) as server:
        server.callbacks._pauses = (0.01, 0.01)
        yield server


@pytest.fixture
def mock(serving: MockServer) -> Iterator[Mock]:
    with serving.mock() as opened:
        yield opened


def order(mock: Mock, url: str, **more: Any) -> list[Json]:
    """Order, wait for what follows, and answer the journal's entries of callbacks, the first first."""
    assert mock.client.post("/orders/7", json={"url": url, "item": "lamp"}, **more).status_code == 201
    assert mock.server.callbacks.idle(10)  # type: ignore[attr-defined]  # a server of this process, with the sender that the option starts
    entries = mock.client.get("/_mock/journal").json()["entries"]
    return [each for each in reversed(entries) if each["answeredBy"].startswith("callback")]


def test_a_callback_follows_its_operation(mock: Mock) -> None:
    """To the URL that the request gave, with a valid body of what the exchange was about; the journal shows it."""
    with receiving() as receiver:
        (entry,) = order(mock, f"{receiver.url}/hooks")

    ((path, headers, body),) = receiver.received
    assert path == "/hooks/7?status=201"
    assert (headers["Content-Type"], headers["X-Mock-Callback"]) == ("application/json", "done")
    assert {name: json.loads(body)[name] for name in ("item", "state")} == {"item": "lamp", "state": "open"}
    assert len(json.loads(body)["at"]) == 10
    assert (entry["answeredBy"], entry["status"], entry["method"]) == ("callback done", 200, "POST")
    whole = mock.client.get(f"/_mock/journal/{entry['number']}").json()
    assert json.loads(whole["request"]["body"]) == json.loads(body)
    assert whole["explain"]["answer"] == "The mock itself sent 'done' to this URL."
    assert mock.requests().count == 1


def test_a_failure_is_tried_again_a_few_times(mock: Mock) -> None:
    """A server error and a 429 are; anything else that is answered is taken."""
    with receiving(500, 429, 404) as receiver:
        entries = order(mock, receiver.url)
        again = order(mock, receiver.url)

    assert [each["status"] for each in entries] == [500, 429, 404]
    assert [each["status"] for each in again[3:]] == [200]


def test_nobody_there_is_in_the_journal(mock: Mock) -> None:
    """Each attempt, with the reason."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        entries = order(mock, f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert [each["status"] for each in entries] == [None, None, None]
    explained = mock.client.get(f"/_mock/journal/{entries[0]['number']}").json()["explain"]["answer"]
    assert "refused" in explained.lower()


def test_a_redirect_is_not_followed(mock: Mock) -> None:
    """It may lead anywhere."""
    with receiving() as elsewhere, receiving(302, location=elsewhere.url) as receiver:
        (entry,) = order(mock, receiver.url)

    assert (entry["status"], elsewhere.received) == (302, [])


FORBIDDEN: dict[str, tuple[str, str]] = {
    "another host": ("http://192.0.2.1", "192.0.2.1 is not on loopback"),
    "metadata": ("http://169.254.169.254", "169.254.169.254 is not on loopback"),
    "another scheme": ("ftp://127.0.0.1", "expected an http(s) URL"),
    "a user": ("http://a:b@127.0.0.1", "expected an http(s) URL without a user"),
    "a line break": ("http://127.0.0.1/\r\nX: y", "expected an http(s) URL"),
    "no host": ("http:///", "expected an http(s) URL"),
    "a bad port": ("http://127.0.0.1:99999", "expected an http(s) URL"),
    "a number": ("http://3221225985", "is not on loopback"),
}


@pytest.mark.parametrize(("url", "told"), FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_target_beyond_loopback_is_not_sent_to(mock: Mock, url: str, told: str) -> None:
    """Nor is it tried again; the journal says why."""
    (entry,) = order(mock, url)

    explained = mock.client.get(f"/_mock/journal/{entry['number']}").json()["explain"]["answer"]
    assert entry["status"] is None
    assert told in explained


def test_a_name_is_judged_by_the_address_that_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is resolved once; of several addresses only one that is allowed is taken."""
    asked: list[str] = []

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        found = ["192.0.2.1", "127.0.0.1"] if host == "both.test" else ["192.0.2.1"]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)

    assert Targets().address("both.test", 80) == "127.0.0.1"
    assert Targets(["far.test"]).address("far.test", 80) == "192.0.2.1"
    assert Targets(["*"]).address("far.test", 80) == "192.0.2.1"
    assert Targets(["192.0.2.1"]).address("far.test", 80) == "192.0.2.1"
    with pytest.raises(
        Forbidden, match=r"far\.test is not on loopback \(192\.0\.2\.1\)\. Allow it with --callback-host"
    ):
        Targets().address("far.test", 80)
    assert len(asked) == 5


def test_the_url_of_a_request_has_the_scheme_that_it_came_by(serving: MockServer) -> None:
    """`$url` is `https` where the server has a certificate."""
    message = Message.of([(b"host", b"shop.example")], b"")
    exchange = Exchange("default", "POST", "/orders?x=1", "/orders", message, 0.0, scheme="https")

    assert evaluated("{$url}", exchange, serving.apis["orders"]) == "https://shop.example/orders?x=1"


def test_a_url_without_a_value_is_told(mock: Mock) -> None:
    """Where the request does not have what the expression asks for."""
    assert mock.client.post("/orders/7", json={}).status_code == 201
    assert mock.server.callbacks.idle(10)  # type: ignore[attr-defined]  # a server of this process, with the sender that the option starts

    explained = mock.client.get("/_mock/journal/2").json()["explain"]["answer"]
    assert "has no value in this exchange" in explained


def test_what_the_mock_sends_itself_is_followed_by_nothing(mock: Mock) -> None:
    """So that two operations cannot call each other for ever; nor does the control plane take it."""
    sent = {"X-Mock-Callback": "done"}
    with receiving() as receiver:
        order(mock, receiver.url, headers=sent)
    control = mock.client.post("/_mock/faults", json={}, headers=sent)

    assert receiver.received == []
    assert control.status_code == 403


def test_callbacks_are_off_unless_asked_for(document: Path) -> None:
    """Nothing observes the exchanges then."""
    with receiving() as receiver, MockServer([str(document)]) as server, server.mock() as mock:
        assert order(mock, receiver.url) == []

    assert receiver.received == []


def test_more_than_can_wait_are_dropped_and_counted(serving: MockServer, caplog: pytest.LogCaptureFixture) -> None:
    """The operation does not wait for them."""
    sender = Sender(serving.apis.values(), serving.app.worlds, most=0)
    outgoing = Outgoing("done", "", "POST", {})
    sender._put(Callback(serving.apis["orders"], outgoing, serving.world(), None, {}))

    assert sender.dropped == 1
    assert "callbacks wait to be sent; 1 were dropped" in caplog.text
    sender.stop()


def send(mock: Mock, name: str, **given: Any) -> Any:
    return mock.client.post(f"/_mock/webhooks/{name}", json=given)


def test_a_webhook_is_sent_on_demand(mock: Mock) -> None:
    """Once, with the document's example, whether callbacks are sent or not."""
    with receiving(500) as receiver:
        told = send(mock, "shipped", url=receiver.url).json()
        empty = send(mock, "silent", url=receiver.url).json()

    assert told == {"world": mock.name, "name": "shipped", "status": 500, "attempts": 1, "flaw": ""}
    assert empty["status"] == 200
    assert [json.loads(body or b"null") for _, _, body in receiver.received] == [
        {"item": "lamp", "state": "open", "at": "2024-01-01"},
        None,
    ]
    assert mock.client.get("/_mock/journal/1").json()["answeredBy"] == "callback shipped"


def test_a_webhook_that_cannot_be_sent_says_why(mock: Mock) -> None:
    """A name that is unknown, and a target that is not allowed."""
    unknown = send(mock, "shiped", url="http://127.0.0.1")
    far = send(mock, "shipped", url="http://192.0.2.1").json()
    wrong = send(mock, "shipped")
    other = send(mock, "shipped", url="http://127.0.0.1", api="nope")

    assert (unknown.status_code, wrong.status_code, other.status_code) == (404, 400, 404)
    assert "did you mean shipped?" in unknown.json()["detail"]
    assert (far["status"], far["attempts"]) == (None, 1)
    assert far["flaw"].startswith("not sent: 192.0.2.1 is not on loopback")


def test_a_document_of_webhooks_only_sends_them(tmp_path: Path) -> None:
    """To which no route leads."""
    file = tmp_path / "hooks.yaml"
    file.write_text("openapi: 3.1.0\ninfo: {title: t, version: '1'}\nwebhooks: {a: {post: {responses: {}}}}\n")
    with receiving() as receiver, MockServer(["crm", str(file)]) as server, server.mock() as mock:
        assert send(mock, "a", url=receiver.url, api="hooks").json()["status"] == 200


def test_a_document_without_webhooks_says_so() -> None:
    """As the shipped ones."""
    with MockServer(["crm"]) as server, server.mock() as mock:
        answer = send(mock, "any", url="http://127.0.0.1")
        assert webhooks_of(server.apis["crm"]) == {}

    assert answer.json()["detail"] == "No webhook is called 'any'; the documents have none."


def test_a_webhook_without_a_valid_body_is_not_sent(mock: Mock) -> None:
    """What its document asks for is impossible; the answer and the journal say so."""
    with receiving() as receiver:
        told = send(mock, "impossible", url=receiver.url).json()

    assert (told["status"], receiver.received) == (None, [])
    assert told["flaw"].startswith("not sent: impossible: no valid value was found")
    explained = mock.client.get("/_mock/journal/1").json()["explain"]["answer"]
    assert explained.startswith("The mock itself was to send 'impossible' to this URL; not sent: impossible: no valid")
