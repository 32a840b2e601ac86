"""Runs commands as a shell does, each in a fork of a process that has everything loaded: a table of them costs little.

`python -m tests.output.forks` reads jobs as JSON from standard input and writes what became of each.
"""

from __future__ import annotations

import fcntl
import gc
import io
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cache

PLACES = ("pipe", "terminal", "closed", "full", "left")
"""Where standard output leads; `left` is a pipe whose reader has gone."""


@dataclass(frozen=True)
class Job:
    """A command line, and what it is called in."""

    words: tuple[str, ...]
    place: str = "pipe"
    columns: int = 80
    encoding: str = "utf-8"
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What it came to."""

    code: int
    out: str
    errors: str


def outcomes(jobs: Sequence[Job]) -> list[Outcome]:
    """Run them all, in a process of their own."""
    told = json.dumps([asdict(job) for job in jobs])
    words = [sys.executable, "-m", "tests.output.forks"]
    ran = subprocess.run(words, input=told, capture_output=True, text=True, check=True)
    return [Outcome(**each) for each in json.loads(ran.stdout)]


def run(job: Job) -> Outcome:
    """Run one in a fork of this process."""
    reader, writer = _ends(job)
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            _become(job, writer, errors.fileno())
        if writer is not None:
            os.close(writer)
        out = b"" if reader is None else _all_of(reader)
        _, status = os.waitpid(child, 0)
        errors.seek(0)
        return Outcome(os.waitstatus_to_exitcode(status), _text(out, job), _text(errors.read(), job))


def _text(written: bytes, job: Job) -> str:
    """What is for machines is UTF-8 everywhere."""
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written.decode(job.encoding)


def _ends(job: Job) -> tuple[int | None, int | None]:
    if job.place == "pipe":
        return os.pipe()
    if job.place == "terminal":
        reader, writer = pty.openpty()
        fcntl.ioctl(writer, termios.TIOCSWINSZ, struct.pack("HHHH", 25, job.columns, 0, 0))
        return reader, writer
    if job.place == "left":
        reader, writer = os.pipe()
        os.close(reader)
        return None, writer
    return None, os.open("/dev/full", os.O_WRONLY) if job.place == "full" else None


def _all_of(reader: int) -> bytes:
    whole = b""
    while True:
        try:
            part = os.read(reader, 65536)
        except OSError:  # how Linux says that nobody holds the other end of a terminal
            part = b""
        if not part:
            os.close(reader)
            return whole.replace(b"\r\n", b"\n")
        whole += part


def _become(job: Job, writer: int | None, errors: int) -> None:
    """Be the command, with the streams that Python would have made of the descriptors."""
    for name in ("COLUMNS", "LINES"):
        os.environ.pop(name, None)  # the terminal knows better
    os.environ.update(job.environment)
    os.dup2(errors, 2)
    if writer is None:
        os.close(1)
        sys.stdout = None  # as Python has it
    else:
        os.dup2(writer, 1)
        sys.stdout = io.TextIOWrapper(open(1, "wb", closefd=False), job.encoding)  # noqa: SIM115  # a descriptor
    sys.stderr = io.TextIOWrapper(open(2, "wb", closefd=False), job.encoding, "backslashreplace")  # noqa: SIM115  # as above
    code = 0
    try:
        main(job.words, prog_name="mockserver")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:  # noqa: BLE001  # what Python would print, and exit with 1
        sys.excepthook(*sys.exc_info())
        code = 1
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        code = 120  # as Python does
    os._exit(code)


if __name__ == "__main__":
    from mockserver import catalog, seeding

    catalog.load_api = cache(catalog.load_api)
    for name in catalog.names():
        seeding.seed_world([catalog.load_api(name)])
    from mockserver.cli import main
    from mockserver.verify import command
    from tests.verify.reporters.sample import RUN

    vars(command)["verify"] = lambda *_: iter(RUN)  # of which there is much to print
    gc.disable()  # a fork that looked at what it shares would copy it
    gc.freeze()

    json.dump([asdict(run(Job(**{**job, "words": tuple(job["words"])}))) for job in json.load(sys.stdin)], sys.stdout)
