"""Requests and worlds: which one a request means, what it finds there, and where the links of its answer lead."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from mockserver import MockServer
from mockserver.runtime.application import MockApp
from mockserver.runtime.faults import Reply, Rule
from mockserver.runtime.pattern import RequestPattern
from tests.runtime.desk import NOTES, ask, desk, exchange, scope, served

WRITER = {"authorization": "Bearer writer"}
LISTS = "/v1/lists"
LISTED = "/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6"


@pytest.fixture
def app() -> MockApp:
    return served()


@pytest.fixture
def workshop(server: MockServer) -> Iterator[httpx.Client]:
    """A client of the workshop API that knows nothing of worlds; those it makes are gone afterwards."""
    with httpx.Client(headers={"Authorization": f"Bearer {server.credential('workshop')}"}) as client:
        yield client
    for world in [*server.app.worlds]:
        if world.name.startswith("worlds-"):
            server.app.worlds.delete(world.name)


def names(app: MockApp) -> list[str]:
    return [world.name for world in app.worlds]


@pytest.mark.parametrize(
    ("target", "header", "world"),
    [
        ("/echo/1", None, "default"),
        ("/echo/1", "t1", "t1"),
        ("/echo/1", "T1", "T1"),
        ("/echo/1", "default", "default"),
        ("/_world/t1/echo/1", None, "t1"),
        ("/_world/default/echo/1", None, "default"),
        ("/_world/t1/echo/1", "t2", "t1"),
        ("/_world/t1/echo/1", "not a name", "t1"),
        ("/_world/t1/echo/1?pageSize=2", None, "t1"),
        ("/_world/t%31/echo/1", None, "t1"),
        ("/_world/%74%31/echo/1", None, "t1"),
        ("/_world/t1/_world/t1/echo/1", None, "t1"),
        ("/_world/a.b-c_d/echo/1", None, "a.b-c_d"),
        (f"/_world/{'x' * 64}/echo/1", None, "x" * 64),
    ],
)
def test_a_request_names_its_world_by_base_url_or_by_header(
    app: MockApp, target: str, header: str | None, world: str
) -> None:
    """The base URL wins, as whoever wrote it there meant it; without either it is the default world."""
    reply = ask(app, "PUT", target, **({} if header is None else {"x_mock_world": header}))

    assert (reply.status, reply.json()["world"]) == (200, world)
    assert names(app) == list(dict.fromkeys(["default", world]))


@pytest.mark.parametrize(
    ("target", "header"),
    [
        *(("/notes", name) for name in ("", " ", "a b", "a/b", "../a", "-a", ".", "a,b", "caf\xe9", "x" * 65, "%41")),
        *(
            (f"/_world/{name}", None)
            for name in ("", "/notes", "%20/notes", "-a/notes", "../notes", "a%2Fb/notes", "%00/notes", "%FF/notes")
        ),
        *(
            (f"/_world/{name}/notes", "t1")
            for name in ("%", "%zz", "caf\xe9", "caf%C3%A9", "%2541", "x" * 65, "x" * 9000)
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_what_cannot_name_a_world_is_refused(app: MockApp, method: str, target: str, header: str | None) -> None:
    """As a problem that says what a name is; no world is made, and no other one is asked instead."""
    reply = ask(app, method, target, **({} if header is None else {"x_mock_world": header}))
    problem = reply.json()

    assert (reply.status, reply.content_type) == (400, "application/problem+json")
    assert {name: problem[name] for name in ("type", "title", "status")} == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
    }
    assert "expected 1 to 64 letters, digits, dots, dashes and underscores" in problem["detail"]
    assert len(problem["detail"]) < 300
    assert (names(app), len(app.worlds.default.journal)) == (["default"], 0)


def test_a_head_request_is_refused_without_a_body(app: MockApp) -> None:
    """As HTTP has it."""
    reply = ask(app, "HEAD", "/_world/-/notes")

    assert (reply.status, reply.body, int(reply.headers["content-length"]) > 0) == (400, b"", True)


def test_a_page_of_another_origin_may_read_why_its_world_was_refused(app: MockApp) -> None:
    """Unless cross-origin requests are off."""
    allowed = ask(app, "GET", "/_world/-/notes", origin="https://a.example")
    off = ask(served(cors=False), "GET", "/_world/-/notes", origin="https://a.example")

    assert allowed.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in off.headers


@pytest.mark.parametrize(
    "target", ["/_world", "/_worlds/t1/notes", "/_World/t1/notes", "/notes/_world/t1", "/%5Fworld"]
)
def test_what_only_looks_like_a_base_url_is_a_path_like_any(app: MockApp, target: str) -> None:
    """404 in the default world."""
    assert ask(app, "GET", target).status == 404
    assert names(app) == ["default"]


@pytest.mark.parametrize("below", ["", "/", "/_world/t2/notes", "/_mocks", "/_world/", "/nowhere"])
def test_below_a_base_url_there_is_no_other_world(app: MockApp, below: str) -> None:
    """404 in that world, as for every path that is not documented."""
    assert ask(app, "GET", f"/_world/t1{below}").status == 404
    assert names(app) == ["default", "t1"]
    assert len(app.worlds.find("t1").journal) == 1


def test_an_unknown_world_is_forked_from_the_seed_on_first_use(app: MockApp) -> None:
    """Whatever happened in others; after that it is the same world every time."""
    created = [ask(app, "POST", f"{base}/notes", body={"text": "new"}, **WRITER).json() for base in ("", "/_world/t1")]
    ask(app, "DELETE", "/notes/1", x_mock_world="t1", **WRITER)
    texts = {
        name: [note["text"] for note in ask(app, "GET", "/notes?limit=9", x_mock_world=name).json()["notes"]]
        for name in ("default", "t1", "t2")
    }

    assert created == [{"id": 4, "text": "new"}] * 2
    assert texts == {
        "default": ["call home", "buy milk", "sleep", "new"],
        "t1": ["buy milk", "sleep", "new"],
        "t2": ["call home", "buy milk", "sleep"],
    }


def test_worlds_draw_the_same_ids_each_for_itself(app: MockApp) -> None:
    """What one draws is not missing in another."""
    worlds = [app.worlds.get(name) for name in ("default", "t1", "t2")]
    for times, world in enumerate(worlds):
        for _ in range(times):
            ask(app, "POST", "/notes", body={"text": "new"}, x_mock_world=world.name, **WRITER)

    assert [world.ids.count for world in worlds] == [0, 1, 2]


def test_credentials_are_part_of_a_world(app: MockApp) -> None:
    """A caller who is let in elsewhere is nobody where its credential was taken away."""
    world = app.worlds.get("t1")
    world[desk().credentials or NOTES].delete("writer")
    asked = [ask(app, "DELETE", f"{base}/notes/1", **WRITER).status for base in ("/_world/t1", "")]

    assert asked == [401, 204]


def test_when_all_worlds_are_in_use_another_is_refused_for_the_time_being(app: MockApp) -> None:
    """503; the worlds that there are go on."""
    app.worlds.limit = 1
    app.worlds.enter("t1")
    full, known, default = (ask(app, "GET", "/notes", x_mock_world=name) for name in ("t2", "t1", "default"))

    assert (full.status, full.content_type) == (503, "application/problem+json")
    assert "all 1 worlds are in use" in full.json()["detail"]
    assert (known.status, default.status) == (200, 200)


def test_a_world_is_busy_while_a_request_is_under_way(app: MockApp) -> None:
    """However long its body takes to come: it is not evicted, and idle again afterwards."""
    app.worlds.limit = 2

    async def upload() -> list[Any]:
        asked = asyncio.Event()
        finish = asyncio.Event()

        async def receive() -> Any:
            asked.set()
            await finish.wait()
            return {"type": "http.request", "body": b'{"text": "slow"}', "more_body": False}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        head = scope("POST", "/_world/slow/notes", content_length="16", content_type="application/json", **WRITER)
        request = asyncio.create_task(app(head, receive, send))
        await asked.wait()
        for name in ("t1", "t2", "t3"):
            await exchange(app, scope("GET", f"/_world/{name}/notes"), [b""])
        during = names(app), app.worlds.find("slow").busy
        finish.set()
        await request
        return [during, sent[0]["status"], app.worlds.find("slow").busy]

    assert asyncio.run(upload()) == [(["default", "slow", "t3"], 1), 201, 0]


def test_a_world_is_idle_again_whatever_became_of_the_request(app: MockApp) -> None:
    """A crash, a client that went away, a request that was cancelled."""

    async def cancelled() -> None:
        async def never() -> Any:
            await asyncio.Event().wait()

        async def send(_: Any) -> None:
            raise AssertionError("nothing is sent")

        request = asyncio.create_task(app(scope("POST", "/_world/t1/notes", content_length="9"), never, send))
        await asyncio.sleep(0)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)

    ask(app, "POST", "/_world/t1/notes", body={"text": "crash"}, **WRITER)
    asyncio.run(exchange(app, scope("POST", "/_world/t1/notes", content_length="9"), [b"{"], vanish=True))
    asyncio.run(cancelled())

    assert app.worlds.find("t1").busy == 0


def test_a_deleted_world_lets_the_request_that_is_in_it_end(app: MockApp) -> None:
    """Its answer comes; what it wrote is gone with the world, and its journal with it."""

    async def receive() -> Any:
        app.worlds.delete("t1")
        return {"type": "http.request", "body": b'{"text": "late"}', "more_body": False}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    head = scope("POST", "/_world/t1/notes", content_length="16", content_type="application/json", **WRITER)
    asyncio.run(app(head, receive, send))

    assert sent[0]["status"] == 201
    assert (names(app), app.worlds.budget.spent) == (["default"], 0)
    assert len(ask(app, "GET", "/_world/t1/notes?limit=9").json()["notes"]) == 3


@pytest.mark.parametrize("base", ["/_world/t1", "/_world/t%31", ""])
def test_a_location_leads_back_into_the_world(app: MockApp, base: str) -> None:
    """In the form in which the client named it; whoever names the world by header gets the plain path."""
    headers = WRITER if base else {"x_mock_world": "t1", **WRITER}
    made = ask(app, "POST", f"{base}/notes", body={"text": "new"}, **headers)
    again = {} if base else {"x_mock_world": "t1"}
    found = ask(app, "GET", made.headers["location"], **again)

    assert made.headers["location"] == f"{base}/notes/4"
    assert found.json() == {"id": 4, "text": "new"}


def test_a_location_of_an_example_leads_into_the_world_too(app: MockApp) -> None:
    """A preferred answer is an answer of that world."""
    canned = [ask(app, "POST", f"{base}/notes", prefer="code=201") for base in ("/_world/t1", "")]

    assert [reply.headers["location"] for reply in canned] == ["/_world/t1/notes/9", "/notes/9"]


@pytest.mark.parametrize("base", ["/_world/worlds-1", "/_world/worlds%2D1"])
def test_pages_of_a_world_are_followed_to_the_end(server: MockServer, workshop: httpx.Client, base: str) -> None:
    """A client that resolves `next` as a link against its base URL never leaves its world, nor misses anything."""
    default = workshop.get(f"{server.url}{LISTS}", params={"limit": 100}).json()["data"]
    page = workshop.get(f"{server.url}{base}{LISTS}", params={"limit": 2}).json()
    seen, links = page["data"], [page["next"]]
    while page["next"] is not None:
        page = workshop.get(urljoin(f"{server.url}{base}/", page["next"])).json()
        seen += page["data"]
        links.append(page["next"])

    assert len(links) > 2
    assert all(link.startswith(f"{base}{LISTS}?cursor=") for link in links[:-1])
    assert [each["id"] for each in seen] == [each["id"] for each in default]
    assert server.app.worlds.find("worlds-1").journal.added == len(links)


def test_links_to_other_resources_lead_into_the_world(server: MockServer, workshop: httpx.Client) -> None:
    """`urls` of each item and of a single resource, wherever they stand in the answer."""
    base = "/_world/worlds-1"
    listed = workshop.get(f"{server.url}{base}{LISTS}").json()["data"]
    one = workshop.get(f"{server.url}{base}{LISTED}").json()
    memberships = workshop.get(urljoin(server.url, one["urls"]["memberships"]), params={"limit": 2}).json()

    assert [each["urls"]["memberships"] for each in listed] == [
        f"{base}{LISTS}/{each['id']}/memberships" for each in listed
    ]
    assert one["urls"]["memberships"] == f"{base}{LISTED}/memberships"
    assert memberships["next"].startswith(f"{base}{LISTED}/memberships?cursor=")
    assert [each["urls"]["contact"] for each in memberships["data"]] == [
        f"{base}/v1/contacts/{each['contact_id']}" for each in memberships["data"]
    ]


@pytest.mark.parametrize("path", [f"{LISTS}?limit=2", LISTED, f"{LISTED}/memberships?limit=2"])
def test_whoever_names_the_world_by_header_gets_the_links_as_documented(
    server: MockServer, workshop: httpx.Client, path: str
) -> None:
    """Byte for byte what the default world answers."""
    plain = workshop.get(f"{server.url}{path}")
    named = workshop.get(f"{server.url}{path}", headers={"X-Mock-World": "worlds-1"})

    assert plain.status_code == 200
    assert named.content == plain.content
    assert server.app.worlds.find("worlds-1").journal.added == 1


def test_only_links_are_rebased(server: MockServer, workshop: httpx.Client) -> None:
    """A title that looks like a path stays a title; what is stored knows of no base URL."""
    base = f"{server.url}/_world/worlds-1"
    draft = {"external_id": "/x", "title": "/v1/lists", "list_type": "standard"}
    workshop.post(f"{base}{LISTS}", json=draft)
    found = {
        name: list(workshop.get(f"{url}{LISTS}", params={"limit": 100}, headers=headers).json()["data"])
        for name, url, headers in (("url", base, {}), ("header", server.url, {"X-Mock-World": "worlds-1"}))
    }
    (by_url,), (by_header,) = ([each for each in lists if each["external_id"] == "/x"] for lists in found.values())

    assert by_url["title"] == by_header["title"] == "/v1/lists"
    assert by_url["urls"]["memberships"] == f"/_world/worlds-1{by_header['urls']['memberships']}"
    assert by_header["urls"]["memberships"].startswith("/v1/lists/")


@pytest.mark.parametrize("way", ["prefer", "fault"])
def test_links_of_examples_lead_into_the_world_too(server: MockServer, workshop: httpx.Client, way: str) -> None:
    """Asked for by the client or given by a fault rule."""
    world = server.app.worlds.get("worlds-1")
    if way == "fault":
        world.faults = (Rule("f", match=RequestPattern(operation_id="list_lists"), reply=Reply("documented", 200)),)
    headers = {"Prefer": "code=200"} if way == "prefer" else {}
    by_url = workshop.get(f"{server.url}/_world/worlds-1{LISTS}", headers=headers).json()
    by_header = workshop.get(f"{server.url}{LISTS}", headers={"X-Mock-World": "worlds-1", **headers}).json()

    assert by_header["next"].startswith(f"{LISTS}?cursor=")
    assert by_url["next"] == f"/_world/worlds-1{by_header['next']}"
    assert by_url["data"][0]["urls"]["memberships"].startswith("/_world/worlds-1/v1/lists/")
