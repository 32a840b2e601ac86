"""The requests whose instructions are counted, and how they are counted and shown."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import bare, instructions
from tests.benchmarks.cost import OPERATIONS, ROOT, Subject
from tests.benchmarks.instructions import KINDS, Client, Counted, main, tables
from tests.benchmarks.operations import READ, Answer
from tests.benchmarks.process import Process, ServerError, free_port

ANSWER = Answer(201, "application/json", b'{"data":1}')


def serving(file: Path, answer: Answer = ANSWER) -> Subject:
    """The bare application, which gives one answer."""
    file = bare.write(file, {"GET": answer, "POST": answer})
    return Subject("bare", lambda port: [sys.executable, "-m", "tests.benchmarks.bare", str(file), str(port)])


def test_what_is_asked_is_what_cost_asks() -> None:
    """The same kinds, by request lines and headers alike; those that rotate differ each time."""
    assert [*KINDS] == [*OPERATIONS]
    assert (
        KINDS["list"](1)
        == KINDS["list"](2)
        == (b"GET /api/v1/lists HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ak_demo_full\r\n\r\n")
    )
    for kind in ("list, rotating", "upsert", "upsert, each a change"):
        assert KINDS[kind](1) != KINDS[kind](2)
    head, _, body = KINDS["upsert"](1).partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head


def test_counts_are_thousands_beside_the_bare_application() -> None:
    """With the ratio to it."""
    (shown,) = tables(
        [
            Counted(Subject("bare", lambda _: []), {"list": 100_000}),
            Counted(Subject("ours", lambda _: []), {"list": 250_000}),
        ]
    )

    assert shown.rows == [("bare", "100.0", "1.0x"), ("ours", "250.0", "2.5x")]


def test_what_is_no_success_is_not_counted(tmp_path: Path) -> None:
    """A server that refuses is cheap, and says nothing."""
    port = free_port()
    subject = serving(tmp_path / "answers.json")
    with Process(subject.command(port), tmp_path, {"PYTHONPATH": str(ROOT)}) as process:
        process.first_answer(READ, port)
        client = Client(port, 2)
        client.ask(KINDS["list"], 4)
        with pytest.raises(ServerError, match=r"answered b'HTTP/1.1 400"):
            client.ask(lambda _: b"noise\r\n\r\n", 2)
        client.close()


@pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")
def test_instructions_are_counted(tmp_path: Path) -> None:
    """Under valgrind, of each kind; a request takes some ten thousand at the least."""
    counted = instructions.count(serving(tmp_path / "answers.json"), tmp_path, 32, ["list", "upsert"])

    assert all(10_000 < each < 1_000_000 for each in counted.counts.values())
    assert [*counted.counts] == ["list", "upsert"]


def test_without_valgrind_there_is_nothing_to_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing tool is named in one line."""
    monkeypatch.setenv("PATH", "")
    result = CliRunner().invoke(main, [])

    assert result.exit_code == 1
    assert "valgrind is not installed" in result.output
