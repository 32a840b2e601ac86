"""From JSON pointers to lines of the text that has what they lead to, in one pass over the text."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml

from mockserver.contract.reading.parsing import as_utf8, events, is_json

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)
Path = tuple[str, ...]
Mark = tuple[str, str | None, int]
"""What a text has next: the kind (`{`, `}`, `[`, `]` or `value`), the text of a scalar, and where."""


class _Wanted:
    """A tree of the keys that lead to what is wanted, with the line of each where it has been found."""

    __slots__ = ("keys", "line")

    def __init__(self) -> None:
        self.keys: dict[str, _Wanted] = {}
        self.line: int | None = None


def lines(text: bytes, paths: Iterable[Path]) -> dict[Path, int]:
    """The line, from 1, of what stands at each path; of the nearest thing above it where nothing does."""
    wanted = _Wanted()
    wanted.line = 1
    paths = list(paths)
    for path in paths:
        node = wanted
        for key in path:
            node = node.keys.setdefault(key, _Wanted())
    text = as_utf8(text)
    if is_json(text):
        starts = [found.end() for found in re.finditer(b"\n", text)]
        _find(wanted, _json_marks(text), lambda at: bisect_right(starts, at) + 1)
    else:
        _find(wanted, _yaml_marks(text), lambda at: at + 1)
    return {path: _line(wanted, path) for path in paths}


def duplicates(text: bytes) -> Iterator[tuple[Path, int]]:
    """The path and line of every key that stands a second time in an object of a JSON text."""
    starts = [found.end() for found in re.finditer(b"\n", text)]
    levels: list[_Level] = []
    for kind, word, at in _json_marks(text):
        if kind in ("}", "]"):
            levels.pop()
            if levels:
                levels[-1].step()
            continue
        level = levels[-1] if levels else None
        if level is not None and not level.is_array and level.key is None:
            level.key = word or ""
            if level.key in level.known:
                yield tuple(each.here for each in levels), bisect_right(starts, at) + 1
            level.known.add(level.key)
            continue
        if level is not None and kind == "value":
            level.step()
        if kind in ("{", "["):
            levels.append(_Level(None, is_array=kind == "["))


def _line(wanted: _Wanted, path: Path) -> int:
    line = 1
    for key in path:
        wanted = wanted.keys[key]
        if wanted.line is None:
            break
        line = wanted.line
    return line


class _Level:
    """An object or array that has not ended: what is wanted below it, and what comes next."""

    __slots__ = ("at", "is_array", "key", "key_at", "known", "wanted")

    def __init__(self, wanted: _Wanted | None, *, is_array: bool) -> None:
        self.wanted = wanted
        self.is_array = is_array
        self.at = 0
        self.key: str | None = None
        self.key_at = 0
        self.known: set[str] = set()

    @property
    def here(self) -> str:
        """The key or position of the value that is next."""
        return str(self.at) if self.is_array else self.key or ""

    def step(self) -> None:
        """The value has come to its end."""
        self.at += 1
        self.key = None


def _find(wanted: _Wanted, marks: Iterator[Mark], line_of: Callable[[int], int]) -> None:
    """Write into `wanted` the line of everything in it that the marks pass."""
    levels = [_Level(None, is_array=True)]
    for kind, text, at in marks:
        level = levels[-1]
        if kind in ("}", "]"):
            levels.pop()
            levels[-1].step()
            continue
        if not level.is_array and level.key is None:
            level.key, level.key_at = text or "", at
            if kind != "value":  # a key that is no text, which only YAML has
                levels.append(_Level(None, is_array=kind == "["))
            continue
        below = wanted if len(levels) == 1 else level.wanted.keys.get(level.here) if level.wanted is not None else None
        # of a member the line of its key, which may stand above its value
        if below is not None and len(levels) > 1:
            below.line = line_of(at if level.is_array else level.key_at)
        if kind == "value":
            level.step()
        else:
            levels.append(_Level(below, is_array=kind == "["))


def _json_marks(text: bytes) -> Iterator[Mark]:
    for found in TOKEN.finditer(text):
        token = found[0]
        if token in (b"{", b"}", b"[", b"]"):
            yield token.decode(), None, found.start()
        elif token not in (b",", b":"):
            yield "value", _text(token), found.start()


def _text(token: bytes) -> str:
    inner = token[1:-1] if token.startswith(b'"') else token
    return str(json.loads(token)) if b"\\" in inner else inner.decode(errors="replace")


KINDS: dict[Any, str] = {
    yaml.MappingStartEvent: "{",
    yaml.MappingEndEvent: "}",
    yaml.SequenceStartEvent: "[",
    yaml.SequenceEndEvent: "]",
    yaml.ScalarEvent: "value",
    yaml.AliasEvent: "value",  # what it stands for has its lines at the anchor
}


def _yaml_marks(text: bytes) -> Iterator[Mark]:
    for event in events(text):
        kind = KINDS.get(event.__class__)
        if kind is not None:
            assert event.start_mark is not None
            yield kind, getattr(event, "value", None), event.start_mark.line
