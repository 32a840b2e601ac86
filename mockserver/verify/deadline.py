"""A time limit beside the limits of examples: whichever is reached first ends the run.

Schemathesis' own `max-time` repeats the phases until the time is used up. So its control gets a deadline of ours.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from schemathesis.engine import context
from schemathesis.engine.control import ExecutionControl

from mockserver.verify.wire import replaced


class Limited(ExecutionControl):
    """Ends the run at a time by the monotonic clock, as if `max-time` were over."""

    __slots__ = ()
    ends: ClassVar[float] = math.inf

    @property
    def has_reached_time_limit(self) -> bool:
        return super().has_reached_time_limit or time.monotonic() >= self.ends


@contextmanager
def limited(seconds: int | None) -> Iterator[None]:
    """Engines that are started within the block end so many seconds from now; None: by themselves."""
    if seconds is None:
        yield
        return
    # the engine makes its control itself and takes no argument for it: a class of this run carries the time
    control = type("Limited", (Limited,), {"ends": time.monotonic() + seconds, "__slots__": ()})
    with replaced(context, ExecutionControl=control):
        yield
