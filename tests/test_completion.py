"""What a shell is offered, as click asks for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.shell_completion import ShellComplete

from mockserver.cli import main
from mockserver.guide.page import ORDER

SHIPPED = ["audience", "crm", "prospects", "salesnav", "workshop"]


def offered(*words: str) -> list[tuple[str, str]]:
    """(type, value) of what the last word may become."""
    complete = ShellComplete(main, {}, "mockserver", "_MOCKSERVER_COMPLETE")
    return [(each.type, each.value) for each in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("command", ["serve", "verify", "check", "export", "routes", "apis"])
def test_apis_and_files(command: str) -> None:
    """An API may be given by name or by its document."""
    assert offered(command, "") == [*(("plain", name) for name in SHIPPED), ("file", "")]
    assert offered(command, "w") == [("plain", "workshop"), ("file", "w")]
    assert offered(command, "crm", "./pet") == [("file", "./pet")]


def test_pages() -> None:
    """Of the guide."""
    assert offered("guide", "in") == [("plain", name) for name in ORDER if name.startswith("in")]


def test_choices_and_options() -> None:
    """Whatever click knows by itself."""
    assert offered("verify", "--phase", "f") == [("plain", "fuzzing")]
    assert ("plain", "--allow-writes") in offered("verify", "--all")


def test_a_completion_loads_nothing_that_serves() -> None:
    """A key was pressed, and somebody waits."""
    script = (
        "import sys; from click.shell_completion import ShellComplete; from mockserver.cli import main;"
        "ShellComplete(main, {}, 'mockserver', 'X').get_completions(['serve'], '');"
        "print(*{'connexion', 'starlette', 'jsonschema_rs', 'rich.markdown', 'yaml'} & set(sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "\n"
