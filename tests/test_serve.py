"""`mockserver serve` as a process: whatever becomes of its output, requests are answered and signals are obeyed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from mockserver.output.background import ROOM
from tests.benchmarks.process import free_port
from tests.hostile.wire import connection
from tests.patience import PATIENCE

SERVE = (sys.executable, "-m", "mockserver", "serve", "crm", "--port", "0")
LONG = "x" * 60_000
"""Part of a path, so that few requests fill what the output holds."""


class Served:
    """A serving process whose output a test reads, or does not."""

    def __init__(self, *arguments: str, wrapper: Sequence[str] = (), **options: int) -> None:
        command = [*wrapper, *SERVE, *arguments]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        self.process = subprocess.Popen(command, **options)  # type: ignore[call-overload]  # as Popen has them
        self._unread = b""
        self.announced = self._lines_to_the_empty_one() if self.process.stdout else []
        self.url = self.announced[0].split()[3] if self.announced else ""

    def _lines_to_the_empty_one(self) -> list[str]:
        lines = [self.line()]
        while sum(not each.strip() for each in lines) < 2:  # one below the title, one below the APIs
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
def serving(*arguments: str, wrapper: Sequence[str] = (), **options: int) -> Iterator[Served]:
    served = Served(*arguments, wrapper=wrapper, **options)
    try:
        yield served
    finally:
        served.process.kill()
        served.process.communicate()


ENOUGH = 2 * ROOM // len(LONG)
"""Requests whose log lines neither a pipe nor the queue before it can hold."""


def test_output_that_nobody_reads_stops_nothing() -> None:
    """Neither answers nor the end."""
    with serving() as served:
        statuses = served.ask(ENOUGH)
        health = httpx.get(f"{served.url}/_mock/health").status_code
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(PATIENCE)

    assert set(statuses) == {404}
    assert (health, code) == (200, 0)


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
        code = served.process.wait(PATIENCE)
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
    assert said[-1] == f"mockserver: {dropped} lines were dropped here: they were not read in time.\n"
    assert len(said) - 1 + dropped == ENOUGH
    assert "GET /now" in last


def test_a_reader_that_leaves_is_nothing_to_clients() -> None:
    """`mockserver serve | head -1`, for one."""
    with serving() as served:
        assert served.process.stdout is not None
        served.process.stdout.close()
        statuses = served.ask(5, "contacts/lists")
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(PATIENCE)
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
            ended = process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()

    assert statuses == [200] * 3
    assert (ended, (tmp_path / "errors").read_text()) == (code, errors)


def begun(served: Served) -> socket.socket:
    """A connection with a request under way, which has been read by the time another is answered."""
    address = urlsplit(served.url)
    client = socket.create_connection((address.hostname, address.port), timeout=PATIENCE)
    client.sendall(b"POST /contacts/lists HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{")
    httpx.get(f"{served.url}/_mock/health").raise_for_status()
    return client


ENDS = [signal.SIGTERM, signal.SIGHUP]


@pytest.mark.parametrize("end", ENDS)
def test_a_signal_lets_requests_under_way_finish(end: signal.Signals) -> None:
    """While it is alive it says that it is not ready for more; then it ends well."""
    with serving("--shutdown-timeout", "60") as served, begun(served) as client:
        served.process.send_signal(end)
        while httpx.get(f"{served.url}/_mock/health/ready").status_code == 200:
            continue
        live = httpx.get(f"{served.url}/_mock/health/live").status_code
        client.sendall(b'"name": "a"}')
        answer = client.recv(65536)
        out, errors = served.process.communicate(timeout=PATIENCE)

    assert live == 200
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close" in answer
    assert out.decode().splitlines()[-1] == "stopped"
    assert (served.process.returncode, errors) == (0, b"")


def test_a_second_signal_ends_it_at_once() -> None:
    """Whatever is under way."""
    with serving("--shutdown-timeout", "60") as served, begun(served) as client:
        served.process.send_signal(signal.SIGTERM)
        while httpx.get(f"{served.url}/_mock/health/ready").status_code == 200:
            continue
        served.process.send_signal(signal.SIGINT)
        rest = client.recv(65536)
        _, errors = served.process.communicate(timeout=PATIENCE)

    assert rest == b""
    assert (served.process.returncode, errors) == (0, b"")


def test_nohup_is_heeded() -> None:
    """A terminal that hangs up does not end a server that was told to ignore it."""
    with serving(wrapper=("nohup",), stdin=subprocess.DEVNULL) as served:
        served.process.send_signal(signal.SIGHUP)
        status = httpx.get(f"{served.url}/_mock/health").status_code
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(PATIENCE)

    assert (status, code) == (200, 0)


ISOLATED = ("unshare", "--pid", "--fork", "--kill-child")
"""Runs a command as process 1 of a namespace of its own, as containers do, where that is allowed."""


def isolates() -> bool:
    try:
        return subprocess.run([*ISOLATED, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def test_it_obeys_as_process_1() -> None:
    """For which the system has no default: what has no handler is ignored there, as in a container."""
    wrapper = ISOLATED if isolates() else ()
    with serving(wrapper=wrapper) as served:
        child = served.process.pid
        if wrapper:
            child = int(Path(f"/proc/{child}/task/{child}/children").read_text())
        os.kill(child, signal.SIGTERM)
        out, errors = served.process.communicate(timeout=PATIENCE)

    assert out.decode().splitlines()[-1] == "stopped"
    assert (served.process.returncode, errors) == (0, b"")


@pytest.mark.parametrize("end", ENDS)
def test_a_signal_while_it_starts_ends_it(end: signal.Signals, tmp_path: Path) -> None:
    """With the exit code that shells give, and without a traceback."""
    module = tmp_path / "slow.py"
    module.write_text(
        "import os, signal, sys\n"
        "import mockserver.__main__\n"
        "class Finder:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'mockserver.server':\n"
        f"            os.kill(os.getpid(), {int(end)})\n"
        "sys.meta_path.insert(0, Finder())\n"
        "sys.argv[1:] = ['serve', 'crm', '--port', '0']\n"
        "mockserver.__main__.run()\n"
    )

    ran = subprocess.run([sys.executable, str(module)], capture_output=True, text=True, timeout=60, check=False)

    assert ran.returncode == 128 + end
    assert ran.stderr == f"mockserver: interrupted by {end.name}.\n"
