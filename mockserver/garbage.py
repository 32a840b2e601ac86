"""Garbage collection, held off where there is nothing to collect, and made rarer where there is little."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 10_000
"""Objects that are made before a server looks for garbage among them; about 2 MiB."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: loading makes hardly any, and looking for it takes a good part of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def settle() -> None:
    """What is loaded stays, and is not searched for garbage any more, which would hold up and interrupt serving.

    A request leaves no garbage to the collector but an entry in the journal, which it would visit again and again until
    the journal is full. So it looks less often than by CPython's default, for every 700 objects.
    """
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
