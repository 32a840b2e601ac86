"""How long a test waits for what must come, and how much work a bounded task may take.

Both are so generous that a busy machine never exceeds them: only what never comes does, or what grows with the square
of its input. No test asserts how fast something is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 60.0
"""Seconds after which what has not come never will."""


@contextmanager
def bounded(seconds: float = 10) -> Iterator[None]:
    """Fails what takes this thread's processor for longer, whatever else the machine does meanwhile."""
    started = time.thread_time()
    yield
    assert time.thread_time() - started < seconds
