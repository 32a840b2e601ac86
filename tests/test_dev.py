"""The commands for developers: what they run, and how they find an interpreter."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import dev


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that would have been run."""
    commands: list[list[str]] = []
    monkeypatch.setattr(dev, "run", lambda *command: commands.append(list(command)))
    return commands


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["test", "tests/world", "-k", "clock"], ["-m pytest -n auto --dist loadfile tests/world -k clock"]),
        (["lint"], ["-m ruff check .", "-m ruff format --check ."]),
        (["types"], ["-m mypy"]),
        (["benchmark"], ["-m tests.benchmarks.growth --size 1000 --size 10000"]),
    ],
)
def test_a_command_runs_what_its_name_says(ran: list[list[str]], asked: list[str], expected: list[str]) -> None:
    """In the environment that it was started in."""
    CliRunner().invoke(dev.main, asked, catch_exceptions=False)

    assert [command[0] for command in ran] == [sys.executable] * len(expected)
    assert [" ".join(command[1:]) for command in ran] == expected


def test_campaigns_draw_anew_or_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a seed of their own, which a failure tells, or by the one that is given."""
    commands: list[str] = []

    def fail(*command: str) -> None:
        commands.append(" ".join(command[1:]))
        raise SystemExit(1)

    monkeypatch.setattr(dev, "run", fail)
    one, other, again = (
        CliRunner().invoke(dev.main, ["campaigns", *words])
        for words in (["-k", "crm"], ["-k", "crm"], ["--seed", "5", "-x"])
    )

    seeds = [command.partition("--hypothesis-seed=")[2].split()[0] for command in commands]
    assert commands[0].startswith("-m pytest -n auto --dist loadfile -m campaign or hypothesis --hypothesis-seed=")
    assert commands[0].endswith(" -k crm")
    assert commands[2].endswith(" --hypothesis-seed=5 -x")
    assert seeds[0] != seeds[1]
    for result, seed in zip((one, other, again), seeds, strict=True):
        assert (result.exit_code, result.stderr) == (
            1,
            f"Repeat with: python -m tests.dev campaigns --seed {seed}\n",
        )


def test_the_lowest_versions_have_an_environment_of_their_own(ran: list[list[str]]) -> None:
    """Made anew, with the lowest that every line of pyproject.toml admits."""
    CliRunner().invoke(dev.main, ["lowest"], catch_exceptions=False)

    made, filled, tested = (" ".join(command) for command in ran)
    assert made.endswith(f"--clear --python {sys.executable} {dev.ROOT}/.venvs/lowest")
    assert filled.endswith("--resolution lowest-direct -e .[test]")
    assert tested.startswith(f"{dev.ROOT}/.venvs/lowest/bin/python -m pytest -q ")


def test_both_ends_of_schemathesis_have_environments_of_their_own(ran: list[list[str]]) -> None:
    """The version that pyproject.toml begins with, and the newest that it admits."""
    CliRunner().invoke(dev.main, ["schemathesis", "verify/test_flaws.py"], catch_exceptions=False)

    filled = [command[-4:] for command in ran if "install" in command]
    tested = [" ".join(command) for command in ran if "pytest" in command]
    assert [each[1:3] for each in filled] == [["-e", ".[test]"]] * 2
    assert filled[0][-1].startswith("schemathesis==4.")
    assert filled[1][-1] == "schemathesis"
    assert [each.split("/bin/")[0].rpartition("/")[2] for each in tested] == [
        "schemathesis-lowest",
        "schemathesis-newest",
    ]
    assert all(each.endswith("tests/verify/test_flaws.py") for each in tested)


def test_every_closest_test_is_there() -> None:
    """No folder that was renamed is left out in silence."""
    named = {*dev.INTERPRETER, *dev.LIBRARIES, *dev.VERIFY}

    assert [each for each in named if not (dev.ROOT / "tests" / each).exists()] == []


def test_a_python_that_is_not_installed_is_said_loudly(ran: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """It fails who asked for it by name."""
    monkeypatch.setattr(dev, "find", lambda version: None if version == "3.13" else f"/python{version}")

    both, asked = (CliRunner().invoke(dev.main, ["pythons", *each]) for each in ((), ("3.13",)))

    assert both.output == "NOT TESTED on Python 3.13, which is not installed.\n"
    assert [command[-1] for command in ran if "venv" in command] == [f"{dev.ROOT}/.venvs/3.12"]
    assert (both.exit_code, asked.exit_code) == (0, 1)
    assert "no Python 3.13" in asked.output


def test_a_name_that_leads_to_nothing_is_no_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As pyenv leaves one of every version on the PATH; the Python itself is below its root."""
    version = ".".join(map(str, sys.version_info[:2]))
    shim = tmp_path / f"python{version}"
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    real = tmp_path / "versions" / f"{version}.0" / "bin" / f"python{version}"
    real.parent.mkdir(parents=True)
    real.symlink_to(sys.executable)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setattr(dev, "managed", lambda: tmp_path / "none")

    assert dev.find(version) == str(real)
    assert dev.find("2.99") is None


def test_the_first_failure_ends_all() -> None:
    """With its exit code, after the command was shown."""
    with pytest.raises(SystemExit) as ended:
        dev.run(sys.executable, "-c", "raise SystemExit(3)")

    assert ended.value.code == 3
