"""Standard output and standard error, made such that writing to them never fails: what failed is said at the end.

A reader that has gone, a full disk or a closed descriptor must not end a verification half way, nor turn into a
traceback. So a failed write is remembered, all later ones are dropped, and the command decides what it means.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, TextIO

from mockserver.output.encoding import READABLE

NOBODY_READS = frozenset({errno.EPIPE, errno.EIO, errno.ECONNRESET})
"""Errors of an output whose reader has gone: a pipe that was closed, a terminal that hung up."""


class Lenient(io.BufferedIOBase):
    """A binary stream that remembers the first failure to write and drops the rest."""

    def __init__(self, stream: BinaryIO | None) -> None:
        self._stream = stream
        self.failure: OSError | None = None

    def write(self, data: object, /) -> int:
        raw = bytes(data)  # type: ignore[call-overload]  # any buffer, as the class above has it
        if self._stream is None:
            self.failure = self.failure or OSError(errno.EBADF, "it is closed")
        elif self.failure is None:
            try:
                self._stream.write(raw)
            except (OSError, ValueError) as error:
                self._fail(error)
        return len(raw)

    def flush(self) -> None:
        if self._stream is not None and self.failure is None:
            try:
                self._stream.flush()
            except (OSError, ValueError) as error:
                self._fail(error)

    def _fail(self, error: OSError | ValueError) -> None:
        """Remember the failure. What the buffer still holds would fail once more when the interpreter ends."""
        self.failure = error if isinstance(error, OSError) else OSError(errno.EBADF, "it is closed")
        discard(self._stream)

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Leave the stream below open: it belongs to its creator."""

    def fileno(self) -> int:
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def isatty(self) -> bool:
        try:
            return self._stream is not None and self._stream.isatty()
        except ValueError:
            return False

    @property
    def name(self) -> str:
        return str(getattr(self._stream, "name", ""))


def discard(stream: BinaryIO | None) -> None:
    """Point the stream's descriptor, if it has one, at nothing, so that what is buffered can be flushed."""
    try:
        assert stream is not None
        number = stream.fileno()
    except (AssertionError, OSError, ValueError):
        return
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, number)
    os.close(nothing)


class Stream(io.TextIOWrapper):
    """A text stream over a Lenient one; characters that its encoding lacks are written in ASCII.

    optional: a command has said that it is no failure if the stream is closed.
    """

    def __init__(self, stream: TextIO | None) -> None:
        buffer = getattr(stream, "buffer", None)
        self.lenient = Lenient(buffer)
        self.optional = False
        encoding = getattr(stream, "encoding", None) or "utf-8"
        super().__init__(self.lenient, encoding, READABLE, newline=None, line_buffering=True)

    @property
    def failure(self) -> OSError | None:
        """What went wrong, if anything did."""
        self.flush()
        return self.lenient.failure

    def fail(self, error: OSError) -> None:
        """Remember a failed write of the background thread, and drop all later text."""
        self.lenient.failure = self.lenient.failure or error


def fill_descriptors() -> None:
    """Open the standard descriptors that are closed: the next file or socket would become one of them."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, which is this one


@contextmanager
def standard_streams() -> Iterator[tuple[Stream | None, Stream | None]]:
    """Standard output and error of the block; None for one that is not a stream of bytes, which is left unchanged."""
    fill_descriptors()
    before = sys.stdout, sys.stderr
    made = tuple(Stream(each) if each is None or hasattr(each, "buffer") else None for each in before)
    sys.stdout, sys.stderr = (new or old for new, old in zip(made, before, strict=True))
    try:
        yield made[0], made[1]
    finally:
        for stream in made:
            if stream is not None:
                stream.flush()
        sys.stdout, sys.stderr = before
