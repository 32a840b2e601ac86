"""Pages are whole in themselves, escape what they are given, and are laid out for phones and both colour schemes."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import UndefinedError

from mockserver.output.pages import indented, render

PAGE = """{% extends "page.html" %}
{% import "parts.html" as parts %}
{% block content %}{{ parts.tile("lists", count | number) }}{{ parts.code(text, copy=true) }}{% endblock %}"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "lists.html"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_page_asks_nothing_of_the_network(template: Path) -> None:
    """Style and script stand inside; no address of another file is in a page."""
    page = render(template, count=1, text="")

    assert "<style>" in page
    assert "<script>" in page
    assert not any(word in page for word in ("http:", "https:", "src=", "@import", "<link"))


def test_values_are_escaped(template: Path) -> None:
    """What a server answered can put no element into a page."""
    page = render(template, count=12345, text='<script>alert("x")</script>')

    assert "12,345" in page
    assert "&lt;script&gt;alert" in page
    assert '<script>alert("x")' not in page


def test_a_page_fits_phones_and_both_schemes(template: Path) -> None:
    """The viewport is the device's, and the colours follow the reader's scheme."""
    page = render(template, count=1, text="")

    assert 'content="width=device-width, initial-scale=1"' in page
    assert "prefers-color-scheme: dark" in page
    assert "max-width: 700px" in page


def test_a_missing_value_is_an_error(template: Path) -> None:
    """A template never shows an empty place for a value that was forgotten."""
    with pytest.raises(UndefinedError):
        render(template, count=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'),
        ("plain", "plain"),
        (b"\xff", "�"),
        (r'["\ud800"]', '[\n  "\\ud800"\n]'),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=["json", "text", "bytes", "surrogate", "deep"],
)
def test_json_is_indented(text: str | bytes, expected: str) -> None:
    """JSON comes out on lines of its own, anything else as it is."""
    found = indented(text)

    assert found == expected
