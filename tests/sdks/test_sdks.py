"""SDKs of vendors, unmodified, against `serve` of their vendor's document.

Opt-in (`pytest -m sdk`): the documents are fetched from npm, and the SDKs are installed into an environment
of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from mockserver import MockServer
from tests.benchmarks.npm import ToolError
from tests.scoreboard.documents import documents

pytestmark = pytest.mark.sdk

HERE = Path(__file__).parent
PACKAGES = ("stripe==16.1.0", "PyGithub==2.9.1", "kubernetes==37.0.2", "twilio==9.13.0")
SDKS = {
    "stripe": "stripe.com.json",
    "github": "github.com/api.github.com.json",
    "kubernetes": "kubernetes.io.json",
    "twilio": "twilio.com/api.json",
}
OVERLAYS = {"twilio": [HERE / "twilio.overlay.yaml"]}
"""What a vendor's document gets wrong, said as a user would say it; each overlay has the reason."""


@cache
def interpreter() -> Path:
    """A Python that has the SDKs; the test is skipped if they cannot be had here."""
    folder = Path.home() / ".cache" / "mockserver-sdks"
    python = folder / "bin" / "python"
    commands = [["uv", "venv", "--quiet", "--allow-existing", str(folder)]]
    commands += [["uv", "pip", "install", "--quiet", "--python", str(python), *PACKAGES]]
    for command in commands:
        try:
            run = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            pytest.skip(f"uv is needed to install the SDKs: {error}")
        if run.returncode:
            pytest.skip(f"the SDKs cannot be installed: {' '.join(run.stderr.split())[:200]}")
    return python


@cache
def document(name: str) -> Path:
    """The vendor's document; the test is skipped if it cannot be had here."""
    try:
        found = documents()
    except ToolError as error:
        pytest.skip(str(error))
    return next(each for each in found if each.as_posix().endswith(f"/api/{SDKS[name]}"))


@pytest.mark.parametrize("name", SDKS)
def test_an_sdk_works(name: str) -> None:
    """Create, read, list with paging, update, delete, and an error."""
    python, described = interpreter(), document(name)
    with MockServer([f"{name}={described}"], overlays=OVERLAYS.get(name, ())) as server:
        command = [str(python), str(HERE / f"with_{name}.py"), server.url]
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=180)
    told = [json.loads(line) for line in run.stdout.splitlines()]
    print(run.stdout, run.stderr, file=sys.stderr)

    assert run.returncode == 0
    assert len(told) >= 8
    assert [each for each in told if each["flaw"]] == []
