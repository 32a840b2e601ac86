"""httpx without a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from mockserver.mock import Mock, loop
from tests.timers import HastyLoop

DAMAGES = {
    "reset": httpx.ReadError,
    "close": httpx.RemoteProtocolError,
    "truncate": httpx.RemoteProtocolError,
}


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> list[HastyLoop]:
    """The loops on which requests wait, whose timers take no time."""
    made: list[HastyLoop] = []

    def new() -> HastyLoop:
        made.append(HastyLoop())
        return made[-1]

    monkeypatch.setattr(loop, "SocketlessLoop", new)
    return made


def test_a_request_takes_no_socket_and_no_thread(mock: Mock) -> None:
    """The answer is that of a real server: status, headers and body."""
    over_socket = httpx.get(f"{mock.url()}/contacts/lists")
    in_process = mock.client.get("/contacts/lists")

    assert in_process.json() == over_socket.json()
    assert in_process.headers.items() <= over_socket.headers.items()
    assert in_process.http_version == "HTTP/1.1"


def test_an_async_client_reaches_the_same_world(mock: Mock) -> None:
    """On whatever loop the test runs."""

    async def rename() -> int:
        async with mock.async_client as client:
            answer = await client.post("/contacts/lists", json={"name": "Asynchronous"})
        return answer.status_code

    assert asyncio.run(rename()) == 200
    assert "Asynchronous" in [record["name"] for record in mock.state["crm.lists"]]


def test_an_async_client_needs_no_asyncio(mock: Mock, hasty: list[HastyLoop]) -> None:
    """Under trio, or under no loop at all, it is answered too; what a fault delays is waited for in its thread."""

    def ask() -> int:
        request = httpx.Request("GET", "http://mock/contacts/lists")
        call = mock.transport.handle_async_request(request)
        with pytest.raises(StopIteration) as ended:
            call.send(None)
        answer: httpx.Response = ended.value.value
        return answer.status_code

    at_once = ask()
    fault = mock.fault("list_contact_lists", delay=30)
    delayed = ask()

    assert (at_once, delayed, fault.fired) == (200, 200, 1)
    assert [each.clock for each in hasty] == [pytest.approx(30)]


def test_a_request_that_names_its_own_world_needs_no_loop(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """`mock.headers` carries the name; only another world's faults could make it wait."""
    monkeypatch.setattr(asyncio, "run", None)
    answer = mock.client.get("/v1/lists", headers=mock.headers("workshop"))

    assert answer.status_code == 200


def test_a_client_of_one_s_own_takes_the_transport(mock: Mock) -> None:
    """Whatever host it thinks it talks to."""
    with httpx.Client(transport=mock.transport, base_url="https://api.example.com") as client:
        answer = client.get("/contacts/lists?a=b")

    assert answer.status_code == 200
    assert mock.requests()[0].target == "/contacts/lists?a=b"


def test_a_request_may_name_another_world(mock: Mock) -> None:
    """By header or by base URL, as over a socket."""
    with mock.server.mock() as other:
        mock.client.get("/contacts/lists", headers=other.headers())
        mock.client.get(f"/_world/{other.name}/contacts/lists")

        assert (mock.requests().count, other.requests().count) == (0, 2)


def test_links_lead_on(mock: Mock) -> None:
    """A rooted link of an answer can be asked for as it is."""
    headers = mock.headers("workshop")
    first = mock.client.get("/v1/lists?limit=2", headers=headers).json()
    second = mock.client.get(first["next"], headers=headers)

    assert second.status_code == 200


def test_the_control_plane_answers_too(mock: Mock) -> None:
    """It is part of the same application."""
    assert mock.client.get("/_mock/health").json()["status"] == "ok"


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_connection_is_what_httpx_calls_it(mock: Mock, damage: Any) -> None:
    """The same exception as over a socket."""
    mock.fault("list_contact_lists", damage=damage)

    with pytest.raises(DAMAGES[damage]):
        httpx.get(f"{mock.url()}/contacts/lists")
    with pytest.raises(DAMAGES[damage]):
        mock.client.get("/contacts/lists")


def test_a_slow_answer_runs_into_the_client_s_timeout(mock: Mock, hasty: list[HastyLoop]) -> None:
    """The read timeout holds, though nothing is read from a socket."""
    mock.fault("list_contact_lists", delay=30)

    with pytest.raises(httpx.ReadTimeout):
        mock.client.get("/contacts/lists", timeout=20)
    assert [each.clock for each in hasty] == [pytest.approx(20)]


def test_a_delayed_answer_comes(mock: Mock, hasty: list[HastyLoop]) -> None:
    """Within the timeout, and without one."""
    mock.fault("list_contact_lists", delay=30)

    assert mock.client.get("/contacts/lists", timeout=40).status_code == 200
    assert mock.client.get("/contacts/lists", timeout=None).status_code == 200
    assert [each.clock for each in hasty] == [pytest.approx(30)] * 2


def test_a_dripping_answer_is_no_slow_answer(mock: Mock, hasty: list[HastyLoop]) -> None:
    """Each part that comes begins the timeout anew, though the whole takes many times as long."""
    mock.fault("list_filter_options", damage="drip", rate=10)
    answer = mock.client.get("/contacts/lists/options", timeout=1)

    assert answer.json()["code"] == "OK"
    assert hasty[0].clock == pytest.approx(len(answer.content) / 10, abs=0.2)
    assert hasty[0].clock > 10


def test_a_synchronous_client_works_inside_a_running_loop(mock: Mock, hasty: list[HastyLoop]) -> None:
    """Also where an answer has to be waited for."""
    mock.fault("list_contact_lists", delay=30, times=1)

    async def ask() -> list[int]:
        return [mock.client.get("/contacts/lists").status_code for _ in range(2)]

    assert asyncio.run(ask()) == [200, 200]
    assert hasty[0].clock == pytest.approx(30)


def test_an_application_that_waits_unasked_is_told(mock: Mock) -> None:
    """Without a fault there is no event loop to wait on."""

    async def app(*_: object) -> None:
        await asyncio.sleep(0)

    mock.transport._app = app  # type: ignore[assignment]  # a function in the place of the MockApp

    with pytest.raises(RuntimeError, match="the application waited, though no fault rule told it to"):
        mock.client.get("/contacts/lists")
