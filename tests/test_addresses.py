"""URLs and host names, as a person writes them."""

from __future__ import annotations

import pytest

from mockserver.addresses import Address, is_loopback, parse, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:8080", Address("http://127.0.0.1:8080")),
        ("HTTPS://api.test/v2/", Address("https://api.test/v2/")),
        ("http://[::1]:80/x", Address("http://[::1]:80/x")),
        ("http://ann:hush@api.test/v2", Address("http://api.test/v2", "ann:hush")),
        ("http://ann:p%40ss%3Aword@api.test", Address("http://api.test", "ann:p@ss:word")),
        ("http://a@b:hush@api.test", Address("http://api.test", "a@b:hush")),
        ("http://token@api.test", Address("http://api.test", "token:")),
    ],
)
def test_a_url_is_taken_apart(text: str, expected: Address) -> None:
    """User and password are kept apart from what is shown, percent-encoding undone."""
    assert parse(text) == expected
    assert "hush" not in repr(expected)


@pytest.mark.parametrize(
    "text",
    [
        *("", "api.test", "ftp://api.test", "http://", "http://[::1/", "http://x/?a=b", "http://x/#a"),
        *("http://x:port/", "http://x:0/", "http://x:99999/", "http://ann:hu/sh@api.test", "http://ann:hu?sh@api.test"),
    ],
)
def test_what_is_no_url_is_refused_without_its_password(text: str) -> None:
    """Nothing of what may be a password is in the message."""
    with pytest.raises(ValueError, match="not an http or https URL without a query") as refused:
        parse(text)

    assert "hu" not in str(refused.value) + shown(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://api.test/x", "http://api.test/x"),
        ("http://ann:hush@api.test/x", "http://…@api.test/x"),
        ("http://ann:hu/sh@api.test/x", "http://…@api.test/x"),
        ("http://ann:hu@sh@api.test/x", "http://…@api.test/x"),
        ("ann:hush@api.test", "…@api.test"),
        ("ann:hu\nsh@api.test", "…@api.test"),
    ],
)
def test_what_stands_before_the_at_is_not_shown(text: str, expected: str) -> None:
    """Not even where the rest is no URL."""
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.255.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False),
        ("10.0.0.1", False),
        ("localhost.test", False),
        ("", False),
    ],
)
def test_is_loopback(name: str, expected: bool) -> None:
    """Only names and addresses that can be no other machine are loopback."""
    assert is_loopback(name) is expected
