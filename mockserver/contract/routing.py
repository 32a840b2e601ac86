"""Routing, compiled: a tree of path segments, literal before template, that never falls through to a lesser match.

What follows a `#` or `?` in a documented path is no part of the path but a condition: a query parameter, header or
form field by which operations at one path are told apart, as Amazon's documents have it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Generic, TypeVar

from mockserver.contract.pairs import Pairs, percent_decoded

T = TypeVar("T")
TEMPLATE = re.compile(r"\{([^{}]+)\}")
WIDE = re.compile(r"\{(\+[^{}]+|[^{}]+[+*])\}")
"""A parameter that may hold slashes: `{+name}` as in RFC 6570, `{name+}` and `{name*}` as gateways have it."""
LONGEST_WIDE = 50
"""Segments that such a parameter holds at most where more of the path follows."""
UNRESERVED = re.compile("%(2[dDeE]|3[0-9]|4[1-9a-fA-F]|5[0-9aA]|5[fF]|6[1-9a-fA-F]|7[0-9aAeE])")
"""Escapes of characters that mean the same unescaped (RFC 3986, 6.2.2.2)."""

COMPARED = 300
"""Paths that are compared with one that matches none, to name the nearest."""

LONGEST_COMPARED = 500
"""Characters of such a path that are looked at."""


@dataclass
class Route(Generic[T]):
    """One documented path: its template, and by method (upper case) what serves it.

    `names` are those of the parameters by method, as templates that differ only in them are one path. `alternatives`
    are at the same path under conditions.
    """

    template: str
    targets: dict[str, T] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    alternatives: list[Route[T]] = field(default_factory=list)
    conditions: Mapping[str, str | None] = field(default_factory=dict)

    def chosen(self, method: str, *sources: Pairs) -> Route[T] | None:
        """This route, or the alternative whose conditions the sources (query, headers, form) fulfil, most of them.

        None if there are alternatives only and none is meant. An alternative that is the only way to serve the method
        needs no condition fulfilled, and one that does not serve it is not meant where this route does.
        """
        # HEAD is GET without the content (RFC 9110, 9.3.2)
        served = {method, "GET"} if method == "HEAD" else {method}
        met = [each for each in self.alternatives if each.is_meant(sources)]
        fitting = [each for each in met if not each.targets.keys().isdisjoint(served)]
        if fitting:
            return max(fitting, key=lambda each: len(each.conditions))
        if self.targets and (not met or not self.targets.keys().isdisjoint(served)):
            return self
        if met:
            return self._with_all(met)
        only = [each for each in self.alternatives if method in each.targets]
        return only[0] if len(only) == 1 else None

    def _with_all(self, met: Sequence[Route[T]]) -> Route[T]:
        """The best of the alternatives, with all methods that a request which meets their conditions may have."""
        best = max(met, key=lambda each: len(each.conditions))
        targets = {method: target for each in (self, *met) for method, target in each.targets.items()}
        return replace(best, targets=targets)

    def is_meant(self, sources: Iterable[Pairs]) -> bool:
        """Whether each of the conditions is fulfilled somewhere: a name is there, with the value if one is given."""
        return all(
            any(
                value in map(percent_decoded, pairs[key]) if value is not None else True
                for pairs in sources
                for key in (name, name.lower())
                if key in pairs
            )
            for name, value in self.conditions.items()
        )


class _Shape:
    """A segment with parameters in it: the text around them, and the values of one that ends it, if they are known.

    `is_wide`: it stands for any number of segments.
    """

    __slots__ = ("endings", "first", "is_wide", "last", "middle", "text", "whole")

    def __init__(self, text: str, endings: Sequence[str] = ()) -> None:
        self.text = text
        self.is_wide = "{+}" in text
        self.first, *self.middle, self.last = text.replace("{+}", "{}").split("{}")
        # the longest first: `.json` also ends what ends with `.geo.json`
        self.endings = sorted(endings, key=len, reverse=True) if text.endswith("{}{}") else []
        self.whole = _Shape(text.removesuffix("{}")) if self.endings else self

    def match(self, segment: str) -> tuple[str, ...] | None:
        """The values of the parameters, an earlier one as long as it can be; None if the segment does not fit.

        From the right, so that it takes as long as the segment has characters, whatever stands in it.
        """
        if "%" in segment and self.text != "{}":
            segment = UNRESERVED.sub(lambda found: chr(int(found[1], 16)), segment)
        ending = next((each for each in self.endings if segment.endswith(each)), None)
        if ending is not None:
            values_before = self.whole.match(segment.removesuffix(ending))
            return None if values_before is None else (*values_before, ending)
        if not (segment.startswith(self.first) and segment.endswith(self.last)):
            return None
        start, end = len(self.first), len(segment) - len(self.last)
        values: list[str] = []
        # `re` could take a time exponential in the number of parameters; this looks at each character once
        for text in reversed(self.middle):
            at = segment.rfind(text, start + 1, end - 1) if end > start else -1
            if at < 0:
                return None
            values.append(segment[at + len(text) : end])
            end = at
        if end <= start:
            return None
        return (segment[start:end], *reversed(values))


@dataclass
class _Node(Generic[T]):
    literals: dict[str, _Node[T]] = field(default_factory=dict)
    templates: list[tuple[_Shape, _Node[T]]] = field(default_factory=list)
    route: Route[T] | None = None

    def below(self) -> Iterator[Route[T]]:
        """The routes at this node and under it, the nearest first."""
        level = [self]
        while level:
            for node in level:
                if node.route is not None:
                    yield node.route
            level = [child for node in level for child in node.children()]

    def children(self) -> Iterator[_Node[T]]:
        yield from self.literals.values()
        yield from (child for _, child in self.templates)


class Router(Generic[T]):
    """Documented paths, matched against the raw, percent-encoded path of a request."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._literal: dict[str, Route[T]] = {}
        self._depth = 0
        self.routes: list[Route[T]] = []

    def add(self, template: str, method: str, target: T, endings: Sequence[str] = ()) -> Route[T]:
        """Serve `method` on the path with `target`; templates that differ only in parameter names are one path.

        endings: the values of a parameter that stands right behind another, by which the two are told apart.
        """
        path, conditions = split_template(template)
        node = self._root
        names: list[str] = []
        segments = path.split("/")[1:]
        for segment, form in zip(segments, form_of(path).split("/")[1:], strict=True):
            node = self._child(node, segment, form, endings)
            names += names_of(segment)
        if node.route is None:
            node.route = Route(path)
            self._depth = max(self._depth, len(segments))
            if not names:  # found at once, without a walk through the tree
                self._literal[path] = node.route
        route = _alternative(node.route, template, conditions) if conditions else node.route
        # the route of a path that is documented under conditions only has no operation, and is not listed
        if not route.targets:
            self.routes.append(route)
        route.targets[method.upper()] = target
        route.names[method.upper()] = tuple(names)
        return route

    def find(self, template: str) -> Route[T] | None:
        """The path of the same shape, if there is one already."""
        path, conditions = split_template(template)
        node = self._root
        for segment, shape in zip(path.split("/")[1:], form_of(path).split("/")[1:], strict=True):
            children = (child for known, child in node.templates if known.text == shape)
            child = node.literals.get(segment) if shape == segment else next(children, None)
            if child is None:
                return None
            node = child
        route = node.route
        if route is None or not conditions:
            return route if route is not None and route.targets else None
        return next((each for each in route.alternatives if each.conditions == conditions), None)

    @staticmethod
    def _child(node: _Node[T], segment: str, form: str, endings: Sequence[str]) -> _Node[T]:
        if form == segment and not TEMPLATE.search(segment):
            return node.literals.setdefault(segment, _Node())
        shape = _Shape(form, endings)
        for known, same in node.templates:
            if known.text == shape.text:
                return same
        child: _Node[T] = _Node()
        node.templates.append((shape, child))
        # `{id}.json` before `{id}`: more text around a parameter is the more specific template
        node.templates.sort(key=lambda each: (each[0].is_wide, -len(each[0].text)))
        return child

    def match(self, path: str, method: str | None = None) -> tuple[Route[T], dict[str, list[str]]] | None:
        """The path's route and its raw parameters, or None. Whether the method is served is the caller's question.

        Parameters have the names that the method's template gives them; without a method, or one that is not served,
        the first's.
        """
        # only a path without percent-encoding can be found here; any other takes the walk, which decodes segments
        route = self._literal.get(path)
        if route is not None:
            return route, {}
        found = next(self._walk(self._root, path.split("/")[1:], ()), None)
        if found is None:
            return None
        node, values = found
        assert node.route is not None
        return node.route, named(node.route, method, values)

    def candidates(self, path: str) -> list[Route[T]]:
        """Every documented path that the given one matches; the first is the one that `match` returns."""
        found = [node.route for node, _ in self._walk(self._root, path.split("/")[1:], ()) if node.route is not None]
        return [each for route in found for each in (route, *route.alternatives) if each.targets]

    def nearest(self, path: str, most: int) -> list[Route[T]]:
        """The documented paths that are most like one that is none of them.

        Of a document of thousands only those are compared that share most of the path's beginning.
        """
        around = [self._root]
        for segment in path.split("/")[1:]:
            fitting = (child for shape, child in around[-1].templates if shape.match(segment) is not None)
            child = around[-1].literals.get(percent_decoded(segment)) or next(fitting, None)
            if child is None:
                break
            around.append(child)
        found: dict[str, Route[T]] = {}
        for node in reversed(around):
            served = (each for route in node.below() for each in (route, *route.alternatives) if each.targets)
            for route in islice(served, COMPARED):
                found.setdefault(route.template[:LONGEST_COMPARED], route)
            if len(found) >= COMPARED:
                break
        close = difflib.get_close_matches(path[:LONGEST_COMPARED], [*found][:COMPARED], n=most, cutoff=0.0)
        return [found[each] for each in close]

    def _walk(
        self, node: _Node[T], segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple[_Node[T], tuple[str, ...]]]:
        if not segments:
            if node.route is not None:
                yield node, values
            return
        segment, rest = segments[0], segments[1:]
        # /a%62 is /ab (RFC 3986, 6.2.2.2); values of parameters stay raw, as their style decides how they split
        literal = node.literals.get(percent_decoded(segment))
        if literal is not None:
            yield from self._walk(literal, rest, values)
        for shape, child in node.templates:
            if shape.is_wide:
                yield from self._walk_wide(shape, child, segments, values)
                continue
            matched = shape.match(segment)
            if matched is not None:
                yield from self._walk(child, rest, values + matched)

    def _walk_wide(
        self, shape: _Shape, child: _Node[T], segments: list[str], values: tuple[str, ...]
    ) -> Iterator[tuple[_Node[T], tuple[str, ...]]]:
        """The shape on as few segments as the rest of the path allows; on all of them if nothing follows."""
        ends = range(1, min(len(segments) - 1, LONGEST_WIDE) + 1) if child.literals or child.templates else ()
        for end in (*ends, len(segments)):
            matched = shape.match("/".join(segments[:end]))
            if matched is not None:
                yield from self._walk(child, segments[end:], values + matched)

    def above(self, path: str) -> Route[T] | None:
        """The longest documented path that the given one lies below, or None."""
        segments = path.split("/")[1:]
        for length in range(min(len(segments) - 1, self._depth), 0, -1):
            found = next(self._walk(self._root, segments[:length], ()), None)
            if found is not None and found[0].route is not None:
                route = found[0].route
                return route if route.targets else route.alternatives[0]
        return None


