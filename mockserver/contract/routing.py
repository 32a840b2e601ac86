"""Routing, compiled: a tree of path segments, literal before template, that never falls through to a lesser match."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from mockserver.contract.parameters import Undecodable, percent_decode

T = TypeVar("T")
TEMPLATE = re.compile(r"\{([^{}]+)\}")


@dataclass
class Route(Generic[T]):
    """One documented path: its template, and by method (upper case) what serves it."""

    template: str
    targets: dict[str, T] = field(default_factory=dict)


@dataclass
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    templates: list[tuple[str, re.Pattern[str], _Node[T]]] = field(default_factory=list)
    route: Route[T] | None = None
    names: tuple[str, ...] = ()


class Router(Generic[T]):
    """Documented paths, asked with the raw path of a request, percent-encoding and all."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._literal: dict[str, Route[T]] = {}
        self._depth = 0
        self.routes: list[Route[T]] = []

    def add(self, template: str, method: str, target: T) -> Route[T]:
        """Serve `method` on the path with `target`; templates that differ only in names are one path."""
        node = self._root
        names: list[str] = []
        segments = template.split("/")[1:]
        for segment in segments:
            node = self._child(node, segment, names)
        if node.route is None:
            node.route = Route(template)
            node.names = tuple(names)
            self.routes.append(node.route)
            self._depth = max(self._depth, len(segments))
            if not names:
                self._literal[template] = node.route
        node.route.targets[method.upper()] = target
        return node.route

    def find(self, template: str) -> Route[T] | None:
        """The path of the same shape, if there is one already."""
        shape = TEMPLATE.sub("{}", template)
        return next((route for route in self.routes if TEMPLATE.sub("{}", route.template) == shape), None)

    @staticmethod
    def _child(node: _Node[T], segment: str, names: list[str]) -> _Node[T]:
        found = TEMPLATE.findall(segment)
        if not found:
            return node.literals.setdefault(segment, _Node())
        names.extend(found)
        shape = TEMPLATE.sub("{}", segment)
        for known, _, same in node.templates:
            if known == shape:
                return same
        pattern = re.compile("(.+)".join(map(re.escape, shape.split("{}"))), re.DOTALL)
        child: _Node[T] = _Node()
        node.templates.append((shape, pattern, child))
        node.templates.sort(key=lambda each: -len(each[0]))
        return child

    def match(self, path: str) -> tuple[Route[T], dict[str, list[str]]] | None:
        """The path's route and its raw parameters, or None. Whether the method is served is the caller's question."""
        route = self._literal.get(path)
        if route is not None:
            return route, {}
        found = next(self._walk(self._root, path.split("/")[1:], ()), None)
        if found is None:
            return None
        node, values = found
        assert node.route is not None
        return node.route, {name: [value] for name, value in zip(node.names, values, strict=True)}

    def candidates(self, path: str) -> list[Route[T]]:
        """Every documented path that the given one matches; the first is the one that `match` answers."""
        return [node.route for node, _ in self._walk(self._root, path.split("/")[1:], ()) if node.route is not None]

    def _walk(
        self, node: _Node[T], segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple[_Node[T], tuple[str, ...]]]:
        if not segments:
            if node.route is not None:
                yield node, values
            return
        segment, rest = segments[0], segments[1:]
        literal = node.literals.get(_decoded(segment))
        if literal is not None:
            yield from self._walk(literal, rest, values)
        for _, pattern, child in node.templates:
            matched = pattern.fullmatch(segment)
            if matched is not None:
                yield from self._walk(child, rest, values + matched.groups())

    def above(self, path: str) -> Route[T] | None:
        """The longest documented path that the given one lies below, or None."""
        segments = path.split("/")[1:]
        for length in range(min(len(segments) - 1, self._depth), 0, -1):
            found = next(self._walk(self._root, segments[:length], ()), None)
            if found is not None:
                return found[0].route
        return None


def _decoded(segment: str) -> str:
    try:
        return percent_decode(segment)
    except Undecodable:
        return segment
