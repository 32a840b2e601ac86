"""A secret is known by what it is: a value that is sent as a credential. What is only like it stays readable."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from mockserver.verify.events import Exchange
from mockserver.verify.secrets import LONG, MASK, Secrets, Sent, of_header, shell_name

BEARER = Sent("header", "Authorization", "hush-hush", "AUTH", "Bearer ")
SHORT = Sent("header", "Authorization", "v2", "AUTH", "Bearer ")
BASIC = Sent("header", "Authorization", "ann:pass:word", "AUTH", "Basic ", encoded=True)
KEY = Sent("header", "X-Api-Key", "v2", "KEY")
QUERY = Sent("query", "key", "v2", "KEY")
COOKIE = Sent("cookie", "sid", "v2", "SID")
ODD = Sent("query", "key", 'a "b"&c/d', "KEY")


@pytest.mark.parametrize(
    ("sent", "text", "expected"),
    [
        (BEARER, "Authorization: Bearer hush-hush", f"Authorization: Bearer {MASK}"),
        (BEARER, "authorization: bearer hush-hush", f"authorization: bearer {MASK}"),
        (BEARER, '{"detail": "unknown token hush-hush"}', f'{{"detail": "unknown token {MASK}"}}'),
        (BEARER, "hush-hushes, _hush-hush, hush-hush2", "hush-hushes, _hush-hush, hush-hush2"),
        (SHORT, "Authorization: Bearer v2", f"Authorization: Bearer {MASK}"),
        (SHORT, '{"Authorization": "Bearer v2"}', f'{{"Authorization": "Bearer {MASK}"}}'),
        (SHORT, "Expected /v2/lists of version v2", "Expected /v2/lists of version v2"),
        (SHORT, "Authorization: Bearer v2x", "Authorization: Bearer v2x"),
        (BASIC, "Authorization: Basic YW5uOnBhc3M6d29yZA==", f"Authorization: Basic {MASK}"),
        (BASIC, "ann may not use pass:word", f"ann may not use {MASK}"),
        (BASIC, "ann:pass:word; YW5uOnBhc3M6d29yZA==", f"{MASK}; {MASK}"),
        (KEY, "x-api-key: v2", f"x-api-key: {MASK}"),
        (KEY, "X-Other: v2", "X-Other: v2"),
        (QUERY, "GET /v2/x?a=v2&key=v2#v2", f"GET /v2/x?a=v2&key={MASK}#v2"),
        (QUERY, "with url: /v2?key=v2 (Caused by v2)", f"with url: /v2?key={MASK} (Caused by v2)"),
        (QUERY, "monkey=v2 key=v23", "monkey=v2 key=v23"),
        (COOKIE, "Cookie: a=v2; sid=v2; b=v2", f"Cookie: a=v2; sid={MASK}; b=v2"),
        (
            ODD,
            'key=a%20%22b%22%26c%2Fd, key=a+%22b%22%26c%2Fd, a \\"b\\"&c/d, a "b"&c/d',
            f"key={MASK}, key={MASK}, {MASK}, {MASK}",
        ),
    ],
)
def test_a_secret_is_masked_where_it_is_sent(sent: Sent, text: str, expected: str) -> None:
    """Anywhere else only as a word of its own, and only a long one."""
    secrets = Secrets([sent])

    assert secrets.masked(text) == expected
    assert secrets.masked_bytes(text.encode() + b" \xff") == expected.encode() + b" \xff"


def test_no_letter_of_a_word_is_masked() -> None:
    """A credential of one letter leaves every other text as it is."""
    secrets = Secrets([Sent("header", "Authorization", "x", "AUTH", "Bearer "), Sent("query", "q", "x", "AUTH")])
    text = "Expected: text/x-yaml; x, [x], 'x' at http://x.test/x?x=x"

    assert secrets.masked(text) == text
    assert secrets.quoted(text).count("AUTH") == 0
    assert secrets.short == ["AUTH"]
    assert Secrets([BEARER]).short == []
    assert len(BEARER.text) >= LONG


def test_the_longest_form_is_masked_first() -> None:
    """Of two secrets, one within the other, no rest is left."""
    secrets = Secrets([Sent("header", "X-A", "hush-hush", "A"), Sent("header", "X-B", "hush-hush.more-of-it", "B")])

    assert secrets.masked("hush-hush.more-of-it hush-hush") == f"{MASK} {MASK}"


def exchange(**changes: object) -> Exchange:
    plain = Exchange("GET", "http://h/x", [], None, started_at=0.0)
    return replace(plain, **changes)  # type: ignore[arg-type]  # whatever a test says


def test_an_exchange_is_shown_without_secrets() -> None:
    """Neither in its request nor in its answer; the URL of the provider is left as it is."""
    shown = Secrets([BEARER, QUERY], "http://v2.test/key=v2").hidden(
        exchange(
            url="http://v2.test/key=v2/hush-hush?key=v2",
            request_headers=[("Authorization", "Bearer hush-hush"), ("X-Trace", "v2")],
            request_body=b"hush-hush",
            response_headers=[
                ("X-Echo", "Bearer hush-hush"),
                ("Set-Cookie", "session=given-out; Path=/"),
                ("Age", "1"),
            ],
            response_body=b'{"you sent": "hush-hush"}',
        )
    )

    assert shown.url == f"http://v2.test/key=v2/{MASK}?key={MASK}"
    assert shown.request_headers == [("Authorization", f"Bearer {MASK}"), ("X-Trace", "v2")]
    assert shown.request_body == MASK.encode()
    assert shown.response_headers == [
        ("X-Echo", f"Bearer {MASK}"),
        ("Set-Cookie", f"session={MASK}; Path=/"),
        ("Age", "1"),
    ]
    assert shown.response_body == f'{{"you sent": "{MASK}"}}'.encode()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("X-Trace", "7", []),
        ("Content-Type", "application/json", []),
        ("X-Custom", "hush", [("X-Custom", "hush", "X_CUSTOM", "")]),
        ("X-Api-Key", "a b", [("X-Api-Key", "a b", "X_API_KEY", "")]),
        ("Authorization", "Bearer hush", [("Authorization", "hush", "AUTHORIZATION", "Bearer ")]),
        ("proxy-authorization", "hush", [("proxy-authorization", "hush", "PROXY_AUTHORIZATION", "")]),
        (
            "Cookie",
            "a=hush; b; c=more",
            [
                ("Cookie", "a=hush; b; c=more", "COOKIE", ""),
                ("a", "hush", "COOKIE_1", ""),
                ("c", "more", "COOKIE_3", ""),
            ],
        ),
    ],
)
def test_which_headers_are_secret(name: str, value: str, expected: list[tuple[str, ...]]) -> None:
    """By their name, or because a scheme of the document has its credential there."""
    found = [(each.name, each.text, each.variable, each.prefix) for each in of_header(name, value, ["x-custom"])]

    assert found == expected


@pytest.mark.parametrize("sent", [BEARER, BASIC, KEY])
def test_a_header_is_written_for_a_shell(sent: Sent) -> None:
    """With the variable set the shell makes it what is sent."""
    environment = {"PATH": "/usr/bin:/bin", sent.variable: sent.text}
    command = f"printf %s {sent.header}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, env=environment)

    assert ran.stdout == f"{sent.name}: {sent.prefix}{sent.written}"


def test_a_password_is_cut_out_of_its_variable() -> None:
    """Where an answer quotes the password alone, the command does so too."""
    command = f"printf %s {Secrets([BASIC]).quoted('pass:word')}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, env={"AUTH": BASIC.text})

    assert ran.stdout == "pass:word"


def test_a_name_is_made_a_shell_variable() -> None:
    """Whatever characters it has."""
    assert shell_name("petstore_auth-2.x") == "PETSTORE_AUTH_2_X"
