"""From a pointer into a document back to where its author finds it: the file, the pointer there, the line.

Nothing is kept for it but the texts: they are read again when the first place is asked for.
"""

from __future__ import annotations

from mockserver.contract.flaws import Place
from mockserver.contract.pointers import path_of, pointer_of
from mockserver.contract.reading.references import FILES
from mockserver.contract.reading.sources import File, Library


class Origin:
    """Where a document came from."""

    def __init__(self, library: Library, *, is_swagger: bool) -> None:
        self._root = library.root
        self._files = {file.name: file for file in library.files.values()}
        self._is_swagger = is_swagger
        for file in self._files.values():
            file.value = None  # it is part of the document now

    def place(self, pointer: str) -> Place:
        file, path = self._file(path_of(pointer))
        return Place(file.name, f"#{pointer_of(path)}")

    def _file(self, path: tuple[str, ...]) -> tuple[File, tuple[str, ...]]:
        if path[:1] == (FILES,) and len(path) > 1 and path[1] in self._files:
            return self._files[path[1]], path[2:]
        return self._root, path
