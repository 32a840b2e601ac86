"""What a request costs, as it is asked, taken and shown."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from tests.benchmarks import bare, cost
from tests.benchmarks.cost import Subject, main, tables
from tests.benchmarks.operations import READ, Answer
from tests.benchmarks.process import Process

ANSWER = Answer(201, "application/json", b'{"data":1}')


def subject(name: str, value: float) -> Subject:
    return Subject(name, lambda _: [], costs={each: [value, value * 3, value / 3] for each in cost.OPERATIONS})


def test_costs_are_medians_beside_the_bare_application() -> None:
    """With the ratio to it, and what is saved against the same way of serving of another checkout."""
    shown, saved = tables([subject("bare", 20), subject("base: ours", 100), subject("ours", 40)])

    assert shown.rows[2][:5] == ("ours", "40.0", "2.0x", "40.0", "2.0x")
    assert saved.rows == [("ours", *["60 %"] * 4)]


def test_alone_nothing_is_saved() -> None:
    """Without another checkout there is one table; what was not measured is a dash."""
    (shown,) = tables([subject("bare", 20), Subject("ours", lambda _: [])])

    assert shown.rows[1][1:3] == ("-", "-")


def test_cpu_time_is_that_of_the_process(tmp_path: Path) -> None:
    """It grows as the process works."""
    with Process([sys.executable, "-c", "while True: pass"], tmp_path, {}) as process:
        before = process.cpu_seconds()
        while process.cpu_seconds() - before < 0.05:
            continue


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_bare_application_gives_the_answer_of_the_method(tmp_path: Path, method: str) -> None:
    """Once it has read the request to its end."""
    file = bare.write(tmp_path / "answers.json", {"GET": ANSWER, "POST": ANSWER})
    given = {name: (status, body.encode()) for name, (status, body) in orjson.loads(file.read_bytes()).items()}
    parts = [{"more_body": True}, {"more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return parts.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(bare.application(given)({"method": method}, receive, send))

    assert (sent[0]["status"], sent[1]["body"]) == (201, ANSWER.body)
    assert len(parts) == (2 if method == "GET" else 0)


def test_without_wrk_there_is_nothing_to_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing load generator is named in one line."""
    monkeypatch.setenv("PATH", "")
    result = CliRunner().invoke(main, [])

    assert result.exit_code == 1
    assert "wrk is not installed" in result.output


def test_another_checkout_is_run_by_its_own_interpreter(tmp_path: Path) -> None:
    """And from its own folder; our answers are what the bare application gives."""
    found = cost.subjects(tmp_path, tmp_path)

    assert [each.name for each in found] == [
        "a bare ASGI app",
        f"{tmp_path.name}: mockserver serve audience",
        f"{tmp_path.name}: without the log",
        "mockserver serve audience",
        "without the log",
    ]
    assert found[1].command(1)[0] == str(tmp_path / ".venv" / "bin" / "python")
    assert READ.method in orjson.loads((tmp_path / "answers.json").read_bytes())
