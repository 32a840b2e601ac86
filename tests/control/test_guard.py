"""Who may use the control plane: raw requests over a socket, as a browser or a stranger would send them."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.control.guard import Guard, guard
from mockserver.errors import StartError
from mockserver.runtime.request import Request
from tests.hostile.wire import connection
from tests.patience import PATIENCE

TOKEN = "correct horse"
Headers = list[tuple[str, str]]


@pytest.fixture(scope="module")
def open_server() -> Iterator[MockServer]:
    with MockServer(["crm"]) as server:
        yield server


@pytest.fixture(scope="module")
def locked_server() -> Iterator[MockServer]:
    with MockServer(["crm"], host="0.0.0.0", control_token=TOKEN) as server:
        yield server


def ask(
    server: MockServer, headers: Headers, method: str = "GET", path: str = "/_mock/worlds", body: str = ""
) -> tuple[int, Any]:
    """Status and JSON of the answer to a request with these headers and no others."""
    port = int(server.url.rpartition(":")[2])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        connection.putheader(name, value.replace("PORT", str(port)))
    if body:
        connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body.encode() or None)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text) if text else None


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "127.0.0.1:PORT")],
        [("Host", "127.0.0.1")],
        [("Host", "127.1.2.3:80")],
        [("Host", "LocalHost:PORT")],
        [("Host", "localhost.:PORT")],
        [("Host", "mock.localhost")],
        [("Host", "[::1]:PORT")],
        [("Host", "[::1]")],
        [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:PORT")],
        [("Host", "localhost"), ("Origin", "http://localhost")],
        [("Host", "localhost:80"), ("Origin", "http://localhost")],
        [("Host", "localhost"), ("Origin", "https://LOCALHOST:443")],
        [("Host", "[::1]"), ("Origin", "http://[::1]:80")],
        [("Host", "localhost"), ("Sec-Fetch-Site", "none")],
        [("Host", "localhost"), ("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost")],
    ],
)
def test_let_in(open_server: MockServer, headers: Headers) -> None:
    """Scripts, people and the server's own pages are let in by any name of this machine."""
    assert ask(open_server, headers)[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "evil.test")],
        [("Host", "evil.test:PORT")],
        [("Host", "127.0.0.1.evil.test")],
        [("Host", "localhost.evil.test")],
        [("Host", "192.168.0.1:PORT")],
        [("Host", "0.0.0.0:PORT")],
        [("Host", "[2001:db8::1]:PORT")],
        [("Host", "")],
        [("Host", "evil.test"), ("Origin", "http://evil.test")],
        [("Host", "127.0.0.1:PORT"), ("Origin", "http://evil.test")],
        [("Host", "127.0.0.1:PORT"), ("Origin", "null")],
        [("Host", "127.0.0.1:PORT"), ("Origin", "http://127.0.0.1:1")],
        [("Host", "127.0.0.1:PORT"), ("Origin", "http://localhost:PORT")],
        [("Host", "localhost"), ("Origin", "https://localhost:444")],
        [("Host", "localhost"), ("Origin", "http://localhost"), ("Origin", "http://evil.test")],
        [("Host", "localhost"), ("Sec-Fetch-Site", "cross-site")],
        [("Host", "localhost"), ("Sec-Fetch-Site", "same-site")],
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/_mock/worlds"), ("POST", "/_mock/clock/freeze"), ("GET", "/_mock/healthy"), ("GET", "/_mock/ui/")],
)
def test_kept_out(open_server: MockServer, headers: Headers, method: str, path: str) -> None:
    """A page of another origin, or one whose name has been rebound to this server, reads and changes nothing."""
    status, problem = ask(open_server, headers, method, path)

    assert status == 403
    assert (problem["status"], problem["errors"]) == (403, [])
    assert not open_server.world().clock.frozen_at


PROBES = ("/_mock/health", "/_mock/health/live", "/_mock/health/ready", "/_world/t1/_mock/health")


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize(
    "head",
    [
        "GET {path} HTTP/1.1\r\nHost: mock.example\r\n\r\n",
        "GET {path} HTTP/1.1\r\nHost: 10.0.0.7:8080\r\nUser-Agent: kube-probe/1.30\r\n\r\n",
        "GET {path} HTTP/1.1\r\n\r\n",
        "GET {path} HTTP/1.0\r\n\r\n",
        "GET {path}\r\n\r\n",
        "HEAD {path} HTTP/1.1\r\nHost: a\r\nHost: b\r\nOrigin: http://evil.test\r\n\r\n",
    ],
)
@pytest.mark.parametrize("locked", [False, True])
def test_a_probe_is_answered(
    open_server: MockServer, locked_server: MockServer, path: str, head: str, locked: bool
) -> None:
    """By whatever name it asks, or none, by old HTTP and without a token: it is told nothing that is worth hiding."""
    with connection((locked_server if locked else open_server).url) as probe:
        probe.send(head.format(path=path).encode())
        reply = probe.reply(head.partition(" ")[0])

    assert reply.status == 200
    assert reply.body == b"" if head.startswith("HEAD") else reply.json()["status"] == "ok"


def test_two_hosts(open_server: MockServer) -> None:
    """A request that names two hosts is refused, by whoever reads it first."""
    assert ask(open_server, [("Host", "localhost"), ("Host", "evil.test")])[0] in (400, 403)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"]
)
def test_forms_change_nothing(open_server: MockServer, content_type: str) -> None:
    """What a form can send, even from a browser that names no origin, is refused."""
    headers = [("Host", "localhost"), ("Content-Type", content_type)]

    status, _ = ask(open_server, headers, "POST", "/_mock/clock/freeze", '{"at": "2026-01-01T00:00:00Z"}')

    assert status == 415
    assert not open_server.world().clock.frozen_at


