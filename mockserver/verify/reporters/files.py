"""Reports as files: `--report junit=FILE`, and `json`, `html` and `har` likewise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import IO

from mockserver.errors import VerifyError
from mockserver.verify.events import Event
from mockserver.verify.reporters.har import Har
from mockserver.verify.reporters.html import html
from mockserver.verify.reporters.junit import junit
from mockserver.verify.reporters.machine import json_text
from mockserver.verify.scoreboard import Scoreboard

WRITERS: dict[str, Callable[[Scoreboard], str]] = {"junit": junit, "json": json_text, "html": html}
KINDS = (*WRITERS, "har")


class Reports:
    """The files asked for, opened before anything is sent so that none fails at the end. A context manager."""

    def __init__(self, asked: Iterable[str]) -> None:
        self._paths = dict(map(_parsed, asked))
        self._stack = ExitStack()
        self._files: dict[str, IO[str]] = {}
        self._har: Har | None = None

    def __enter__(self) -> Reports:
        for kind, path in self._paths.items():
            try:
                self._files[kind] = self._stack.enter_context(path.open("w", encoding="utf-8"))
            except OSError as error:
                self._stack.close()
                raise VerifyError(f"--report {kind}={path}: it cannot be written: {error.strerror}.") from None
        if "har" in self._files:
            self._har = Har(self._files["har"])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._har is not None:
            self._har.close()
        self._stack.close()

    def on_event(self, event: Event) -> None:
        if self._har is not None:
            self._har.on_event(event)

    def write(self, board: Scoreboard) -> list[tuple[str, Path]]:
        """Write what is made at the end; (kind, path) of every file."""
        for kind, file in self._files.items():
            if kind in WRITERS:
                file.write(WRITERS[kind](board))
        return list(self._paths.items())


def _parsed(asked: str) -> tuple[str, Path]:
    kind, equals, path = asked.partition("=")
    if kind not in KINDS or not equals or not path:
        raise VerifyError(f"--report must be {', '.join(f'{each}=FILE' for each in KINDS)}, got {asked!r}.")
    return kind, Path(path)
