"""The server in a thread: it starts, it can be asked at once, and it stops when told, whoever is still connected."""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from mockserver import MockServer
from mockserver.apis.crm import LISTS
from mockserver.errors import FixtureError, StartError
from mockserver.runtime.faults import Delay, Rule
from mockserver.server import GRACE, bind, origin, uvicorn_server
from tests.hostile.wire import Connection, connection, request

CRM = b"/contacts/lists"
PROMPT = 0.5
"""Seconds that count as at once, on a machine that has other things to do."""


@pytest.fixture(scope="module")
def crm() -> MockServer:
    """A server that no test has started yet, or that one has stopped again."""
    return MockServer(["crm"])


@pytest.fixture
def started(crm: MockServer) -> Iterator[MockServer]:
    with crm:
        yield crm


def answers(server: MockServer) -> int:
    return httpx.get(f"{server.url}/contacts/lists").status_code


def test_it_answers_from_the_moment_it_has_started(crm: MockServer) -> None:
    """And its thread is gone when it has stopped."""
    before = threading.active_count()

    with crm as server:
        status = answers(server)
        running = server.running

    assert status == 200
    assert running
    assert not crm.running
    assert threading.active_count() == before


def test_after_it_has_stopped_nobody_answers(crm: MockServer) -> None:
    """Its port is free."""
    with crm:
        url = crm.url

    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_it_can_be_started_again(crm: MockServer) -> None:
    """At the same address, with the state it had."""
    with crm:
        url = crm.url
        created = httpx.post(f"{url}/contacts/lists", json={"name": "Kept"}).json()["data"]["id"]
    with crm:
        kept = [each["id"] for each in httpx.get(f"{url}/contacts/lists").json()["data"]]
        again = crm.url

    assert created in kept
    assert again == url
    crm.reset()
    assert crm.world()[LISTS].get(created) is None


def test_it_can_be_stopped_before_it_has_begun_and_twice(crm: MockServer) -> None:
    """Stopping what does not run is nothing; starting and stopping in one breath leaves nothing behind."""
    crm.stop()
    for _ in range(20):
        crm.start().stop()
    crm.stop()

    assert not crm.running


def test_it_cannot_be_started_twice(started: MockServer) -> None:
    """The first one goes on."""
    with pytest.raises(StartError, match="the server is running already"):
        started.start()

    assert answers(started) == 200


def test_two_servers_do_not_know_of_one_another() -> None:
    """Each has its port and its world."""
    with MockServer(["crm"]) as one, MockServer("crm") as other:
        httpx.post(f"{one.url}/contacts/lists", json={"name": "Only here"})
        counts = [len(httpx.get(f"{server.url}/contacts/lists").json()["data"]) for server in (one, other)]

    assert one.url != other.url
    assert counts[0] == counts[1] + 1


def taken() -> socket.socket:
    return bind("127.0.0.1", 0)


def test_a_port_that_is_taken_is_told() -> None:
    """With the way out."""
    with taken() as other:
        port = other.getsockname()[1]
        with pytest.raises(StartError) as refused:
            MockServer(["crm"], port=port).start()

    assert str(refused.value) == (
        f"cannot listen on 127.0.0.1:{port}: Address already in use. Choose another --port (0 takes a free one)."
    )