def test_a_preflight_is_refused(open_server: MockServer) -> None:
    """A browser that asks whether another page may call is not told that it may."""
    headers = [("Host", "localhost"), ("Origin", "http://evil.test"), ("Access-Control-Request-Method", "DELETE")]

    assert ask(open_server, headers, "OPTIONS", "/_mock/journal")[0] == 403


@pytest.mark.parametrize(
    "header",
    [
        ("Authorization", f"Bearer {TOKEN}"),
        ("authorization", f"bearer  {TOKEN} "),
        ("X-Mock-Token", TOKEN),
    ],
)
def test_the_token_lets_in(locked_server: MockServer, header: tuple[str, str]) -> None:
    """With the token, whichever way it is sent, the server may have any name."""
    assert ask(locked_server, [("Host", "mock.example"), header])[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        ("Accept", "*/*"),
        ("Authorization", "Bearer"),
        ("Authorization", "Bearer wrong"),
        ("Authorization", f"Bearer {TOKEN}s"),
        ("Authorization", f"Basic {TOKEN}"),
        ("Authorization", TOKEN),
        ("X-Mock-Token", ""),
        ("X-Mock-Token", "\u00e9"),
    ],
)
@pytest.mark.parametrize("path", ["/_mock/worlds", "/_mock/nope", "/_mock//", "/_mock/uix", "/_mock/health/x"])
def test_without_the_token(locked_server: MockServer, header: tuple[str, str], path: str) -> None:
    """Without the token nothing is said, not even what there is."""
    status, problem = ask(locked_server, [("Host", "127.0.0.1"), header], path=path)

    assert status == 401
    assert (problem["status"], problem["errors"]) == (401, [])


def test_the_challenge(locked_server: MockServer) -> None:
    """Who is refused for want of a token is told how to send one."""
    connection = http.client.HTTPConnection("127.0.0.1", int(locked_server.url.rpartition(":")[2]), timeout=PATIENCE)
    connection.request("GET", "/_mock/worlds")

    answer = connection.getresponse()

    assert answer.getheader("WWW-Authenticate") == 'Bearer realm="mockserver control plane"'
    connection.close()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/_mock/health", 200),
        ("/_mock/health/live", 200),
        ("/_mock/health/ready", 200),
        ("/_mock/openapi.json", 200),
        ("/_mock/openapi.yaml", 200),
        ("/_mock/ui/", 200),
        ("/_mock", 307),
        ("/_mock/", 307),
    ],
)
def test_what_needs_no_token(locked_server: MockServer, path: str, status: int) -> None:
    """A probe, the document, the page that asks for the token, and the ways to that are open."""
    connection = http.client.HTTPConnection("127.0.0.1", int(locked_server.url.rpartition(":")[2]), timeout=PATIENCE)
    connection.request("GET", path)

    assert connection.getresponse().status == status
    connection.close()


def test_a_page_of_another_origin_has_no_use_of_the_token(locked_server: MockServer) -> None:
    """The token does not open the control plane to pages of other origins."""
    headers = [("Host", "mock.example"), ("X-Mock-Token", TOKEN), ("Origin", "http://evil.test")]

    assert ask(locked_server, headers)[0] == 403


def test_the_document_asks_for_the_token(locked_server: MockServer, open_server: MockServer) -> None:
    """The document says that a credential is needed where one is needed."""
    locked = ask(locked_server, [("Host", "localhost")], path="/_mock/openapi.json")[1]
    unlocked = ask(open_server, [("Host", "localhost")], path="/_mock/openapi.json")[1]

    assert locked["security"] == [{"bearer": []}, {"token": []}]
    assert unlocked["security"] == []
    assert {**locked, "security": []} == unlocked


@pytest.mark.parametrize(("host", "address"), [("0.0.0.0", "0.0.0.0"), ("::", "::"), ("box.test", "10.0.0.1")])
def test_beyond_loopback_a_token_is_needed(host: str, address: str) -> None:
    """Where others can reach the server, it does not start without a token."""
    with pytest.raises(StartError, match=rf"listening on {host} lets everybody.+--control-token.+--no-control"):
        guard(host, address, None)


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("::1", "::1"), ("me.test", "127.0.1.1")])
def test_on_loopback_no_token_is_needed(host: str, address: str) -> None:
    """What the server was told to listen on names it, beside loopback."""
    name = f"[{host}]:8080" if ":" in host else f"{host}:8080"
    scope = {"method": "GET", "path": "/_mock/worlds", "query_string": b"", "headers": [(b"host", name.encode())]}

    made = guard(host, address, None)

    assert made == Guard(host)
    assert made(Request.of(scope)) is None


def test_an_empty_token_is_none() -> None:
    """A token that everybody would guess is refused."""
    with pytest.raises(StartError, match="must not be empty"):
        guard("localhost", "127.0.0.1", "")


def test_a_server_that_may_not_listen_lets_go_of_its_port() -> None:
    """A server refused for want of a token can be started with one, on the same port."""
    server = MockServer(["crm"], host="0.0.0.0")
    with pytest.raises(StartError):
        server.start()

    with MockServer(["crm"], host="0.0.0.0", control=False) as other:
        assert ask(other, [("Host", "localhost")], path="/_mock/health")[0] == 200
        assert ask(other, [("Host", "localhost")])[0] == 404
