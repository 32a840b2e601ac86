"""A reader who does what a page says, in a folder of his own, and looks whether what he is shown is true.

Commands that only set things up are not run again: the packaging test and the gate do that. A server that a page starts
is the one that its later commands ask; before that it is one with everything at its default.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer
from mockserver.cli import main
from tests import dev
from tests.guide.prose import ROOT, Command, Fence, File, Program, Step
from tests.patience import PATIENCE
from tests.verify import real

DEFAULT = "http://127.0.0.1:8080"
BARE = ("-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:hypothesispytest")
"""What a run of pytest in a process of its own need not load."""


@dataclass
class Reader:
    """`folder` is where he is; `url` where the server is that he started last."""

    folder: Path
    stack: ExitStack
    url: str | None = None
    ran: list[str] = field(default_factory=list)

    def follow(self, step: Step) -> None:
        match step:
            case File(path, text):
                place = self.folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8")
            case Program(text):
                ran = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=False)
                assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
            case Command(line, shown):
                known = [act for pattern, act in COMMANDS.items() if re.match(pattern, line)]
                assert len(known) == 1, f"nobody knows how to run: {line}"
                known[0](self, line, shown)
                self.ran.append(line)

    def served(self, text: str) -> str:
        """The text with the address of the running server, which is started if there is none."""
        if self.url is None:
            self.url = self.stack.enter_context(MockServer()).url
        return text.replace(DEFAULT, self.url)


def curl(reader: Reader, line: str, shown: list[Fence]) -> None:
    """Ask the server; the status is the one shown, 200 where none is."""
    options = {"-H": "header", "-X": "method", "-d": "body", "-o": "file"}
    given: dict[str, list[str]] = {each: [] for each in options.values()}
    url, words = "", iter(shlex.split(reader.served(line))[1:])
    for word in words:
        if word in options:
            given[options[word]].append(next(words))
        else:
            url = url if word.startswith("-") else word
    headers = dict(each.split(": ", 1) for each in given["header"])
    if given["body"]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} | headers  # as curl does
    method = (*given["method"], "POST" if given["body"] else "GET")[0]
    answer = httpx.request(method, url, headers=headers, content="".join(given["body"]) or None)
    for name in given["file"]:
        (reader.folder / name).write_bytes(answer.content)
    if not any(each.language == "http" for each in shown):
        assert answer.status_code == 200, f"{line}: {answer.status_code} {answer.text}"
    for each in shown:
        if each.language == "http":
            assert_answered(answer, each.text)
        else:
            assert answer.json() == json.loads(each.text)


def assert_answered(answer: httpx.Response, shown: str) -> None:
    """Status line, the headers that are shown, and the body if one is."""
    head, _, body = shown.partition("\n\n")
    first, *headers = head.splitlines()
    assert first == f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}", answer.text
    for name, value in (each.split(": ", 1) for each in headers):
        assert answer.headers[name] == value
    if body:
        assert answer.json() == json.loads(body)


def invoke(reader: Reader, line: str, shown: list[Fence]) -> None:
    """Run our own command; what is shown are lines of its output."""
    words = shlex.split(reader.served(line) if DEFAULT in line else line)[1:]
    result: Result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, f"{line}: {result.output}"
    assert_printed(result.output, shown)


def assert_printed(output: str, shown: list[Fence]) -> None:
    """Every line that is shown is part of a line of the output, in order, whatever blanks there are."""
    lines = iter([" ".join(line.split()) for line in output.splitlines()])
    for wanted in (" ".join(line.split()) for fence in shown for line in fence.text.splitlines()):
        assert any(wanted in line for line in lines), f"{wanted!r} is not in (the rest of) the output:\n{output}"


def serve(reader: Reader, line: str, _: list[Fence]) -> None:
    """Serve on a free port until the page ends; what comes next is asked there."""
    words = re.sub(r" --port \d+", "", line.rpartition(".venv/bin/")[2])  # what is set up before is not run again
    command = [sys.executable, "-m", "mockserver", *shlex.split(words)[1:], "--port", "0"]
    process = reader.stack.enter_context(running(command, reader.folder))
    assert process.stdout is not None
    announced = process.stdout.readline()
    assert "http://" in announced, f"{line} does not serve: {announced}"
    reader.url = announced.split()[3]


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, interrupted at the end, as Ctrl-C does."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=folder, text=True, **pipes) as process:  # type: ignore[call-overload]  # of a dictionary
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE)
            assert (process.returncode, errors) == (0, "")


def test(reader: Reader, line: str, shown: list[Fence]) -> None:
    """Run pytest where the page's files are."""
    command = [sys.executable, "-m", "pytest", *BARE, *shlex.split(line)[1:]]
    ran = subprocess.run(command, cwd=reader.folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert_printed(ran.stdout, shown)


def develop(reader: Reader, line: str, _: list[Fence]) -> None:
    """A command for developers is there; it is not run, as it would run this."""
    result = CliRunner().invoke(dev.main, [*shlex.split(line)[3:4], "--help"])
    assert result.exit_code == 0, result.output


def provide(reader: Reader, line: str, _: list[Fence]) -> None:
    """A command that verifies a real provider is there, and knows it; it is not run, as it would install it."""
    name = shlex.split(line)[3]
    assert name in real.PROVIDERS
    assert CliRunner().invoke(real.main, [name, "--help"]).exit_code == 0


def complete(reader: Reader, line: str, _: list[Fence]) -> None:
    """The shell takes what it is given, and knows what to call for a word of ours."""
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    ran = subprocess.run(
        ["bash", "-ec", f"{line}\ncomplete -p mockserver"], env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "_mockserver_completion" in ran.stdout


def install(reader: Reader, line: str, _: list[Fence]) -> None:
    """Extras that are asked for exist."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"\[(\w+)\]", line)) <= set(extras)


def gate(reader: Reader, line: str, _: list[Fence]) -> None:
    """The script is there, and may be run."""
    assert os.access(ROOT / line, os.X_OK)


COMMANDS: dict[str, Callable[[Reader, str, list[Fence]], None]] = {
    r"curl ": curl,
    r"mockserver serve\b": serve,
    r"mockserver (?!serve\b)": invoke,
    r"pytest ": test,
    r"(python|\.venv/bin/python) -m tests\.dev ": develop,
    r"\.venv/bin/python -m tests\.verify\.real ": provide,
    r'eval "\$\(_MOCKSERVER_COMPLETE=': complete,
    r"python3 -m venv .* && \.venv/bin/mockserver serve\b": serve,
    r"(python3 -m venv(?!.*mockserver serve)|pip install|\.venv/bin/pip install) ": install,
    r"\.ci/run$": gate,
}
"""How each kind of command is run, by how it begins."""


@contextmanager
def reading(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reader in that folder."""
    monkeypatch.chdir(folder)
    with ExitStack() as stack:
        yield Reader(folder, stack)
