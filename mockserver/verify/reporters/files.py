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
        self._paths = list(map(_parsed, asked))
        self._stack = ExitStack()
        self._files: list[tuple[str, IO[str]]] = []
        self._hars: list[Har] = []

    def __enter__(self) -> Reports:
        for kind, path in self._paths:
            try:
                self._files.append((kind, self._stack.enter_context(path.open("w", encoding="utf-8"))))
            except OSError as error:
                self._stack.close()
                raise VerifyError(f"--report {kind}={path}: it cannot be written: {error.strerror}.") from None
        self._hars = [Har(file) for kind, file in self._files if kind == "har"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for har in self._hars:
            har.close()
        self._stack.close()

    def on_event(self, event: Event) -> None:
        for har in self._hars:
            har.on_event(event)

    def write(self, board: Scoreboard) -> list[tuple[str, Path]]:
        """Write what is made at the end; (kind, path) of every file."""
        for kind, file in self._files:
            if kind in WRITERS:
                file.write(WRITERS[kind](board))
        return self._paths


def _parsed(asked: str) -> tuple[str, Path]:
    kind, equals, path = asked.partition("=")
    if kind not in KINDS or not equals or not path:
        raise VerifyError(f"--report must be {', '.join(f'{each}=FILE' for each in KINDS)}, got {asked!r}.")
    return kind, Path(path)
