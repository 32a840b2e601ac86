"""Generators of clients, installed from the package registries into a folder of their own, and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PYTHON = (
    "openapi-python-client==0.29.1",
    "datamodel-code-generator==0.89.0",
    "pydantic>=2.11,<3",
    "mypy>=2,<3",
    "ruff>=0.17,<0.18",  # formats what openapi-python-client writes
)
NODE = ("openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "@hey-api/openapi-ts@0.95.0", "typescript@5.9.3")


@dataclass(frozen=True)
class Tools:
    """A folder with an environment for Python and node_modules; clients are generated beside them."""

    folder: Path

    @classmethod
    def install(cls, folder: Path) -> Tools:
        tools = cls(folder)
        tools.run(sys.executable, "-m", "venv", folder / "venv")
        tools.run(tools.bin / "python", "-m", "pip", "install", "--quiet", *PYTHON)
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        npm = shutil.which("npm")
        assert npm is not None
        tools.run(npm, "install", "--no-audit", "--no-fund", "--loglevel=error", *NODE)
        return tools

    @property
    def bin(self) -> Path:
        return self.folder / "venv" / ("Scripts" if os.name == "nt" else "bin")

    def run(self, *command: str | Path) -> str:
        """What a command prints; it fails the test if it fails."""
        path = os.pathsep.join([str(self.bin), str(self.folder / "node_modules" / ".bin"), os.environ["PATH"]])
        ran = subprocess.run(
            [str(each) for each in command],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "PYTHONPATH": str(self.folder), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout + ran.stderr
