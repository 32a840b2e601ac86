"""Secrets that no report may show: the credentials given, in the places where requests have them.

A secret is masked where it is sent: in a header, a query parameter or a cookie of that name with exactly that value.
Elsewhere, in responses, messages and bodies, it is masked only as a separate word, and only if it is long enough to
differ from ordinary words. A command has a shell variable instead, so that it works when the variable is set.
"""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import quote, quote_plus, unquote_plus

from mockserver.verify.events import Exchange

MASK = "[secret]"

LONG = 8
"""Minimum length of a credential that is masked wherever it occurs."""

SENSITIVE = re.compile(r"auth|cookie|key|token|secret|session|passw|credential|signature|jwt", re.IGNORECASE)
"""Occurs in the names of headers whose values are secrets."""

PLACE = r"(?<![^?&;\s,'\"{])", r"(?![^&;\s,'\"}#)])"
"""What surrounds a header, parameter or cookie in a text: its end, or a separator."""

WORD = "(?<![A-Za-z0-9_])", "(?![A-Za-z0-9_])"

AUTHORIZATION = re.compile(r"(?:proxy-)?authorization: (\S+ )(\S+)", re.IGNORECASE)
"""The scheme of an Authorization header, and its credential if that is one word."""


@dataclass(frozen=True)
class Sent:
    """A secret in requests: `prefix`, then `text`, in Base64 if `encoded`; `variable` replaces the text in commands."""

    where: Literal["header", "query", "cookie"]
    name: str
    text: str
    variable: str
    prefix: str = ""
    encoded: bool = False

    @property
    def written(self) -> str:
        """The text as it is sent."""
        return base64.b64encode(self.text.encode()).decode() if self.encoded else self.text

    @property
    def shell(self) -> str:
        """A word that a POSIX shell expands to the text as it is sent."""
        if self.encoded:
            return f'"$(printf %s "${self.variable}" | base64 | tr -d \'\\n\')"'
        return f'"${self.variable}"'

    def is_encoded_as(self, pair: str) -> bool:
        """Whether a pair of a query is this secret, percent-encoded."""
        name, _, value = pair.partition("=")
        named = self.where == "query" and unquote_plus(name) == self.name
        return named and value != self.text and unquote_plus(value) == self.text

    @property
    def header(self) -> str:
        """The header as words for a shell."""
        return f"{shlex.quote(f'{self.name}: {self.prefix}')}{self.shell}"


@dataclass(frozen=True)
class Form:
    """One form of a secret in a text: the text before it, which is shown, the secret itself, and its shell word.

    placed: `before` is the name of a header, parameter or cookie, and so determines the place.
    """

    before: str
    text: str
    shell: str
    placed: bool = False

    @property
    def words(self) -> str:
        """The shell words for the text before it and for itself."""
        return f"{shlex.quote(self.before) if self.before else ''}{self.shell}"

    @property
    def pattern(self) -> str:
        start, end = PLACE if self.placed else WORD
        return f"{start}(?i:{re.escape(self.before)}){re.escape(self.text)}{end}"