@pytest.mark.parametrize(
    ("host", "port", "reason"),
    [
        ("127.0.0.1", 70_000, "0-65535"),
        ("127.0.0.1", -1, "0-65535"),
        ("192.0.2.1", 0, "Cannot assign requested address"),
        ("no..name", 0, ""),
        ("no-such-host.invalid", 0, ""),
        ("::g", 0, ""),
    ],
)
def test_an_address_that_is_none_is_told(host: str, port: int, reason: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(StartError) as refused:
        bind(host, port)

    assert str(refused.value).startswith(f"cannot listen on {host}:{port}: ")
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"apis": ["nope"]}, StartError, "unknown API 'nope': expected one of audience, "),
        ({"apis": "nope"}, StartError, "unknown API 'nope': expected one of audience, "),
        ({"auth": "lax"}, StartError, "auth must be 'strict' or 'any', got 'lax'."),
        ({"fixtures": "/nowhere"}, FixtureError, "/nowhere: expected a folder of fixtures"),
    ],
)
def test_what_cannot_be_served_is_told_before_it_starts(
    arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    """In words, by the constructor."""
    with pytest.raises(error) as refused:
        MockServer(**arguments)

    assert str(refused.value).startswith(words)


def test_without_names_all_are_served(server: MockServer) -> None:
    """By one server, under their own names."""
    assert httpx.get(f"{server.url}/_mock/health").json()["apis"] == list(server.apis)
    assert list(server.apis) == ["audience", "crm", "prospects", "salesnav", "workshop"]


def test_the_demo_credential_of_an_api_is_at_hand(server: MockServer) -> None:
    """An API that takes none says so."""
    assert server.credential("workshop") == "wk_demo_api"
    with pytest.raises(StartError, match="crm takes no credentials"):
        server.credential("crm")


def test_the_operations_are_known_by_name(server: MockServer) -> None:
    """Of one API, or of all."""
    assert server.operations("prospects") == {"get_lists", "save_list", "refresh_list", "delete_list"}
    assert server.operations("prospects") < server.operations()


def test_strict_is_the_default_and_any_credential_will_do_if_asked(tmp_path: Path) -> None:
    """With `any`, whoever calls is the default account."""
    with MockServer(["workshop"]) as strict, MockServer(["workshop"], auth="any") as lenient:
        statuses = [httpx.get(f"{server.url}/v1/lists").status_code for server in (strict, lenient)]
        known = httpx.get(f"{strict.url}/v1/lists", headers={"Authorization": "Bearer wk_demo_api"})
        anybody = httpx.get(f"{lenient.url}/v1/lists", headers={"Authorization": "Bearer whoever"})

    assert statuses == [401, 200]
    assert anybody.json() == known.json()


def test_the_same_seed_gives_the_same_ids() -> None:
    """Another gives others."""
    ids = []
    for seed in (1, 1, 2):
        with MockServer("crm", seed=seed) as server:
            ids.append(httpx.post(f"{server.url}/contacts/lists", json={"name": "A"}).json()["data"]["id"])

    assert ids[0] == ids[1] != ids[2]


def test_pages_of_other_origins_may_be_kept_out() -> None:
    """`cors=False`."""
    with MockServer("crm", cors=False) as server:
        reply = httpx.get(f"{server.url}/contacts/lists", headers={"Origin": "https://page.example"})

    assert "access-control-allow-origin" not in reply.headers


@pytest.mark.parametrize(("control", "status"), [(True, 200), (False, 404)])
def test_the_control_plane_may_be_left_out(control: bool, status: int) -> None:
    """`control=False`; health is there all the same."""
    with MockServer("crm", control=control) as server:
        statuses = [httpx.get(f"{server.url}/_mock/{path}").status_code for path in ("worlds", "health")]

    assert statuses == [status, 200]


def test_a_control_plane_beyond_loopback_needs_a_token() -> None:
    """Without one nothing is served at all, and the port is free again."""
    with taken() as other:
        port = other.getsockname()[1]
    server = MockServer("crm", host="0.0.0.0", port=port)

    with pytest.raises(StartError, match="token"):
        server.start()

    assert not server.running
    bind("0.0.0.0", port).close()


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:80"), ("::1", "http://[::1]:80"), ("localhost", "http://localhost:80")],
)
def test_a_url_is_that_of_the_address(host: str, url: str) -> None:
    """An IPv6 address in brackets."""
    assert origin(host, 80) == url
    assert MockServer("crm", host=host, port=80).url == url
    assert origin(host, 80, tls=True) == url.replace("http", "https", 1)


def test_it_listens_on_ipv6() -> None:
    """And says so in its URL."""
    try:
        bind("::1", 0).close()
    except StartError:
        pytest.skip("this machine has no IPv6")

    with MockServer("crm", host="::1") as server:
        status = answers(server)

    assert status == 200
    assert server.url.startswith("http://[::1]:")


def stopping(server: MockServer) -> float:
    """The seconds that stopping takes."""
    begun = time.monotonic()
    server.stop()
    return time.monotonic() - begun


