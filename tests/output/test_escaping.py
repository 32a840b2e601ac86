"""Nothing that came from outside steers a terminal, a log or a CI system."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from mockserver.output.escaping import CONTROL, escaped, visible, visible_lines


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J", r"\x1b[2J"),
        ("\x9b31m", r"\x9b31m"),
        ("a\r\nb\tc", r"a\r\nb\tc"),
        ("\x7f\x85\x00", r"\x7f\x85\x00"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
        ("\u2066\u200f\u061c", r"\u2066\u200f\u061c"),
        ("one\u2028two", r"one\u2028two"),
        ("in\u200bvisible\ufeff", r"in\u200bvisible\ufeff"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("Größe 日本語 שלום 👩\u200d👩", "Größe 日本語 שלום 👩\u200d👩"),
    ],
)
def test_what_is_not_visible_is_shown_by_its_number(text: str, shown: str) -> None:
    """ESC, C1, direction, separators, what has no width; letters of every script stay as they are."""
    assert visible(text) == shown
    assert visible(shown) == shown


def test_every_control_character_is_known() -> None:
    """By Unicode's own categories: Cc, Cs, Zl and Zp whole; of Cf what a script does not need to be written."""
    of_scripts = {0xAD, 0x200C, 0x200D, 0x180E, 0x110BD, 0x110CD}
    of_scripts |= {number for number in range(sys.maxunicode) if "NUMBER" in unicodedata.name(chr(number), "")}
    missed = [
        f"{number:x} {unicodedata.name(chr(number), '')}"
        for number in range(sys.maxunicode + 1)
        if unicodedata.category(chr(number)) in ("Cc", "Cs", "Zl", "Zp", "Cf")
        and number not in of_scripts
        and not CONTROL.match(chr(number))
    ]

    assert [each for each in missed if not each.partition(" ")[2].startswith(SIGNS)] == []


SIGNS = ("ARABIC ", "SYRIAC ", "EGYPTIAN HIEROGLYPH ", "SHORTHAND FORMAT ", "MUSICAL SYMBOL ")
"""Beginnings of names of format characters that belong to the writing of a script, and change nothing beside it."""


def test_lines_are_kept_where_they_are_wanted() -> None:
    """A block keeps its line feeds; a carriage return, which would write over the line, is none."""
    assert escaped("a\nb\r\n") == "a\nb\\r\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("body\n::error::x", "body\n\\x3a:error::x"),
        ("  ::set-output name=a::b", "  \\x3a:set-output name=a::b"),
        ("##[section]x\n##vso[task.setvariable]y", "\\x23#[section]x\n\\x23#vso[task.setvariable]y"),
        ("##teamcity[buildStop]", "\\x23#teamcity[buildStop]"),
        ("## heading\na::b", "## heading\na::b"),
    ],
)
def test_no_line_of_a_body_is_a_command_of_the_ci_system(text: str, shown: str) -> None:
    """GitHub, Azure Pipelines and TeamCity obey lines of a log."""
    assert visible_lines(text) == shown
