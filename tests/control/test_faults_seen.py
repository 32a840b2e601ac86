"""Each fault as real clients see it: httpx, curl, and a plain socket. Rules come through the control plane."""

from __future__ import annotations

import json
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from tests.patience import PATIENCE

Json = dict[str, Any]
GET_LISTS = {"operationId": "list_lists", "api": "workshop"}
EMPTY_REPLY, PARTIAL_FILE, RECEIVE_FAILED = 52, 18, 56
"""Exit codes of curl."""


@pytest.fixture(autouse=True)
def _no_rules_left(control: httpx.Client) -> Iterator[None]:
    yield
    control.delete("/faults")


def add(control: httpx.Client, **rule: Any) -> None:
    answer = control.post("/faults", json={"match": GET_LISTS, **rule})
    assert answer.status_code == 201, answer.text


def breaches(control: httpx.Client) -> list[bool]:
    return [each["breach"] for each in reversed(control.get("/journal").json()["entries"])]


@dataclass
class Curled:
    """What curl did: its exit code, the status and body it got, the seconds to the first and to the last byte."""

    exit: int
    status: int
    body: str
    first: float
    last: float


def curl(server: MockServer, path: str = "/v1/lists?limit=3") -> Curled:
    program = shutil.which("curl")
    assert program is not None, "the tests need curl"
    form = "\n%{http_code} %{time_starttransfer} %{time_total}"
    command = [
        program,
        "-s",
        "--max-time",
        "60",
        "-w",
        form,
        "-H",
        f"Authorization: Bearer {server.credential('workshop')}",
    ]
    ran = subprocess.run([*command, f"{server.url}{path}"], capture_output=True, text=True, check=False)
    body, _, written = ran.stdout.rpartition("\n")
    status, first, last = written.split()
    return Curled(ran.returncode, int(status), body, float(first), float(last))


def raw(server: MockServer) -> tuple[bytes, type[Exception] | None]:
    """All bytes that a plain socket receives for a request, and the error that ends them, if one does."""
    port = int(server.url.rpartition(":")[2])
    token = server.credential("workshop")
    request = f"GET /v1/lists?limit=3 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(request.encode())
        try:
            while part := connection.recv(65536):
                received += part
        except OSError as error:
            return received, type(error)
    return received, None


DELAYS: list[tuple[Json, float]] = [
    ({"kind": "fixed", "seconds": 0.2}, 0.2),
    ({"kind": "uniform", "from": 0.1, "to": 0.3}, 0.1),
    ({"kind": "lognormal", "median": 0.15, "sigma": 0}, 0.15),
    ({"kind": "lognormal", "median": 0, "sigma": 1}, 0),
]


@pytest.mark.parametrize(("delay", "least"), DELAYS)
def test_delay(control: httpx.Client, workshop: httpx.Client, server: MockServer, delay: Json, least: float) -> None:
    """The whole answer comes, later by what the rule says at least, and no rule of the contract is broken.

    By how much at most is seen where the delays are drawn: a busy machine may add any time.
    """
    expected = workshop.get("/v1/lists?limit=3").text
    add(control, delay=delay)

    before = time.perf_counter()
    answer = workshop.get("/v1/lists?limit=3")
    seconds = time.perf_counter() - before
    curled = curl(server)

    assert (answer.status_code, answer.text) == (200, expected)
    assert (curled.exit, curled.status, curled.body) == (0, 200, expected)
    assert least <= seconds
    assert least <= curled.first
    assert breaches(control) == [False, False, False]


