"""A request as a curl command, parsed by a real shell, is the same request; a secret is never written down."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.verify.curl import curl
from mockserver.verify.events import Exchange
from mockserver.verify.secrets import MASK, Secrets, Sent

STAND_IN = f"""#!{sys.executable}
import json, sys
body = sys.stdin.buffer.read() if sys.argv[-1] == "@-" else None
print(json.dumps({{"arguments": sys.argv[1:], "body": None if body is None else list(body)}}))
"""
"""Stands in for curl, and tells what the shell made of the command."""


def exchange(method: str = "GET", url: str = "http://h/x", body: bytes | None = None, **headers: str) -> Exchange:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Exchange(method, url, named, body, started_at=0.0)


@pytest.fixture
def shell(tmp_path: Path) -> Path:
    """A folder whose `curl` is the stand-in."""
    program = tmp_path / "curl"
    program.write_text(STAND_IN)
    program.chmod(0o755)
    return tmp_path


def pasted(command: str, shell: Path, **environment: str) -> tuple[list[str], bytes | None]:
    """The arguments that curl gets, and the body that comes through a pipe."""
    path = {"PATH": f"{shell}:/usr/bin:/bin", **environment}
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True, env=path)
    told = json.loads(run.stdout)
    return told["arguments"], None if told["body"] is None else bytes(told["body"])


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (exchange(), ["http://h/x"]),
        (exchange("DELETE"), ["-X", "DELETE", "http://h/x"]),
        (exchange("HEAD"), ["--head", "http://h/x"]),
        (exchange(url="http://h/x?a=[1]&b={2}"), ["--globoff", "http://h/x?a=[1]&b={2}"]),
        (exchange(url="http://h/a/../b"), ["--path-as-is", "http://h/a/../b"]),
        (exchange(url="http://h/?q=it's"), ["http://h/?q=it's"]),
        (exchange(X_Empty="", Accept="*/*", User_Agent="tests"), ["http://h/x", "-H", "X-Empty;"]),
        (exchange(Accept="text/csv"), ["http://h/x", "-H", "Accept: text/csv"]),
        (
            exchange("POST", body=b'{"a": "it\'s $HOME"}', Content_Type="application/json"),
            ["http://h/x", "-H", "Content-Type: application/json", "--data-binary", '{"a": "it\'s $HOME"}'],
        ),
        (exchange("PUT", body=b"x"), ["-X", "PUT", "http://h/x", "-H", "Content-Type:", "--data-binary", "x"]),
        (exchange("POST"), ["-X", "POST", "http://h/x"]),
    ],
)
def test_the_shell_gives_curl_the_request(given: Exchange, expected: list[str], shell: Path) -> None:
    """Quoting survives the shell, and only what curl would not do by itself is said."""
    arguments, body = pasted(curl(given), shell)

    assert arguments == expected
    assert body is None


@pytest.mark.parametrize("body", [b"\x00", b"\xff\xfe %s '\\n", b"@file", bytes(range(256))])
def test_a_body_that_no_argument_can_hold_comes_through_a_pipe(body: bytes, shell: Path) -> None:
    """Bytes that are not text, and a text that curl would take for a file, arrive as they are."""
    arguments, received = pasted(curl(exchange("POST", body=body, Content_Type="a/b")), shell)

    assert arguments[-2:] == ["--data-binary", "@-"]
    assert received == body


def test_a_secret_is_a_variable(shell: Path) -> None:
    """The command holds the variable's name; the shell puts the secret in its place."""
    secrets = Secrets(
        [
            Sent("header", "Authorization", "ann:hush", "MOCKSERVER_AUTH", "Basic ", encoded=True),
            Sent("query", "key", "hush", "KEY"),
            Sent("cookie", "sid", "it's", "SID"),
        ],
        "http://hush/key=hush",
    )
    sent = exchange(
        url="http://hush/key=hush/hush?key=hush&x=hush", Authorization="Basic YW5uOmh1c2g=", Cookie="sid=it's"
    )
    command = curl(sent, secrets)

    arguments, _ = pasted(command, shell, MOCKSERVER_AUTH="ann:hush", KEY="hush", SID="it's")

    assert "YW5uOmh1c2g=" not in command
    assert arguments == [
        "http://hush/key=hush/hush?key=hush&x=hush",
        *("-H", "Authorization: Basic YW5uOmh1c2g="),
        *("-H", "Cookie: sid=it's"),
    ]


def test_a_secret_that_no_url_can_hold_is_encoded_by_curl(shell: Path) -> None:
    """The variable has it as it was given."""
    secrets = Secrets([Sent("query", "api key", "a&b c", "KEY")])

    commands = [
        curl(exchange(url=f"http://h/x?{query}"), secrets)
        for query in ("api+key=a%26b+c", "n=1&api%20key=a%26b%20c&m=2", "api+key=other")
    ]

    assert [pasted(each, shell, KEY="a&b c")[0] for each in commands] == [
        ["http://h/x", "--url-query", "api%20key=a&b c"],
        ["http://h/x?n=1&m=2", "--url-query", "api%20key=a&b c"],
        ["http://h/x?api+key=other"],
    ]


def test_options_of_the_run_are_options_of_curl(shell: Path) -> None:
    """Whom the run trusts, the command trusts."""
    arguments, _ = pasted(curl(exchange(), options=["--cacert", "my ca.pem"]), shell)

    assert arguments == ["--cacert", "my ca.pem", "http://h/x"]


def test_control_characters_come_by_number(shell: Path) -> None:
    """A shell that is pasted to would obey an escape; a secret beside it is masked all the same."""
    secrets = Secrets([Sent("header", "X-Key", "hush-hush", "KEY")])
    command = curl(exchange("POST", body=b"\x1b[A hush-hush \xc2\x9b", Content_Type="text/plain"), secrets)

    _, body = pasted(command, shell)

    assert command.isascii()
    assert "\x1b" not in command
    assert body == f"\x1b[A {MASK} \x9b".encode()


def test_lines_stay_lines(shell: Path) -> None:
    """A line feed stands in quotes as it is."""
    arguments, body = pasted(curl(exchange("POST", body=b"a\nb", Content_Type="text/plain")), shell)

    assert (arguments[-1], body) == ("a\nb", None)
