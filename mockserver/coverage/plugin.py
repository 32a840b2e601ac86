"""Contract coverage in a pytest run: counted by every process as exchanges happen, merged, reported at the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from mockserver import MockServer
from mockserver.catalog import load_apis
from mockserver.coverage.coverage import Coverage
from mockserver.coverage.outline import Outline
from mockserver.coverage.report import write
from mockserver.coverage.summary import Summary
from mockserver.coverage.terminal import show
from mockserver.errors import MockServerError
from mockserver.runtime.exchange import Exchange

OUTPUT = "mock_coverage"
"""Under which a worker of pytest-xdist hands over what it counted."""


TERM = "Before a path of tests write --mock-coverage=term."


class CoveragePlugin:
    """Registered when the command line asks for coverage. The report is of the APIs that `apis` names, all if none."""

    def __init__(self, config: pytest.Config, apis: Callable[[], Sequence[str]]) -> None:
        self._config = config
        self._apis = apis
        self._targets = [_target(text) for text in config.option.mock_coverage]
        self._fail_under: float | None = config.option.mock_coverage_fail_under
        if self._fail_under is not None and not 0 <= self._fail_under <= 100:  # noqa: PLR2004  # percent
            raise pytest.UsageError(f"--mock-coverage-fail-under: expected 0 to 100, got {self._fail_under:g}.")
        self._coverage = Coverage()
        self._summary: Summary | None = None
        self._written: list[Path] = []

    def watch(self, server: MockServer) -> None:
        """Count what is asked of a server."""
        outline = Outline(server.apis.values())

        def observe(exchange: Exchange) -> None:
            self._coverage.add(outline, exchange)

        server.observe(observe)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended; one that crashed hands over nothing."""
        handed = getattr(node, "workeroutput", {}).get(OUTPUT)
        if handed is not None:
            self._coverage.merge(Coverage.from_json(handed))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[OUTPUT] = self._coverage.to_json()
        elif not self._config.option.collectonly:
            self._report(session)

    def _report(self, session: pytest.Session) -> None:
        try:
            apis = load_apis(self._apis())
        except MockServerError as error:
            raise pytest.UsageError(str(error)) from None
        self._summary = Summary(Outline(apis), self._coverage)
        for form, path in self._targets:
            if path is not None:
                try:
                    self._written.append(write(self._summary, form, path))
                except OSError as error:
                    message = f"--mock-coverage={form}:{path}: the report cannot be written ({error.strerror})."
                    raise pytest.UsageError(message) from None
        if self._missed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @property
    def _missed(self) -> bool:
        assert self._summary is not None
        return self._fail_under is not None and self._summary.figure().percent < self._fail_under

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._summary is None:
            return
        terminalreporter.section("contract coverage")
        if any(path is None for _, path in self._targets):
            out = StringIO()
            coloured = terminalreporter.hasmarkup
            console = Console(
                file=out, width=shutil.get_terminal_size().columns, force_terminal=coloured, no_color=not coloured
            )
            show(console, self._summary, quotes=self._config.option.verbose > 0)
            terminalreporter.write(out.getvalue())
        for path in self._written:
            terminalreporter.write_line(f"contract coverage written to {path}")
        if self._fail_under is not None:
            words = "below" if self._missed else "at least"
            line = f"contract coverage {self._summary.figure()} is {words} the required {self._fail_under:g}%"
            if self._missed and not self._targets:
                line += "; --mock-coverage tells what is missing"
            terminalreporter.write_line(line, red=self._missed, green=not self._missed)


def _target(text: str) -> tuple[str, Path | None]:
    """The form and the place of a report; UsageError if it is none."""
    form, _, place = text.partition(":")
    if text == "term":
        return form, None
    if form in ("html", "json") and place:
        return form, Path(place)
    advice = f"Say where to: --mock-coverage={form}:PATH." if form in ("html", "json") else TERM
    raise pytest.UsageError(f"--mock-coverage: expected term, html:DIR or json:FILE, got {text!r}. {advice}")
