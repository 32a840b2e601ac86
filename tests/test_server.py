"""The server in a thread: it starts, it can be asked at once, and it stops when told, whoever is still connected."""

from __future__ import annotations

import contextlib
import json
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
from mockserver.errors import FixtureError, StartError, StateError
from mockserver.limits import GRACE
from mockserver.runtime.faults import LONGEST_DELAY, Delay, Rule
from mockserver.runtime.listening import bind, origin
from mockserver.runtime.serving import Server, uvicorn_server
from tests.hostile.wire import Connection, connection, request

CRM = b"/contacts/lists"
LONG = LONGEST_DELAY
"""Seconds that no test waits for, as a grace or as the delay of an answer."""
PROMPT = LONG / 2
"""Who stops within these has waited for neither."""


@pytest.fixture(scope="module")
def crm() -> MockServer:
    """A server that no test has started yet, or that one has stopped again."""
    return MockServer(["crm"])


@pytest.fixture
def started(crm: MockServer) -> Iterator[MockServer]:
    with crm:
        yield crm


@pytest.fixture
def patient() -> Iterator[MockServer]:
    """A server that gives requests under way a long time."""
    with MockServer(["crm"], shutdown_timeout=LONG) as server:
        yield server


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
    ("arguments", "error", "words"),
    [
        ({"apis": ["nope"]}, StartError, "unknown API 'nope': expected one of audience, "),
        ({"apis": "nope"}, StartError, "unknown API 'nope': expected one of audience, "),
        ({"auth": "lax"}, StartError, "auth must be 'strict' or 'any', got 'lax'."),
        ({"fixtures": "/nowhere"}, FixtureError, "/nowhere: expected a folder of fixtures"),
        ({"apis": []}, StartError, "apis is empty: name at least one API, or omit it"),
        ({"host": ""}, StartError, "--host takes an address such as 127.0.0.1, or 0.0.0.0 for all"),
        ({"state": "/nowhere"}, StateError, "/nowhere: the exported world cannot be read"),
        ({"state": "/nowhere", "seed": 0}, StartError, "state (--state) brings a seed and records of its own"),
        ({"ssl_keyfile": "key.pem"}, StartError, "ssl_keyfile (--ssl-keyfile) needs ssl_certfile (--ssl-certfile)"),
        (
            {"control": False, "control_token": "t"},
            StartError,
            "control_token (--control-token) and control=False (--no-control)",
        ),
        (
            {"shutdown_timeout": -1},
            StartError,
            "shutdown_timeout (--shutdown-timeout) must be seconds from 0 on, got -1.",
        ),
        (
            {"shutdown_timeout": float("nan")},
            StartError,
            "shutdown_timeout (--shutdown-timeout) must be seconds from 0 on",
        ),
        (
            {"shutdown_timeout": float("inf")},
            StartError,
            "shutdown_timeout (--shutdown-timeout) must be seconds from 0 on",
        ),
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


def test_it_listens_on_ipv6() -> None:
    """And says so in its URL."""
    try:
        bind("::1", 0).close()
    except StartError:
        pytest.skip("this machine has no IPv6")

    for host in ("::1", "[::1]"):
        with MockServer("crm", host=host) as server:
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


def test_stopping_does_not_wait_for_an_idle_connection(patient: MockServer) -> None:
    """One that was kept alive is closed."""
    with connection(patient.url) as client:
        client.send(request(CRM))
        client.reply()
        seconds = stopping(patient)
        closed = client.closed()

    assert closed
    assert seconds < PROMPT


@pytest.mark.parametrize("raw", [b"", b"GET /contacts/li"])
def test_stopping_does_not_wait_for_a_request_that_has_not_come(patient: MockServer, raw: bytes) -> None:
    """A connection that has said nothing, or half a line."""
    with connected(patient, raw) as client:
        seconds = stopping(patient)
        closed = client.closed()

    assert closed
    assert seconds < PROMPT


def delayed(server: MockServer, seconds: float) -> None:
    server.world().faults = (Rule("slow", delay=Delay("fixed", seconds)),)


def test_a_request_under_way_gets_to_finish(patient: MockServer) -> None:
    """If it takes no longer than it is given, and no more is waited for."""
    delayed(patient, GRACE / 4)
    with connected(patient, request(CRM)) as client:
        seconds = stopping(patient)
        reply = client.reply()

    assert reply.status == 200
    assert seconds < PROMPT


@pytest.mark.parametrize(
    "raw", [request(CRM), b"POST /contacts/lists HTTP/1.1\r\nContent-Length: 9\r\n\r\n{", request(CRM) + request(CRM)]
)
def test_a_request_that_never_ends_is_cut_off(
    started: MockServer, raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """After what it is given: without an answer, and without a word in the log."""
    delayed(started, LONG)
    try:
        with connected(started, raw) as client:
            seconds = stopping(started)
            closed = client.closed()
    finally:
        started.world().faults = ()

    assert closed
    assert GRACE / 2 < seconds < PROMPT
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_after_being_cut_off_it_serves_again(started: MockServer) -> None:
    """Nothing is left of what was under way."""
    delayed(started, LONG)
    with connected(started, request(CRM)):
        started.stop()
    started.world().faults = ()

    started.start()

    assert answers(started) == 200


@contextlib.contextmanager
def asked_to_stop(server: MockServer) -> Iterator[threading.Thread]:
    """A server that drains, and the thread that waits for it."""
    thread = threading.Thread(target=server.stop)
    thread.start()
    while server.app.dispatcher.ready:
        threading.Event().wait(0.001)
    yield thread
    thread.join()


def test_while_it_drains_it_is_alive_but_not_ready() -> None:
    """Probes are told so; who still asks is answered, and every connection ends with its answer."""
    created = request(CRM, b"Content-Type: application/json", method=b"POST", body=b'{"name": "Late"}')
    server = MockServer("crm", shutdown_timeout=LONG)
    with (
        server,
        connected(server, created[:-9]) as client,
        connected(server, b"") as idle,
        asked_to_stop(server),
    ):
        answers = [httpx.get(f"{server.url}{path}") for path in ("/_mock/health/live", "/_mock/health/ready")]
        late = httpx.get(f"{server.url}/contacts/lists")
        closed = idle.closed()
        client.send(created[-9:])
        reply = client.reply()

    assert [answer.status_code for answer in answers] == [200, 503]
    assert answers[1].json() == {"status": "stopping", "apis": ["crm"]}
    assert (late.status_code, late.headers["connection"]) == (200, "close")
    assert (reply.status, closed) == (200, True)
    assert server.app.dispatcher.ready
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_a_long_answer_is_sent_to_its_end() -> None:
    """Draining waits for what is not sent yet, not only for what is not answered."""
    with MockServer("crm", shutdown_timeout=LONG) as server:
        server.world().faults = (Rule("drip", damage="drip", rate=20_000),)
        with connected(server, request(CRM)) as client, asked_to_stop(server):
            reply = client.reply()

    assert reply.status == 200
    assert reply.json()["data"]


def test_told_twice_it_stops_at_once() -> None:
    """Whatever it was to wait for."""
    with MockServer("crm", shutdown_timeout=LONG) as server:
        delayed(server, LONG)
        with connected(server, request(CRM)) as client, asked_to_stop(server):
            seconds = stopping(server)
            closed = client.closed()

    assert closed
    assert seconds < PROMPT


def test_without_any_grace_it_stops_at_once() -> None:
    """`shutdown_timeout=0`."""
    with MockServer("crm", shutdown_timeout=0) as server:
        delayed(server, LONG)
        with connected(server, request(CRM)) as client:
            seconds = stopping(server)
            closed = client.closed()

    assert closed
    assert seconds < PROMPT


@pytest.mark.parametrize("failure", [OSError("no more files"), SystemExit(3)])
def test_a_server_that_does_not_come_to_listening_says_so(
    crm: MockServer, failure: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`start` raises, and nothing is left: neither a thread nor the port."""

    async def fail(*_: object, **__: object) -> None:
        raise failure

    before = threading.active_count()
    with monkeypatch.context() as patched:
        patched.setattr(Server, "startup", fail)
        with pytest.raises(StartError) as refused:
            crm.start()

    assert str(refused.value) == f"the server's thread ended before it listened: {failure!r}."
    assert refused.value.__cause__ is failure
    assert (crm.running, threading.active_count()) == (False, before)
    with crm:
        assert answers(crm) == 200


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_whose_thread_fails_does_not_run(crm: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tells of the failure; the server can be started again."""

    async def fail(*_: object) -> None:
        raise RuntimeError("a defect")

    with monkeypatch.context() as patched:
        patched.setattr(Server, "main_loop", fail)
        crm.start()
        assert crm._thread is not None
        crm._thread.join()
        running = crm.running
    crm.stop()

    assert not running
    with crm:
        assert answers(crm) == 200


def test_it_serves_in_the_foreground() -> None:
    """In the caller's own thread, until told to stop; what is to be said is said when it is known where it listens."""
    server = MockServer("crm")
    told: list[tuple[str, int]] = []

    def listening() -> None:
        told.append((server.url, 0))
        threading.Thread(target=ask).start()

    def ask() -> None:
        told.append((server.url, answers(server)))
        with pytest.raises(StartError, match="running already"):
            server.start()
        server.stop()

    server.run(listening)

    assert not server.running
    assert [status for _, status in told] == [0, 200]
    assert told[0][0] == told[1][0]


def test_it_starts_from_an_exported_world(tmp_path: Path) -> None:
    """With the APIs of the file, or some of them, and where they are mounted."""
    exported = tmp_path / "world.json"
    with MockServer("crm") as server:
        httpx.post(f"{server.url}/contacts/lists", json={"name": "Kept"})
        exported.write_bytes(httpx.get(f"{server.url}/_mock/export").content)

    with MockServer(state=exported, mounts={"crm": "/crm"}) as again:
        names = [each["name"] for each in httpx.get(f"{again.url}/crm/contacts/lists").json()["data"]]

    assert list(again.apis) == ["crm"]
    assert "Kept" in names


def test_a_world_of_no_api_is_no_start(tmp_path: Path) -> None:
    """An empty export does not stand for everything."""
    exported = tmp_path / "world.json"
    with MockServer("crm") as server:
        world = httpx.get(f"{server.url}/_mock/export").json()
    exported.write_text(json.dumps(world | {"collections": {}}))

    with pytest.raises(StateError, match="there are records of no API"):
        MockServer(state=exported)


def test_bodies_are_limited_as_told() -> None:
    """`body_limit`."""
    with MockServer("crm", body_limit=10) as server:
        status = httpx.post(f"{server.url}/contacts/lists", json={"name": "Too long for it"}).status_code

    assert status == 413


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


def test_a_mock_server_serves_over_tls(authority: trustme.CA, certificate: tuple[Path, Path]) -> None:
    """And says so in its URL."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    chain, key = certificate

    with MockServer("crm", ssl_certfile=chain, ssl_keyfile=key) as server:
        status = httpx.get(f"{server.url}/contacts/lists", verify=context).status_code

    assert server.url.startswith("https://127.0.0.1:")
    assert status == 200


def test_a_certificate_that_is_none_is_told(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    """A file that is not there, one that is no certificate, and a key that is another's."""
    chain, key = certificate
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")

    for files in ((tmp_path / "none.pem", key), (nonsense, key), (chain, nonsense), (chain, chain)):
        with pytest.raises(StartError) as refused:
            uvicorn_server(None, *files)
        assert str(refused.value).startswith(f"the certificate {files[0]} with the key {files[1]} cannot be used: ")
