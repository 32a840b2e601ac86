"""Objects of a document, brought into the form that OpenAPI asks for, by their kinds: `shapes`, `words`, `finishing`.

What is met is looked into later, from a list: real documents nest and refer deeper than Python calls may.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.document import LONGEST_CHAIN
from mockserver.contract.pointers import path_of_reference
from mockserver.contract.reading.finishing import FINISH
from mockserver.contract.reading.report import DROP, Report, Trail, pointer, shown
from mockserver.contract.reading.shapes import ESSENTIAL, REFERABLE, SHAPES
from mockserver.contract.reading.tree import MISSING, at_path
from mockserver.contract.reading.weights import Weights
from mockserver.contract.reading.words import WORDS, Wrong

STAND_INS: Mapping[str, dict[str, Any]] = {"Schema": {}, "Response": {"description": ""}}
"""What is put where an object of a kind is none; of other kinds there is simply one less."""

SIMILAR = 0.85
"""How like a keyword a word has to be to be taken for it misspelt; 1 is the same."""

SPELLED = frozenset(SHAPES) - {"Requirement", "Flows"}


class Seen(NamedTuple):
    """An object that has been normalized, and where it was found first."""

    node: dict[str, Any]
    trail: Trail | None


class Objects:
    """The objects of one document, each brought into form once. `raw` is changed in place.

    thorough: words that are spelled almost like a keyword are told as well.
    """

    def __init__(self, raw: dict[str, Any], report: Report, *, is_3_0: bool) -> None:
        self._raw = raw
        self.report = report
        self.is_3_0 = is_3_0
        self._seen: dict[tuple[str, int], Seen] = {}  # the objects too, so that no other gets the same id
        self._weights = Weights(report, lambda schema: self.resolved("Schema", schema, (None, "")))
        self.thorough = False
        self._rest: list[tuple[str, dict[str, Any], Trail]] = []

    def push(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        if (kind, id(node)) not in self._seen:
            self._seen[kind, id(node)] = Seen(node, trail)
            self._rest.append((kind, node, trail))

    def settle(self) -> None:
        met: list[tuple[dict[str, Any], Trail]] = []
        while self._rest:
            kind, node, trail = self._rest.pop()
            self._object(kind, node, trail)
            if kind == "Schema":
                met.append((node, trail))
        # only now: before all have their form, what they lead to may be none
        for node, trail in met:
            self._weights.weigh(node, trail)

    def _object(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        if kind in REFERABLE and isinstance(node.get("$ref"), str):
            target, place = self.followed(kind, node, trail)
            if target is DROP:
                del node["$ref"]
            elif isinstance(target, dict):
                self.push(kind, target, place)
            if self.is_3_0 or kind != "Schema":  # in schemas of 3.1, keywords beside a reference count
                return
        shape = SHAPES[kind]
        if self.thorough and kind in SPELLED:
            self._spelling(kind, node, trail)
        for key in [each for each in node if each in shape]:
            self.member(node, key, shape[key], (trail, key))
        finish = FINISH.get(kind)
        if finish is not None:
            finish(self, node, trail)

    def _spelling(self, kind: str, node: dict[str, Any], trail: Trail) -> None:
        """Unknown keywords that are spelled almost like a known one."""
        for key in node:
            if key not in SHAPES[kind] and not key.startswith("x-"):
                near = difflib.get_close_matches(key, SHAPES[kind], n=1, cutoff=SIMILAR)
                if near:
                    message = f"{key!r} is no keyword of a {kind} and means nothing."
                    self.report.say("unknown-keyword", (trail, key), message, f"Did you mean {near[0]!r}?")

    def is_stand_in(self, node: Any) -> bool:
        """Whether an object only stands where the document has none of its kind."""
        return ("stand-in", id(node)) in self._seen

    def objects(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every normalized object of a kind, with its pointer."""
        for (known, _), seen in self._seen.items():
            if known == kind:
                yield pointer(seen.trail), seen.node

    def member(self, node: Any, key: Any, rule: str, trail: Trail) -> None:
        value = node[key]
        fitting = self._fitting(rule, value, trail)
        if fitting is DROP:
            del node[key]
        elif fitting is not value:
            node[key] = fitting

    def _fitting(self, rule: str, value: Any, trail: Trail) -> Any:
        """The value if it is what a keyword holds, what was meant if that is plain, DROP if neither; flaws are kept."""
        if rule[0] == "[":
            return self._list(rule[1:-1], value, trail)
        if rule[0] == "{":
            return self.map(rule[1:-1], value, trail)
        if rule in SHAPES:
            return self._described(rule, value, trail)
        if rule in SPECIAL:
            return SPECIAL[rule](self, value, trail)
        return self._word(rule, value, trail)

    def _word(self, rule: str, value: Any, trail: Trail) -> Any:
        meant = WORDS[rule](value)
        if isinstance(meant, Wrong):
            return self.report.wrong(meant.expected, value, trail)
        return value if meant is value else self.report.read_as(value, meant, trail)

    def _items(self, value: Any, trail: Trail) -> Any:
        """A schema for all items, or as before 2020-12 one for each."""
        return (
            self._list("Schema", value, trail) if isinstance(value, list) else self._described("Schema", value, trail)
        )

    def _dependencies(self, value: Any, trail: Trail) -> Any:
        if not isinstance(value, dict):
            return self.report.wrong("an object", value, trail)
        for name in list(value):
            self.member(value, name, "strings" if isinstance(value[name], list) else "Schema", (trail, name))
        return value

    def _list(self, rule: str, value: Any, trail: Trail) -> Any:
        if not isinstance(value, list):
            return self.report.wrong("an array", value, trail)
        fitting = [self._fitting(rule, each, (trail, at)) for at, each in enumerate(value)]
        if any(new is not old for new, old in zip(fitting, value, strict=True)):
            value[:] = [each for each in fitting if each is not DROP]
        return value

    def map(self, rule: str, value: Any, trail: Trail) -> Any:
        if not isinstance(value, dict):
            return self.report.wrong("an object", value, trail)
        if rule != "any":
            for name in list(value):
                if not name.startswith("x-") or rule == "Schema":
                    self.member(value, name, rule, (trail, name))
        return value

    def _described(self, kind: str, value: Any, trail: Trail) -> Any:
        """An object of a kind, to be looked into later, or what stands in for one that is none."""
        if kind == "Schema" and value in ("true", "false"):
            return self.report.read_as(value, value == "true", trail)
        if kind == "Discriminator" and isinstance(value, str):
            return self.report.read_as(value, {"propertyName": value}, trail)
        meant = self.resolved(kind, value, trail) if kind in REFERABLE else value
        if kind == "Schema" and isinstance(meant, bool):
            return value
        if meant is not DROP and not isinstance(meant, dict):
            meant = self.report.wrong(f"an object ({kind})", value, trail)
        if meant is DROP:
            return self._stand_in(kind)
        if self._lacks(kind, meant, trail) or self._lacks(f"{kind} {meant.get('type')}", meant, trail):
            return DROP
        self.push(kind, value, trail)
        return meant if kind == "MediaType" else value  # of which readers expect no reference

    def _stand_in(self, kind: str) -> Any:
        if kind not in STAND_INS:
            return DROP
        made = dict(STAND_INS[kind])  # a new one each time: where it stands in is told by its identity
        self._seen["stand-in", id(made)] = Seen(made, None)
        return made

    def _lacks(self, kind: str, node: dict[str, Any], trail: Trail) -> bool:
        """Whether a required keyword is absent; reports it."""
        for key, expected in ESSENTIAL.get(kind, {}).items():
            found = node.get(key)
            if not isinstance(found, str) or (expected and found not in expected):
                what = f"one of {', '.join(expected)}" if expected else "text"
                message = f"Expected {key} to be {what} in a {kind}, got {shown(found)}; it is left out."
                self.report.say("incomplete", trail, message, "Complete it.")
                return True
        return False

    def resolved(self, kind: str, node: Any, trail: Trail) -> Any:
        return self.followed(kind, node, trail)[0]

    def followed(self, kind: str, node: Any, trail: Trail) -> tuple[Any, Trail]:
        """The target of a chain of references, and its place; a value that is none itself; DROP for no target."""
        seen: set[str] = set()
        place = trail
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference = node["$ref"]
            if not reference.startswith("#"):
                return DROP, trail  # it could not be followed, and that has been said
            found = at_path(self._raw, path_of_reference(reference))
            if found is MISSING or reference in seen or len(seen) == LONGEST_CHAIN:
                what, remedy = "refers to nothing", "Correct the reference."
                if found is not MISSING:
                    what = "refers back to itself" if reference in seen else "goes through too many references"
                    remedy = "Refer to the target directly."
                instead = "any value is accepted" if kind == "Schema" else "it is left out"
                self.report.say("reference", trail, f"{reference} {what}; {instead}.", remedy)
                return DROP, trail
            seen.add(reference)
            node, place = found, self._trail_of(reference)
        return node, place

    @staticmethod
    def _trail_of(reference: str) -> Trail:
        trail: Any = None
        for key in path_of_reference(reference):
            trail = (trail, key)
        found: Trail = trail or (None, "")
        return found


SPECIAL: Mapping[str, Callable[[Objects, Any, Trail], Any]] = {
    "items": Objects._items,
    "dependencies": Objects._dependencies,
}
