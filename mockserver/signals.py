"""TERM, HUP and INT as one exception in the main thread, which waits where a thing must not be left half done.

GitLab, Jenkins, `timeout` and `docker stop` send TERM, a terminal that is closed HUP, Ctrl-C INT: all mean "come to an
end", and whoever follows a run finishes its reports then.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class Interrupted(KeyboardInterrupt):
    """A signal asked for the end; `number` is which."""

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.number = number


class _Doorkeeper:
    """Raises what comes, or keeps it while it is held."""

    def __init__(self) -> None:
        self.held = 0
        self.open = 0
        self.kept: int | None = None
        self.latest: int | None = None

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del frame
        self.latest = number
        if self.held:
            self.kept = self.kept or number
        else:
            raise Interrupted(number)

    def pass_on(self) -> None:
        """Send what came last again, now that it is another's."""
        if self.latest is not None:
            signal.raise_signal(self.latest)

    def release(self) -> None:
        kept, self.kept = self.kept, None
        if kept is not None:
            raise Interrupted(kept)


_door = _Doorkeeper()


@contextmanager
def raised(*, passed_on: bool = False) -> Iterator[None]:
    """Have the signals raise Interrupted within the block; those that are ignored stay so, as `nohup` wants it.

    passed_on: the process is another's, such as pytest's, and what came within the block was meant for it. It is sent
    again at the end.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _door.latest = None
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    for number, handler in before.items():
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _door)
    _door.open += 1
    try:
        yield
    finally:
        _door.open -= 1
        for number, handler in before.items():
            if signal.getsignal(number) is _door:
                signal.signal(number, handler)
    if passed_on:
        _door.pass_on()


def are_raised() -> bool:
    """Whether this is within such a block."""
    return _door.open > 0


@contextmanager
def held() -> Iterator[None]:
    """Finish the block first: a signal that comes within it is raised at its end, or where it is `admitted`."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return
    _door.held += 1
    try:
        yield
    finally:
        _door.held -= 1
        if not _door.held:
            _door.release()


@contextmanager
def admitted() -> Iterator[None]:
    """Within a block that is held: a signal is raised at once after all."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    held, _door.held = _door.held, 0
    try:
        _door.release()
        yield
    finally:
        _door.held = held


def latest() -> str:
    """The name of the signal that came last, in words that fit behind "interrupted"."""
    return "" if _door.latest is None else f" by {signal.Signals(_door.latest).name}"