class Secrets:
    """The secrets of one target. `base` is its URL, in which nothing is masked."""

    def __init__(self, sent: Iterable[Sent] = (), base: str = "") -> None:
        self.sent = tuple(sent)
        self._base = base
        # reversed, so that of equal forms of a secret the first is kept, which knows its place
        found = {(each.before, each.text): each for one in self.sent for each in reversed(list(_forms(one)))}
        # the longest form first: a shorter one may be a part of it, and would leave the rest readable
        self._forms = sorted(found.values(), key=lambda each: -len(each.before + each.text))
        self._pattern = re.compile("|".join(f"({each.pattern})" for each in self._forms)) if self._forms else None

    @property
    def short(self) -> list[str]:
        """The variables of those that are too short to be masked outside of the places where they are sent."""
        return sorted({each.variable for each in self.sent if len(each.text) < LONG})

    def masked(self, text: str) -> str:
        """The text, its secrets masked."""
        return "".join(f"{each.before}{MASK}" if isinstance(each, Form) else each for each in self._pieces(text))

    def quoted(self, text: str) -> str:
        """The text as a shell word, its secrets replaced by variables."""
        found = self._pieces(text)
        return "".join(each.words if isinstance(each, Form) else shlex.quote(each) for each in found) or "''"

    def masked_bytes(self, body: bytes) -> bytes:
        """The body, its secrets masked; bytes that are not UTF-8 are kept."""
        if self._pattern is None:
            return body
        # each byte that is not UTF-8 becomes one surrogate, and that byte again
        return self.masked(body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def masked_url(self, url: str) -> str:
        base, rest = self._parted(url)
        return base + self.masked(rest)

    def url_words(self, url: str) -> list[str]:
        """The URL as words for curl, which percent-encodes the secrets that need it."""
        head, mark, query = url.partition("?")
        kept, words = [], []
        for pair in query.split("&"):
            one = next((each for each in self.sent if each.is_encoded_as(pair)), None)
            if one is None:
                kept.append(pair)
            else:
                # curl encodes what the variable holds, which the command does not show and so cannot encode
                words += ["--url-query", f"{quote(one.name, safe='')}={one.shell}"]
        base, rest = self._parted(f"{head}{mark}{'&'.join(kept)}" if kept else head)
        return [
            shlex.quote(base + rest) if self.masked(rest) == rest else f"{shlex.quote(base)}{self.quoted(rest)}",
            *words,
        ]

    def _parted(self, url: str) -> tuple[str, str]:
        length = len(self._base) if url.startswith(self._base) else 0
        return url[:length], url[length:]

    def _pieces(self, text: str) -> Iterator[str | Form]:
        at = 0
        for found in self._pattern.finditer(text) if self._pattern is not None else ():
            if found.start() > at:
                yield text[at : found.start()]
            assert found.lastindex is not None
            # each form is one group of the pattern, and has none of its own
            form = self._forms[found.lastindex - 1]
            # the text before is matched without case, and shown as it was sent
            yield replace(form, before=found[0][: len(form.before)])
            at = found.end()
        if at < len(text):
            yield text[at:]

    def hidden(self, exchange: Exchange) -> Exchange:
        """The exchange, its secrets and the cookies of its response masked."""
        return replace(
            exchange,
            url=self.masked_url(exchange.url),
            request_headers=[self._header(*each) for each in exchange.request_headers],
            request_body=None if exchange.request_body is None else self.masked_bytes(exchange.request_body),
            response_headers=[self._header(name, _cookie(name, value)) for name, value in exchange.response_headers],
            response_body=self.masked_bytes(exchange.response_body),
        )

    def _header(self, name: str, value: str) -> tuple[str, str]:
        return name, self.masked(f"{name}: {value}")[len(name) + 2 :]


def _cookie(name: str, value: str) -> str:
    return re.sub("=[^;]*", f"={MASK}", value, count=1) if name.lower() == "set-cookie" else value


def _forms(sent: Sent) -> Iterator[Form]:
    """Every form of a secret in requests, responses and messages."""
    plain = f'"${sent.variable}"'
    named = f"{sent.name}: {sent.prefix}" if sent.where == "header" else f"{sent.name}="
    # a provider may repeat a secret in any encoding, in a header, a link or a message
    for text in (sent.written, quote(sent.written, safe=""), quote_plus(sent.written)):
        yield Form(named, text, sent.shell, placed=True)
        if sent.prefix:
            yield Form(sent.prefix, text, sent.shell)
        if len(text) >= LONG:
            yield Form("", text, sent.shell)
    for text in (sent.text, json.dumps(sent.text)[1:-1], quote(sent.text, safe=""), quote_plus(sent.text)):
        if len(text) >= LONG:
            yield Form("", text, plain)
    password = sent.text.partition(":")[2]
    # of `user:password` the password alone is secret, too
    if sent.encoded and len(password) >= LONG:
        # what a POSIX shell leaves of the variable behind the first colon
        yield Form("", password, f'"${{{sent.variable}#*:}}"')


def of_header(name: str, value: str, schemes: Iterable[str] = ()) -> Iterator[Sent]:
    """The secrets of a header of every request; `schemes`: the names of headers for credentials."""
    if not SENSITIVE.search(name) and name.lower() not in {each.lower() for each in schemes}:
        return
    variable = shell_name(name)
    found = AUTHORIZATION.fullmatch(f"{name}: {value}")
    if found is not None:
        yield Sent("header", name, found[2], variable, found[1])
        return
    yield Sent("header", name, value, variable)
    if name.lower() == "cookie":
        for at, pair in enumerate(value.split(";"), 1):
            cookie, equals, text = pair.strip().partition("=")
            if equals and text:
                yield Sent("cookie", cookie, text, f"{variable}_{at}")


def shell_name(text: str) -> str:
    """The name of a security scheme or of a header as the name of a shell variable."""
    return re.sub("[^A-Z0-9]", "_", text.upper())
