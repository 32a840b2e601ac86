"""The running server's control plane, without what a test before left behind."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mockserver import MockServer


@pytest.fixture
def control(server: MockServer) -> Iterator[httpx.Client]:
    """A client of /_mock; worlds, snapshots and evictions are gone before each test."""
    worlds = server.app.worlds
    for world in list(worlds)[1:]:
        worlds.delete(world.name)
    for taken in worlds.snapshots():
        worlds.forget(taken.name)
    worlds.evictions.clear()
    with httpx.Client(base_url=f"{server.url}/_mock") as client:
        yield client


@pytest.fixture
def workshop(server: MockServer) -> Iterator[httpx.Client]:
    """A client of the workshop API with its default credential."""
    headers = {"Authorization": f"Bearer {server.credential('workshop')}"}
    with httpx.Client(base_url=server.url, headers=headers) as client:
        yield client
