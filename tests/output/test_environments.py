"""Every command in every environment: what a person expects, the right exit code, and never a traceback."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from mockserver import MockServer
from tests.output.forks import Job, Outcome, outcomes

pytestmark = pytest.mark.gate  # every command in every kind of output

FULL = "mockserver: standard output cannot be written: No space left on device.\n"
CLOSED = "mockserver: standard output cannot be written: it is closed.\n"

COMMANDS: Mapping[str, tuple[str, ...]] = {
    "apis": ("apis",),
    "routes": ("routes", "audience"),
    "export": ("export", "crm"),
    "check": ("check", "{document}"),
    "check as JSON": ("check", "{document}", "--format", "json"),
    "coverage": ("coverage", "{journal}", "--quotes", "--fail-under", "99"),
    "coverage as JSON": ("coverage", "{journal}", "--format", "json"),
    "verify": ("verify", "crm", "--seed", "1"),
    "verify as JSON": ("verify", "crm", "--seed", "1", "--format", "json"),
    "help": ("verify", "--help"),
    "no such option": ("routes", "--x\x1b[31m"),
    "no such API": ("routes", "no\x1b[31m\u202esuch\nAPI"),
}
CODES = {
    "coverage": 1,
    "verify": 1,
    "verify as JSON": 1,
    "no such option": 2,
    "no such API": 2,
}
MACHINE = ("export", "check as JSON", "coverage as JSON", "verify as JSON")
WITHOUT_OUTPUT = ("no such option", "no such API")
OPTIONAL = ("check", "check as JSON", "coverage", "coverage as JSON", "verify", "verify as JSON")

FLAWED = {
    "openapi": "3.0.3",
    "info": {"title": "Größe\x1b[31m", "version": "1"},
    "paths": {"/\u202ea\n::error::x": {"get": {"parameters": [{"$ref": "#/nowhere\x1b[2J"}], "responses": {}}}},
}
ENVIRONMENTS: Mapping[str, Job] = {
    "pipe": Job(()),
    "pipe, ASCII": Job((), encoding="ascii"),
    "pipe, cp1251": Job((), encoding="cp1251"),
    "pipe, colour forced": Job((), environment={"FORCE_COLOR": "1"}),
    "terminal": Job((), place="terminal", environment={"TERM": "xterm-256color"}),
    "terminal, 20 columns": Job((), place="terminal", columns=20),
    "terminal, 40 columns": Job((), place="terminal", columns=40),
    "terminal, 200 columns": Job((), place="terminal", columns=200),
    "terminal, no colour": Job((), place="terminal", environment={"NO_COLOR": "1"}),
    "terminal, dumb": Job((), place="terminal", environment={"TERM": "dumb"}),
    "terminal, ASCII": Job((), place="terminal", encoding="ascii"),
    "reader gone": Job((), place="left"),
    "closed": Job((), place="closed"),
    "disk full": Job((), place="full"),
}
EVERYWHERE = list(itertools.product(COMMANDS, ENVIRONMENTS))
MOVEMENT = re.compile(r"\x1b\[(\?\d+[hl]|\d*[A-HJKST])|\r")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Outcome]:
    """What became of every command in every environment."""
    folder = tmp_path_factory.mktemp("given")
    journal, document = folder / "journal.json", folder / "openapi.json"
    document.write_text(json.dumps(FLAWED))
    with MockServer(["crm", "audience"]) as server:
        httpx.get(f"{server.url}/contacts/lists")
        httpx.get(f"{server.url}/api/v1/lists")
        journal.write_bytes(httpx.get(f"{server.url}/_mock/export/journal").content)
    jobs = []
    for command, environment in EVERYWHERE:
        words = tuple(word.format(journal=journal, document=document) for word in COMMANDS[command])
        at = ENVIRONMENTS[environment]
        jobs.append(Job(words, at.place, at.columns, at.encoding, at.environment))
    return dict(zip(EVERYWHERE, outcomes(jobs), strict=True))


def expected(command: str, environment: str) -> tuple[int, str]:
    """The exit code, and what stands on standard error because of the output."""
    code = CODES.get(command, 0)
    if command in WITHOUT_OUTPUT:
        return code, ""
    if environment == "disk full":
        return code or 2, FULL
    if environment == "closed" and command not in OPTIONAL:
        return code or 2, CLOSED
    return code, ""


@pytest.mark.parametrize(("command", "environment"), EVERYWHERE)
def test_every_command_ends_well_everywhere(
    command: str, environment: str, table: dict[tuple[str, str], Outcome]
) -> None:
    """Its exit code is its own, or 2 where nobody can read it; what is wrong is said once; nothing is a traceback."""
    outcome = table[command, environment]
    code, told = expected(command, environment)

    assert (outcome.code, "Traceback" in outcome.errors) == (code, False)
    assert outcome.errors.endswith(told)
    assert (outcome.errors == "") is (told == "" and command not in WITHOUT_OUTPUT)


@pytest.mark.parametrize(("command", "environment"), EVERYWHERE)
def test_colour_and_movement_are_where_they_are_wanted(
    command: str, environment: str, table: dict[tuple[str, str], Outcome]
) -> None:
    """Colour on a terminal or where it is forced, drawing over on a terminal only; machines read neither."""
    out = table[command, environment].out
    at = ENVIRONMENTS[environment]
    plain = command in (*MACHINE, "help", *WITHOUT_OUTPUT)
    terminal = at.place == "terminal" and at.environment.get("TERM") != "dumb"
    colour = (terminal and "NO_COLOR" not in at.environment) or "FORCE_COLOR" in at.environment

    assert bool(COLOUR.search(out)) is (colour and not plain)
    assert bool(MOVEMENT.search(out)) is (terminal and command == "verify")
    assert "\x1b" not in MOVEMENT.sub("", COLOUR.sub("", out))


@pytest.mark.parametrize("environment", [name for name, at in ENVIRONMENTS.items() if at.place == "terminal"])
@pytest.mark.parametrize("command", ["apis", "routes", "coverage", "verify"])
def test_nothing_is_wider_than_the_terminal(
    command: str, environment: str, table: dict[tuple[str, str], Outcome]
) -> None:
    """But for what must stay in one piece to be pasted, which the terminal itself wraps."""
    columns = ENVIRONMENTS[environment].columns
    lines = MOVEMENT.sub("", COLOUR.sub("", table[command, environment].out)).split("\n")

    assert [
        line for line in lines if len(line) > columns and not re.search("curl |mockserver |#/|  |contract", line)
    ] == []
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize("environment", [name for name in ENVIRONMENTS if name.startswith(("pipe", "terminal"))])
@pytest.mark.parametrize("command", MACHINE)
def test_machines_get_the_same_everywhere(
    command: str, environment: str, table: dict[tuple[str, str], Outcome]
) -> None:
    """JSON, whatever the environment says for people."""
    assert json.loads(table[command, environment].out) == json.loads(table[command, "pipe"].out)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_error_quotes_and_is_not_steered(environment: str, table: dict[tuple[str, str], Outcome]) -> None:
    """What a person gave, or a document has, is repeated in one line, by numbers where it is not visible."""
    told = COLOUR.sub("", table["no such API", environment].errors)

    assert told.startswith(r"mockserver: unknown API 'no\x1b[31m\u202esuch\nAPI': expected one of ")
    assert told.count("\n") == 1
    assert r"'--x\x1b[31m'" in table["no such option", environment].errors


def test_help_is_written_in_characters_that_every_output_has(table: dict[tuple[str, str], Outcome]) -> None:
    """click writes it itself, and knows no others."""
    assert table["help", "pipe"].out.isascii()
    assert table["help", "pipe, cp1251"].out == table["help", "pipe"].out


@pytest.mark.parametrize(("environment", "sign"), [("pipe", "\N{MULTIPLICATION SIGN}"), ("pipe, cp1251", "x")])
def test_what_an_encoding_lacks_is_written_in_ascii(
    environment: str, sign: str, table: dict[tuple[str, str], Outcome]
) -> None:
    """A document may have any character."""
    assert f"page {sign} limit" in table["routes", environment].out


def test_a_whole_process_in_an_encoding_of_few_characters() -> None:
    """As Python itself sets it up."""
    words = [sys.executable, "-m", "mockserver", "routes", "audience"]
    ran = subprocess.run(words, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "cp1251"}, check=False)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert "x" in ran.stdout.decode("cp1251")


SHELLS = [(">&-", 2, CLOSED), ("> /dev/full", 2, FULL), ("| head -1", 0, "")]


@pytest.mark.parametrize(("redirection", "code", "told"), SHELLS)
def test_a_whole_process_in_a_shell(redirection: str, code: int, told: str) -> None:
    """As a shell starts it and sees it end, Python's own end included."""
    command = f"set -o pipefail; {sys.executable} -m mockserver routes crm {redirection}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (code, told)


def test_a_file_beside_a_closed_output_is_written(tmp_path: Path) -> None:
    """The first file that is opened does not get the number of standard output."""
    report = tmp_path / "report.json"
    words = f"verify crm --phase examples --max-examples 1 --report json={report}"
    ran = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m mockserver {words} >&- 2>&-"], capture_output=True, check=False
    )

    assert ran.returncode == 0
    assert json.loads(report.read_text())["verdict"] == "clean"
