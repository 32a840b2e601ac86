"""OpenAPI Overlays 1.0 and 1.1: documents that change another by actions, each on what a JSONPath (RFC 9535) selects.

See https://spec.openapis.org/overlay/v1.1.html. The document that is changed is a copy. Which overlay wrote a part
of it is remembered, so that its file and line are told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from mockserver.contract.copying import copied
from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import escape, pointer_of
from mockserver.contract.reading.lines import lines
from mockserver.contract.reading.provenance import Path, Provenance
from mockserver.contract.reading.references import FILES
from mockserver.contract.reading.sources import File
from mockserver.errors import DocumentError

VERSION = re.compile(r"1\.([0-9]+)(\.[0-9]+)?(-.+)?")
MINORS = ("0", "1")
KINDS = ("remove", "update", "copy")
MOST = 100_000
"""Places that one action changes at most."""


class Incompatible(Exception):
    """An action cannot be applied to what it selects; the message gives the reason."""


@dataclass(frozen=True)
class Action:
    """One change. `kind` is one of KINDS, `value` what is merged or the JSONPath to copy from; `at` where it stands."""

    target: str
    kind: str
    value: Any
    at: Path


@dataclass(frozen=True)
class Overlay:
    """What a file says. extends: the document that it is for, as a URI reference."""

    file: File
    extends: str | None
    actions: tuple[Action, ...]


def read_overlay(file: File) -> Overlay:
    """The overlay in a file; DocumentError names every flaw of its form, each with its line."""
    raw = file.value
    flaws = [*_flaws(raw)]
    if flaws:
        raise _error(file, flaws)
    given = [*enumerate(raw["actions"])]
    return Overlay(file, raw.get("extends"), tuple(_action(each, ("actions", str(at))) for at, each in given))


def extended(file: File) -> str:
    """The document that an overlay in a file is for, as a path or URL; DocumentError if it does not say so."""
    overlay = read_overlay(file)
    if overlay.extends is None:
        raise DocumentError(
            f"{file.name}: expected an OpenAPI document, got an overlay without `extends`. Name the document, and give "
            f"the overlay with --overlay {file.name}."
        )
    uri = urljoin(file.uri, overlay.extends)
    return unquote(urlsplit(uri).path) if uri.startswith("file:") else uri


def _action(given: Mapping[str, Any], at: Path) -> Action:
    kind = "remove" if given.get("remove") else "update" if "update" in given else "copy"
    return Action(given["target"], kind, given.get(kind), at)


def _flaws(raw: Any) -> Iterator[tuple[Path, str]]:
    if not isinstance(raw, dict):
        yield (), "expected an overlay, which is an object with `overlay`, `info` and `actions`."
        return
    yield from _unknown(raw, (), ("overlay", "info", "extends", "actions"))
    version = VERSION.fullmatch(str(raw.get("overlay")))
    if version is None or version[1] not in MINORS:
        yield ("overlay",), f"expected the version of an overlay, 1.0.0 or 1.1.0, got {raw.get('overlay')!r:.40}."
    info = raw.get("info")
    if not isinstance(info, dict) or not all(isinstance(info.get(name), str) for name in ("title", "version")):
        yield ("info",), "expected an object with a `title` and a `version`, both texts."
    if not isinstance(raw.get("extends", ""), str):
        yield ("extends",), "expected the URL of a document."
    actions = raw.get("actions")
    if not isinstance(actions, list) or not actions:
        yield ("actions",), "expected an array of actions, one at least."
        return
    for number, action in enumerate(actions):
        yield from _flaws_of(action, ("actions", str(number)), copies=version is None or version[1] != "0")


def _flaws_of(action: Any, at: Path, *, copies: bool) -> Iterator[tuple[Path, str]]:
    if isinstance(action, dict):
        yield from _unknown(action, at, ("target", "description", *KINDS))
    if not isinstance(action, dict) or not isinstance(action.get("target"), str):
        yield at, "expected an object with a `target`, which is a JSONPath."
        return
    yield from _unreadable(action["target"], (*at, "target"))
    if not isinstance(action.get("remove", False), bool):
        yield (*at, "remove"), "expected true or false."
    if "copy" in action and not copies:
        yield (*at, "copy"), "`copy` needs overlay 1.1.0."
    elif "copy" in action:
        source = action["copy"]
        yield from _unreadable(source if isinstance(source, str) else "", (*at, "copy"))
    given = [name for name in KINDS if name in action and action[name] is not False]
    if len(given) != 1:
        yield at, f"expected one of `update`, `copy` and `remove: true`, got {' and '.join(given) or 'none'}."


def _unknown(given: Mapping[str, Any], at: Path, known: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Members that are mistyped; others that are not known change nothing, as a later version may have them."""
    for name in given:
        near = difflib.get_close_matches(str(name), [each for each in known if each not in given], n=1)
        if name not in known and near and not str(name).startswith("x-"):
            yield (*at, str(name)), f"{name!r:.60} is not known; did you mean {near[0]}?"


