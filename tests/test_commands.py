"""How commands end: a fault of ours is told as one, and an exit code means one thing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from mockserver import cli
from mockserver.commands import Commands
from mockserver.errors import StartError
from mockserver.signals import Interrupted


@click.group(cls=Commands)
def program() -> None:
    """A program of ours."""


@program.command()
@click.argument("what")
def end(what: str) -> None:
    """End as it is told to."""
    if what == "refused":
        raise StartError("it is refused:\n  for one reason\nmockserver: all is well")
    if what == "defect":
        raise KeyError("secret\x1b[2J")
    if what == "too deep":
        raise RecursionError
    if what == "interrupted":
        raise Interrupted(signal.SIGTERM)
    if what == "Ctrl-C":
        raise KeyboardInterrupt
    if what == "unreadable":
        raise click.FileError("x", "no such file")
    raise click.Abort


def ended(what: str) -> Result:
    return CliRunner().invoke(program, ["end", what])


@pytest.mark.parametrize(
    ("what", "code", "told"),
    [
        ("refused", 2, "mockserver: it is refused:\n  for one reason\\nmockserver: all is well\n"),
        ("unreadable", 2, "Error: Could not open file 'x': no such file\n"),
        ("interrupted", 143, "mockserver: interrupted by SIGTERM.\n"),
        ("Ctrl-C", 130, "mockserver: interrupted by SIGINT.\n"),
        ("aborted", 130, "mockserver: interrupted by SIGINT.\n"),
    ],
)
def test_every_end_is_one_message(what: str, code: int, told: str) -> None:
    """None is exit code 1, which says that a contract is broken."""
    result = ended(what)

    assert (result.exit_code, result.stderr, result.stdout) == (code, told, "")


def test_a_fault_of_ours_is_told_as_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What failed, where, and a file to report it with, in which no credential of the command line is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["mockserver", "verify", "--auth=secret", "--auth", "secret", "--url", "x"])
    result = ended("defect")
    [log] = tmp_path.iterdir()
    lines = log.read_text().splitlines()

    assert result.exit_code == 70
    assert result.stderr == (
        r"mockserver: this is a fault of mockserver itself, not of your API: KeyError: 'secret\x1b[2J' "
        f"(test_commands.py, line 33). Please report it with {log}. MOCKSERVER_DEBUG=1 prints the traceback here.\n"
    )
    assert lines[1] == "mockserver verify --auth --auth --url"
    assert lines[3] == "Traceback (most recent call last):"
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file can be kept."""
    monkeypatch.setenv("MOCKSERVER_DEBUG", "1")
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    result = ended("too deep")

    assert result.exit_code == 70
    assert result.stderr.startswith("Traceback (most recent call last):\n")
    assert "RecursionError: " in result.stderr
    assert "Please report it. MOCKSERVER_DEBUG=1" in result.stderr


def test_a_caller_may_handle_the_end_by_itself() -> None:
    """As click has it: what is raised is the caller's."""
    with pytest.raises(KeyError):
        program.main(["end", "defect"], standalone_mode=False)


def test_a_command_ends_by_a_signal_without_a_traceback() -> None:
    """The exit code is the one that shells know."""
    script = """
import os, signal, sys
import mockserver.catalog

def load(*_):
    os.kill(os.getpid(), getattr(signal, sys.argv.pop()))

mockserver.catalog.load_apis = load
from mockserver.__main__ import run
run()
"""
    ends = {
        name: subprocess.run(
            [sys.executable, "-c", script, "routes", name], capture_output=True, text=True, check=False
        )
        for name in ("SIGINT", "SIGTERM", "SIGHUP")
    }

    assert {name: (each.returncode, each.stderr) for name, each in ends.items()} == {
        "SIGINT": (130, "mockserver: interrupted by SIGINT.\n"),
        "SIGTERM": (143, "mockserver: interrupted by SIGTERM.\n"),
        "SIGHUP": (129, "mockserver: interrupted by SIGHUP.\n"),
    }


def test_an_interruption_while_the_program_is_loaded_is_silent() -> None:
    """As of any program: nothing has been begun yet."""
    script = """
import builtins, os, signal

imported = builtins.__import__
def load(name, *rest):
    if name == "click":
        os.kill(os.getpid(), signal.SIGINT)
    return imported(name, *rest)

from mockserver.__main__ import run
builtins.__import__ = load
run()
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, "", "")


def test_help_names_what_each_command_does() -> None:
    """No sentence is cut short, however narrow the terminal is."""
    told = CliRunner().invoke(cli.main, ["--help"], terminal_width=40).output

    assert "..." not in told.replace("[ARGS]...", "")


def test_python_m_is_the_same_program() -> None:
    """`python -m mockserver` and `mockserver` have one beginning."""
    words = [sys.executable, "-m", "mockserver", "--version"]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, env=dict(os.environ))

    assert ran.stdout.startswith("mockserver ")
