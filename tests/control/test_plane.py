"""The control plane beside the data plane: built late, off the event loop, once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from mockserver import MockServer
from mockserver.control import app
from mockserver.control.plane import ControlPlane
from tests.control.steps import errors
from tests.patience import PATIENCE


def test_serving_does_without_it() -> None:
    """A server that is never asked for it imports neither Flask's app nor the template engine of the pages."""
    code = f"""
import functools, sys, httpx
from mockserver import MockServer
get = functools.partial(httpx.get, timeout={PATIENCE})
with MockServer(["crm"]) as server:
    get(server.url + "/contacts/lists").raise_for_status()
    get(server.url + "/_mock/health").raise_for_status()
    print([name for name in ("mockserver.control.app", "swagger_ui_bundle") if name in sys.modules])
    get(server.url + "/_mock/worlds").raise_for_status()
    print([name for name in ("mockserver.control.app",) if name in sys.modules])
"""

    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    before, after = ran.stdout.splitlines()
    assert "mockserver.control.app" not in before
    assert after == "['mockserver.control.app']"


def test_it_is_built_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many ask first at the same time, one app is built."""
    built: list[Any] = []

    def build(served: Any, *, token: bool, ready: Any) -> object:
        built.append((served, token))
        return object()

    monkeypatch.setattr(app, "build", build)
    server = MockServer(["crm"])
    plane = ControlPlane(server.app, token=True)

    async def ask() -> list[ASGIApp]:
        return await asyncio.gather(*(plane() for _ in range(20)))

    apps = {id(each) for each in asyncio.run(ask())} | {id(each) for each in asyncio.run(ask())}

    assert len(apps) == len(built) == 1
    assert built[0][1] is True


def test_the_event_loop_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the control plane is being built the data plane answers."""
    building, go_on = threading.Event(), threading.Event()
    build = app.build

    def slowly(*arguments: Any, **options: Any) -> ASGIApp:
        building.set()
        assert go_on.wait(PATIENCE)
        return build(*arguments, **options)

    monkeypatch.setattr(app, "build", slowly)
    with MockServer(["crm"]) as server, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(httpx.get, f"{server.url}/_mock/worlds")
        assert building.wait(PATIENCE)
        meanwhile = httpx.get(f"{server.url}/contacts/lists").status_code
        go_on.set()

        assert meanwhile == 200
        assert waiting.result().status_code == 200


def test_a_server_starts_again() -> None:
    """A server that was stopped and started, on another event loop, has its control plane."""
    server = MockServer(["crm"])
    for _ in range(2):
        with server:
            assert httpx.get(f"{server.url}/_mock/worlds").status_code == 200


def test_a_defect_is_a_problem(control: httpx.Client, server: MockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler that fails is a problem too, and the log says more."""
    monkeypatch.setattr(type(server.app.worlds), "__iter__", lambda _: 1 / 0)

    answer = control.get("/worlds")

    assert answer.status_code == 500
    assert errors(answer) == {}
    assert "see the server's log" in answer.json()["detail"]


def test_parallel_clients(control: httpx.Client) -> None:
    """Many clients at once create, change and read worlds of their own, and none sees another's."""

    def work(number: int) -> tuple[int, str, bool]:
        name = f"p{number}"
        created = control.post("/worlds", json={"name": name}).status_code
        title = {"workshop.lists": {"3d4e06a3-544b-4cc7-924e-e077ef133cf6": {"title": name}}}
        control.patch("/state", params={"world": name}, json=title)
        control.post(f"/clock/freeze?world={name}", json={"at": f"2026-01-{number + 1:02}T00:00:00Z"})
        lists = control.get("/state/workshop.lists", params={"world": name, "limit": 1}).json()["records"]
        frozen = control.get(f"/clock?world={name}").json()["now"] == f"2026-01-{number + 1:02}T00:00:00Z"
        return created, lists[0]["title"], frozen

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(24)))

    assert results == [(201, f"p{number}", True) for number in range(24)]
