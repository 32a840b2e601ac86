"""Reports as files: `--report junit=FILE`, and `json`, `html`, `sarif` and `har` likewise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from mockserver.errors import VerifyError
from mockserver.output.replacement import Replacement
from mockserver.verify.events import Event
from mockserver.verify.reporters.har import Har
from mockserver.verify.reporters.html import html
from mockserver.verify.reporters.junit import junit
from mockserver.verify.reporters.machine import json_text
from mockserver.verify.reporters.sarif import sarif
from mockserver.verify.scoreboard import Scoreboard

WRITERS: dict[str, Callable[[Scoreboard], str]] = {"junit": junit, "json": json_text, "html": html, "sarif": sarif}
KINDS = (*WRITERS, "har")


@dataclass
class Report:
    """One file: written during the run if it is an archive, else at its end. `failure`: why it could not be written."""

    kind: str
    path: Path
    place: Replacement
    har: Har | None
    failure: OSError | None = None

    def on_event(self, event: Event) -> None:
        if self.har is not None and self.failure is None:
            try:
                self.har.on_event(event)
            except OSError as error:  # a full disk ends the report, not the run
                self.failure = error

    def write(self, board: Scoreboard) -> bool:
        """Write the report and put it in its place; False if that fails."""
        try:
            if self.failure is None:
                if self.har is None:
                    self.place.file.write(WRITERS[self.kind](board))
                else:
                    self.har.close(board.broke_off)
                self.place.commit()
        except OSError as error:
            self.failure = error
        return self.failure is None


class Reports:
    """The requested files, opened before the run so that an impossible path fails early. A context manager.

    An existing file is kept until `write` has the complete new report.
    """

    def __init__(self, asked: Iterable[str]) -> None:
        self._paths = list(map(_parsed, asked))
        self._reports: list[Report] = []

    def __enter__(self) -> Reports:
        for kind, path in self._paths:
            try:
                place = Replacement(path, folders=True)
            except OSError as error:
                self._discard()
                raise VerifyError(_unwritable(kind, path, error)) from None
            self._reports.append(Report(kind, path, place, Har(place.file) if kind == "har" else None))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._discard()

    def _discard(self) -> None:
        for report in self._reports:
            report.place.discard()

    def on_event(self, event: Event) -> None:
        for report in self._reports:
            report.on_event(event)

    def write(self, board: Scoreboard) -> list[tuple[str, Path]]:
        """Write every report; (kind, path) of those that were written."""
        return [(report.kind, report.path) for report in self._reports if report.write(board)]

    @property
    def failures(self) -> list[str]:
        """Why the others were not written."""
        return [_unwritable(each.kind, each.path, each.failure) for each in self._reports if each.failure is not None]


def _unwritable(kind: str, path: Path, error: OSError) -> str:
    return f"--report {kind}={path}: it cannot be written: {error.strerror}."


def _parsed(asked: str) -> tuple[str, Path]:
    kind, equals, path = asked.partition("=")
    if kind not in KINDS or not equals or not path:
        raise VerifyError(f"--report must be {', '.join(f'{each}=FILE' for each in KINDS)}, got {asked!r}.")
    return kind, Path(path)
