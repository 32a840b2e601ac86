"""`python -m tests.benchmarks.instructions`: how many instructions of the processor a request takes, by valgrind.

The number hardly depends on the load of the machine, so that a change of one part in a hundred shows where CPU time
scatters by twenty. It tells nothing of the kernel, nor of how long memory takes: `cost` measures that.
The server runs under callgrind, which starts to count once it is warm, for as many requests as are asked for.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from tests.benchmarks import table
from tests.benchmarks.cost import Subject, subjects
from tests.benchmarks.npm import ToolError, program
from tests.benchmarks.operations import HOST, READ, WRITE, Operation
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.table import Table, ratio

CONNECTIONS = 16
WARM = 64
"""Requests of each kind before any instruction is, so that the interpreter has adapted itself; contacts that change."""

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
SUMMARY = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)


def _list(_: int) -> tuple[str, bytes]:
    return READ.path, b""


def _page(number: int) -> tuple[str, bytes]:
    return f"{READ.path}?page={number % 7 + 1}&limit={number % 50 + 1}", b"X-Request-Id: request-%d\r\n" % number


def _upsert(number: int) -> bytes:
    return b'{"email":"reader%d@example.com","firstName":"Reader","listId":"clx_list_newsletter_id"}' % (number % WARM)


def _change(number: int) -> bytes:
    return (
        b'{"email":"reader%d@example.com","firstName":"Reader %d","listId":"clx_list_newsletter_id"}'
        % (number % WARM, number)
    )  # fmt: skip


def written(operation: Operation, number: int, kind: str) -> bytes:
    """The request as wrk writes it, which has no other headers."""
    path, more, body = operation.path, b"", b""
    if operation is READ:
        path, more = (_page if kind == "rotating" else _list)(number)
    else:
        body = (_change if kind == "change" else _upsert)(number)
    lines = [f"{operation.method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name}: {value}" for name, value in operation.headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body else []
    return "\r\n".join(lines).encode() + b"\r\n" + more + b"\r\n" + body


KINDS: dict[str, Callable[[int], bytes]] = {
    "list": lambda number: written(READ, number, ""),
    "list, rotating": lambda number: written(READ, number, "rotating"),
    "upsert": lambda number: written(WRITE, number, ""),
    "upsert, each a change": lambda number: written(WRITE, number, "change"),
}
"""What is asked, as `cost` asks it."""


@dataclass
class Counted:
    """What a server took: instructions per request by kind."""

    subject: Subject
    counts: dict[str, float] = field(default_factory=dict)


class Client:
    """Connections that are kept open; each carries one request of a turn, so that the server finds several at once."""

    def __init__(self, port: int, connections: int = CONNECTIONS) -> None:
        self._sockets = [socket.create_connection((HOST, port), timeout=120) for _ in range(connections)]
        self._number = 0

    def ask(self, kind: Callable[[int], bytes], requests: int) -> None:
        """Send so many requests and read the answers; ServerError for one that is no success."""
        for _ in range(requests // len(self._sockets)):
            for each in self._sockets:
                each.sendall(kind(self._number))
                self._number += 1
            for each in self._sockets:
                _read(each)

    def close(self) -> None:
        for each in self._sockets:
            each.close()


def _read(connection: socket.socket) -> None:
    came = b""
    while HEAD_END not in came:
        came += _piece(connection)
    head, _, body = came.partition(HEAD_END)
    if not head.startswith(b"HTTP/1.1 2"):
        raise ServerError(f"answered {came[:200]!r}")
    found = LENGTH.search(head)
    left = int(found[1]) - len(body) if found else 0
    while left > 0:
        left -= len(_piece(connection))


def _piece(connection: socket.socket) -> bytes:
    piece = connection.recv(65536)
    if not piece:
        raise ServerError("closed the connection")
    return piece


def count(subject: Subject, folder: Path, requests: int, kinds: Sequence[str]) -> Counted:
    """Run the subject under callgrind and count each kind."""
    port = free_port()
    output = folder / "callgrind"
    command = [
        "valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={output}",
        *subject.command(port),
    ]  # fmt: skip
    counted = Counted(subject)
    with Process(command, folder, environment(subject)) as process:
        process.first_answer(READ, port)
        client = Client(port)
        for kind in kinds:
            client.ask(KINDS[kind], WARM * 2)
        control(process, "--instr=on")
        for kind in kinds:
            client.ask(KINDS[kind], WARM)
            control(process, "--zero")
            client.ask(KINDS[kind], requests)
            control(process, f"--dump={kind}")
            counted.counts[kind] = total(folder) / requests
        client.close()
    return counted


def environment(subject: Subject) -> dict[str, str]:
    """What a server is started with, so that each run of the same code takes the same instructions."""
    return {**os.environ, "PYTHONPATH": str(subject.root), "PYTHONHASHSEED": "0"}


def total(folder: Path) -> int:
    """The instructions that callgrind wrote last."""
    newest = max(folder.glob("callgrind.*"), key=lambda each: int(each.suffix[1:]))
    return int(SUMMARY.findall(newest.read_text())[0])


def control(process: Process, what: str) -> None:
    """Tell callgrind, which counts in the process, what to do."""
    subprocess.run(["callgrind_control", what, str(process.pid)], check=True, capture_output=True, timeout=120)


def tables(found: Sequence[Counted]) -> list[Table]:
    """Thousands of instructions for each kind, and their ratio to the first subject's."""
    kinds = [*found[0].counts]
    rows = []
    for each in found:
        cells: list[str] = []
        for kind in kinds:
            cells += [f"{each.counts[kind] / 1000:.1f}", ratio(each.counts[kind], found[0].counts[kind])]
        rows.append((each.subject.name, *cells))
    columns = [text for kind in kinds for text in (f"{kind} k", "÷ bare")]
    return [Table("Instructions of the server per request", ("server", *columns), rows)]


def counting(requests: int, named: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command that counts so many requests by default; `--only` names what `named` says."""
    options = (
        click.option(
            "--beside", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Another checkout."
        ),
        click.option(
            "--requests", default=requests, type=click.IntRange(CONNECTIONS, 100_000), help="How many are counted."
        ),
        click.option("--only", multiple=True, help=f"Part of the name of a {named}: leave the others out."),
        click.option(
            "--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for what callgrind wrote."
        ),
        click.option(
            "--format", "style", type=click.Choice(table.FORMATS), default="text", help="How the table is printed."
        ),
    )

    def command(function: Callable[..., None]) -> click.Command:
        for each in reversed(options):
            function = each(function)
        return click.command(context_settings={"show_default": True})(function)

    return command


@counting(1024, "server")
def main(*, beside: Path | None, requests: int, only: tuple[str, ...], keep: Path | None, style: str) -> None:
    """Count the instructions per request of GET /api/v1/lists and POST /api/v1/contacts, journal on."""
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        try:
            program("valgrind")
            found = []
            for number, each in enumerate(subjects(Path(name), beside)):
                if only and not any(part in each.name for part in only):
                    continue
                console.print(f"counting: {each.name}", style="dim")
                folder = Path(name) / str(number)
                folder.mkdir()
                found.append(count(each, folder, requests, [*KINDS]))
                if keep is not None:
                    shutil.copytree(folder, keep / str(number), dirs_exist_ok=True)
        except (ToolError, ServerError, subprocess.SubprocessError, OSError, ValueError) as error:
            raise click.ClickException(f"There is nothing to show: {error}.") from None
    run = f"{table.machine()}. valgrind, {CONNECTIONS} connections, {requests} requests of each kind."
    table.show(tables(found), [run], style)


if __name__ == "__main__":
    main()
