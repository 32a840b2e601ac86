"""The server of a module's own document, and a world of it for each test."""

from __future__ import annotations

import pytest

from mockserver import MockServer
from mockserver.mock import Mock


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> MockServer:
    """Serves what the module calls DOCUMENT."""
    return MockServer([str(request.module.DOCUMENT)])


@pytest.fixture
def mock(server: MockServer) -> Mock:
    """A world of its own."""
    return server.mock()
