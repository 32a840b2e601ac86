"""A server as a process of its own: start it, wait for its first answer, weigh it, stop it with all its children."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPException
from pathlib import Path
from types import TracebackType

from tests.benchmarks.operations import HOST, Answer, Operation

PATIENCE = 60.0
"""Seconds that a server has for its first answer."""
FAREWELL = 5.0
"""Seconds that it has to end when asked."""


class ServerError(Exception):
    """The server ended, or gave no usable answer in time."""


class Process:
    """One running server, leader of its own session; what it prints goes to `log`, as into a file in CI."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.log = folder / "log.txt"
        self._started = time.perf_counter()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        """Of the leader; also the number of the session."""
        return self._process.pid

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def first_answer(self, operation: Operation, port: int) -> tuple[Answer, float]:
        """The first answer that is a success, and the milliseconds from the start until it was read."""
        last = "no connection"
        while time.perf_counter() - self._started < PATIENCE:
            if self._process.poll() is not None:
                raise ServerError(f"ended with exit code {self._process.returncode}: {self._last_words()}")
            try:
                answer = operation.ask(port, timeout=PATIENCE)
            except (OSError, HTTPException) as error:
                last = str(error)
            else:
                last = answer.flaw() or ""
                if not last:
                    return answer, (time.perf_counter() - self._started) * 1000
            time.sleep(0.002)
        raise ServerError(f"gave no usable answer in {PATIENCE:.0f} s: {last}")

    def resident(self) -> int:
        """Resident memory in bytes of the process and its descendants."""
        page = resource.getpagesize()
        return sum(_resident_pages(process) * page for process in session(self.pid))

    def most_resident(self) -> int:
        """The most bytes that were resident at once in the process itself, its descendants left aside."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))

    def cpu_seconds(self) -> float:
        """User and system time that the process and its descendants have spent so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        return sum(_cpu_ticks(process) / ticks for process in session(self.pid))

    def stop(self) -> None:
        """End the whole session, politely at first, and wait until it is gone."""
        for farewell in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self.pid, farewell)
            deadline = time.perf_counter() + FAREWELL
            while time.perf_counter() < deadline:
                if self._process.poll() is not None and not session(self.pid):
                    return
                time.sleep(0.01)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it printed nothing"


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def session(leader: int) -> list[Path]:
    """The /proc folders of the processes in the leader's session."""
    return [process for process in Path("/proc").glob("[0-9]*") if _session_of(process) == leader]


def _session_of(process: Path) -> int | None:
    """The session's number; None if the process is gone, or is only remembered for its parent's sake."""
    try:
        state, _, _, number, *_ = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if state == "Z" else int(number)


def _cpu_ticks(process: Path) -> int:
    """Of all threads, those that have ended and children that were waited for included."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))


def _resident_pages(process: Path) -> int:
    try:
        return int((process / "statm").read_text().split()[1])
    except OSError:
        return 0
