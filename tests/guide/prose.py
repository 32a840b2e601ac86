"""What a page of Markdown tells its reader to do, as data: files to write, commands to run, and what each must show.

A fence of `sh` holds commands, one a line. One of any language with a second word is the file of that name. One of
`http`, `json` or `text` after a command is what the command shows. One of `python` without a name is a program.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    *sorted((ROOT / "mockserver" / "guide").glob("*.md")),
)


@dataclass(frozen=True)
class Fence:
    """One block: its language, the second word, and the text."""

    language: str
    file: str
    text: str


@dataclass(frozen=True)
class Command:
    """A line to type, and the blocks below it that show what comes."""

    line: str
    shown: list[Fence] = field(default_factory=list)


@dataclass(frozen=True)
class File:
    """A file to have: its path and its text."""

    path: str
    text: str


@dataclass(frozen=True)
class Program:
    """A Python program."""

    text: str


Step = Command | File | Program


def fences(page: Path) -> list[Fence]:
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [
        Fence(token.info.partition(" ")[0], token.info.partition(" ")[2], token.content)
        for token in tokens
        if token.type == "fence"
    ]


def steps(page: Path) -> list[Step]:
    """Everything that the page tells to do, in order."""
    found: list[Step] = []
    for fence in fences(page):
        if fence.language == "sh":
            found += [Command(line) for line in fence.text.replace("\\\n", "").splitlines()]
        elif fence.file:
            found.append(File(fence.file, fence.text))
        elif fence.language == "python":
            found.append(Program(fence.text))
        elif fence.language in ("http", "json", "text"):
            latest = found[-1]
            assert isinstance(latest, Command), f"{page.name} shows what no command printed: {fence.text:.60}"
            latest.shown.append(fence)
        else:
            assert fence.language == "yaml", f"{page.name}: nothing reads {fence.language or 'a fence of no language'}"
    return found