def test_delays_hold_nobody_else_up() -> None:
    """While one request waits, others are answered.

    On a server of its own: a request that its client gave up is answered all the same, and would be in the journal of
    whatever test runs a minute later.
    """
    with (
        MockServer("workshop", shutdown_timeout=0) as server,
        httpx.Client(headers={"Authorization": f"Bearer {server.credential('workshop')}"}) as client,
        socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2]))) as waiting,
    ):
        rule = {"match": GET_LISTS, "delay": {"kind": "fixed", "seconds": 60}}
        client.post(f"{server.url}/_mock/faults", json=rule).raise_for_status()
        waiting.sendall(b"GET /v1/lists HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answers = [client.get(f"{server.url}/v1/lists/nope").status_code for _ in range(20)]
        answered, _, _ = select.select([waiting], [], [], 0)

    assert answers == [404] * 20
    assert not answered


def test_a_documented_answer(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """The operation's own example for the status, as if the API had answered so."""
    add(control, reply={"kind": "documented", "status": 401})

    answer = workshop.get("/v1/lists")
    curled = curl(server)

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/json")
    assert answer.json() == {"error": "API key is missing or invalid"}
    assert (curled.exit, curled.status) == (0, 401)
    assert breaches(control) == [False, False]


def test_a_named_example(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """Of several examples the one that is named."""
    document = server.apis["workshop"].document
    pages = document.raw["paths"]["/v1/lists"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    assert len(pages) > 1
    for name, example in pages.items():
        add(control, times=1, reply={"kind": "documented", "status": 200, "example": name})

        assert workshop.get("/v1/lists").json() == example["value"]


def test_an_undocumented_answer(control: httpx.Client, workshop: httpx.Client) -> None:
    """A status that the operation does not document is a problem of the server's own, and a breach."""
    add(control, reply={"kind": "documented", "status": 599})

    answer = workshop.get("/v1/lists")

    assert (answer.status_code, answer.headers["content-type"]) == (599, "application/problem+json")
    assert breaches(control) == [True]


def test_too_many_requests(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """429 with the seconds after which to try again."""
    add(control, reply={"kind": "tooManyRequests", "retryAfter": 17})

    answer = workshop.get("/v1/lists")

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "17")
    assert curl(server).status == 429


@pytest.mark.parametrize(
    ("reply", "content_type", "body"),
    [
        ({"status": 503, "body": {"error": "down"}}, "application/json", b'{"error":"down"}'),
        ({"status": 299, "body": "plain"}, "text/plain; charset=utf-8", b"plain"),
        ({"status": 200, "body": [1, None]}, "application/json", b"[1,null]"),
        ({"status": 418}, None, b""),
        ({"status": 204, "body": {"ignored": True}}, None, b""),
        ({"status": 304, "body": "ignored"}, None, b""),
        (
            {
                "status": 502,
                "body": "<h1>",
                "headers": [{"name": "Content-Type", "value": "text/html"}, {"name": "Content-Length", "value": "99"}],
            },
            "text/html",
            b"<h1>",
        ),
    ],
)
def test_any_answer(
    control: httpx.Client,
    workshop: httpx.Client,
    server: MockServer,
    reply: Json,
    content_type: str | None,
    body: bytes,
) -> None:
    """Any status, headers and body arrive as the rule has them, on a connection that stays usable; it is a breach."""
    add(control, reply={"kind": "respond", **reply})

    answers = [workshop.get("/v1/lists") for _ in range(2)]
    curled = curl(server)

    for answer in answers:
        assert answer.status_code == reply["status"]
        assert answer.headers.get("content-type") == content_type
        assert answer.content == body
    assert (curled.exit, curled.status, curled.body) == (0, reply["status"], body.decode())
    assert breaches(control) == [True, True, True]


def test_close(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """The connection ends in the orderly way, with nothing said."""
    add(control, damage={"kind": "close"})

    with pytest.raises(httpx.RemoteProtocolError, match="Server disconnected without sending a response"):
        workshop.get("/v1/lists")
    assert raw(server) == (b"", None)
    assert curl(server).exit == EMPTY_REPLY
    assert breaches(control) == [True, True, True]


def test_reset(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """The connection is reset by the peer."""
    add(control, damage={"kind": "reset"})

    with pytest.raises(httpx.ReadError, match="reset"):
        workshop.get("/v1/lists")
    assert raw(server) == (b"", ConnectionResetError)
    assert curl(server).exit == RECEIVE_FAILED
    assert breaches(control) == [True, True, True]


def test_truncate(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """Half of the promised body comes, then the connection ends."""
    whole = workshop.get("/v1/lists?limit=3").content
    add(control, damage={"kind": "truncate"})

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        workshop.get("/v1/lists?limit=3")
    received, error = raw(server)
    curled = curl(server)

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert f"content-length: {len(whole)}".encode() in head.lower()
    assert (body, error) == (whole[: len(whole) // 2], None)
    assert (curled.exit, curled.status, curled.body.encode()) == (PARTIAL_FILE, 200, body)


def test_malformed(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """A complete answer comes whose body is no JSON."""
    add(control, damage={"kind": "malformed"})

    answer = workshop.get("/v1/lists")
    curled = curl(server)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    with pytest.raises(json.JSONDecodeError):
        answer.json()
    assert curled.exit == 0
    with pytest.raises(json.JSONDecodeError):
        json.loads(curled.body)
    assert breaches(control) == [True, True]


def test_drip(control: httpx.Client, workshop: httpx.Client, server: MockServer) -> None:
    """The head comes first and the body bit by bit, until it is whole."""
    whole = workshop.get("/v1/lists?limit=3").content
    rate = len(whole) * 2
    add(control, damage={"kind": "drip", "bytesPerSecond": rate})

    before = time.perf_counter()
    with workshop.stream("GET", "/v1/lists?limit=3") as answer:
        parts = list(answer.iter_raw())
    seconds = time.perf_counter() - before
    curled = curl(server)

    assert b"".join(parts) == whole
    assert len(parts) > 1  # of the pieces that are sent, a busy machine receives several at once
    assert seconds >= 0.35
    assert (curled.exit, curled.body.encode()) == (0, whole)
    assert curled.first < curled.last
    assert curled.last >= 0.35


def test_a_rate_limit(control: httpx.Client, workshop: httpx.Client) -> None:
    """So many requests in a window pass; those beyond are told to wait until the oldest is out of it."""
    control.post("/clock/freeze", json={"at": "2026-04-22T12:00:00Z"})
    add(control, rateLimit={"requests": 3, "seconds": 10})

    first = [workshop.get("/v1/lists") for _ in range(5)]
    control.post("/clock/advance", json={"seconds": 4})
    then = workshop.get("/v1/lists")
    control.post("/clock/advance", json={"seconds": 6})
    last = [workshop.get("/v1/lists") for _ in range(4)]

    assert [each.status_code for each in first] == [200, 200, 200, 429, 429]
    assert first[-1].headers["retry-after"] == "10"
    assert (then.status_code, then.headers["retry-after"]) == (429, "6")
    assert [each.status_code for each in last] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    ("rule", "statuses"),
    [
        ({"nth": 3}, [200, 200, 503, 200, 200]),
        ({"times": 2}, [503, 503, 200, 200, 200]),
        ({"probability": 0}, [200, 200, 200, 200, 200]),
        ({"match": {"method": "POST"}}, [200, 200, 200, 200, 200]),
        ({"match": {"path": "/v1/*"}}, [503, 503, 503, 503, 503]),
        ({"match": {"headers": {"authorization": "demo_api"}}}, [503, 503, 503, 503, 503]),
        ({"match": {"headers": {"authorization": "other"}}}, [200, 200, 200, 200, 200]),
        ({"match": {"api": "crm"}}, [200, 200, 200, 200, 200]),
    ],
)
def test_when_a_rule_fires(control: httpx.Client, workshop: httpx.Client, rule: Json, statuses: list[int]) -> None:
    """On the requests it meets, and of those on which it says."""
    add(control, reply={"kind": "respond", "status": 503}, **rule)

    assert [workshop.get("/v1/lists").status_code for _ in range(5)] == statuses


def test_chance_is_seeded(control: httpx.Client, workshop: httpx.Client) -> None:
    """Two worlds of one seed meet the same faults on the same requests, about as often as the rule says."""
    rule = {"id": "flaky", "probability": 0.3, "reply": {"kind": "respond", "status": 503}}
    for name in ("t1", "t2"):
        control.post("/worlds", json={"name": name})
        control.post(f"/faults?world={name}", json=rule)

    met = [
        [workshop.get("/v1/lists?limit=1", headers={"X-Mock-World": name}).status_code for _ in range(100)]
        for name in ("t1", "t2")
    ]

    assert met[0] == met[1]
    assert 10 < met[0].count(503) < 50


def test_other_worlds_are_spared(control: httpx.Client, workshop: httpx.Client) -> None:
    """A rule of one world leaves requests of another alone."""
    control.post("/worlds", json={"name": "t1"})
    control.post("/faults?world=t1", json={"damage": {"kind": "reset"}})

    assert workshop.get("/v1/lists").status_code == 200


def test_several_rules(control: httpx.Client, workshop: httpx.Client) -> None:
    """Every delay counts, the first reply answers, and the first damage is done to it."""
    add(control, id="a", delay={"kind": "fixed", "seconds": 0.1})
    add(control, id="b", reply={"kind": "respond", "status": 503, "body": {"by": "b"}})
    add(control, id="c", delay={"kind": "fixed", "seconds": 0.1}, reply={"kind": "respond", "status": 500})
    add(control, id="d", damage={"kind": "malformed"})

    before = time.perf_counter()
    answer = workshop.get("/v1/lists")
    seconds = time.perf_counter() - before

    assert (answer.status_code, answer.text) == (503, '{"by":"b",')
    assert seconds >= 0.2
    assert control.get("/journal").json()["entries"][0]["faults"] == ["a", "b", "c", "d"]
