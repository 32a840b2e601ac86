"""Snapshots, as the control plane shows and changes them."""

from __future__ import annotations

import httpx
import pytest

from mockserver import MockServer
from tests.control.steps import LIST, errors, rename, titles


def test_take_list_and_read(control: httpx.Client, server: MockServer) -> None:
    """A snapshot says of which world it is and when it was taken, by that world's clock."""
    control.post("/worlds", json={"name": "t1"})
    control.post("/clock/freeze?world=t1", json={"at": "2026-04-22T10:30:00Z"})

    answer = control.post("/snapshots?world=t1", json={"name": "then"})

    assert answer.status_code == 201
    assert answer.json() == {"name": "then", "world": "t1", "takenAt": "2026-04-22T10:30:00Z"}
    assert control.get(f"{server.url}{answer.headers['location']}").json() == answer.json()
    assert control.get("/snapshots").json() == {"total": 1, "snapshots": [answer.json()]}


def test_restore(control: httpx.Client, server: MockServer) -> None:
    """A world goes back to how it stood, its clock and fault rules too; its journal stays."""
    rename(control, "default", "Then")
    control.post("/faults", json={"id": "slow", "delay": {"kind": "fixed", "seconds": 0}})
    control.post("/snapshots", json={"name": "then"})
    rename(control, "default", "Now")
    control.delete("/faults")
    control.post("/clock/freeze")
    titles(server, "default")

    world = control.post("/snapshots/then/restore").json()

    assert (world["name"], world["faults"], world["clock"]["frozen"]) == ("default", 1, False)
    assert world["journal"]["kept"] == 1
    assert titles(server, "default")[LIST] == "Then"


def test_restore_into_another_world(control: httpx.Client, server: MockServer) -> None:
    """Any world can be put back to any snapshot."""
    rename(control, "default", "Then")
    control.post("/snapshots", json={"name": "then"})
    control.post("/worlds", json={"name": "t1"})

    world = control.post("/snapshots/then/restore?world=t1").json()

    assert world["name"] == "t1"
    assert titles(server, "t1")[LIST] == "Then"


def test_delete(control: httpx.Client) -> None:
    """A deleted snapshot is gone."""
    control.post("/snapshots", json={"name": "then"})

    assert control.delete("/snapshots/then").status_code == 204
    assert control.get("/snapshots").json()["total"] == 0


def test_paging(control: httpx.Client) -> None:
    """Snapshots come in pages, oldest first."""
    for name in ("a", "b", "c"):
        control.post("/snapshots", json={"name": name})

    page = control.get("/snapshots?offset=1&limit=1").json()

    assert page["total"] == 3
    assert [each["name"] for each in page["snapshots"]] == ["b"]


@pytest.mark.parametrize(
    ("method", "path", "status", "words"),
    [
        ("GET", "/snapshots/none", 404, "No snapshot is called 'none'"),
        ("DELETE", "/snapshots/none", 404, "No snapshot is called 'none'"),
        ("POST", "/snapshots/none/restore", 404, "No snapshot is called 'none'"),
        ("POST", "/snapshots/then/restore?world=t9", 404, "No world is called 't9'"),
        ("POST", "/snapshots/of-t1/restore", 404, "No world is called 't1'"),
    ],
)
def test_refusals(control: httpx.Client, method: str, path: str, status: int, words: str) -> None:
    """What is not there is refused with the reason."""
    control.post("/snapshots", json={"name": "then"})
    control.post("/worlds", json={"name": "t1"})
    control.post("/snapshots?world=t1", json={"name": "of-t1"})
    control.delete("/worlds/t1")

    answer = control.request(method, path)

    assert answer.status_code == status
    assert errors(answer) == {}
    assert words in answer.json()["detail"]


def test_a_name_is_taken_once(control: httpx.Client) -> None:
    """A second snapshot of one name is refused."""
    control.post("/snapshots", json={"name": "then"})

    answer = control.post("/snapshots", json={"name": "then"})

    assert answer.status_code == 409
    assert "exists already" in answer.json()["detail"]
