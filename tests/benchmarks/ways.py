"""`python -m tests.benchmarks.ways`: what a request takes that is not asked for in the plainest way, by valgrind.

Each kind is a request that has more to it than a list in a world without rules: a rule, a world, a preference, a body
in two pieces. What sends one of them the long way shows beside the plain one, in instructions of the processor.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from tests.benchmarks import table
from tests.benchmarks.cost import ROOT, Subject
from tests.benchmarks.instructions import CONNECTIONS, HEAD_END, LENGTH, WARM, control, counting, environment, total
from tests.benchmarks.npm import ToolError, program
from tests.benchmarks.operations import HOST, READ, WRITE
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.table import Table, ratio

Piece = bytes | None
"""None: until the server has read what came before, and, where it says so, has answered 100 Continue."""


@dataclass(frozen=True)
class Kind:
    """A request in pieces; `rules` are those of the world that it is sent to, `stubs` its stubs."""

    pieces: Sequence[Piece]
    rules: Sequence[Mapping[str, Any]] = ()
    stubs: Sequence[Mapping[str, Any]] = ()
    beside: str = "list"


def _asked(method: str, path: str, *headers: bytes, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n".encode()]
    lines += [f"{name}: {value}\r\n".encode() for name, value in (WRITE if body else READ).headers.items()]
    lines += [b"Content-Length: %d\r\n" % len(body)] if body else []
    return b"".join((*lines, *headers, b"\r\n", body))


CONTACT = b'{"email":"reader@example.com","firstName":"Reader","listId":"clx_list_newsletter_id"}'
LARGE = CONTACT[:-1] + b" " * 100_000 + b"}"
LIST = _asked("GET", READ.path)
UPSERT = _asked("POST", WRITE.path, body=CONTACT)
HEAD = UPSERT.index(HEAD_END) + len(HEAD_END)
CHUNKED = (
    _asked("POST", WRITE.path, b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n")
    + b"%x\r\n%b\r\n0\r\n\r\n" % (len(CONTACT), CONTACT)
)  # fmt: skip
OTHER = {"match": {"operationId": "upsert_contact"}, "reply": {"kind": "documented", "status": 400}}
TEAPOT = {"reply": {"kind": "respond", "status": 218, "body": {"odd": 1}}}

EMPTY = {"data": [], "pagination": {"page": 1, "limit": 50, "total": 0, "totalPages": 0}}
TEN = [{"match": {"path": f"/other/{each}*"}, **TEAPOT} for each in range(10)]

KINDS: dict[str, Kind] = {
    "list": Kind([LIST]),
    "list, a rule for another operation": Kind([LIST], [OTHER]),
    "list, ten rules for other paths": Kind([LIST], TEN),
    "list, a rule for another header": Kind([LIST], [{"match": {"headers": {"X-Tenant": "b"}}, **TEAPOT}]),
    "list, a rule that is used up": Kind([LIST], [{"times": 1, **TEAPOT}]),
    "list, a rule that replies": Kind([LIST], [TEAPOT]),
    "list, a rule that delays by nothing": Kind([LIST], [{"delay": {"kind": "fixed", "seconds": 0}}]),
    "list, a body that is no JSON": Kind([LIST], [{"damage": {"kind": "malformed"}}]),
    "list, a stub": Kind([LIST], stubs=[{"match": {"api": "audience", "operationId": "list_lists"}, "body": EMPTY}]),
    "list, a world by header": Kind([_asked("GET", READ.path, b"X-Mock-World: w\r\n")]),
    "list, a world by path": Kind([_asked("GET", f"/_world/w{READ.path}")]),
    "list, Prefer": Kind([_asked("GET", READ.path, b"Prefer: code=200\r\n")]),
    "list, HEAD": Kind([_asked("HEAD", READ.path)]),
    "list, of another origin": Kind([_asked("GET", READ.path, b"Origin: https://a\r\n")]),
    "list, preflight": Kind(
        [_asked("OPTIONS", READ.path, b"Origin: https://a\r\nAccess-Control-Request-Method: GET\r\n")]
    ),
    "list, headers of a browser": Kind(
        [_asked("GET", READ.path, *(b"X-%d: %s\r\n" % (each, b"v" * 60) for each in range(12)))]
    ),
    "health": Kind([_asked("GET", "/_mock/health")]),
    "upsert": Kind([UPSERT], beside="upsert"),
    "upsert, in two pieces": Kind([UPSERT[:HEAD], None, UPSERT[HEAD:]], beside="upsert"),
    "upsert, in chunks": Kind([CHUNKED], beside="upsert"),
    "upsert, Expect": Kind(
        [_asked("POST", WRITE.path, b"Expect: 100-continue\r\n", body=CONTACT)[: -len(CONTACT)], None, CONTACT],
        beside="upsert",
    ),
    "upsert, 100 kB": Kind([_asked("POST", WRITE.path, body=LARGE)], beside="upsert"),
}  # fmt: skip


class Line:
    """Connections that are kept open, each with a request of a turn."""

    def __init__(self, port: int) -> None:
        self._sockets = [socket.create_connection((HOST, port), timeout=120) for _ in range(CONNECTIONS)]
        for each in self._sockets:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, kind: Kind, requests: int) -> None:
        """Send so many requests and read the answers."""
        for _ in range(requests // CONNECTIONS):
            for piece in kind.pieces:
                if piece is None:
                    time.sleep(0.02)
                    continue
                for each in self._sockets:
                    each.sendall(piece)
            for each in self._sockets:
                _read(each, bodiless=kind.pieces[0] is not None and kind.pieces[0].startswith(b"HEAD"))

    def close(self) -> None:
        for each in self._sockets:
            each.close()


def _read(connection: socket.socket, *, bodiless: bool) -> None:
    came = b""
    while True:
        while HEAD_END not in came:
            came += _piece(connection)
        head, _, came = came.partition(HEAD_END)
        if not head.startswith(b"HTTP/1.1 100"):
            break
    if not head.startswith(b"HTTP/1.1 2"):
        raise ServerError(f"answered {head[:200]!r}")
    found = None if bodiless else LENGTH.search(head)
    left = int(found[1]) - len(came) if found else 0
    while left > 0:
        left -= len(_piece(connection))


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ServerError("closed the connection")
    return piece


def set_up(port: int, kind: Kind) -> None:
    """Have the default world have the rules and stubs of a kind, and no others."""
    told: list[tuple[str, str, Any]] = [("POST", "/_mock/worlds/default/reset", None)]
    told += [("POST", "/_mock/faults", each) for each in kind.rules]
    told += [("POST", "/_mock/stubs", each) for each in kind.stubs]
    for method, path, value in told:
        connection = HTTPConnection(HOST, port, timeout=120)
        headers = {} if value is None else {"Content-Type": "application/json"}
        connection.request(method, path, None if value is None else json.dumps(value), headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        if answer.status >= 300:
            raise ServerError(f"{method} {path} answered {answer.status}: {said[:300]!r}")


def count(subject: Subject, folder: Path, requests: int, kinds: Mapping[str, Kind]) -> dict[str, float]:
    """Instructions per request of each kind."""
    port = free_port()
    output = folder / "callgrind"
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={output}",
        *subject.command(port),
    ]  # fmt: skip
    counts: dict[str, float] = {}
    with Process(command, folder, environment(subject)) as process:
        process.first_answer(READ, port)
        line = Line(port)
        for kind in kinds.values():
            set_up(port, kind)
            line.ask(kind, WARM * 2)
        for name, kind in kinds.items():
            set_up(port, kind)
            control(process, "--instr=on")
            line.ask(kind, WARM)
            control(process, "--zero")
            line.ask(kind, requests)
            control(process, f"--dump={name}")
            control(process, "--instr=off")
            counts[name] = total(folder) / requests
        line.close()
    return counts


def tables(found: Mapping[str, Mapping[str, float]]) -> list[Table]:
    """Thousands of instructions of each server, and their ratio to the plain request's."""
    rows = []
    for name in next(iter(found.values())):
        cells: list[str] = []
        for counts in found.values():
            cells += [f"{counts[name] / 1000:.0f}", ratio(counts[name], counts.get(KINDS[name].beside))]
        rows.append((name, *cells))
    columns = [text for each in found for text in (f"{each} k", "÷ plain")]
    return [Table("Instructions of the server per request", ("request", *columns), rows)]


