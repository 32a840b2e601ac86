"""The workflow that the guide gives away, command by command."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver import MockServer
from mockserver.cli import main
from mockserver.guide.page import FOLDER
from tests.guide.prose import File, fences, steps

WORKFLOW = next(fence.text for fence in fences(FOLDER / "in-ci.md") if fence.language == "yaml")
STEPS: list[dict[str, Any]] = [step for job in yaml.safe_load(WORKFLOW)["jobs"].values() for step in job["steps"]]


def step(program: str) -> dict[str, Any]:
    """The one step that runs the program."""
    [found] = [each for each in STEPS if each.get("run", "").startswith(f"{program} ")]
    return found


def test_it_verifies_a_provider(server: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command, here with few examples, finds that the server keeps its contract and writes the reports."""
    verify = step("mockserver")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOCKSERVER_AUTH", server.credential("workshop"))
    command = shlex.split(verify["run"].replace("$PROVIDER", server.url))

    result = CliRunner().invoke(main, [*command[1:], "--max-examples", "1", "--phase", "examples", "--seed", "1"])

    assert result.exit_code == 0, result.output
    assert set(verify["env"]) == {"PROVIDER", "MOCKSERVER_AUTH"}
    assert {path.name for path in tmp_path.iterdir()} == {"contract.xml", "contract.html"}


def test_it_gates_the_tests(pytester: pytest.Pytester) -> None:
    """Its command runs the tests of a folder, writes the coverage report and fails below the percentage."""
    [test, *_] = [each for each in steps(FOLDER / "in-a-test-suite.md") if isinstance(each, File)]
    tests = pytester.mkdir("tests")
    (tests / test.path).write_text(test.text)

    result = pytester.runpytest_subprocess("-p", "no:schemathesis", *shlex.split(step("pytest")["run"])[1:])

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert (pytester.path / "coverage" / "index.html").exists()
