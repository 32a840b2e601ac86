"""Requests as curl commands that can be pasted into a POSIX shell.

A secret is not written down: a shell variable stands in its place, to be set before pasting.
"""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Iterator, Mapping

from mockserver.output.escaping import COMMAND, LINES
from mockserver.verify.events import Exchange

OWN = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})
"""Headers that curl sets by itself, or that decide nothing."""

Secrets = Mapping[str, str]
"""Texts that must not be shown, and the shell expression that stands for each: `"$MOCKSERVER_AUTH"`."""

MASK = "[secret]"

PLAIN = frozenset(string.ascii_letters + string.digits + ' !#$&()*+,-./:;<=>?@[]^_`{|}~"')
"""Characters that mean themselves to printf, within single quotes."""


def curl(exchange: Exchange, secrets: Secrets | None = None) -> str:
    """The exchange's request as one command."""
    secrets = secrets or {}
    words = ["curl", *_options(exchange), _quoted(exchange.url, secrets)]
    for name, value in exchange.request_headers:
        if name.lower() not in OWN and (name.lower(), value) != ("accept", "*/*"):
            words += ["-H", _quoted(f"{name}: {value}" if value else f"{name};", secrets)]
    if not exchange.request_body:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in exchange.request_headers):
        words += ["-H", "Content-Type:"]
    text = _text(exchange.request_body)
    if text is None:
        return f"{_printf(masked_bytes(exchange.request_body, secrets))} | {' '.join([*words, '--data-binary', '@-'])}"
    return " ".join([*words, "--data-binary", _quoted(text, secrets)])


def _options(exchange: Exchange) -> Iterator[str]:
    if exchange.method == "HEAD":
        yield "--head"
    elif exchange.method != ("POST" if exchange.request_body else "GET"):
        yield from ("-X", shlex.quote(exchange.method))
    if any(character in exchange.url for character in "[]{}"):
        yield "--globoff"
    if re.search(r"/\.\.?(/|$|\?)", exchange.url):
        yield "--path-as-is"


def _text(body: bytes) -> str | None:
    """The body as an argument can hold it; None if none can."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    return None if LINES.search(text) or COMMAND.search(text) or text.startswith("@") else text


def _printf(raw: bytes) -> str:
    plain = (chr(byte) if chr(byte) in PLAIN else f"\\{byte:03o}" for byte in raw)
    return f"printf '{''.join(plain)}'"


def _quoted(text: str, secrets: Secrets) -> str:
    if not secrets:
        return shlex.quote(text)
    pieces = re.split("(" + "|".join(map(re.escape, secrets)) + ")", text)
    return "".join(secrets[piece] if piece in secrets else shlex.quote(piece) for piece in pieces if piece)


def masked_bytes(body: bytes, secrets: Secrets) -> bytes:
    """The body with every secret masked."""
    for secret in secrets:
        body = body.replace(secret.encode(), MASK.encode())
    return body


def masked(text: str, secrets: Secrets) -> str:
    """The text with every secret masked."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text
