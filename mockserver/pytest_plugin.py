"""The pytest plugin: opens what mockserver.mock has for a test, closes it, and says what went wrong.

Nothing of the server is imported before a test asks for a fixture or the command line for contract coverage.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver import MockServer
    from mockserver.coverage.plugin import CoveragePlugin
    from mockserver.mock import Mock
    from mockserver.pytest_servers import Servers, Settings

MARKER = (
    "mock(apis=…, seed=…, auth=…, fixtures=…, strict=…): what the fixture `mock` of this test serves and starts from"
)
OPENED: pytest.StashKey[Mock] = pytest.StashKey()
COVERAGE: pytest.StashKey[CoveragePlugin] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mockserver", "mock server that keeps its contract")
    group.addoption(
        "--mock-coverage",
        action="append",
        nargs="?",
        const="term",
        default=[],
        metavar="term|html:DIR|json:FILE",
        help="Report how much of the contract the tests exercised; may be given several times.",
    )
    group.addoption(
        "--mock-coverage-fail-under",
        type=float,
        metavar="PERCENT",
        help="Fail if the tests exercised less of the contract than this.",
    )
    parser.addini(
        "mock_apis",
        "APIs or OpenAPI documents to serve (default: the shipped APIs).",
        type="args",
        default=None,
    )
    parser.addini("mock_auth", "strict (the default), or any: every credential, or none, is good.", default=None)
    parser.addini("mock_seed", "Seed of the ids that the mock server hands out.", default=None)
    parser.addini(
        "mock_strict",
        "Fail a test that sends a query parameter or a body property that is not documented.",
        type="bool",
        default=False,
    )
    parser.addini("mock_fixtures", "Files or folders of extra fixtures for every test.", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)
    if config.option.mock_coverage or config.option.mock_coverage_fail_under is not None:
        from mockserver.coverage.plugin import CoveragePlugin

        config.stash[COVERAGE] = CoveragePlugin(config, lambda: _settings(config).loaded())
        config.pluginmanager.register(config.stash[COVERAGE], "mockserver-coverage")


def _failed(error: Exception) -> BaseException:
    """What makes a test fail without a traceback; what the error quotes cannot steer the terminal."""
    from mockserver.output.escaping import visible_lines

    return pytest.fail.Exception(visible_lines(str(error)), pytrace=False)


def _settings(config: pytest.Config) -> Settings:
    from mockserver.pytest_servers import Settings

    return Settings.configured(config.getini, config.rootpath, _project(config))


def _project(config: pytest.Config) -> dict[str, Any]:
    """What the environment and the project's configuration file say of `serve`, as arguments of a MockServer."""
    from mockserver.cli import main
    from mockserver.configuration import project_options
    from mockserver.project import find
    from mockserver.server import MockServer
    from mockserver.settings import arguments

    return arguments(project_options(main, "serve", find(config.rootpath)), MockServer)


@pytest.fixture(scope="session")
def mock_servers(pytestconfig: pytest.Config) -> Iterator[Servers]:
    """The servers of this run, or of this worker of pytest-xdist."""
    from mockserver.errors import MockServerError
    from mockserver.pytest_servers import Servers

    try:
        settings = _settings(pytestconfig)
    except MockServerError as error:
        raise _failed(error) from None
    coverage = pytestconfig.stash.get(COVERAGE, None)
    with Servers(settings, None if coverage is None else coverage.watch) as servers:
        yield servers


@pytest.fixture(scope="session")
def mock_server(mock_servers: Servers) -> MockServer:
    """A server of the APIs that the ini option `mock_apis` names; its default world is shared by all tests.

    It listens from when its URL is first asked for.
    """
    return mock_servers.server(mock_servers.settings)


@pytest.fixture
def mock(request: pytest.FixtureRequest, mock_servers: Servers) -> Iterator[Mock]:
    """A fresh world of this test's own on that server; what breaks the contract fails the test."""
    from mockserver.errors import MockServerError

    settings = mock_servers.settings
    try:
        for marker in reversed(list(request.node.iter_markers("mock"))):
            settings = settings.changed(marker.kwargs, request.path.parent, marker.args)
        opened = request.node.stash[OPENED] = mock_servers.mock(request.node.name, settings)
    except MockServerError as error:
        raise _failed(error) from None
    yield opened
    opened.close()
    del request.node.stash[OPENED]  # pytest keeps its items to the end of the run, which need not keep every world
    _check(opened)


def _check(opened: Mock) -> None:
    from mockserver.mock import BrokenContract

    try:
        opened.check()
    except BrokenContract as error:
        raise _failed(error) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    try:
        result = yield
    except BaseException:
        opened = item.stash.get(OPENED, None)
        for text in () if opened is None else (opened.forgive(), opened.changes_explanation()):
            if text:
                item.add_report_section("call", "mock", text)
        raise
    if OPENED in item.stash:
        _check(item.stash[OPENED])
    return result


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    for side in (left, right):
        explanation = getattr(side, "requests_explanation", None)
        if isinstance(explanation, list):
            return [f"{left} {op} {right}", *explanation]
    return None