def named(route: Route[T], method: str | None, values: tuple[str, ...]) -> dict[str, list[str]]:
    """The raw values of a path by the names that the method's template gives them."""
    names = route.names or next(iter(each.names for each in route.alternatives), {})
    own = names.get(method or "") or next(iter(names.values()), ())
    return {name: [value] for name, value in zip(own, values, strict=True)}


def names_of(template: str) -> list[str]:
    """The names of the parameters in a template, in order."""
    return [_plain(each) for each in TEMPLATE.findall(template)]


def _plain(written: str) -> str:
    return written[1:] if written[0] == "+" else written.rstrip("+*") or written


def form_of(path: str) -> str:
    """What tells a path from others, whatever its parameters are called: `/files/{+}`; only the first is wide."""
    wide = WIDE.search(path)
    if wide is None:
        return TEMPLATE.sub("{}", path)
    before, after = path[: wide.start()], path[wide.end() :]
    return f"{TEMPLATE.sub('{}', before)}{{+}}{TEMPLATE.sub('{}', after)}"


def split_template(template: str) -> tuple[str, Mapping[str, str | None]]:
    """The path itself, and the conditions behind its `#` or `?`, with None for a name without a value."""
    path = without_conditions(template)
    if path == template:
        return template, {}
    conditions: dict[str, str | None] = {}
    for part in re.split("[#?&]", template[len(path) :]):
        name, equals, value = part.partition("=")
        if name:
            conditions[percent_decoded(name)] = None if not equals or TEMPLATE.search(value) else percent_decoded(value)
    return path, conditions


def without_conditions(template: str) -> str:
    """The path itself; a `#` before further segments is a character of its segment."""
    if "#" not in template and "?" not in template:
        return template
    end = at = len(template)
    # from behind, so that each character is looked at once, however many of them may begin the conditions
    while at and template[at - 1] not in "/{":
        if template[at - 1] == "}":
            opening = template.rfind("{", 0, at)
            if opening < 0 or "}" in template[opening : at - 1]:
                break
            at = opening
            continue
        at -= 1
        end = at if template[at] in "#?" else end
    return template[:end]


def _alternative(route: Route[T], template: str, conditions: Mapping[str, str | None]) -> Route[T]:
    for each in route.alternatives:
        if each.conditions == conditions:
            return each
    route.alternatives.append(Route(template, conditions=conditions))
    return route.alternatives[-1]
