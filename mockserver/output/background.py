"""Text for a stream that may never be read, written by a thread of its own: whoever prints does not wait.

A pipe that nobody empties, a terminal that is stopped, a network disk that hangs: a write to any of them may take for
ever, and a server that prints a line per request would stop with it. So text is queued up to a limit, then dropped and
counted. The thread writes to the descriptor itself: one that hung in a buffer of Python's would hold its lock, for
which the interpreter waits when it ends.
"""

from __future__ import annotations

import errno
import io
import os
import select
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Any, TextIO

from mockserver.output.encoding import READABLE
from mockserver.output.streams import Stream

ROOM = 2 * 1024 * 1024
"""Characters that wait to be written at most."""

ATOMIC = 4096
"""Bytes that are written at once at most: a pipe takes that many without interleaving other writers' output."""

PAUSE = 0.05
"""Seconds between two writes, so that lines of a busy server share them."""

BUSY = 16 * 1024
"""Characters of one write that only a busy server comes to."""

BUSY_PAUSE = 0.2
"""Seconds between two writes of a busy server: as long as this thread wants the interpreter, each call of another to
the system wakes it for nothing, which costs the other more than the writing does."""

PATIENCE = 1.0
"""Seconds that a reader has to take what is left in the end."""


class Pending:
    """What waits to be written, up to `room` characters; `wake` is set when there is something.

    Whatever is no text becomes one by `text_of`, called by the thread that writes.
    """

    __slots__ = ("_dropped", "_items", "_lock", "_room", "_size", "_woken", "text_of", "wake")

    def __init__(self, room: int) -> None:
        self.wake = Event()
        self.text_of: Callable[[Any], str] = str
        self._room = room
        self._items: list[Any] = []
        self._size = self._dropped = 0
        self._lock = Lock()
        self._woken = False

    def put(self, item: Any, size: int) -> None:
        """Queue a text, or what becomes one of about `size` characters; if the queue is full, drop and count it."""
        lock = self._lock
        lock.acquire()  # a with block takes twice as long
        if self._size > self._room:
            self._dropped += 1
        else:
            self._size += size
            self._items.append(item)
        lock.release()
        if not self._woken:  # the event itself takes longer to say so
            self._woken = True
            self.wake.set()

    def take(self) -> tuple[str, int]:
        """The text that waits, and how many lines behind it were dropped."""
        self.wake.clear()
        self._woken = False  # before it takes: what is added from now on wakes it again
        with self._lock:
            items, dropped = self._items, self._dropped
            self._items = []
            self._size = self._dropped = 0
        text_of = self.text_of
        return "".join([each if type(each) is str else text_of(each) for each in items]), dropped

    def __bool__(self) -> bool:
        return bool(self._items)


class Outlet(io.TextIOBase):
    """Stands for a text stream; `close` waits for what was written, but not for long.

    `pending` takes text as `write` does, in half the time: attributes of a class of C's are slow to find.
    """

    def __init__(self, stream: TextIO, room: int = ROOM) -> None:
        self.pending = Pending(room)
        self._stream = stream
        self._descriptor = _descriptor(stream)
        self._at_once = ROOM if self._descriptor is not None and is_file(self._descriptor) else ATOMIC
        self._ending = Event()
        self._failed = False
        self._thread = Thread(target=self._run, name="mockserver output", daemon=True)
        self._thread.start()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        """Queue the text; if the queue is full it is dropped, which is reported when there is room again."""
        if not isinstance(text, str):
            raise TypeError(f"expected text, got {type(text).__name__}")  # click tells by this what takes bytes
        size = len(text)
        self.pending.put(text, size)
        return size

    def close(self) -> None:
        """Wait until everything is written, or for PATIENCE if that does not go on; then nothing more is."""
        if self.closed:
            return
        super().close()
        self._ending.set()
        self.pending.wake.set()
        self._thread.join(PATIENCE)
        if self._thread.is_alive():
            self._fail(OSError(errno.EPIPE, "nobody reads it"))

    def _run(self) -> None:
        while self.pending.wake.wait():
            waiting, dropped = self.pending.take()
            if waiting and not self._failed:
                self._put(waiting + _told(dropped))
            if self._ending.wait(PAUSE if len(waiting) < BUSY else BUSY_PAUSE) and not self.pending:
                return

    def _put(self, text: str) -> None:
        try:
            if self._descriptor is None:
                self._stream.write(text)
                self._stream.flush()
            else:
                for batch in batches(text.encode(self.encoding, READABLE), self._at_once):
                    self._write(self._descriptor, batch)
        except (OSError, ValueError) as error:
            self._fail(error if isinstance(error, OSError) else OSError(errno.EBADF, "it is closed"))

    @staticmethod
    def _write(descriptor: int, data: bytes) -> None:
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:  # somebody who shares it has made it so
                select.select([], [descriptor], [])

    def _fail(self, error: OSError) -> None:
        """Stop writing; the stream reports the reason."""
        self._failed = True
        if isinstance(self._stream, Stream):
            self._stream.fail(error)


def _told(dropped: int) -> str:
    return f"mockserver: {dropped} lines were dropped here: they were not read in time.\n" if dropped else ""


def _descriptor(stream: TextIO) -> int | None:
    try:
        return stream.fileno()
    except (OSError, ValueError, AttributeError):
        return None


def is_file(descriptor: int) -> bool:
    """Whether it takes any number of bytes whole: each write there has both threads wait for one another."""
    try:
        return stat.S_ISREG(os.fstat(descriptor).st_mode)
    except OSError:  # it is closed, which the first write will say
        return False


def batches(data: bytes, most: int = ATOMIC) -> Iterator[bytes]:
    """The lines, as many at once as fit into `most` bytes; a longer line in pieces."""
    start = 0
    while len(data) - start > most:
        end = data.rfind(b"\n", start, start + most) + 1 or start + most
        yield data[start:end]
        start = end
    yield data[start:]


@contextmanager
def unblocked() -> Iterator[None]:
    """A block in which writing to standard output and error does not block the caller."""
    before = sys.stdout, sys.stderr
    made = Outlet(before[0]), Outlet(before[1])
    sys.stdout, sys.stderr = made
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for each in made:
            each.close()
