"""Many files made one: what a document refers to elsewhere is kept beside it, and every reference leads there.

A file that is referred to stands under `x-mock-files` by its name, and `$ref: pets.yaml#/Pet` becomes
`#/x-mock-files/pets.yaml/Pet`. So whoever follows references needs to know one document only, and a pointer still
says in which file something stands. `$id`, `$anchor` and `$self` become pointers in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urljoin

from mockserver.contract.flaws import Flaw
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.contract.reading.download import Unreadable
from mockserver.contract.reading.dynamic import Dynamic
from mockserver.contract.reading.sources import WORDS, File, Library
from mockserver.contract.reading.tree import MISSING, NAMED, at_path, child_of, children

FILES = "x-mock-files"
ELSEWHERE = re.compile(
    rb"""(?<![^\s"'{,?])\$ref["']?\s*:(?!\s*(?:["']?\#[/"'\s]|\{))"""
    rb"""|\\u0024|(?<![^\s"'{,?])\$(id|self|anchor|dynamic(Ref|Anchor))["']?\s*:(?!\s*\{)"""
    rb"""|mapping["']?\s*:[^}]{0,1000}?\.(ya?ml|json)\b"""
)
"""What shows in a text that its references may need more than to be looked up in it."""

NAME = re.compile(r"[A-Za-z0-9._-]+")
TEXTS = (".yaml", ".yml", ".json")


def follow(library: Library) -> list[Flaw]:
    """Make the root's value the whole document, in place; the flaws of references that could not be followed."""
    if not any(ELSEWHERE.search(file.text) for file in library.files.values()):  # the root and its overlays
        return []
    return _Follower(library).follow()


