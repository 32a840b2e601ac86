"""Requests as curl commands that can be pasted into a POSIX shell.

A secret is not written down: a shell variable stands in its place, to be set before pasting (see `verify.secrets`).
"""

from __future__ import annotations

import re
import shlex
import string
from collections.abc import Iterator, Sequence

from mockserver.output.escaping import COMMAND, LINES
from mockserver.verify.events import Exchange
from mockserver.verify.secrets import Secrets

OWN = frozenset({"accept-encoding", "connection", "content-length", "host", "user-agent"})
"""Headers that curl sets by itself, or that have no influence on the response."""


PLAIN = frozenset(string.ascii_letters + string.digits + ' !#$&()*+,-./:;<=>?@[]^_`{|}~"')
"""Characters that printf prints as they are, within single quotes."""


def curl(exchange: Exchange, secrets: Secrets | None = None, options: Sequence[str] = ()) -> str:
    """The exchange's request as one command; `options` are curl's own, such as `--insecure`."""
    secrets = secrets or Secrets()
    words = ["curl", *map(shlex.quote, options), *_options(exchange), *secrets.url_words(exchange.url)]
    for name, value in exchange.request_headers:
        if name.lower() not in OWN and (name.lower(), value) != ("accept", "*/*"):
            # curl takes `Name:` for the removal of a header, and sends `Name;` without a value
            words += ["-H", secrets.quoted(f"{name}: {value}" if value else f"{name};")]
    if not exchange.request_body:
        return " ".join(words)
    if not any(name.lower() == "content-type" for name, _ in exchange.request_headers):
        # with `--data-binary` curl sends `application/x-www-form-urlencoded` unless it is told not to
        words += ["-H", "Content-Type:"]
    text = _text(exchange.request_body)
    if text is None:
        body = secrets.masked_bytes(exchange.request_body)
        return f"{_printf(body)} | {' '.join([*words, '--data-binary', '@-'])}"
    return " ".join([*words, "--data-binary", secrets.quoted(text)])


def _options(exchange: Exchange) -> Iterator[str]:
    if exchange.method == "HEAD":
        yield "--head"
    # what curl sends by itself, with data and without
    elif exchange.method != ("POST" if exchange.request_body else "GET"):
        yield from ("-X", shlex.quote(exchange.method))
    # curl reads them as patterns of several URLs
    if any(character in exchange.url for character in "[]{}"):
        yield "--globoff"
    # curl removes `/../` and `/./` from a path before it sends it
    if re.search(r"/\.\.?(/|$|\?)", exchange.url):
        yield "--path-as-is"


def _text(body: bytes) -> str | None:
    """The body as an argument of a command; None if it cannot be one."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    # `--data-binary` reads what begins with `@` from the file of that name
    return None if LINES.search(text) or COMMAND.search(text) or text.startswith("@") else text


def _printf(raw: bytes) -> str:
    plain = (chr(byte) if chr(byte) in PLAIN else f"\\{byte:03o}" for byte in raw)
    return f"printf '{''.join(plain)}'"
