"""A folder as an API: its document, handlers, fixtures and overlays, each found by its name.

orders/
  openapi.yaml        the document
  handlers.py         functions by operationId, COLLECTIONS, refuse
  fixtures/           <collection>.json, credentials.json, stubs/*.json
  overlay.yaml        changes to the document; several are applied in the order of their names
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mockserver.errors import StartError

SUFFIXES = (".yaml", ".yml", ".json")
OVERLAY = "overlay"
HANDLERS = "handlers.py"


@dataclass(frozen=True)
class Folder:
    """The parts of an API that a folder has."""

    document: Path | str
    handlers: Path | None = None
    fixtures: Path | None = None
    overlays: tuple[Path, ...] = ()


def folder_of(path: Path) -> Folder:
    """The parts that the folder has; StartError if it has no document, or several of which none is called so."""
    files = sorted(each for each in path.iterdir() if each.is_file() and each.suffix in SUFFIXES)
    overlays = tuple(each for each in files if each.stem.startswith(OVERLAY))
    documents = [each for each in files if each not in overlays]
    named = [each for each in documents if each.stem in ("openapi", "swagger", path.resolve().name)]
    handlers, fixtures = path / HANDLERS, path / "fixtures"
    return Folder(
        document=_only(named or documents, path),
        handlers=handlers if handlers.is_file() else None,
        fixtures=fixtures if fixtures.is_dir() else None,
        overlays=overlays,
    )


def _only(documents: Sequence[Path], path: Path) -> Path:
    if len(documents) != 1:
        found = ", ".join(each.name for each in documents) or "none"
        raise StartError(f"{path}: expected one OpenAPI document in the folder, such as openapi.yaml, found {found}.")
    return documents[0]
