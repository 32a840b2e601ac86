"""A fresh world for each test, opened as someone without pytest's plugin opens it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mockserver import MockServer
from mockserver.mock import Mock


@pytest.fixture
def mock(running_server: MockServer) -> Iterator[Mock]:
    with running_server.mock("test") as opened:
        yield opened
