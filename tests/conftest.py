"""One server for the whole run, as it was seeded for every test."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Generator, Iterator
from datetime import datetime

import httpx
import pytest

from mockserver import MockServer
from tests import draws
from tests.documents.published import Unpublished
from tests.patience import PATIENCE

pytest_plugins = ("pytester", "tests.economy")
ClientFactory = Callable[..., httpx.Client]
MARKS = {
    "not campaign and not gate and not sdk": "campaigns: short samples (whole ones take minutes: -m campaign)",
    "campaign or gate": "campaigns: whole, and what the gate proves beyond the usual run",
}
"""Which of the tests run, by pytest's -m; the first is the one in pyproject.toml."""


def pytest_configure(config: pytest.Config) -> None:
    """What this run was given beside its command, coverage or colour, is not meant for the runs inside its tests."""
    for name in ("PYTEST_ADDOPTS", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        os.environ.pop(name, None)
    os.environ["TERM"] = "xterm"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # hundreds of processes would each compile the package anew
    sys.dont_write_bytecode = False
    draws.settle(config.getoption("hypothesis_seed", None))
    _heed_signals()


def _heed_signals() -> None:
    """Under nohup, or behind an `&` of a script, signals are ignored, and what a test starts would inherit that."""
    for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, handler)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """How long the campaigns of this run are, and what is drawn."""
    chosen = config.getoption("markexpr")
    return [MARKS.get(chosen, f"tests: those that -m {chosen!r} selects"), draws.told(config)]


def pytest_make_parametrize_id(val: object) -> str | None:
    """What is packed may hold the time, and a test must be called the same in every worker of pytest-xdist."""
    return f"{len(val)} bytes" if isinstance(val, bytes) and not val.isascii() else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one: every tool that a test may lack is installed there.

    The published documents, which no command installs, may be missing in CI too.
    """
    report = yield
    published = call.excinfo is not None and isinstance(call.excinfo.value, Unpublished)
    if report.skipped and "CI" in os.environ and not published:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped in CI: {report.longrepr}"
    return report


@pytest.fixture(scope="session", autouse=True)
def _patient_clients() -> Iterator[None]:
    """Clients of httpx give up after five seconds, which a busy machine may take to import what answers them first.

    They also use a connection again that was idle for almost five seconds, after which a server closes it meanwhile.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._config.DEFAULT_LIMITS.keepalive_expiry", 1.0)
        for each in ("connect", "read", "write", "pool"):
            patch.setattr(f"httpx._config.DEFAULT_TIMEOUT_CONFIG.{each}", PATIENCE)
        yield


@pytest.fixture(scope="session")
def running_server() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def server(running_server: MockServer) -> Iterator[MockServer]:
    """All five APIs on a socket; the default world is as seeded, and no request is left that a later test would see."""
    running_server.reset()
    yield running_server
    serving, late = running_server._server, time.monotonic() + PATIENCE / 2
    while serving is not None and running_server.world().busy:
        assert time.monotonic() < late, "a request is under way, which would be in the journal of a later test"
        serving.between_requests(lambda: None)


@pytest.fixture
def client(server: MockServer) -> Iterator[ClientFactory]:
    """`client(api)` with its default credential, `client(api, token)`, `client(api, None)` without one."""
    opened: list[httpx.Client] = []

    def open_client(api: str, *tokens: str | None) -> httpx.Client:
        known = server.apis[api].credentials
        token = tokens[0] if tokens else server.credential(api) if known else None
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        opened.append(httpx.Client(base_url=server.url, headers=headers))
        return opened[-1]

    yield open_client
    for each in opened:
        each.close()


@pytest.fixture
def freeze(server: MockServer) -> Callable[[str], None]:
    """Freeze the default world's clock at an ISO 8601 time."""

    def at(time: str) -> None:
        world = server.world()
        world.clock = world.clock.freeze(datetime.fromisoformat(time))

    return at