@counting(256, "request")
def main(*, beside: Path | None, requests: int, only: tuple[str, ...], keep: Path | None, style: str) -> None:
    """Count the instructions per request of each kind of request, journal on."""
    roots = [] if beside is None else [(beside.name, beside.resolve(), beside.resolve() / ".venv" / "bin" / "python")]
    kinds = {name: kind for name, kind in KINDS.items() if not only or any(part in name for part in only)}
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        try:
            program("valgrind")
            for title, root, python in (*roots, ("here", ROOT, Path(sys.executable))):
                Console(stderr=True).print(f"counting: {title}", style="dim")
                folder = Path(name) / title
                folder.mkdir()
                found[title] = count(Subject(title, _serve(python), root), folder, requests, kinds)
                if keep is not None:
                    shutil.copytree(folder, keep / title, dirs_exist_ok=True)
        except (ToolError, ServerError, subprocess.SubprocessError, OSError, ValueError) as error:
            raise click.ClickException(f"There is nothing to show: {error}.") from None
    run = f"{table.machine()}. valgrind, {CONNECTIONS} connections, {requests} requests of each kind."
    table.show(tables(found), [run], style)


def _serve(python: Path) -> Any:
    return lambda port: [str(python), "-m", "mockserver", "serve", "audience", f"--port={port}"]


if __name__ == "__main__":
    main()
