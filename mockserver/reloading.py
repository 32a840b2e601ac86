"""`serve --reload`: what is served is read anew when one of its files changes.

The files are asked for their times a few times a second, which works on every file system and costs next to nothing
for as many files as an API has. A change is taken up once nothing has changed for one more look, so that a file that is
still being written is not read in halves.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

from mockserver.contract.reading.reader import ReadDocument
from mockserver.errors import MockServerError
from mockserver.folders import HANDLERS, SUFFIXES
from mockserver.handlers import imported_by
from mockserver.output.complaint import tell
from mockserver.server import MockServer

INTERVAL = 0.2
"""Seconds between two looks."""

Stamps = dict[Path, tuple[int, int]]


class Reloader(threading.Thread):
    """Reloads a server while its `with` block runs; `told` is called with the outcome, and whether it failed."""

    def __init__(self, server: MockServer, told: Callable[[str, bool], None], interval: float = INTERVAL) -> None:
        super().__init__(name="mockserver-reload", daemon=True)
        self._server = server
        self._told = told
        self._interval = interval
        self._ended = threading.Event()
        self._served = stamps(files_of(server))

    def run(self) -> None:
        served, pending = self._served, None
        while not self._ended.wait(self._interval):
            now = stamps(files_of(self._server))
            if now == served:
                pending = None
            elif now != pending:
                pending = now  # it may still be being written
            else:
                changed = next(path for path in {**now, **served} if now.get(path) != served.get(path))
                told = self._reloaded(changed)
                served = {path: now.get(path, stamp) for path, stamp in stamps(files_of(self._server)).items()}
                self._told(*told)

    def _reloaded(self, changed: Path) -> tuple[str, bool]:
        """The message about a reload, and whether it failed."""
        try:
            self._server.reload()
        except MockServerError as error:
            failure = str(error)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with what was written, the server goes on
            failure = f"{type(error).__name__}: {error}"
        else:
            return f"reloaded: {changed} has changed", False
        return f"not reloaded; the previous version is still served: {failure}", True

    def __enter__(self) -> Reloader:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self.join()


def reloading(server: MockServer) -> Reloader:
    """A reloader that reports to standard error."""
    return Reloader(server, lambda text, failed: tell(f"mockserver: {text}", "red" if failed else "green"))


def files_of(server: MockServer) -> Iterator[Path]:
    """The files and folders that a server's APIs are made of; folders stand for all that is below them."""
    for each in server.watched:
        path = Path(str(each).partition("=")[2] if "=" in str(each) and not Path(each).exists() else each)
        yield from (path, *imported_by(path))
    for folder in server.folders:
        yield from (each for each in folder.glob("*.*") if each.suffix in (*SUFFIXES, ".py"))
        yield from imported_by(folder / HANDLERS)
    for api in server.apis.values():
        yield from api.fixtures
        if isinstance(api.document, ReadDocument):
            for text in api.document.origin.texts():
                if text.uri.startswith("file:"):
                    yield Path(unquote(urlsplit(text.uri).path))


def stamps(files: Iterable[Path]) -> Stamps:
    """When each of the files, and each file in the folders, was changed, and how long it is."""
    found = {}
    for file in files:
        for path in (file, *sorted(file.rglob("*"))) if file.is_dir() else (file,):
            try:
                status = path.stat()
            except OSError:
                continue  # it comes and goes as it is replaced
            found[path] = status.st_mtime_ns, status.st_size
    return found