@contextlib.contextmanager
def connected(server: MockServer, raw: bytes) -> Iterator[Connection]:
    """A client that has sent something, which the server has read by the time another is answered."""
    with connection(server.url) as client:
        client.send(raw)
        with connection(server.url) as other:
            other.send(request(b"/_mock/health"))
            other.reply()
        yield client


def test_stopping_does_not_wait_for_an_idle_connection(started: MockServer) -> None:
    """One that was kept alive is closed."""
    with connection(started.url) as client:
        client.send(request(CRM))
        client.reply()
        seconds = stopping(started)
        closed = client.closed()

    assert closed
    assert seconds < PROMPT


@pytest.mark.parametrize("raw", [b"", b"GET /contacts/li"])
def test_stopping_does_not_wait_for_a_request_that_has_not_come(started: MockServer, raw: bytes) -> None:
    """A connection that has said nothing, or half a line."""
    with connected(started, raw) as client:
        seconds = stopping(started)
        closed = client.closed()

    assert closed
    assert seconds < PROMPT


def delayed(server: MockServer, seconds: float) -> None:
    server.world().faults = (Rule("slow", delay=Delay("fixed", seconds)),)


def test_a_request_under_way_gets_to_finish(started: MockServer) -> None:
    """If it takes no longer than it is given."""
    delayed(started, GRACE / 4)
    try:
        with connected(started, request(CRM)) as client:
            seconds = stopping(started)
            reply = client.reply()
    finally:
        started.world().faults = ()

    assert reply.status == 200
    assert seconds < GRACE / 4 + PROMPT


@pytest.mark.parametrize(
    "raw", [request(CRM), b"POST /contacts/lists HTTP/1.1\r\nContent-Length: 9\r\n\r\n{", request(CRM) + request(CRM)]
)
def test_a_request_that_never_ends_is_cut_off(
    started: MockServer, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """After what it is given: without an answer, and without a word in the log."""
    delayed(started, 60)
    try:
        with connected(started, raw) as client:
            seconds = stopping(started)
            closed = client.closed()
    finally:
        started.world().faults = ()

    assert closed
    assert GRACE / 2 < seconds < GRACE + PROMPT
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_after_being_cut_off_it_serves_again(started: MockServer) -> None:
    """Nothing is left of what was under way."""
    delayed(started, 60)
    with connected(started, request(CRM)):
        started.stop()
    started.world().faults = ()

    started.start()

    assert answers(started) == 200


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certificate(authority: trustme.CA, tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for the loopback address and its key, as files."""
    issued = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    key.write_bytes(issued.private_key_pem.bytes())
    return chain, key


@contextlib.contextmanager
def over_tls(app: Any, chain: Path, key: Path) -> Iterator[tuple[str, int]]:
    listener = bind("127.0.0.1", 0)
    server = uvicorn_server(app, chain, key)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield listener.getsockname()
    finally:
        server.stop()
        thread.join()
        listener.close()


def test_it_serves_over_tls(crm: MockServer, authority: trustme.CA, certificate: tuple[Path, Path]) -> None:
    """With the certificate it was given; what is no HTTP is refused there, too."""
    context = ssl.create_default_context()
    authority.configure_trust(context)

    with over_tls(crm.app, *certificate) as address:
        reply = httpx.get(f"{origin(*address, tls=True)}/contacts/lists", verify=context)
        with socket.create_connection(address) as plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as raw:
            client = Connection(raw)
            client.send(b"nonsense\r\n\r\n")
            refused = client.reply()
            closed = client.closed()

    assert reply.status_code == 200
    assert refused.status == 400
    assert closed


def test_a_certificate_that_is_none_is_told(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    """A file that is not there, one that is no certificate, and a key that is another's."""
    chain, key = certificate
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")

    for files in ((tmp_path / "none.pem", key), (nonsense, key), (chain, nonsense), (chain, chain)):
        with pytest.raises(StartError) as refused:
            uvicorn_server(None, *files)
        assert str(refused.value).startswith(f"the certificate {files[0]} with the key {files[1]} cannot be used: ")
