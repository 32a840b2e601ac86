"""Every command, file and program of the README, of the guide and of CONTRIBUTING does what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guide.prose import PAGES, Command, Fence, File, Program, steps
from tests.guide.reader import reading


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_can_be_followed(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From its top to its end, in an empty folder, with what it shows below each command."""
    with reading(tmp_path, monkeypatch) as reader:
        for step in steps(page):
            reader.follow(step)

    print("\n".join(reader.ran))


@pytest.mark.parametrize(
    "step",
    [
        Command("curl http://127.0.0.1:8080/v1/nope"),
        Command("curl http://127.0.0.1:8080/_mock/health", [Fence("http", "", "HTTP/1.1 201 Created\n")]),
        Command("curl http://127.0.0.1:8080/_mock/health", [Fence("json", "", '{"status": "ill"}')]),
        Command("mockserver routes nope"),
        Command("mockserver apis", [Fence("text", "", "no such line\n")]),
        Command("mockserver serve nope"),
        Command("pytest test_nothing.py"),
        Command("python -m tests.dev nope"),
        Command("pip install './mockserver[nope]'"),
        Command("ruby -e 1"),
        Command('eval "$(_MOCKSERVER_COMPLETE=tcsh_source mockserver)"'),
        Command(".ci/nope"),
        Program("raise SystemExit(1)"),
        Program("print('loud')"),
    ],
    ids=str,
)
def test_a_step_that_is_not_true_is_found(
    step: Command | Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever kind it is of."""
    with pytest.raises(AssertionError), reading(tmp_path, monkeypatch) as reader:
        reader.follow(step)


def test_files_are_where_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Below the folder in which the commands run."""
    with reading(tmp_path, monkeypatch) as reader:
        reader.follow(File("a/b.json", "[]"))

    assert (tmp_path / "a" / "b.json").read_text() == "[]"
