"""A value without its invalid properties: what no value keeps costs itself, and not the object that it is part of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from mockserver.contract.generation.repeats import unshared

MOST = 20
"""Properties that are taken from one value."""


class Judge(Protocol):
    """A validator of a schema: the place of the first flaw of a value, None if it is valid."""

    def accepts(self, instance: Any) -> bool: ...

    def first_error(self, instance: Any) -> Any: ...


def pruned(value: Any, judge: Judge) -> Any:
    """The value without the properties in which it is invalid; None if it stays invalid, or nothing is left of it."""
    value = unshared(value)
    for _ in range(MOST):
        error = judge.first_error(value)
        if error is None:
            return value or None
        if not _taken(value, tuple(error.instance_path)):
            return None
    return None


def _taken(value: Any, path: Sequence[str | int]) -> bool:
    """Take the innermost property on the way to a place."""
    last = next((at for at in reversed(range(len(path))) if isinstance(path[at], str)), None)
    if last is None:
        return False
    for step in path[:last]:
        value = value[step]
    if path[last] not in value:  # a rule on names, whose place is the object
        return False
    del value[path[last]]
    return True
