"""`mockserver serve` as a process: whatever becomes of its output, requests are answered and signals are obeyed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from mockserver.output.background import ROOM
from tests.benchmarks.process import free_port
from tests.hostile.wire import connection

SERVE = (sys.executable, "-m", "mockserver", "serve", "crm", "--port", "0")
LONG = "x" * 60_000
"""Part of a path, so that few requests fill what the output holds."""


class Served:
    """A serving process whose output a test reads, or does not."""

    def __init__(self, *arguments: str, **options: int) -> None:
        command = [*SERVE, *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self.process = subprocess.Popen(command, **options)  # type: ignore[call-overload]  # as Popen has them
        self._unread = b""
        self.announced = self._lines_to_the_empty_one() if self.process.stdout else []
        self.url = self.announced[0].split()[3] if self.announced else ""

    def _lines_to_the_empty_one(self) -> list[str]:
        lines = [self.line(), self.line()]
        while lines[-1].strip() or len(lines) == 2:
            lines.append(self.line())
        return lines

    def line(self) -> str:
        """The next line of its output."""
        assert self.process.stdout is not None
        while b"\n" not in self._unread:
            more = os.read(self.process.stdout.fileno(), 65536)
            assert more, f"it ended after {self._unread!r}"
            self._unread += more
        line, newline, self._unread = self._unread.partition(b"\n")
        return (line + newline).decode()

    def ask(self, count: int, path: str = LONG) -> list[int]:
        with httpx.Client() as client:
            return [client.get(f"{self.url}/{path}").status_code for _ in range(count)]


@contextmanager
def serving(*arguments: str, **options: int) -> Iterator[Served]:
    served = Served(*arguments, **options)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.communicate()


ENOUGH = 2 * ROOM // len(LONG)
"""Requests whose log lines neither a pipe nor the queue before it can hold."""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_output_that_nobody_reads_stops_nothing(end: signal.Signals) -> None:
    """Neither answers nor the end."""
    with serving() as served:
        statuses = served.ask(ENOUGH)
        health = httpx.get(f"{served.url}/_mock/health").status_code
        served.process.send_signal(end)
        code = served.process.wait(20)

    assert set(statuses) == {404}
    assert health == 200
    assert code == 0


def test_errors_that_nobody_reads_stop_nothing() -> None:
    """What is logged about requests that are none goes to standard error, which may be full as well."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while os.write(writing, b"x" * 4096):
            continue
    os.set_blocking(writing, True)
    with serving(stderr=writing) as served:
        for _ in range(3):
            with connection(served.url) as client:
                client.send(b"nonsense\r\n\r\n")
                assert client.reply().status == 400
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(20)
    os.close(reading)
    os.close(writing)

    assert code == 0


def test_who_reads_late_is_told_what_was_dropped() -> None:
    """And everything else, in its order."""
    with serving() as served:
        served.ask(ENOUGH)
        said = [served.line()]
        while "dropped" not in said[-1]:
            said.append(served.line())
        served.ask(1, "now")
        last = served.line()

    assert all(LONG in line for line in said[:-1])
    dropped = int(said[-1].split()[1])
    assert said[-1] == f"mockserver: {dropped} lines were dropped here: nobody read them in time.\n"
    assert len(said) - 1 + dropped == ENOUGH
    assert "GET /now" in last


def test_a_reader_that_leaves_is_nothing_to_clients() -> None:
    """`mockserver serve | head -1`, for one."""
    with serving() as served:
        assert served.process.stdout is not None
        served.process.stdout.close()
        statuses = served.ask(5, "contacts/lists")
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(20)
        assert served.process.stderr is not None
        errors = served.process.stderr.read()

    assert statuses == [200] * 5
    assert (code, errors) == (0, b"")


@pytest.mark.parametrize(
    ("closing", "code", "errors"),
    [
        (">&-", 0, ""),
        (">&- 2>&-", 0, ""),
        ("<&-", 0, ""),
        (">/dev/full", 2, "mockserver: standard output cannot be written: No space left on device.\n"),
    ],
)
def test_output_that_cannot_be_written_is_nothing_to_clients(
    tmp_path: Path, closing: str, code: int, errors: str
) -> None:
    """Closed, or on a full disk, which is told in the end."""
    port = free_port()
    command = " ".join([*SERVE[:-1], str(port), closing])
    with (tmp_path / "errors").open("wb") as told:
        process = subprocess.Popen(["sh", "-c", f"exec {command}"], stdout=subprocess.DEVNULL, stderr=told)
        try:
            with httpx.Client(transport=httpx.HTTPTransport(retries=8), base_url=f"http://127.0.0.1:{port}") as client:
                statuses = [client.get("/contacts/lists").status_code for _ in range(3)]
            process.send_signal(signal.SIGTERM)
            ended = process.wait(20)
        finally:
            process.kill()
            process.wait()

    assert statuses == [200] * 3
    assert (ended, (tmp_path / "errors").read_text()) == (code, errors)
