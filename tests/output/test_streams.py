"""The standard streams never fail: what went wrong is remembered."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import sys
from pathlib import Path

import pytest

from mockserver.output.streams import Stream, discard, fill_descriptors, standard_streams


class Failing(io.BytesIO):
    """A stream that fails as it is told to."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.attempts = 0

    def write(self, _: object, /) -> int:
        self.attempts += 1
        raise self.error


class Late(Failing):
    """One that fails when it is flushed."""

    def write(self, data: object, /) -> int:
        return len(bytes(data))  # type: ignore[call-overload]  # any buffer

    def flush(self) -> None:
        raise self.error


@pytest.mark.parametrize("kind", [Failing, Late])
@pytest.mark.parametrize(
    ("error", "number"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), errno.ENOSPC),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), errno.EPIPE),
        (ValueError("I/O operation on closed file"), errno.EBADF),
    ],
)
def test_the_first_failure_is_remembered(kind: type[Failing], error: Exception, number: int) -> None:
    """Nothing is raised, and nothing more is attempted."""
    raw = kind(error)
    stream = Stream(io.TextIOWrapper(raw, encoding="utf-8"))
    for _ in range(3):
        print("a line", file=stream, flush=True)

    assert stream.failure is not None
    assert stream.failure.errno == number
    assert raw.attempts <= 1


def test_a_stream_that_is_closed_is_a_failure_once_it_is_used() -> None:
    """Python has no stream at all for a descriptor that was closed."""
    stream = Stream(None)
    before = stream.failure
    print("lost", file=stream)

    assert before is None
    assert stream.failure is not None
    assert (stream.failure.errno, stream.isatty()) == (errno.EBADF, False)
    with pytest.raises(io.UnsupportedOperation):
        stream.fileno()


def test_bytes_and_text_come_in_order(tmp_path: Path) -> None:
    """Whoever writes bytes to the buffer is not overtaken by text."""
    with (tmp_path / "out").open("w", encoding="ascii") as file:
        stream = Stream(file)
        print("first …", file=stream)
        stream.buffer.write(b"second\n")
        print("third", file=stream)

        assert (stream.fileno(), stream.buffer.isatty()) == (file.fileno(), False)
        assert stream.buffer.name == str(tmp_path / "out")

    assert (tmp_path / "out").read_text() == "first ...\nsecond\nthird\n"


def test_a_closed_stream_is_no_terminal() -> None:
    """It cannot be asked any more."""
    file = io.TextIOWrapper(io.BytesIO())
    stream = Stream(file)
    file.close()

    assert not stream.buffer.isatty()


def test_what_cannot_be_written_does_not_fail_again_at_the_end(tmp_path: Path) -> None:
    """Python flushes what is left when it ends; by then it goes nowhere."""
    with (tmp_path / "out").open("wb") as file:
        file.write(b"left in the buffer")
        discard(file)

    assert (tmp_path / "out").read_bytes() == b""
    discard(None)
    discard(io.BytesIO())


def test_the_streams_are_those_of_the_block() -> None:
    """Outside of it they are what they were; one that is no stream of bytes stays in use."""
    kept = io.StringIO()
    before = sys.stderr
    with contextlib.redirect_stdout(kept):
        with standard_streams() as (out, errors):
            print("seen")

            assert out is None
            assert sys.stderr is errors
        assert sys.stdout is kept

    assert sys.stderr is before
    assert kept.getvalue() == "seen\n"


def test_descriptors_that_are_closed_are_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the next file that is opened would get what is printed."""
    opened = []

    def closed(number: int) -> None:
        if number == 1:
            raise OSError(errno.EBADF, "Bad file descriptor")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", closed)
        patched.setattr(os, "open", lambda path, _: opened.append(path))
        fill_descriptors()

    assert opened == [os.devnull]
