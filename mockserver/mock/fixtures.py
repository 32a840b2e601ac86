"""Additional fixtures of a test: inline, a JSON file, or a folder like `fixtures/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from mockserver.errors import FixtureError, StartError
from mockserver.world.fixtures import read_records

Source = Mapping[str, Sequence[Mapping[str, Any]]] | Path | str
"""Records by the name of their collection, or the path of a file or folder with them."""


def read_source(source: Source) -> dict[str, Sequence[Mapping[str, Any]]]:
    """Complete collections by name; FixtureError if a file is not valid."""
    if isinstance(source, Mapping):
        return dict(source)
    path = Path(source)
    return _folder(path) if path.is_dir() else _file(path)


def _folder(folder: Path) -> dict[str, Sequence[Mapping[str, Any]]]:
    files = sorted(folder.glob("*/*.json"))
    if not files and not stub_folders(folder):
        raise FixtureError(f"{folder}: expected files named <api>/<collection>.json, but there is none.")
    return {f"{file.parent.name}.{file.stem}": list(read_records(file)) for file in files}


def stub_folders(source: Source) -> list[Path]:
    """The folders of APIs in a folder like `fixtures/` that have stubs."""
    if isinstance(source, Mapping):
        return []
    return sorted({file.parent.parent for file in Path(source).glob("*/stubs/*.json")})


def _file(path: Path) -> dict[str, Sequence[Mapping[str, Any]]]:
    expected = 'expected a JSON object such as {"workshop.lists": [{…}]}'
    try:
        collections = orjson.loads(path.read_bytes())
    except OSError as error:
        raise FixtureError(f"{path}: the fixtures cannot be read ({error.strerror}). Check the path.") from None
    except orjson.JSONDecodeError as error:
        raise FixtureError(f"{path}: {expected}, but it is not JSON: {error}.") from None
    if not isinstance(collections, dict):
        raise FixtureError(f"{path}: {expected}, got {type(collections).__name__}.")
    return collections


def sources_of(fixtures: Source | Sequence[Source] | None) -> tuple[Source, ...]:
    """One source, several or none, as a tuple; StartError for anything else."""
    if fixtures is None:
        return ()
    if isinstance(fixtures, Mapping | str) or not isinstance(fixtures, Sequence):
        fixtures = (fixtures,)
    for source in fixtures:
        if not isinstance(source, Mapping) and not hasattr(source, "__fspath__") and not isinstance(source, str):
            raise StartError(
                f"fixtures are records by collection, or the path of a file or folder, got {source!r:.80}."
            )
    return tuple(fixtures)
