"""wrk, the load generator: one run of it, and the figures in what it prints."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, replace

from tests.benchmarks.operations import HOST, Operation
from tests.benchmarks.process import Process

PER_MILLISECOND = {"us": 1000.0, "ms": 1.0, "s": 1 / 1000, "m": 1 / 60_000}


@dataclass(frozen=True)
class Load:
    """One run: latencies in milliseconds; `refused` counts answers that are no success, `broken` socket errors.

    `cpu` is the microseconds of CPU time that the server spent on each request, where that was looked at.
    """

    requests: int
    per_second: float
    p50: float
    p99: float
    refused: int = 0
    broken: int = 0
    cpu: float = 0.0


@dataclass(frozen=True)
class Pressure:
    """How hard to press: open connections, wrk's own threads, and for how long."""

    connections: int
    threads: int
    seconds: int


def parse(printed: str) -> Load:
    """The figures of `wrk --latency`; ValueError, with what was printed, if they are not all there."""
    try:
        return Load(
            requests=int(_find(r"(\d+) requests in ", printed)),
            per_second=float(_find(r"Requests/sec:\s+([\d.]+)", printed)),
            p50=milliseconds(_find(r"^\s+50%\s+(\S+)", printed)),
            p99=milliseconds(_find(r"^\s+99%\s+(\S+)", printed)),
            refused=int(_find(r"Non-2xx or 3xx responses: (\d+)", printed, "0")),
            broken=sum(map(int, re.findall(r"(?:connect|read|write|timeout) (\d+)", printed))),
        )
    except LookupError as missing:
        raise ValueError(f"expected wrk's figures, found none for {missing}, in: {printed!r}") from None


def milliseconds(duration: str) -> float:
    """`1.20ms`, `350.00us`, `2.00s` or `1.50m` as milliseconds."""
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", duration).groups()  # type: ignore[union-attr]  # wrk has no other
    return float(number) / PER_MILLISECOND[unit]


def press(operation: Operation, process: Process, port: int, pressure: Pressure) -> Load:
    """Load the operation of a server on loopback, and answer the figures with what it cost the server."""
    before = process.cpu_seconds()
    load = run(operation, port, pressure)
    return replace(load, cpu=(process.cpu_seconds() - before) * 1e6 / max(1, load.requests))


def run(operation: Operation, port: int, pressure: Pressure) -> Load:
    """Load the operation on loopback and answer the figures."""
    command = ["wrk", "--latency", f"-c{pressure.connections}", f"-t{pressure.threads}", f"-d{pressure.seconds}s"]
    for name, value in operation.headers.items():
        command += ["-H", f"{name}: {value}"]
    if operation.script:
        command += ["-s", str(operation.script)]
    command.append(f"http://{HOST}:{port}{operation.path}")
    done = subprocess.run(command, capture_output=True, text=True, timeout=pressure.seconds + 60, check=True)
    return parse(done.stdout)


def _find(pattern: str, text: str, absent: str | None = None) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match:
        return match[1]
    if absent is None:
        raise LookupError(pattern)
    return absent
