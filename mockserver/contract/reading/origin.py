"""From a pointer into a document back to where its author finds it: the file, the pointer there, the line.

Nothing is kept for it but the texts: they are looked through when the first place is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.contract.flaws import Place
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.contract.reading.dynamic import COPIES
from mockserver.contract.reading.lines import lines
from mockserver.contract.reading.provenance import Provenance
from mockserver.contract.reading.references import FILES
from mockserver.contract.reading.sources import File, Library
from mockserver.contract.reading.upgraded import Upgraded

Path = tuple[str, ...]


class Origin:
    """Where a document came from. `upgraded`: what it was made of where that was Swagger 2.0; `provenance`: which parts
    of it overlays wrote."""

    def __init__(self, library: Library, upgraded: Upgraded | None, provenance: Provenance | None = None) -> None:
        self._root = library.root
        self._provenance = provenance
        self._files = {file.name: file for file in library.files.values()}
        self._upgraded = upgraded
        self._copies = library.copies
        for file in self._files.values():
            file.value = None  # it is part of the document now

    def places(self, pointers: Iterable[str]) -> list[Place]:
        """Where the author finds what stands at each pointer."""
        found = [self._file(path_of(pointer)) for pointer in pointers]
        known: dict[tuple[str, Path], int] = {}
        for name in dict.fromkeys(file.name for file, _ in found):
            file = next(file for file, _ in found if file.name == name)
            paths = [path for each, path in found if each is file]
            known |= {(name, path): line for path, line in lines(file.text, paths).items()}
        return [Place(file.name, f"#{pointer_of(path)}", known[file.name, path]) for file, path in found]

    def texts(self) -> list[File]:
        """The files that it is made of."""
        return list(self._files.values())

    def _file(self, path: Path) -> tuple[File, Path]:
        if path[:1] == (COPIES,) and len(path) > 1 and path[1] in self._copies:
            path = (*self._copies[path[1]], *path[2:])
        if path[:1] == (FILES,) and len(path) > 1 and path[1] in self._files:
            return self._files[path[1]], path[2:]
        path = path if self._upgraded is None else self._upgraded.origin(path)
        return (self._root, path) if self._provenance is None else self._provenance.find(path)
