"""Mending: a value that breaks its schema is completed and corrected from a generated one, where it breaks it only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mockserver.contract.copying import copied
from mockserver.contract.generation import Generator, Judge, NoValueError
from mockserver.world.changes import alike

COMBINED = ("oneOf", "anyOf", "not", "oneOfNotValid", "oneOfMultipleValid")
"""Kinds of errors that concern a whole value, and not a place in it."""
WORK = 5_000_000
"""Fields that are judged to put those into an object which it can have, each counted as often as it is judged."""
ROUNDS = 200
"""Flaws that are mended one by one before the whole value is taken from the generated one."""


class Mender:
    """Mends the values of one schema; `name` is what the thing is called."""

    def __init__(self, generator: Generator, schema: Any, judge: Judge, name: str) -> None:
        self._generator = generator
        self._schema = schema
        self._judge = judge
        self._name = name

    def mended(self, value: Any, seed: str, now: datetime, before: Any = None) -> Any:
        """The value, if it is valid; else with what is wrong in it replaced. NoValueError if there is no valid one.

        before: a valid value that it is a change of, from which what is wrong is taken first.
        """
        if self._judge.accepts(value):
            return value
        made = before if before is not None and self._judge.accepts(before) else None
        if made is None:
            made = self._generator.value(self._schema, self._judge, seed, now=now, name=self._name, style="documented")
        copy = copied(value)
        for _ in range(ROUNDS):
            error = self._judge.first_error(copy)
            if error is None:
                return copy
            if not error.instance_path and error.kind.name in COMBINED:
                break  # to replace the whole value would lose all that is given
            copy = _corrected(copy, made, error)
        whole = copied(made)
        if isinstance(whole, dict) and isinstance(value, Mapping):
            return overlaid(whole, value, self._judge.accepts)
        return whole


def overlaid(
    whole: dict[str, Any], given: Mapping[str, Any], accepts: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """A valid object, changed in place, with as many of the fields given as it can have."""
    new = [name for name, value in given.items() if name not in whole or not alike(whole[name], value)]
    parts = [new] if new else []
    room = WORK
    while parts and room > 0:
        # all at once, then by halves: to judge the whole for each field takes the square of their number
        names = parts.pop()
        before = {name: whole[name] for name in names if name in whole}
        whole.update({name: given[name] for name in names})
        room -= len(whole)
        if not accepts(whole):
            for name in names:
                if name in before:
                    whole[name] = before[name]
                else:
                    del whole[name]
            half = len(names) // 2
            parts += [names[half:], names[:half]] if half else []
    return whole


_ABSENT: Any = object()


def _corrected(value: Any, made: Any, error: Any) -> Any:
    """The value with the place of an error replaced by what the generated one has there."""
    path = list(error.instance_path)
    kind = error.kind.name
    if kind in ("additionalProperties", "unevaluatedProperties"):
        target = _at(value, path)
        if isinstance(target, dict):
            for name in error.kind.as_dict()["unexpected"]:
                target.pop(name, None)
            return value
    if kind == "required":
        path.append(error.kind.as_dict()["property"])
    return _put(value, path, made)


def _put(value: Any, path: list[Any], made: Any) -> Any:
    """The value with what stands at the path, or else at one above it, taken from the generated one."""
    for length in range(len(path), 0, -1):
        source = _like(made, path[:length])
        target = _at(value, path[: length - 1])
        if source is _ABSENT or not isinstance(target, dict | list):
            if isinstance(target, dict) and path[length - 1] in target and length == len(path):
                del target[path[length - 1]]  # what is not required and wrong stays away
                return value
            continue
        try:
            if target is not None and _unlike(target, path[length - 1], source):
                target[path[length - 1]] = copied(source)
                return value
        except (IndexError, TypeError):
            continue
    return copied(made)


def _unlike(target: Any, key: Any, source: Any) -> bool:
    """Whether a replacement would change anything; one that would not is looked for further up."""
    before = target.get(key, _ABSENT) if isinstance(target, dict) else target[key]
    return before is _ABSENT or bool(before != source) or type(before) is not type(source)


def _at(value: Any, path: list[Any]) -> Any:
    for part in path:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return value


def _like(made: Any, path: list[Any]) -> Any:
    """What a generated value has at a path; its lists are shorter, and stand for items further on, too."""
    for part in path:
        if isinstance(made, list) and isinstance(part, int) and made:
            made = made[part % len(made)]
        else:
            made = _at(made, [part])
    return made


__all__ = ["Mender", "NoValueError", "overlaid"]
