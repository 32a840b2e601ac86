"""The sample projects as projects: copied somewhere else, run by themselves, alone and in parallel, right and wrong."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.gate  # runs each project as one of its own, right and wrong

HERE = Path(__file__).parent
PROJECTS = {path.parent.name: path.parent for path in sorted(HERE.glob("with_*/pytest.ini"))}

SLIPS = {
    "with_httpx": ("roster.py", '"title": title', '"titel": title', "body title: is required"),
    "with_requests": ("searches.py", '{"q": text}', '{"q": 3}', "body args.q: must be of type"),
    "with_aiohttp": ("newsletter.py", '"/api/v1/contacts/bulk"', '"/api/v1/contacts/bulks"', "no documented path"),
    "with_urllib": ("prospecting.py", '"POST", f"/lists/refresh', '"PUT", f"/lists/refresh', "PUT is not documented"),
}
"""Of each project a small mistake: the file, what is right, what is wrong, and how the plugin words it."""


def run_pytest(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    bare = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
    command = [sys.executable, "-m", "pytest", *bare, *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(PROJECTS[request.param], tmp_path / request.param, ignore=shutil.ignore_patterns("__pycache__"))
    )


@pytest.mark.parametrize(
    ("project", "workers"),
    [(name, ("-n", "2") if name == "with_httpx" else ()) for name in PROJECTS],
    indirect=["project"],
    ids=PROJECTS,
)
def test_a_project_of_its_own_passes(project: Path, workers: tuple[str, ...]) -> None:
    """One coverage, also of two workers and their two servers."""
    run = run_pytest(project, *workers, "--mock-coverage=json:coverage.json", "--mock-coverage-fail-under=10")
    report = json.loads((project / "coverage.json").read_text())

    assert run.returncode == 0, run.stdout
    assert report["percent"] >= 10
    assert len(report["apis"]) == 1


@pytest.mark.parametrize("project", PROJECTS, indirect=True)
def test_a_mistake_of_the_client_comes_to_light(project: Path) -> None:
    """No test looks for it; the contract does."""
    file, right, wrong, words = SLIPS[project.name]
    source = (project / file).read_text()
    (project / file).write_text(source.replace(right, wrong))
    run = run_pytest(project)

    assert right in source
    assert run.returncode == 1
    assert "violated the contract" in run.stdout
    assert words in run.stdout
