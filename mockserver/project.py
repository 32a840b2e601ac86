"""The file that says what a project serves: `mockserver.toml`, or `[tool.mockserver]` in `pyproject.toml`.

It is looked for in a folder and in those above it, up to the one that holds a repository (`.git` or `.hg`), the home
directory, or the root. The nearest file wins; in one folder `mockserver.toml` does.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mockserver.errors import ConfigurationError

OWN, SHARED = "mockserver.toml", "pyproject.toml"
REPOSITORY = (".git", ".hg")


@dataclass(frozen=True)
class ProjectFile:
    """A configuration file that was read; `table` is what it has for mockserver."""

    path: Path
    table: Mapping[str, Any]

    @property
    def folder(self) -> Path:
        """The folder that paths in it are relative to."""
        return self.path.parent

    def place(self, key: str) -> str:
        """A key of it, as its author finds it: `pyproject.toml: [tool.mockserver.verify] max-time`."""
        *tables, name = (["tool", "mockserver"] if self.path.name == SHARED else []) + key.split(".")
        table = f"[{'.'.join(tables)}] " if tables else ""
        return f"{self.path}: {table}{name}"


def find(start: Path) -> ProjectFile | None:
    """The nearest configuration file at or above a folder; ConfigurationError if it cannot be read."""
    for folder in _upwards(start.absolute()):
        own, shared = folder / OWN, folder / SHARED
        if own.is_file():
            return read(own)
        if shared.is_file() and b"mockserver" in _bytes(shared):  # most have other tools' tables only
            found = _table(shared)
            if found is not None:
                return ProjectFile(shared, found)
    return None


def read(path: Path) -> ProjectFile:
    """The configuration file at a path; ConfigurationError if there is none, or none for mockserver."""
    table = _table(path)
    if table is None:
        raise ConfigurationError(f"{path}: expected a table [tool.mockserver], found none. Add it.")
    return ProjectFile(path, table)


def _upwards(start: Path) -> Iterator[Path]:
    try:
        home = Path.home()
    except RuntimeError:  # nobody's
        home = None
    for folder in (start, *start.parents):
        yield folder
        if folder == home or any((folder / each).exists() for each in REPOSITORY):
            return


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}. Check the path.") from None


def _table(path: Path) -> Mapping[str, Any] | None:
    """The configuration in the file: all of it, or the table of a `pyproject.toml`; None if that has no such table."""
    try:
        whole = tomllib.loads(_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: expected TOML, but it does not parse: {error}. Correct it.") from None
    if path.name != SHARED:
        return whole
    tools = whole.get("tool")
    table = tools.get("mockserver") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigurationError(f"{path}: [tool] mockserver: expected a table, got {table!r:.40}. Write it as one.")
    return table
