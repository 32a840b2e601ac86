"""The peers' packages, pinned, each installed into a folder of its own below one cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PINNED = {
    "node": "24.21.0",  # Prism asks for at least 24.18; the other peers run on it too
    "@mockoon/cli": "9.9.0",
    "@stoplight/prism-cli": "5.16.0",
    "json-server": "0.17.4",
    "specmatic": "2.55.1",
    "wiremock": "3.13.2",
}


class ToolError(Exception):
    """What a peer needs cannot be had here; the message says what and why."""


def label(package: str) -> str:
    return f"{package} {PINNED[package]}"


def installed(package: str, cache: Path) -> Path:
    """The package's own folder, installed on first use; ToolError says why it cannot be."""
    prefix = cache / f"{package.replace('/', '+')}@{PINNED[package]}"
    folder = prefix / "node_modules" / package
    if not (prefix / "complete").exists():
        _install(package, prefix)
        (prefix / "complete").touch()
    return folder


def _install(package: str, prefix: Path) -> None:
    npm = program("npm")
    prefix.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--loglevel=error", f"--prefix={prefix}"]
    run = subprocess.run(
        [*command, f"{package}@{PINNED[package]}"], cwd=prefix, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise ToolError(f"npm cannot install {label(package)}: {' '.join(run.stderr.split())[:200]}")


def program(name: str) -> str:
    """The full path of a program of this machine."""
    path = shutil.which(name)
    if path is None:
        raise ToolError(f"{name} is not installed")
    return path