def _unreadable(path: str, at: Path) -> Iterator[tuple[Path, str]]:
    from jsonpath import JSONPathEnvironment, JSONPathError  # noqa: PLC0415  # only who has an overlay needs it

    why = "it must begin with $"
    try:
        if path.startswith("$"):
            JSONPathEnvironment(strict=True).compile(path)
            return
    except JSONPathError as error:
        why = str(error).partition("\n")[0].rstrip(".")
    yield at, f"expected a JSONPath (RFC 9535) such as $.paths['/pets'].get, got {path!r:.80}: {why}."


def _error(file: File, flaws: Sequence[tuple[Path, str]]) -> DocumentError:
    known = lines(file.text, [path for path, _ in flaws])
    told = (f"{file.name}:{known[path]}: {pointer_of(path) or 'the overlay'}: {flaw}" for path, flaw in flaws)
    return DocumentError("\n  ".join(told))  # a message indents its further lines


def overlaid(raw: Any, root: File, overlays: Sequence[Overlay]) -> tuple[Any, Provenance, list[Flaw]]:
    """A copy of the document with the overlays applied in order, where its parts come from, and what had no effect.

    DocumentError names every action that does not go with what it selects.
    """
    applied = _Applied(copied(raw), Provenance(root, ()))
    for overlay in overlays:
        applied.apply(overlay)
    return applied.value, applied.provenance, [*_of_others(root, overlays), *applied.flaws]


def _of_others(root: File, overlays: Sequence[Overlay]) -> Iterator[Flaw]:
    """Overlays that say they are for a document of another name."""
    for overlay in overlays:
        if overlay.extends is not None and _called(urljoin(overlay.file.uri, overlay.extends)) != _called(root.uri):
            pointer = f"#/{FILES}/{escape(overlay.file.name)}/extends"
            message = f"The overlay extends {overlay.extends!r:.200}, and is applied to {root.name}."
            yield Flaw("overlay-extends", pointer, message, "Apply it to its own document, or correct `extends`.")


def _called(uri: str) -> str:
    return unquote(urlsplit(uri).path.rpartition("/")[2])


