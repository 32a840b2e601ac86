"""Two hundred worlds at once, over a real socket, each against what its requests are answered when it is alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from random import Random
from typing import Any, NamedTuple

import pytest

from mockserver import MockServer
from mockserver.runtime.application import MockApp
from mockserver.world import Ids, World
from tests.runtime.desk import ask

COUNT = 200
THREADS = 16
DAY = datetime(2020, 1, 1, 9, tzinfo=UTC)
TOKENS = {"/api/v1": "ak_demo_full", "/v1": "wk_demo_api"}


class Ask(NamedTuple):
    """One request; the token is that of the API."""

    method: str
    path: str
    body: Any = None

    @property
    def token(self) -> str:
        return next(token for path, token in TOKENS.items() if self.path.startswith(path))


Act = Callable[[World], object]
Script = Generator[Ask | Act, Any, None]


def script(number: int) -> Script:
    """What the client of one world does: writes, reads, goes back; names, times and order are its own."""
    random = Random(number)
    kept: list[Any] = []
    yield lambda world: freeze(world, number)
    made = yield create_list(number, "first")
    yield from contacts(number, made["data"]["id"], random.randint(1, 4))
    yield lambda world: kept.append(world.snapshot())
    yield create_list(number, "first")
    yield create_list(number, "second")
    chosen = random.sample([*contacts(number, made["data"]["id"], 2), *workshop(number)], 4)
    for step in chosen:  # noqa: UP028  # a list cannot be sent the answers
        yield step
    yield from reads()
    if number % 4 == 1:
        yield lambda world: world.restore(kept[0])
    elif number % 4 == 2:
        yield World.reset
        yield lambda world: freeze(world, number + COUNT)
    elif number % 4 == 3:
        yield lambda world: freeze(world, number + 2 * COUNT)
    yield create_list(number, "third")
    yield from workshop(number)
    yield from reads()


def freeze(world: World, days: int) -> None:
    world.clock = world.clock.freeze(DAY + timedelta(days=days))


def create_list(number: int, name: str) -> Ask:
    return Ask("POST", "/api/v1/lists", {"name": f"{name} of w{number}x"})


def contacts(number: int, list_id: str, count: int) -> Iterator[Ask]:
    for each in range(count):
        contact = {"email": f"p{each}@w{number}x.example", "firstName": f"w{number}x", "listId": list_id}
        yield Ask("POST", "/api/v1/contacts", contact)


def workshop(number: int) -> Iterator[Ask]:
    for each in range(3):
        yield Ask("POST", "/v1/lists", {"external_id": f"e{each}-w{number}x", "title": f"w{number}x"})


def reads() -> Iterator[Ask]:
    yield Ask("GET", "/api/v1/lists")
    yield Ask("GET", "/v1/lists?limit=100")


@dataclass
class Client:
    """One world's client: its script, and what it was answered: status and body."""

    number: int
    play: Script
    step: Ask | Act | None
    transcript: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def of(cls, number: int) -> Client:
        play = script(number)
        return cls(number, play, next(play))

    def take(self, world: World, send: Callable[[Ask], tuple[int, str]]) -> None:
        """Do the next step."""
        assert self.step is not None
        if isinstance(self.step, Ask):
            self.transcript.append(send(self.step))
        else:
            self.step(world)
        try:
            self.step = self.play.send(json.loads(self.transcript[-1][1]) if self.transcript else None)
        except StopIteration:
            self.step = None


def alone(server: MockServer) -> list[Client]:
    """Every client after the other, in one world that is reset for each, without a socket or another world."""
    app = MockApp(server.apis.values(), World("default", server.world().origin))
    world = app.worlds.default

    def send(step: Ask) -> tuple[int, str]:
        reply = ask(app, step.method, step.path, body=step.body, **head(step))
        return reply.status, reply.body.decode()

    clients = [Client.of(number) for number in range(COUNT)]
    for client in clients:
        world.reset()
        while client.step is not None:
            client.take(world, send)
    return clients


