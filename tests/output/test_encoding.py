"""What an encoding lacks is written in ASCII: to be read, or to be pasted."""

from __future__ import annotations

import json

import pytest

from mockserver.output.encoding import EXACT, READABLE, exact, readable


@pytest.mark.parametrize(
    ("text", "encoding", "shown"),
    [
        ("✓ kept … 3 \N{MULTIPLICATION SIGN} 4 → 12", "ascii", "+ kept ... 3 x 4 -> 12"),
        ("✗ Größe, Имя", "cp1251", "x Gr\\u00f6\\u00dfe, Имя"),
        ("✓ kept", "utf-8", "✓ kept"),
        ("half \ud800", "utf-8", "half \\ud800"),
        ("👍", "latin-1", "\\ud83d\\udc4d"),
    ],
)
def test_signs_are_written_as_they_read(text: str, encoding: str, shown: str) -> None:
    """Our own signs have forms in ASCII; all else that is lacking is escaped."""
    assert readable(text, encoding) == shown
    assert text.encode(encoding, READABLE).decode(encoding) == shown


def test_a_body_of_json_is_what_it_was() -> None:
    """A command that is pasted sends the same, whatever the encoding it was printed in."""
    body = json.dumps({"title": "Größe … 👍"}, ensure_ascii=False)
    shown = exact(body, "ascii")

    assert shown.isascii()
    assert json.loads(shown) == json.loads(body)
    assert body.encode("ascii", EXACT).decode() == shown


def test_only_what_cannot_be_written_is_handled() -> None:
    """Bytes that cannot be read are another's business."""
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", READABLE)


def test_an_output_without_encoding_takes_all() -> None:
    """What is no stream of bytes has none."""
    assert readable("✓", None) == "✓"