class _Follower:
    """Walks what can be reached from the root, each object once, and points its references at where things are kept."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.root = library.root
        self.identified: dict[str, tuple[File, tuple[str, ...]]] = {}
        self.anchors: dict[tuple[str, str], tuple[File, tuple[str, ...]]] = {}
        self.indexed: set[str] = set()
        self.seen: set[int] = set()
        self.rest: list[tuple[File, str, tuple[str, ...], Any, bool]] = []
        self.unfollowed: dict[tuple[str, str], list[tuple[str, Unreadable]]] = {}
        self.flaws: list[Flaw] = []
        self.dynamic: dict[int, str] = {}
        self.is_dynamic = False

    def follow(self) -> list[Flaw]:
        self._index(self.root)
        self._enter(self.root, ())
        while self.rest:
            self._visit(*self.rest.pop())
        if self.is_dynamic:
            tops = [(), *((FILES, name) for name in self.root.value.get(FILES, ()))]
            settled = Dynamic(self.root.value, self.dynamic, tops)
            settled.settle()
            self.flaws += settled.flaws
            self.library.copies = settled.origins
        for file in {id(file): file for file in self.library.files.values()}.values():
            if IDENTIFIED.search(file.text) is not None:
                _strip(file.value)
        return [*self.flaws, *self._unfollowed()]

    def _index(self, file: File) -> None:
        """Learn the `$id`s and anchors of a file, which may be referred to before they are reached."""
        if file.uri in self.indexed:
            return
        self.indexed.add(file.uri)
        base = file.uri
        own = file.value.get("$self") if isinstance(file.value, dict) else None
        if isinstance(own, str):
            self.identified[_split(base, own)[0]] = file, ()
        if IDENTIFIED.search(file.text) is None:
            return
        for path, node, uri in _objects(file.value, base):
            if isinstance(node.get("$id"), str):
                self.identified.setdefault(uri, (file, path))
            for keyword in ("$anchor", "$dynamicAnchor"):
                if isinstance(node.get(keyword), str):
                    self.anchors.setdefault((uri, node[keyword]), (file, path))

    def _enter(self, file: File, path: tuple[str, ...]) -> None:
        """Walk what stands at a path of a file some time; `$id`s on the way there say what its references start at."""
        base, node, named = file.uri, file.value, False
        for key in path:
            base = _base(node, base, named)
            named = not named and key in NAMED  # a property may be called `properties`: below it are keywords again
            node = child_of(node, key)
        if node is not MISSING:
            self.rest.append((file, base, path, node, named))

    def _visit(self, file: File, base: str, path: tuple[str, ...], node: Any, named: bool) -> None:
        if not isinstance(node, dict | list) or id(node) in self.seen:
            return
        self.seen.add(id(node))
        base = _base(node, base, named)
        if isinstance(node, dict) and not named:
            self._redirect(file, base, path, node)
        for key, child in children(node, named):
            if isinstance(child, dict) and isinstance(child.get("$ref"), str):
                text = self._text(file, base, child["$ref"])
                if text is not None:
                    node[key] = text
            self.rest.append((file, base, (*path, str(key)), child, not named and key in NAMED))

    def _text(self, file: File, base: str, reference: str) -> str | None:
        """The text that a reference leads to where it is the one of a whole file, a description for one."""
        if not reference.endswith(WORDS):
            return None
        found = self._find(file, base, reference)
        return found[0].value if found is not None and isinstance(found[0].value, str) else None

    def _redirect(self, file: File, base: str, path: tuple[str, ...], node: dict[str, Any]) -> None:
        """Point the object's own references at pointers into the whole document."""
        for keyword in ("$ref", "$dynamicRef"):
            reference = node.get(keyword)
            if isinstance(reference, str):
                node[keyword] = self._target(file, base, path, reference)
        if isinstance(reference, str):
            self.is_dynamic = True
            name = unquote(reference.partition("#")[2])
            if name and not name.startswith("/"):
                self.dynamic[id(node)] = name
        discriminator = node.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        if isinstance(mapping, dict) and id(mapping) not in self.seen:
            self.seen.add(id(mapping))
            for value, reference in mapping.items():
                if isinstance(reference, str) and (not NAME.fullmatch(reference) or reference.endswith(TEXTS)):
                    mapping[value] = self._target(file, base, path, reference)

    def _target(self, file: File, base: str, path: tuple[str, ...], reference: str) -> str:
        """The pointer that stands for a reference; the reference itself where it cannot be followed."""
        try:
            found = self._find(file, base, reference)
        except Unreadable as error:
            found = self._by_name(reference)
            if found is None:
                place = self._pointer(file, path)
                self.unfollowed.setdefault((error.kind, error.message), []).append((place, error))
                return reference
        if found is None:
            return reference
        target, to = found
        if (
            at_path(target.value, to) is MISSING
            and target is not self.root
            and at_path(self.root.value, to) is not MISSING
        ):
            place = self._pointer(file, path)
            message = f"{reference} does not exist in {target.name}; it was resolved in {self.root.name}."
            self.flaws.append(Flaw("misplaced-reference", place, message, f"Write {self.root.name} before the #."))
            target = self.root
        self._enter(target, to)
        return self._pointer(target, to).replace("%", "%25")  # a reference is a URI (RFC 6901, 6)

    def _find(self, file: File, base: str, reference: str) -> tuple[File, tuple[str, ...]] | None:
        """The file and path that a reference leads to; None for an anchor that nothing has."""
        uri, fragment = _split(base, reference)
        target, path = self._resource(file, uri)
        if not fragment or fragment.startswith("/"):
            return target, (*path, *path_of(fragment))
        return self.anchors.get((uri, fragment)) or self.anchors.get((target.uri, fragment))

    def _resource(self, file: File, uri: str) -> tuple[File, tuple[str, ...]]:
        if uri in self.identified:
            return self.identified[uri]
        target = file if uri == file.uri else self.library.file(uri, file.uri)
        self._index(target)
        return target, ()

    def _by_name(self, reference: str) -> tuple[File, tuple[str, ...]] | None:
        """A schema called by its bare name, as Swagger 1 did."""
        for path in (("components", "schemas", reference), ("definitions", reference)):
            if NAME.fullmatch(reference) and at_path(self.root.value, path) is not MISSING:
                return self.root, path
        return None

    def _pointer(self, file: File, path: tuple[str, ...]) -> str:
        if file is self.root:
            return f"#{pointer_of(path)}"
        self.root.value.setdefault(FILES, {})[file.name] = file.value  # the file itself, whose references change yet
        return f"#/{FILES}{pointer_of((file.name, *path))}"

    def _unfollowed(self) -> Iterator[Flaw]:
        """One flaw for each file that could not be had, and one for all that is on other hosts."""
        remote = [each for (kind, _), found in self.unfollowed.items() if kind == "remote-reference" for each in found]
        if remote:
            hosts = sorted({urljoin(error.message.split()[0], "/") for _, error in remote})
            message = f"{len(remote)} references point to other hosts ({', '.join(hosts)}) and are not followed."
            yield Flaw("remote-reference", remote[0][0], message, remote[0][1].remedy)
        for (kind, message), found in self.unfollowed.items():
            if kind != "remote-reference":
                yield Flaw(kind, found[0][0], message, found[0][1].remedy)


IDENTIFIED = re.compile(rb"\$(id|anchor|dynamicAnchor)\b")


def _split(base: str, reference: str) -> tuple[str, str]:
    """The absolute URI of what is referred to, and the fragment, decoded."""
    before, _, fragment = reference.partition("#")
    try:
        return urljoin(base, before) if before else base, unquote(fragment)
    except ValueError as error:
        raise Unreadable("forbidden-reference", f"{reference} is no URL ({error}).", "Correct the reference.") from None


def _base(node: Any, base: str, named: bool) -> str:
    if not named and isinstance(node, dict) and isinstance(node.get("$id"), str):
        return _split(base, node["$id"])[0]
    return base


def _objects(value: Any, base: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any], str]]:
    """Every object that is no map of names and no data: its path, itself, and the URI of its resource."""
    seen: set[int] = set()
    rest: list[tuple[tuple[str, ...], Any, str, bool]] = [((), value, base, False)]
    while rest:
        path, node, base, named = rest.pop()
        if not isinstance(node, dict | list) or id(node) in seen:
            continue
        seen.add(id(node))
        base = _base(node, base, named)
        if isinstance(node, dict) and not named:
            yield path, node, base
        for key, child in children(node, named):
            rest.append(((*path, str(key)), child, base, not named and key in NAMED))


def _strip(value: Any) -> None:
    """Leave out what named the resources that pointers lead to now."""
    for _, node, _ in _objects(value, ""):
        for keyword in ("$id", "$anchor", "$dynamicAnchor"):
            if isinstance(node.get(keyword), str):
                del node[keyword]
