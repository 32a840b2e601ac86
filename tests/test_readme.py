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
from click.testing import CliRunner

from mockserver import MockServer
from mockserver.cli import main

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
SHELL = [line for language, text in BLOCKS if language == "sh" for line in text.splitlines() if line]
CURLS = [line for line in SHELL if line.startswith("curl ")]
PROGRAMS = [text for language, text in BLOCKS if language == "python"]
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


@pytest.mark.parametrize("command", CURLS)
def test_curl_is_answered(command: str, server: MockServer) -> None:
    """Every curl of the README gets the status that stands below it, 200 where none does."""
    after = README.partition(command)[2].partition("```sh")[0]
    shown = re.search(r"HTTP/1.1 (\d+)", after)

    answer = curl(command, server)

    assert answer.status_code == int(shown[1] if shown else 200)


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


@pytest.mark.parametrize("command", [line for line in SHELL if re.match(r"mockserver (routes|apis)", line)])
def test_command_succeeds(command: str) -> None:
    """Every command of the README that only tells something succeeds."""
    assert CliRunner().invoke(main, shlex.split(command)[1:]).exit_code == 0


def test_setup_is_two_commands() -> None:
    """One command runs the server and one runs the tests; the gate runs the latter as it stands."""
    assert [command.split("&&")[-1].split() for command in SETUPS] == [
        [".venv/bin/mockserver", "serve"],
        [".venv/bin/pytest"],
    ]
