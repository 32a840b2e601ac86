"""Text that is written in the background: nobody waits for it, and it comes whole and in order where somebody reads."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from mockserver.output import background
from mockserver.output.background import ATOMIC, Outlet, batches, unblocked
from mockserver.output.streams import Stream

DROPPED = re.compile(r"mockserver: (\d+) lines were dropped here: they were not read in time\.\n")
LINE = "x" * 99 + "\n"
MORE = 3000
"""Lines that no pipe holds."""


@contextmanager
def piped() -> Iterator[tuple[int, Stream]]:
    """The reading end of a pipe, and a stream to it."""
    reading, writing = os.pipe()
    with open(writing, "w", encoding="utf-8") as file, open(reading, "rb"):
        yield reading, Stream(file)


def read(descriptor: int, size: int) -> bytes:
    """So many bytes, as they come."""
    found = b""
    while len(found) < size:
        found += os.read(descriptor, size - len(found))
    return found


def test_text_comes_in_order() -> None:
    """All of it, once it is closed."""
    stream = io.StringIO()
    outlet = Outlet(stream)

    for number in range(1000):
        print(number, file=outlet)
    outlet.close()

    with pytest.raises(TypeError, match="expected text, got bytes"):
        outlet.write(b"")  # type: ignore[arg-type]  # as click does
    assert stream.getvalue() == "".join(f"{number}\n" for number in range(1000))


def test_a_file_takes_many_lines_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has them whole and in order, as no other process is in between."""
    written: list[int] = []
    write = os.write

    def noting(descriptor: int, data: bytes) -> int:
        written.append(len(data))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", noting)
    file = tmp_path / "log"
    with file.open("w", encoding="utf-8") as stream:
        outlet = Outlet(stream)
        outlet.write(LINE * MORE)
        outlet.close()

    assert file.read_text(encoding="utf-8") == LINE * MORE
    assert written == [MORE * len(LINE)]


def test_a_descriptor_is_written_to_as_the_stream_is_encoded() -> None:
    """Characters that it lacks are written in ASCII."""
    reading, writing = os.pipe()
    with open(writing, "w", encoding="cp1251") as file, open(reading, "rb") as out:
        outlet = Outlet(file)
        told = (outlet.encoding, outlet.fileno(), outlet.isatty(), outlet.writable())
        outlet.write("Привет, 日本 ✓\n")
        outlet.close()
        file.close()
        got = out.read()

    assert told == ("cp1251", writing, False, True)
    assert got == "Привет, \\u65e5\\u672c +\n".encode("cp1251")


def test_nobody_waits_for_a_reader_who_does_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What finds no room is dropped; the end comes all the same, and the stream knows that nobody read."""
    monkeypatch.setattr(background, "PATIENCE", 0.05)
    with piped() as (_, stream):
        outlet = Outlet(stream)
        for _ in range(MORE * 4):
            outlet.write(LINE)
        outlet.close()
        outlet.close()
        outlet.write(LINE)

        assert stream.failure is not None
        assert stream.failure.errno == errno.EPIPE


def test_who_reads_again_is_told_what_was_dropped() -> None:
    """Where it would have been, between what came before and what came after."""
    with piped() as (reading, stream), open(reading, encoding="utf-8", closefd=False) as out:
        outlet = Outlet(stream, room=10 * len(LINE))
        for _ in range(MORE):
            outlet.write(LINE)
        lines = [out.readline()]
        dropped = 0
        while len(lines) + dropped < MORE:
            found = DROPPED.fullmatch(out.readline())
            dropped += int(found[1]) if found else 0
            lines += [] if found else [LINE]
        outlet.write("on we go\n")
        last = out.readline()
        outlet.close()

    assert dropped > 0
    assert set(lines) == {LINE}
    assert last == "on we go\n"


@pytest.mark.parametrize("error", [BrokenPipeError(errno.EPIPE, "Broken pipe"), ValueError("I/O on closed file")])
def test_a_stream_that_fails_is_written_to_no_more(error: Exception) -> None:
    """It is nothing to whoever writes."""

    class Failing(io.StringIO):
        attempts = 0

        def write(self, _: str, /) -> int:
            self.attempts += 1
            raise error

    stream = Failing()
    outlet = Outlet(stream)
    outlet.write(LINE)
    while not outlet._failed:
        continue
    outlet.write(LINE)
    outlet.close()

    assert stream.attempts == 1


def test_a_reader_who_has_gone_is_known_to_the_stream() -> None:
    """Which drops what others print to it."""
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w", encoding="utf-8") as file:
        stream = Stream(file)
        outlet = Outlet(stream)
        outlet.write(LINE)
        outlet.close()

        assert stream.failure is not None
        assert stream.failure.errno == errno.EPIPE


def test_a_descriptor_that_does_not_block_is_waited_for() -> None:
    """Other programs make one so that they share with us."""
    with piped() as (reading, stream):
        os.set_blocking(stream.fileno(), False)
        outlet = Outlet(stream)
        for _ in range(MORE):
            outlet.write(LINE)
        got = read(reading, MORE * len(LINE))
        outlet.close()

    assert got.decode() == MORE * LINE


@pytest.mark.parametrize(
    ("lengths", "expected"),
    [
        ([], [0]),
        ([10, 10], [20]),
        ([ATOMIC], [ATOMIC]),
        ([ATOMIC - 1, 2, 3], [ATOMIC - 1, 5]),
        ([2 * ATOMIC + 5], [ATOMIC, ATOMIC, 5]),
        ([10, ATOMIC + 1, 10], [10, ATOMIC, 11]),
    ],
)
def test_lines_are_written_whole(lengths: list[int], expected: list[int]) -> None:
    """As many at once as a pipe takes in one piece; only a longer one is cut."""
    data = b"".join(b"x" * (length - 1) + b"\n" for length in lengths)

    assert [len(batch) for batch in batches(data)] == expected
    assert b"".join(batches(data)) == data


def test_in_the_block_everybody_prints_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """To both streams; after it they are what they were."""
    streams: list[TextIO] = [io.StringIO(), io.StringIO()]
    monkeypatch.setattr(sys, "stdout", streams[0])
    monkeypatch.setattr(sys, "stderr", streams[1])

    with unblocked():
        print("out")
        print("err", file=sys.stderr)
        within = sys.stdout, sys.stderr

    assert all(isinstance(each, Outlet) for each in within)
    assert [sys.stdout, sys.stderr] == streams
    assert [each.getvalue() for each in streams] == ["out\n", "err\n"]  # type: ignore[attr-defined]  # StringIO
