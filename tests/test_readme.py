"""What the README promises about its own form; that its commands work is tested with those of the guide."""

from __future__ import annotations

import json

from markdown_it import MarkdownIt

from mockserver.guide.page import pages
from tests.guide.prose import ROOT, fences

PAGE = ROOT / "README.md"
README = PAGE.read_text(encoding="utf-8")


def test_first_result() -> None:
    """A document of the reader's own is served first; what is created answers within twenty lines, and is read back."""
    created = next(fence.text for fence in fences(PAGE) if fence.language == "http")
    shown = next(fence.text for fence in fences(PAGE) if fence.language == "json")
    first = next(fence.text for fence in fences(PAGE) if fence.language == "sh")

    assert first.splitlines()[0].endswith("mockserver serve pets.yaml")
    assert README.splitlines().index(created.splitlines()[0]) < 20
    assert json.loads(shown) == {"id": 4, "name": "Rex"}
    assert README.index(shown) < len("\n".join(README.splitlines()[:32]))


def test_the_console_is_found() -> None:
    """Its address is in the first ten lines."""
    assert "http://127.0.0.1:8080/_mock/console/" in "\n".join(README.splitlines()[:10])


def test_setup_is_two_commands() -> None:
    """One command runs the server and one runs the tests; the gate runs the latter as it stands."""
    lines = [line for fence in fences(PAGE) if fence.language == "sh" for line in fence.text.splitlines()]
    setups = [line for line in lines if line.startswith("python3 ")]

    assert [command.split("&&")[-1].split() for command in setups] == [
        [".venv/bin/mockserver", "serve", "pets.yaml"],
        [".venv/bin/pytest", "-n", "auto", "--dist", "loadfile"],
    ]


def test_it_is_short() -> None:
    """Whoever wants to know more reads on in the guide, every page of which it names."""
    tokens = [child for token in MarkdownIt().parse(README) for child in token.children or ()]
    linked = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}

    assert len(README.splitlines()) <= 180
    assert {f"mockserver/guide/{page.name}.md" for page in pages()} <= linked
    assert [each for each in linked if "://" not in each and not (ROOT / each.partition("#")[0]).exists()] == []
