"""The README's commands and programs, run as they stand there."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import yaml
from click.testing import CliRunner

from mockserver import MockServer
from mockserver.cli import main

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SHELL = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines() if line]
CURLS = [line for line in SHELL if line.startswith("curl ")]
PROGRAMS = [text for language, text in BLOCKS if language == "python" and "def test_" not in text]
TESTS = [text for language, text in BLOCKS if language == "python" and "def test_" in text]
WORKFLOW = next(text for language, text in BLOCKS if language == "yaml")
SETUPS = [line for line in SHELL if line.startswith("python3 ")]


def curl(command: str, server: MockServer) -> httpx.Response:
    """What a curl command of the README gets from the server."""
    options = {"-H": "header", "-X": "method", "-d": "body"}
    method, headers, body, url = None, {}, None, ""
    words = iter(shlex.split(command.replace("http://127.0.0.1:8080", server.url))[1:])
    for word in words:
        match options.get(word):
            case "header":
                name, _, value = next(words).partition(": ")
                headers[name] = value
            case "method":
                method = next(words)
            case "body":
                body = next(words)
            case _:
                url = url if word.startswith("-") else word
    return httpx.request(method or ("POST" if body else "GET"), url, headers=headers, content=body)


def test_curls_are_answered(server: MockServer) -> None:
    """Every curl of the README, one after the other, gets the status that stands below it, 200 where none does."""
    commands = re.findall(r"```sh\n(curl .*)\n```\n((?:(?!```sh).|\n)*)", README)
    shown = [re.search(r"HTTP/1.1 (\d+)", below) for _, below in commands]

    answers = [curl(command, server) for command, _ in commands]

    assert [answer.status_code for answer in answers] == [int(each[1] if each else 200) for each in shown]
    assert len(answers) == len(CURLS) == 9


@pytest.mark.parametrize("test", TESTS)
def test_test_passes(test: str, pytester: pytest.Pytester) -> None:
    """Every test of the README passes, with the plugin that the package brings."""
    pytester.makepyfile(test)

    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_first_result(server: MockServer) -> None:
    """The first curl gives the JSON that the README shows, within its first twenty lines."""
    shown = next(text for language, text in BLOCKS if language == "json")

    answer = curl(CURLS[0], server)

    assert answer.json() == json.loads(shown)
    assert README.index(shown) < len("\n".join(README.splitlines()[:20]))


@pytest.mark.parametrize("program", PROGRAMS)
def test_program_runs(program: str) -> None:
    """Every Python program of the README runs without a word."""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.parametrize("command", [line for line in SHELL if re.match(r"mockserver (routes|apis|verify)", line)])
def test_command_succeeds(command: str) -> None:
    """Every command of the README that only tells something succeeds."""
    assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code == 0


def test_the_workflow_verifies_a_provider(server: MockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its command, but for time as it stands there, finds that the server keeps its contract and writes the reports."""
    steps = [step for job in yaml.safe_load(WORKFLOW)["jobs"].values() for step in job["steps"]]
    [step] = [step for step in steps if step.get("run", "").startswith("mockserver ")]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MOCKSERVER_AUTH", server.credential("workshop"))
    command = shlex.split(step["run"].replace("$PROVIDER", server.url))

    result = CliRunner().invoke(main, [*command[1:], "--max-time", "8", "--seed", "1"])

    assert result.exit_code == 0, result.output
    assert set(step["env"]) == {"PROVIDER", "MOCKSERVER_AUTH"}
    assert {path.name for path in tmp_path.iterdir()} == {"contract.xml", "contract.html"}


def test_the_workflow_gates_the_tests(pytester: pytest.Pytester) -> None:
    """Its command runs the tests of a folder, writes the coverage report and fails below the percentage."""
    steps = [step for job in yaml.safe_load(WORKFLOW)["jobs"].values() for step in job["steps"]]
    [command] = [step["run"] for step in steps if step.get("run", "").startswith("pytest ")]
    tests = pytester.mkdir("tests")
    (tests / "test_readme.py").write_text(TESTS[0])

    result = pytester.runpytest_subprocess(*shlex.split(command)[1:])

    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert (pytester.path / "coverage" / "index.html").exists()


def test_setup_is_two_commands() -> None:
    """One command runs the server and one runs the tests; the gate runs the latter as it stands."""
    assert [command.split("&&")[-1].split() for command in SETUPS] == [
        [".venv/bin/mockserver", "serve"],
        [".venv/bin/pytest", "-n", "auto", "--dist", "loadgroup"],
    ]
