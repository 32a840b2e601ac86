"""Where the parts of a document that overlays have changed were written: in the document itself, or in an overlay."""

from __future__ import annotations

from collections.abc import Collection

from mockserver.contract.reading.sources import File

Path = tuple[str, ...]


class Provenance:
    """Where one value was written: a file and the path there. What is below it lies below that, unless more is said.

    Only what overlays touch has nodes of its own, so a document without overlays costs nothing.
    """

    __slots__ = ("_below", "file", "path")

    def __init__(self, file: File, path: Path) -> None:
        self.file = file
        self.path = path
        self._below: dict[str, Provenance] = {}

    def at(self, key: str) -> Provenance:
        """That of a member or item, as a node to which more can be added."""
        return self._below.setdefault(key, Provenance(self.file, (*self.path, key)))

    def put(self, key: str, origin: Provenance) -> None:
        """A member or item was written elsewhere."""
        self._below[key] = origin.copy()

    def copy(self) -> Provenance:
        """A copy, to which more can be added without a change to this one."""
        copy = Provenance(self.file, self.path)
        copy._below = {key: each.copy() for key, each in self._below.items()}
        return copy

    def drop(self, key: str) -> None:
        """A member is not there any more."""
        self._below.pop(key, None)

    def cut(self, positions: Collection[str | int], length: int) -> None:
        """Items of an array of `length` items were removed; the items after them move up."""
        gone = frozenset(positions)
        kept = [self.at(str(each)) for each in range(length) if each not in gone]
        self._below = {str(at): each for at, each in enumerate(kept)}

    def find(self, path: Path) -> tuple[File, Path]:
        """File and path of what stands at a path below."""
        node, rest = self, path
        while rest and rest[0] in node._below:
            node, rest = node._below[rest[0]], rest[1:]
        return node.file, (*node.path, *rest)
