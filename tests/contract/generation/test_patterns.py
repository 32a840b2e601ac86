"""Texts of regular expressions, as ECMA 262 has them."""

from __future__ import annotations

from random import Random

import jsonschema_rs
import pytest

from mockserver.contract.generation.patterns import holds, text_of
from tests.patience import bounded

PATTERNS = (
    *(r"^[a-z0-9]+(?:-[a-z0-9]+)*$", r"^\d{3}-\d{2}-\d{4}$", r"^#[0-9a-fA-F]{6}$", r"^(foo|bar|baz)$", r"[A-Z]", r"^$"),
    *(r"^\S+@\S+\.\S+$", r"^https?:\/\/[^\s/$.?#].[^\s]*$", r"^\+?[1-9]\d{1,14}$", r"^[^<>]{3,8}$", r"^a{2,3}?b*$"),
    *(r"^\p{Lu}\p{Ll}+$", r"^[\p{L}\p{N} ]{4}$", r"^\P{N}+$", r"^[^\p{L}]+$", r"^\u{41}$", r"^(?<year>\d{4})$"),
    *(r"^(a)\1$", r"^[^a]$", r"^[\w.-]+$", r"^\W\D\S$", r"^[\s\S]{2}$", r"^(?!x)[xyz]$", r"^\x41\t$"),
    *(r"^(?<q>['\"])a+\k<q>$", r"\A(25[0-5]|2[0-4]\d|1?\d?\d)(\.\d){3}\z", r"^[[:alpha:]]{3}\Z", r"^\h+\Qa.b\E$"),
    *(r"^\-\/\_$", r"^[^\d]{3}$", r"^[\w-.+]+$", r"^[a-\d]$"),
)  # fmt: skip
OURS = (
    r"^(?<q>['\"])a+\k<q>$",
    r"^\u{41}$",
    r"^\-\/\_$",
    r"^[\w-.+]+$",
    r"^[a-\d]$",
    r"^[[:alpha:]]{3}\Z",
    r"^\h+\Qa.b\E$",
)
"""What the other engine reads otherwise, or not at all."""


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    """As another engine sees it, too, where that one can read the pattern."""
    for seed in range(10):
        text = text_of(pattern, Random(seed))

        assert text is not None
        assert holds(pattern, text)
        if pattern not in OURS:
            assert jsonschema_rs.is_valid({"pattern": pattern}, text)


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [("^[a-z]+$", 20, 25), ("[a-z]+", 50, 60), ("^x", 30, 30), ("x$", 30, 30), ("^(ab)*$", 6, 7), ("^.*$", 0, 0)],
)
def test_a_text_is_as_long_as_it_must_be(pattern: str, least: int, most: int) -> None:
    """A pattern that is open at an end is filled there."""
    text = text_of(pattern, Random(1), least, most)

    assert text is not None
    assert least <= len(text) <= most
    assert holds(pattern, text)


@pytest.mark.parametrize("pattern", ["(", "[z-a]", "^a$^b$", "^[]]$", r"(?<=a)b{0}c", "a{5,1}"])
def test_what_cannot_be_matched_has_no_text(pattern: str) -> None:
    """Nor does it raise."""
    assert text_of(pattern, Random(1), 1) is None


def test_a_pattern_that_takes_for_ever_is_given_up() -> None:
    """However often a text of it is asked for: what can match in very many ways, or never, is bounded."""
    with bounded(30):
        for seed in range(50):
            assert text_of("^(?=(a+)+$)((a|a)*){50}(?!b)c$", Random(seed)) is None
            assert not holds("^(a*)*\\1$", "a" * 40 + "!")
