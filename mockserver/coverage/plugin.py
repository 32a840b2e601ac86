"""Contract coverage in a pytest run: counted by every process as exchanges happen, merged, reported at the end."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.api import Api
from mockserver.coverage.counting.coverage import Coverage
from mockserver.coverage.counting.outline import Outline
from mockserver.coverage.counting.summary import Summary
from mockserver.coverage.report import check_place, write
from mockserver.coverage.terminal import show
from mockserver.errors import MockServerError
from mockserver.output.encoding import readable
from mockserver.output.escaping import visible
from mockserver.output.printing import Output
from mockserver.runtime.exchange import Exchange

OUTPUT = "mock_coverage"
"""Under which a worker of pytest-xdist hands over what it counted."""


TERM = "To report on the terminal, write --mock-coverage=term before the path of the tests."


class CoveragePlugin:
    """Registered when the command line asks for coverage. The report is of the APIs that `apis` reads."""

    def __init__(self, config: pytest.Config, apis: Callable[[], Sequence[Api]]) -> None:
        self._config = config
        self._apis = apis
        self._targets = [_target(text) for text in config.option.mock_coverage]
        self._fail_under: float | None = config.option.mock_coverage_fail_under
        if self._fail_under is not None and not 0 <= self._fail_under <= 100:  # noqa: PLR2004  # percent
            raise pytest.UsageError(f"--mock-coverage-fail-under: expected 0 to 100, got {self._fail_under:g}.")
        self._coverage = Coverage()
        self._summary: Summary | None = None
        self._told: list[tuple[str, bool]] = []
        self._lost = 0
        if not hasattr(config, "workerinput"):
            self._check_places()

    def _check_places(self) -> None:
        """Nobody waits for a run whose report has no place."""
        for form, path in self._targets:
            if path is not None:
                try:
                    check_place(form, path)
                except OSError as error:
                    raise pytest.UsageError(_unwritable(form, path, error)) from None

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
        if handed is None:
            self._lost += 1
        else:
            self._coverage.merge(Coverage.from_json(handed))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[OUTPUT] = self._coverage.to_json()
        elif not self._config.option.collectonly:
            self._report(session)

    def _report(self, session: pytest.Session) -> None:
        """Write the reports. What cannot be written is reported at the end, so that the tests' results stay visible."""
        try:
            apis = self._apis()
        except MockServerError as error:
            raise pytest.UsageError(str(error)) from None
        self._summary = Summary(Outline(apis), self._coverage, list(self._remarks(session)))
        for form, path in self._targets:
            if path is not None:
                try:
                    self._told.append((f"contract coverage written to {write(self._summary, form, path)}", False))
                except OSError as error:
                    self._told.append((_unwritable(form, path, error), True))
        failed = any(failure for _, failure in self._told)
        if session.exitstatus == pytest.ExitCode.OK and (failed or self._missed):
            session.exitstatus = pytest.ExitCode.USAGE_ERROR if failed else pytest.ExitCode.TESTS_FAILED

    def _remarks(self, session: pytest.Session) -> Iterator[str]:
        if session.exitstatus == pytest.ExitCode.INTERRUPTED:
            yield "The run was interrupted; the tests that did not run are not counted."
        if self._lost:
            workers = "1 worker ended" if self._lost == 1 else f"{self._lost} workers ended"
            yield f"{workers} without a report; their requests are not counted."

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
            console = Output(out, width=shutil.get_terminal_size().columns, colour=terminalreporter.hasmarkup)
            show(console, self._summary, quotes=self._config.option.verbose > 0)
            terminalreporter.write(readable(out.getvalue(), getattr(sys.__stdout__, "encoding", None)))
        for line, failure in self._told:
            terminalreporter.write_line(visible(line), red=failure)
        if self._fail_under is not None:
            words = "below" if self._missed else "at least"
            line = f"contract coverage {self._summary.figure()} is {words} the required {self._fail_under:g}%"
            if self._missed and not self._targets:
                line += "; --mock-coverage shows what is missing"
            terminalreporter.write_line(line, red=self._missed, green=not self._missed)


def _unwritable(form: str, path: Path, error: OSError) -> str:
    return f"--mock-coverage={form}:{path}: the report cannot be written ({error.strerror})."


def _target(text: str) -> tuple[str, Path | None]:
    """The form and the place of a report; UsageError if it is none."""
    form, _, place = text.partition(":")
    if text == "term":
        return form, None
    if form in ("html", "json") and place:
        return form, Path(place)
    advice = f"Give a path: --mock-coverage={form}:PATH." if form in ("html", "json") else TERM
    raise pytest.UsageError(f"--mock-coverage: expected term, html:DIR or json:FILE, got {text!r}. {advice}")
