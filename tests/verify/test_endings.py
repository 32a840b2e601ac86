"""Runs that end otherwise than by themselves: by a signal, a provider that is not there, a fault of ours."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.errors import VerifyError
from mockserver.verify import command, events
from mockserver.verify.events import Event
from tests.verify.broken.shelf import Shelf
from tests.verify.flaws import CONTRACT
from tests.verify.reporters.sample import RUN
from tests.verify.serving import serving

KINDS = ("junit", "json", "html", "har")
KEY = "reader-and-writer"


def asked(folder: Path) -> list[str]:
    return [word for kind in KINDS for word in ("--report", f"{kind}={folder / kind}")]


class Hanging:
    """Answers so many requests and leaves the next one without; `hangs` is set when that has come."""

    def __init__(self, answered: int) -> None:
        self._app: Any = Shelf()
        self._left = answered
        self.hangs = threading.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._left -= 1
        if self._left < 0:
            self.hangs.set()
            await asyncio.Event().wait()
        await self._app(scope, receive, send)


@contextmanager
def verifying(folder: Path, answered: int) -> Iterator[subprocess.Popen[str]]:
    """A verification of a provider, as a process of its own, when the provider has begun to hang."""
    provider = Hanging(answered)
    with serving(provider) as served:
        words = ["verify", str(CONTRACT), "--url", served.url, "--max-examples", "5", *asked(folder)]
        environment = {**os.environ, "MOCKSERVER_AUTH": KEY}
        process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        try:
            assert provider.hangs.wait(60)
            yield process
        finally:
            process.kill()
            process.communicate()


def assert_marked(folder: Path, words: str) -> None:
    """Every report is whole, and says that the run was not."""
    told = json.loads((folder / "json").read_text())
    root = ElementTree.fromstring((folder / "junit").read_bytes())

    assert told["brokeOff"] == words
    assert f"not the whole run: {words}" in [each.get("message") for each in root.iter("error")]
    assert f"</strong>: {escape(words).replace('&#x27;', '&#39;')}." in (folder / "html").read_text()
    assert json.loads((folder / "har").read_text())["log"]["comment"] == f"not the whole run: {words}"
    assert sorted(path.name for path in folder.iterdir()) == sorted(KINDS)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_finishes_the_reports(name: str, tmp_path: Path) -> None:
    """GitLab, Jenkins, `timeout` and `docker stop` send one; a request under way does not hold it up for long."""
    with verifying(tmp_path, answered=40) as process:
        process.send_signal(getattr(signal, name))
        out, errors = process.communicate(timeout=60)

    assert (process.returncode, errors) == (2, "")
    assert f"Not the whole run: interrupted by {name}." in out
    assert out.splitlines()[-1].startswith("verification incomplete")
    assert_marked(tmp_path, f"interrupted by {name}")


def test_the_second_signal_does_not_wait_at_all(tmp_path: Path) -> None:
    """By then everything has been written, and nothing more is said."""
    with verifying(tmp_path, answered=40) as process:
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        first = next(line for line in process.stdout if line.startswith("verification incomplete"))
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)

    assert first
    assert (process.returncode, out, errors) == (2, "", "")
    assert_marked(tmp_path, "interrupted by SIGINT")


def test_a_provider_that_is_not_there_leaves_the_last_good_reports(tmp_path: Path) -> None:
    """There is nothing to put in their place."""
    for kind in KINDS:
        (tmp_path / kind).write_text("the last good one")

    result = CliRunner().invoke(main, ["verify", "crm", "--url", "http://127.0.0.1:1", *asked(tmp_path)])

    assert result.exit_code == 2
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict.fromkeys(KINDS, "the last good one")


def breaking_off(error: Exception) -> Any:
    def verify(*_: object) -> Iterator[Event]:
        yield from RUN[:10]
        raise error

    return verify


def test_what_came_before_a_provider_went_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The contract is broken already, whatever is still to come."""
    monkeypatch.setattr(command, "verify", breaking_off(VerifyError("nobody answers any more")))

    result = CliRunner().invoke(main, ["verify", "crm", *asked(tmp_path)])

    assert result.exit_code == 1
    assert "Not the whole run: nobody answers any more." in result.output
    assert_marked(tmp_path, "nobody answers any more")


def test_what_came_before_a_fault_of_ours_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is that of the fault, and the reports name it."""
    monkeypatch.setattr(command, "verify", breaking_off(KeyError("odd")))

    result = CliRunner().invoke(main, ["verify", "crm", *asked(tmp_path)])

    assert result.exit_code == 70
    assert "this is a fault of mockserver itself, not of your API: KeyError: 'odd'" in result.stderr
    assert_marked(tmp_path, "mockserver itself failed: KeyError: 'odd'")


def test_an_interruption_that_is_not_a_signal_is_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine says that it was interrupted; what it still does is not waited for before all is written."""
    happened = [*RUN[:8], events.Interrupted("shelf"), RUN[8]]
    monkeypatch.setattr(command, "verify", lambda *_: iter(happened))

    result = CliRunner().invoke(main, ["verify", "crm", *asked(tmp_path)])
    told = json.loads((tmp_path / "json").read_text())

    assert result.exit_code == 2
    assert told["brokeOff"].startswith("interrupted")
    assert told["apis"][0]["findings"] == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_report_that_does_not_fit_is_no_kept_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on to its end, the other reports are written, and what is missing is said."""
    monkeypatch.setattr(command, "verify", lambda *_: iter(RUN[-4:]))

    result = CliRunner().invoke(main, ["verify", "crm", "--report", "json=/dev/full", *asked(tmp_path)])

    assert result.exit_code == 2
    assert result.stderr == "mockserver: --report json=/dev/full: it cannot be written: No space left on device.\n"
    assert "the contract is kept" in result.stdout
    assert json.loads((tmp_path / "json").read_text())["verdict"] == "clean"


def test_one_who_waits_in_vain_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second signal while the last request is waited for, or too long a wait, ends the process as it stands."""
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(command, "PATIENCE", 0.0)
    waiting = threading.Event()

    def stubborn() -> Iterator[Event]:
        try:
            yield RUN[0]
        finally:
            while not ended:
                waiting.wait(0.01)
            raise KeyboardInterrupt

    stream: Any = stubborn()
    next(stream)
    command.wind_down(stream, 2)

    assert ended == [2, 2]
