"""The wheel, built, installed in a fresh environment outside the checkout, and served from there."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from mockserver.guide.page import ORDER
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent

pytestmark = pytest.mark.gate  # installs the wheel and all that it depends on


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT], check=True
    )
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_specs_and_fixtures(wheel: Path) -> None:
    """The wheel contains every document and every fixture of the checkout, and the marker of its types."""
    shipped = {
        f"mockserver/{path.relative_to(ROOT)}"
        for folder in ("specs", "fixtures")
        for path in (ROOT / folder).rglob("*.*")
    }

    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())

    assert shipped | {"mockserver/py.typed"} <= packed
    assert not any(name.startswith(("tests", "specs", "fixtures")) for name in packed)


def test_wheel_holds_the_licence_and_the_guide(wheel: Path) -> None:
    """The text of the licence is where installers look for it, and every page of the guide is in the package."""
    with ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        [about] = [name for name in packed if name.endswith(".dist-info/METADATA")]
        metadata = archive.read(about).decode()
        licence = archive.read(about.replace("METADATA", "licenses/mockserver/LICENSE")).decode()

    assert "License-Expression: MIT\nLicense-File: mockserver/LICENSE\n" in metadata
    assert "Permission is hereby granted, free of charge" in licence
    assert {f"mockserver/guide/{name}.md" for name in ORDER} <= packed


def test_wheel_serves_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Installed in a fresh environment, the command serves the five APIs and stops when interrupted."""
    venv.create(tmp_path / "fresh", with_pip=True)
    program = tmp_path / "fresh" / "bin"
    subprocess.run([program / "python", "-m", "pip", "install", "--quiet", wheel], check=True)

    with subprocess.Popen(
        [program / "mockserver", "serve", "--port", "0"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split()[3]
        with (
            urllib.request.urlopen(f"{url}/_mock/health") as health,
            urllib.request.urlopen(f"{url}/contacts/lists") as lists,
            urllib.request.urlopen(f"{url}/_mock/worlds") as worlds,
            urllib.request.urlopen(f"{url}/_mock/ui/") as page,
        ):
            answers = json.load(health), json.load(lists), json.load(worlds)
            assert b"swagger-ui" in page.read()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)

    assert answers[0] == {"status": "ok", "apis": ["audience", "crm", "prospects", "salesnav", "workshop"]}
    assert answers[1]["info"] == {"count": 6, "total": 0}
    assert answers[2]["total"] == 1
    assert errors == ""
    assert process.returncode == 0
