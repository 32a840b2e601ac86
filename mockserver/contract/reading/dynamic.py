"""`$dynamicRef` of JSON Schema 2020-12, settled while the document is read: what it leads to depends on the way there.

A `$dynamicRef` leads to the anchor of its name in the outermost resource that the validator has entered. A resource is
what has an `$id`, a file, or a schema of OpenAPI that is none of another's parts. Wherever a resource is entered with
other anchors than those that hold where it stands, the references lead to a copy of it in which they are plain `$ref`s:
whoever reads schemas later knows these only. Documents without `$dynamicRef`, which most are, cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import path_of_reference, pointer_of
from mockserver.contract.reading.tree import NAMED, at_path, children

Path = tuple[str, ...]
Bound = dict[str, Path]
"""Where the anchor of each name is that counts."""

COPIES = "x-mock-dynamic"
"""Where the document keeps the copies, by number."""

MOST_NAMES = 50
MOST_COPIES = 500
MOST_VALUES = 200_000
"""Values in all copies. A generic schema is copied for each meaning that its anchors have; names beyond MOST_NAMES have
the one of the resource that they stand in."""

ANCHORS = ("$id", "$anchor", "$dynamicAnchor")


class Dynamic:
    """Settles the dynamic references of one document, whose references are pointers already.

    named: the plain name of each `$dynamicRef` that has one, by the id of its object. tops: the paths of its files.
    """

    def __init__(self, root: dict[str, Any], named: Mapping[int, str], tops: list[Path]) -> None:
        self._root = root
        self._given = named.values()
        self._names = frozenset(list(dict.fromkeys(named.values()))[:MOST_NAMES])
        self._named = {key: name for key, name in named.items() if name in self._names}
        self._resources: set[Path] = set(tops)
        self._alone: set[Path] = set(tops)
        self._anchors: dict[Path, Bound] = {}
        self._used: dict[Path, set[str]] = {}
        self._copies: dict[tuple[Path, tuple[tuple[str, Path], ...]], int] = {}
        self._waiting: list[tuple[int, Path, Bound]] = []
        self._standing: dict[Path, Bound] = {}
        self._values = 0
        self._tops = tops
        self.origins: dict[str, Path] = {}
        """The path of what each copy was made of, by number."""
        self.flaws: list[Flaw] = []

    def settle(self) -> None:
        """Replace every `$dynamicRef`, and every `$ref` into what one of them makes depend on the way there."""
        for name in set(self._given) - self._names:
            self._give_up(f"#{name}")
        objects = [each for top in self._tops for each in _objects(at_path(self._root, top), top)]
        self._learn(objects)
        # all before any is written: copies are made of what the document has
        changes = [(node, self._led(path, node, self._in_place(self._of(path)))) for path, node in objects]
        while self._waiting:
            number, path, bound = self._waiting.pop()
            self._root[COPIES][str(number)] = self._copied(at_path(self._root, path), path, bound, named=False)
        for node, led in changes:
            node.pop("$dynamicRef", None)
            node.update(led)

    def _learn(self, objects: list[tuple[Path, dict[str, Any]]]) -> None:
        """What resources there are, what anchors each has, and which names are used in it or in what it refers to."""
        for path, node in objects:
            alone = path[-1:] in (("schema",), ("itemSchema",)) or path[-3:-1] == ("components", "schemas")
            if alone or isinstance(node.get("$id"), str):
                self._resources.add(path)
            if alone:
                self._alone.add(path)
        for path, node in objects:
            if node.get("$dynamicAnchor") in self._names:
                self._anchors.setdefault(self._of(path), {}).setdefault(node["$dynamicAnchor"], path)
        self._use(self._leads(objects))

    def _leads(self, objects: list[tuple[Path, dict[str, Any]]]) -> dict[Path, set[Path]]:
        """The resources from which each resource can be entered."""
        leads: dict[Path, set[Path]] = {}
        having: dict[str, set[Path]] = {}
        for resource, anchors in self._anchors.items():
            for name in anchors:
                having.setdefault(name, set()).add(resource)
        for path, node in objects:
            own, used = self._of(path), self._named.get(id(node))
            for target in self._targets(node):
                leads.setdefault(self._of(target), set()).add(own)
            if used is not None and used not in self._used.setdefault(own, set()):
                self._used[own].add(used)
                for resource in having.get(used, ()):
                    leads.setdefault(resource, set()).add(own)
        for inner in self._resources - self._alone:
            leads.setdefault(inner, set()).add(self._of(inner[:-1]))
        return leads

    def _use(self, leads: Mapping[Path, set[Path]]) -> None:
        """What is used in a resource is used wherever that can be entered from."""
        rest = list(self._used)
        while rest:
            resource = rest.pop()
            for other in leads.get(resource, ()):
                known = self._used.setdefault(other, set())
                if not self._used[resource] <= known:
                    known |= self._used[resource]
                    rest.append(other)

    @staticmethod
    def _targets(node: dict[str, Any]) -> Iterator[Path]:
        for keyword in ("$ref", "$dynamicRef"):
            if isinstance(node.get(keyword), str) and node[keyword].startswith("#"):
                yield path_of_reference(node[keyword])

    def _of(self, path: Path) -> Path:
        """The resource that a path lies in."""
        return next((path[:end] for end in range(len(path), 0, -1) if path[:end] in self._resources), ())

    def _in_place(self, resource: Path) -> Bound:
        """The anchors that hold in a resource where it stands: those of resources around it count first."""
        known = self._standing.get(resource)
        if known is None:
            around = {} if resource in self._alone or not resource else self._in_place(self._of(resource[:-1]))
            known = self._standing[resource] = {**self._anchors.get(resource, {}), **around}
        return known

    def _led(self, path: Path, node: dict[str, Any], bound: Bound) -> dict[str, Any]:
        """The references that an object has instead of its own, where these anchors hold."""
        led: dict[str, Any] = {}
        if isinstance(node.get("$ref"), str) and node["$ref"].startswith("#"):
            led["$ref"] = self._entered(path_of_reference(node["$ref"]), bound, node["$ref"])
        if isinstance(node.get("$dynamicRef"), str):
            meant = self._meant(path, node, bound)
            if "$ref" in node:
                led["allOf"] = [*node.get("allOf", ()), {"$ref": meant}]
            else:
                led["$ref"] = meant
        return led

    def _meant(self, path: Path, node: dict[str, Any], bound: Bound) -> str:
        """What a `$dynamicRef` leads to; it is a plain reference where it leads to no dynamic anchor at first."""
        reference: str = node["$dynamicRef"]
        if not reference.startswith("#"):
            return reference
        name, target = self._named.get(id(node)), path_of_reference(reference)
        if name is not None:
            first = at_path(self._root, target)
            own = self._anchors.get(self._of(path), {})
            # what leads to an `$anchor` at first is a `$ref` (JSON Schema 2020-12, Core, 8.2.3.2)
            if name in own or (isinstance(first, dict) and first.get("$dynamicAnchor") == name):
                target = bound.get(name) or own.get(name) or target
        return self._entered(target, bound, f"#{pointer_of(target)}".replace("%", "%25"))

    def _entered(self, target: Path, bound: Bound, pointer: str) -> str:
        """The pointer to a target where these anchors hold outside of it: its own, or that of a copy."""
        resource = self._of(target)
        used = self._used.get(resource, ())
        here = {**self._anchors.get(resource, {}), **bound}
        meant = {name: here[name] for name in used if name in here}
        standing = self._in_place(resource)
        if meant == {name: standing[name] for name in used if name in standing}:
            return pointer
        key = target, tuple(sorted(meant.items()))
        if key not in self._copies:
            if len(self._copies) == MOST_COPIES or self._values > MOST_VALUES:
                self._give_up(pointer)
                return pointer
            number = self._copies[key] = len(self._copies)
            self.origins[str(number)] = target
            self._root.setdefault(COPIES, {})[str(number)] = {}
            self._waiting.append((number, target, meant))
        return f"#/{COPIES}/{self._copies[key]}"

    def _give_up(self, pointer: str) -> None:
        if not self.flaws:
            message = f"Dynamic references give {pointer} too many meanings; from here on it has the one it has alone."
            remedy = "Use fewer dynamic anchors."
            self.flaws.append(Flaw("dynamic-reference", pointer, message, remedy))

    def _copied(self, node: Any, path: Path, bound: Bound, *, named: bool) -> Any:
        """A copy of what stands at a path, where these anchors hold."""
        self._values += 1
        if isinstance(node, list):
            return [self._copied(each, (*path, str(at)), bound, named=False) for at, each in enumerate(node)]
        if not isinstance(node, dict):
            return node
        if path in self._resources:
            bound = {**self._anchors.get(path, {}), **bound}
        below = {key for key, _ in children(node, named)}
        copy = {
            key: self._copied(value, (*path, key), bound, named=not named and key in NAMED) if key in below else value
            for key, value in node.items()
            if named or key not in ANCHORS or not isinstance(value, str)
        }
        if not named:
            led = self._led(path, node, bound)
            if led:
                copy.pop("$dynamicRef", None)
                copy.update(led)
        return copy


def _objects(value: Any, path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every object below a value whose keys are keywords, with its path."""
    seen: set[int] = set()
    rest: list[tuple[Path, Any, bool]] = [(path, value, False)]
    while rest:
        path, node, named = rest.pop()
        if isinstance(node, dict | list) and id(node) not in seen:
            seen.add(id(node))
            if isinstance(node, dict) and not named:
                yield path, node
            rest += [((*path, str(key)), each, not named and key in NAMED) for key, each in children(node, named)]
