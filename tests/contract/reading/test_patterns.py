"""Regular expressions of documents: what the engine makes of them is what their authors meant."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.contract.reading.patterns import readable, translated


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (r"^[a-z]+$", "abc", "ABC"),
        (r"^\p{L}+$", "Zoë", "a1"),
        (r"^(?=.*\d)(?!.*x).{3}$", "a1b", "a1x"),
        (r"(?<=a)b", "ab", "cb"),
        (r"^(a)\1$", "aa", "ab"),
        (r"^(?<q>['\"])a\k<q>$", "'a'", "'a\""),
        (r"^(\(a)(?:b)(?P<c>d)\k<c>{2}1$", "(abddd1", "(abd(a(a1"),
        (r"^\k<x>$", "k<x>", "x"),
        (r"^{[a-z]}$", "{a}", "a"),
        (r"^a{,5}$", "a{,5}", "aaa"),
        (r"^{1}$", "{1}", "1"),
        (r"^(?:{x}|a{2})$", "aa", "a"),
        (r"^a{2}$", "aa", "a{2}"),
        (r"^x{$", "x{", "x"),
        (r"^[\w-.]+$", "a-b.c", "a b"),
        (r"^[.-\w]+$", "a-b.c", "a b"),
        (r"^[\d-x]+$", "1-x", "y"),
        (r"^[+--]+$", "+,-", "a"),
        (r"^[a-c-z]+$", "a-z", "d"),
        (r"^[[a]+$", "[a", "b"),
        (r"^[a&&b]+$", "a&b", "c"),
        (r"^[a~~b]+$", "a~b", "c"),
        (r"^[^]$", "\n", ""),
        (r"^a[]?b$", "ab", "a]b"),
        (r"^[\b]$", "\b", "b"),
        (r"^[[:alpha:]]+$", "abc", ":"),
        (r"^[\p{all}]*$", "a\n1", None),
        (r"^\p{all}$", "\n", ""),
        (r"^\p{Alnum}+$", "a1", "-"),
        (r"^\P{Alpha}+$", "12", "a"),
        (r"^[\p{IsLatin1Supplement}a]+$", "aé", "b"),
        (r"^\h*$", " \t", "a"),
        (r"^[\h]$", "\t", "h"),
        (r"\Aa\Z", "a\n", "ab"),
        (r"^\0$", "\0", "0"),
        (r"^\e$", "\x1b", "e"),
        (r"^a\_b\-c\/d\@$", "a_b-c/d@", "a"),
        (r"^\y\l$", "yl", r"\y\l"),
        (r"^\u$", "u", "x"),
        (r"^\u00e9\x41\u{1F600}$", "éA\U0001f600", "e"),
        (r"^\uD83D\uDE00$", "\U0001f600", "x"),
        (r"^[\u0020-\uD7FF\uD800\uDC00-\uDBFF\uDFFF]$", "\U0001f600", "\t"),
        (r"^[\uD800-\uDBFF][\uDC00-\uDFFF]$", "\U0001f600", "a"),
        (r"^\Qa.b\E+$", "a.bb", "axb"),
        (r"^(?>a|ab)c$", "ac", "b"),
        (r"^a(?#letter)b$", "ab", "a"),
        (r"^(?i)abc$", "ABC", "abd"),
        (r"^(?i:a)b$", "Ab", "AB"),
        (r"^(?<year>\d)$", "1", "a"),
        (r"/^[a-z]+$/", "abc", "/abc/"),
        (r"/^[a-z]+$/i", "ABC", "1"),
        (r"/foo/", "a/foo/b", "foo"),
        (r"^/foo$", "/foo", "foo"),
        (r"^\$\{[a-z]+\}$", "${a}", "a"),
        (r"^\i\c*$", "a1", "1a"),
    ],
)
def test_a_pattern_means_what_its_author_meant(pattern: str, accepted: str, refused: str | None) -> None:
    """As ECMA-262 reads it with all the slips that browsers let pass, or as the language it was written for."""
    read = readable(pattern)

    assert read is not None
    validator = jsonschema_rs.Draft202012Validator({"pattern": read})
    assert validator.is_valid(accepted)
    assert refused is None or not validator.is_valid(refused)


@pytest.mark.parametrize(
    "pattern", ["(", "*", "a**", "[z-a]", "a{2,1}", "[a", "\\", "(a{1000}){1000}", r"\p{Nothing}", "a" * 30_000]
)
def test_what_no_engine_reads_is_said_to_be_unreadable(pattern: str) -> None:
    """Rather than raised, or compiled for ever."""
    assert readable(pattern) is None


@given(st.text(st.sampled_from("ab1-^$[]{}()\\&~,:?*+.|/pdwQEu<>=!#0"), max_size=12))
def test_any_text_is_translated(pattern: str) -> None:
    """Nothing makes the translation stumble, and what it makes it makes again of itself."""
    once = translated(pattern)

    assert isinstance(once, str)
    assert readable(pattern) in (None, once)


@given(
    st.from_regex(r"\A[a-c]{1,3}(?:\[[a-c]-[d-f]\]|\\d|\(a\|b\)|[a-c][*+?]){0,4}\Z"), st.text("abcdef123", max_size=6)
)
def test_a_plain_pattern_stays_as_it_is(pattern: str, text: str) -> None:
    """What every language reads alike is not touched, and is matched as Python matches it."""
    assert translated(pattern) == pattern
    assert jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text) == bool(re.search(pattern, text))