def head(step: Ask) -> dict[str, str]:
    return {"authorization": f"Bearer {step.token}", "content_type": "application/json"}


def together(server: MockServer) -> list[Client]:
    """All clients at once, a connection each, half of them with a header and half with a base URL of their own."""
    host, port = server.url.removeprefix("http://").split(":")
    connections = [HTTPConnection(host, int(port), timeout=30) for _ in range(COUNT)]
    clients = [Client.of(number) for number in range(COUNT)]

    def turn(client: Client) -> None:
        name = f"many-{client.number}"
        by_header = client.number % 2 == 0

        def send(step: Ask) -> tuple[int, str]:
            headers = {key.replace("_", "-"): value for key, value in head(step).items()}
            path = step.path if by_header else f"/_world/{name}{step.path}"
            body = None if step.body is None else json.dumps(step.body)
            connection = connections[client.number]
            connection.request(step.method, path, body, headers | ({"X-Mock-World": name} if by_header else {}))
            response = connection.getresponse()
            return response.status, response.read().decode()

        client.take(server.app.worlds.get(name), send)

    shuffled, going = Random(0), clients
    with ExitStack() as stack:
        for connection in connections:
            stack.callback(connection.close)
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        while going := [client for client in going if client.step is not None]:
            list(pool.map(turn, shuffled.sample(going, len(going))))
    return clients


@pytest.fixture(scope="module")
def clients(running_server: MockServer) -> Iterator[list[Client]]:
    """Those that were in two hundred worlds at once; links lead where they lead without a base URL."""
    running_server.reset()
    done = together(running_server)
    for client in done:
        prefix = f"/_world/many-{client.number}/"
        client.transcript = [(status, body.replace(prefix, "/")) for status, body in client.transcript]
    yield done
    for client in done:
        running_server.app.worlds.delete(f"many-{client.number}")


def test_every_world_answers_as_if_it_were_alone(running_server: MockServer, clients: list[Client]) -> None:
    """Byte for byte, status by status, from the first request to the last, resets and snapshots in between."""
    expected = [client.transcript for client in alone(running_server)]

    assert [client.transcript for client in clients] == expected
    assert {status for transcript in expected for status, _ in transcript} == {200, 201, 409}
    assert len({str(transcript) for transcript in expected}) == COUNT


def test_no_world_sees_what_was_written_to_another(clients: list[Client]) -> None:
    """Every name that was ever written tells whose it is."""
    for client in clients:
        text = "".join(body for _, body in client.transcript)

        assert set(re.findall(r"w(\d+)x", text)) == {str(client.number)}


def test_no_world_draws_from_the_ids_of_another(clients: list[Client]) -> None:
    """The first list made in any of them has the first id of the seed."""
    first = Ids(0, "ids").cuid()

    assert {json.loads(client.transcript[0][1])["data"]["id"] for client in clients} == {first}


def test_no_world_tells_the_time_of_another(clients: list[Client]) -> None:
    """Each clock is stopped on days of its own, and all that is written in the world is written then."""
    for client in clients:
        lists = json.loads(client.transcript[-2][1])["data"]
        times = [each["createdAt"] for each in lists if f"w{client.number}x" in each["name"]]
        days = {(datetime.fromisoformat(time) - DAY) / timedelta(days=1) for time in times}

        assert {day % COUNT for day in days} == {client.number}


def test_the_default_world_has_seen_nothing_of_it(running_server: MockServer, clients: list[Client]) -> None:
    """It is as it was seeded, its journal is empty, and nobody is busy any more."""
    world = running_server.world()
    worlds = running_server.app.worlds

    assert world.snapshot() == world.origin
    assert world.journal.added == 0
    assert [each.name for each in worlds if each.busy] == []
    for client in clients:
        if client.number % 4 != 2:  # those that were reset in between have counted anew
            assert worlds.find(f"many-{client.number}").journal.added == len(client.transcript)
