"""One document, served by Prism and asked for every operation as ours is; prints what came as a line of JSON."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read
from mockserver.errors import MockServerError
from tests.benchmarks.npm import installed
from tests.scoreboard.chains import chain
from tests.scoreboard.documents import CACHE
from tests.scoreboard.one import MOST, Tally, ask

PATIENCE = 60.0
"""Seconds that it gets to listen; each answer gets ten."""


def asked(path: Path, cache: Path, *, chained_only: bool = False) -> dict[str, Any]:
    """The counts of one document: see Tally. chained_only: as in `one`."""
    tally = Tally()
    told: dict[str, Any] = {"start": 0.0, "seconds": 0.0, "MiB": 0}
    try:
        contract = Contract(read(path))
    except MockServerError as error:
        tally.miss("not asked", path.name, str(error))  # who makes the requests cannot read it
        return {"counts": tally.counts, "misses": tally.misses, **told}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (
        _running(path, cache, port) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client,
    ):
        if not _listens(process, client):
            tally.miss("not started", path.name, f"within {PATIENCE:.0f} s")
            tally.counts["operations"] += min(MOST, len(contract.operations))
        else:
            tally.counts["started"] = 1
            told["start"] = _spent(process.pid)
            if not chained_only:
                ask(contract, client, tally)
            told_chains = chain(client, contract, lambda _: {})
            tally.counts.update(told_chains.counts())
            tally.misses += told_chains.misses
        if process.poll() is None:
            told |= {"seconds": _spent(process.pid), "MiB": _peak(process.pid)}
    return {"counts": tally.counts, "misses": tally.misses, **told}


@contextmanager
def _running(path: Path, cache: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    node = installed("node", cache) / "bin" / "node"
    script = installed("@stoplight/prism-cli", cache) / "dist/index.js"
    command = [str(node), str(script), "mock", str(path), "--host=127.0.0.1", f"--port={port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def _listens(process: subprocess.Popen[bytes], client: httpx.Client) -> bool:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            client.get("/")
        except httpx.ConnectError:
            time.sleep(0.05)
        except httpx.HTTPError:
            return False
        else:
            return True
    return False


def _spent(pid: int) -> float:
    """Seconds of processor time so far, threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    given = asked(
        Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else CACHE, chained_only="chains" in sys.argv[3:]
    )
    sys.stdout.buffer.write(orjson.dumps(given))