class _Applied:
    """A document on which actions are carried out one after another."""

    def __init__(self, value: Any, provenance: Provenance) -> None:
        self.value = value
        self.provenance = provenance
        self.flaws: list[Flaw] = []

    def apply(self, overlay: Overlay) -> None:
        wrong: list[tuple[Path, str]] = []
        for action in overlay.actions:
            try:
                self._act(overlay, action)
            except Incompatible as error:
                wrong.append((action.at, str(error)))
        if wrong:
            raise _error(overlay.file, wrong)

    def _act(self, overlay: Overlay, action: Action) -> None:
        places = self._select(action.target)
        if not places:
            self._say(overlay, action, f"The target {action.target} selects nothing, so the action changes nothing.")
        if action.kind == "remove":
            if () in places:
                raise Incompatible("the document itself cannot be removed.")
            # the last first, so that no place moves before its turn; those of one array at once, as all behind move up
            for above, paths in groupby(sorted(places, key=_position, reverse=True), key=lambda path: path[:-1]):
                self._remove(above, [path[-1] for path in paths])
            return
        value, origin = self._value(overlay, action)
        kinds = {_kind(self._at(path)) for path in places}
        if len(kinds) > 1:
            raise Incompatible(f"{action.target} selects {' and '.join(sorted(kinds))}; all must be of one kind.")
        for path in places:
            self._update(path, value, origin)

    def _value(self, overlay: Overlay, action: Action) -> tuple[Any, Provenance]:
        """What is merged into the targets, and where it was written."""
        if action.kind == "update":
            return action.value, Provenance(overlay.file, (*action.at, "update"))
        found = self._select(action.value)
        if len(found) != 1:
            raise Incompatible(f"`copy` must select one value, but {action.value} selects {len(found) or 'none'}.")
        return copied(self._at(found[0])), self._node(found[0]).copy()  # the target may lie within it

    def _say(self, overlay: Overlay, action: Action, message: str) -> None:
        pointer = f"#/{FILES}/{escape(overlay.file.name)}{pointer_of((*action.at, 'target'))}"
        self.flaws.append(Flaw("overlay-target", pointer, message, "Correct the JSONPath, or leave the action out."))

    def _select(self, target: str) -> list[tuple[str | int, ...]]:
        from jsonpath import JSONPathEnvironment  # noqa: PLC0415  # only who has an overlay needs it

        found: dict[tuple[str | int, ...], None] = {}
        for match in JSONPathEnvironment(strict=True).finditer(target, self.value):
            found[tuple(match.parts)] = None
            if len(found) > MOST:
                raise Incompatible(f"{target} selects more than {MOST:,} values. Select fewer.")
        return [*found]

    def _at(self, path: tuple[str | int, ...]) -> Any:
        value = self.value
        for part in path:
            value = value[part]
        return value

    def _node(self, path: tuple[str | int, ...]) -> Provenance:
        node = self.provenance
        for part in path:
            node = node.at(str(part))
        return node

    def _remove(self, above: tuple[str | int, ...], keys: Sequence[str | int]) -> None:
        """Remove members of an object, or items of an array."""
        holder, node = self._at(above), self._node(above)
        if isinstance(holder, list):
            node.cut(keys, len(holder))
            gone = frozenset(keys)
            holder[:] = [each for at, each in enumerate(holder) if at not in gone]
            return
        for key in keys:
            node.drop(str(key))
            del holder[key]

    def _update(self, path: tuple[str | int, ...], value: Any, origin: Provenance) -> None:
        target = self._at(path)
        if isinstance(target, dict | list):
            _merge(target, value, self._node(path), origin, path)
        elif isinstance(value, dict | list):
            raise Incompatible(f"{_told(path)} is {_kind(target)} and cannot become {_kind(value)}.")
        elif path:
            self._at(path[:-1])[path[-1]] = value
            self._node(path[:-1]).put(str(path[-1]), origin)


def _merge(target: Any, value: Any, node: Provenance, origin: Provenance, path: tuple[str | int, ...]) -> None:
    """Merge a value into an object or array in place."""
    if isinstance(target, list):
        added = value if isinstance(value, list) else [value]
        for number, each in enumerate(added):
            node.put(str(len(target)), origin.at(str(number)) if isinstance(value, list) else origin)
            target.append(copied(each))
        return
    if not isinstance(value, dict):
        raise Incompatible(f"{_told(path)} is {_kind(target)} and cannot be merged with {_kind(value)}.")
    for name, each in value.items():
        here, below = target.get(name), (*path, name)
        if name in target and _kind(here) != _kind(each):
            raise Incompatible(f"{_told(below)} is {_kind(here)} and cannot be merged with {_kind(each)}.")
        if name in target and isinstance(here, dict | list):
            _merge(here, each, node.at(name), origin.at(name), below)
        else:
            target[name] = copied(each)
            node.put(name, origin.at(name))


def _position(path: tuple[str | int, ...]) -> tuple[Any, ...]:
    """Sorts items behind those of a higher index, and parts behind what holds them."""
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in path)


def _kind(value: Any) -> str:
    return "an object" if isinstance(value, dict) else "an array" if isinstance(value, list) else "a primitive value"


def _told(path: tuple[str | int, ...]) -> str:
    return f"#{pointer_of(tuple(map(str, path)))}"
