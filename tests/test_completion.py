"""What a shell is offered: as click asks for it, and as bash, zsh and fish show it."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from mockserver.cli import main
from mockserver.guide.page import ORDER
from tests.patience import PATIENCE

SHIPPED = ["audience", "crm", "prospects", "salesnav", "workshop"]


def offered(*words: str) -> list[tuple[str, str]]:
    """(type, value) of what the last word may become."""
    complete = ShellComplete(main, {}, "mockserver", "_MOCKSERVER_COMPLETE")
    return [(each.type, each.value) for each in complete.get_completions(list(words[:-1]), words[-1])]


@pytest.mark.parametrize("command", ["serve", "verify", "check", "export", "routes", "apis"])
def test_apis_and_files(command: str) -> None:
    """An API may be given by name or by its document."""
    assert offered(command, "") == [("file", ""), *(("plain", name) for name in SHIPPED)]
    assert offered(command, "w") == [("file", "w"), ("plain", "workshop")]
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


TYPED = {
    "mockserver ser": "serve",
    "mockserver serve work": "serve workshop",
    "mockserver check zo": "check zoo.yaml",
    "mockserver routes --inf": "routes --inferred",
    "mockserver verify --phase fuz": "verify --phase fuzzing",
    "mockserver guide first": "guide first-steps",
}
"""What somebody types before the tabulator, and the words that stand there then."""

READY = "ready> "
STARTS = {
    "bash": ("bash", "--noprofile", "--rcfile", ".bashrc", "-i"),
    "zsh": ("zsh", "-i"),
}
SETTINGS = {
    "bash": 'eval "$(_MOCKSERVER_COMPLETE=bash_source mockserver)"',
    "zsh": 'autoload -Uz compinit && compinit\neval "$(_MOCKSERVER_COMPLETE=zsh_source mockserver)"',
}
"""As the guide says, in the file that the shell reads first."""


def surroundings(home: Path) -> dict[str, str]:
    """Somebody else's home, and our command on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {"HOME": str(home), "ZDOTDIR": str(home), "XDG_CONFIG_HOME": str(home), "PATH": path, "TERM": "xterm"}


def need(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}: install it, such as Debian's package {shell}")


@pytest.mark.parametrize("shell", STARTS)
def test_a_tabulator_in_a_terminal(shell: str, tmp_path: Path) -> None:
    """In a shell that was set up as the guide says; what is run in the end has the whole words."""
    need(shell)
    told = "mockserver() { echo '<'$*'>'; }"  # what completes is still the command, which a shell starts by `env`
    (tmp_path / "zoo.yaml").touch()
    (tmp_path / f".{shell}rc").write_text(f"{SETTINGS[shell]}\nPS1='{READY}'\n{told}\n")

    with at_terminal(STARTS[shell], tmp_path) as terminal:
        terminal.until(READY)
        found = {typed: terminal.after(f"{typed}\t\n") for typed in TYPED}

    assert found == TYPED


def test_a_tabulator_in_fish(tmp_path: Path) -> None:
    """It tells itself what it would offer."""
    need("fish")
    file = tmp_path / "fish" / "completions" / "mockserver.fish"
    file.parent.mkdir(parents=True)
    (tmp_path / "zoo.yaml").touch()
    file.write_text("_MOCKSERVER_COMPLETE=fish_source mockserver | source\n")
    asked = "\n".join(f"complete -C '{typed}'" for typed in TYPED)

    ran = subprocess.run(
        ["fish", "-c", asked], env=surroundings(tmp_path), cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert [line.split("\t")[0] for line in ran.stdout.splitlines()] == [words.split()[-1] for words in TYPED.values()]


@dataclass
class Keyboard:
    """The side of a terminal where somebody types and reads."""

    descriptor: int
    unread: str = ""

    def until(self, words: str) -> str:
        """What is shown up to those words."""
        while words not in self.unread:
            assert select.select([self.descriptor], [], [], PATIENCE)[0], self.unread
            self.unread += os.read(self.descriptor, 4096).decode(errors="replace")
        shown, _, self.unread = self.unread.partition(words)
        return shown

    def after(self, typed: str) -> str:
        """What the command says of its arguments."""
        os.write(self.descriptor, typed.encode())
        shown = self.until(">\r\n").rpartition("<")[2]
        self.until(READY)
        return shown


@contextmanager
def at_terminal(command: tuple[str, ...], home: Path) -> Iterator[Keyboard]:
    """The command at a terminal of its own."""
    ours, theirs = os.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=home, env=surroundings(home), start_new_session=True
    ) as process:
        os.close(theirs)
        try:
            yield Keyboard(ours)
        finally:
            process.kill()
            os.close(ours)
