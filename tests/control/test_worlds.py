"""Worlds, as the control plane shows and changes them."""

from __future__ import annotations

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import LIST, errors, rename, titles


def test_the_default_world(control: httpx.Client, server: MockServer) -> None:
    """A new server has one world."""
    listed = control.get("/worlds").json()

    assert listed["total"] == 1
    assert listed["most"] == 1000
    world = listed["worlds"][0]
    assert control.get("/worlds/default").json().keys() == world.keys()
    assert (world["name"], world["seed"], world["busy"], world["faults"]) == ("default", 0, 0, 0)
    assert world["journal"] == {"kept": 0, "total": 0}
    assert world["clock"]["frozen"] is False


def test_a_request_makes_its_world(control: httpx.Client, server: MockServer) -> None:
    """A world that a request names first is there from then on, with that request in its journal."""
    titles(server, "t1")

    world, [entry] = control.get("/worlds/t1").json(), control.get("/journal?world=t1").json()["entries"]
    assert world["journal"] == {"kept": 1, "total": 1}
    assert world["usedAt"] == entry["at"]
    assert control.get("/worlds/default").json()["usedAt"] is None


def test_create_from_the_seed(control: httpx.Client, server: MockServer) -> None:
    """A world from the seed has what the server started with, whatever happened since in another."""
    rename(control, "default", "Renamed")

    answer = control.post("/worlds", json={"name": "t1"})

    assert answer.status_code == 201
    assert answer.headers["location"] == "/_mock/worlds/t1"
    assert control.get(f"{server.url}{answer.headers['location']}").json()["name"] == "t1"
    assert titles(server, "t1")[LIST] == "All Employees"


def test_create_from_another_world(control: httpx.Client, server: MockServer) -> None:
    """A fork begins as the other world stands, and each goes its own way."""
    rename(control, "default", "Renamed")

    control.post("/worlds", json={"name": "t1", "from": {"world": "default"}})

    assert titles(server, "t1")[LIST] == "Renamed"
    rename(control, "t1", "Renamed again")
    assert titles(server, "default")[LIST] == "Renamed"


def test_create_from_a_snapshot(control: httpx.Client, server: MockServer) -> None:
    """A world from a snapshot begins as the snapshot has it."""
    rename(control, "default", "Then")
    control.post("/snapshots", json={"name": "then"})
    rename(control, "default", "Now")

    control.post("/worlds", json={"name": "t1", "from": {"snapshot": "then"}})

    assert titles(server, "t1")[LIST] == "Then"


def test_reset_leads_back_to_where_the_world_began(control: httpx.Client, server: MockServer) -> None:
    """State, clock, faults and journal of a fork are as when it was made."""
    rename(control, "default", "Renamed")
    control.post("/worlds", json={"name": "t1", "from": {"world": "default"}})
    rename(control, "t1", "Renamed again")
    control.post("/clock/freeze?world=t1")
    control.post("/faults?world=t1", json={"delay": {"kind": "fixed", "seconds": 0}})
    titles(server, "t1")

    world = control.post("/worlds/t1/reset").json()

    assert (world["faults"], world["clock"]["frozen"]) == (0, False)
    assert world["journal"] == {"kept": 0, "total": 0}
    assert titles(server, "t1")[LIST] == "Renamed"


def test_delete(control: httpx.Client) -> None:
    """A deleted world is gone."""
    control.post("/worlds", json={"name": "t1"})

    answer = control.delete("/worlds/t1")

    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    assert control.get("/worlds/t1").status_code == 404


def test_paging(control: httpx.Client) -> None:
    """Worlds come in pages, from the longest unused on."""
    for name in ("t1", "t2", "t3"):
        control.post("/worlds", json={"name": name})

    page = control.get("/worlds", params={"offset": 1, "limit": 2}).json()

    assert page["total"] == 4
    assert [each["name"] for each in page["worlds"]] == ["t1", "t2"]
    assert control.get("/worlds?offset=9007199254740991").json()["worlds"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("GET", "/worlds/t9", None, 404, "No world is called 't9'"),
        ("DELETE", "/worlds/t9", None, 404, "No world is called 't9'"),
        ("POST", "/worlds/t9/reset", None, 404, "No world is called 't9'"),
        ("DELETE", "/worlds/default", None, 409, "cannot be deleted"),
        ("POST", "/worlds", {"name": "default"}, 409, "exists already"),
        ("POST", "/worlds", {"name": "t1", "from": {"world": "t9"}}, 404, "No world is called 't9'"),
        ("POST", "/worlds", {"name": "t1", "from": {"snapshot": "t9"}}, 404, "No snapshot is called 't9'"),
    ],
)
def test_refusals(
    control: httpx.Client, method: str, path: str, body: dict[str, object] | None, status: int, words: str
) -> None:
    """What cannot be done is refused with the reason, and nothing is made."""
    answer = control.request(method, path, json=body)

    assert answer.status_code == status
    assert errors(answer) == {}
    assert words in answer.json()["detail"]
    assert control.get("/worlds").json()["total"] == 1


def test_eviction_is_said(control: httpx.Client, server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The world longest unused goes when there are too many; journals and whoever asks for it are told."""
    monkeypatch.setattr(server.app.worlds, "limit", 2)
    for name in ("t1", "t2"):
        titles(server, name)
    titles(server, "t1")

    titles(server, "t3")

    evicted = control.get("/journal").json()["evicted"]
    assert [(each["world"], each["requests"]) for each in evicted] == [("t2", 1)]
    assert control.get("/journal?world=t1").json()["evicted"] == []
    gone = control.get("/journal?world=t2")
    assert gone.status_code == 404
    assert "as the least recently used of too many worlds" in gone.json()["detail"]
    titles(server, "t2")
    assert control.get("/journal?world=t2").json()["evicted"] == evicted


def test_full(control: httpx.Client, server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """While all worlds answer requests none can be added."""
    monkeypatch.setattr(server.app.worlds, "limit", 1)
    control.post("/worlds", json={"name": "t1"})
    monkeypatch.setattr(server.app.worlds.find("t1"), "busy", 1)

    answer = control.post("/worlds", json={"name": "t2"})

    assert answer.status_code == 409
    assert "--max-worlds" in answer.json()["detail"]
