r"""Regular expressions of documents, made readable for the engine that validates.

OpenAPI asks for ECMA-262's; what is in real documents is also Java's, .NET's, Perl's and slips of the pen that browsers
let pass. What the engine (Rust's fancy-regex) reads otherwise is rewritten: braces and dashes that stand for
themselves, `[` and `&&` inside of a class, `[^]`, Java's named classes, `\Z`, `\h`, `(?>…)` and the like.
"""

from __future__ import annotations

import re
from functools import lru_cache

import jsonschema_rs

LONGEST = 20_000
"""Characters of a pattern that are compiled."""

OUTSIDE = re.compile(
    r"\\(?:[pP]\{[^}]*\}|k<\w+>|Q.*?(?:\\E|\Z)|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|.)"
    r"|\(\?#[^)]*\)|\(\?>|\(\?(?:<?[=!]|P?<\w+>|[a-zA-Z-]*:)?|\[\^?|\{[0-9]+(?:,[0-9]*)?\}|.",
    re.DOTALL,
)
INSIDE = re.compile(
    r"\\(?:[pP]\{[^}]*\}|u\{[0-9A-Fa-f]+\}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|.)|\[:\^?[a-z]+:\]|.", re.DOTALL
)
GROUP = re.compile(r"\((?:\?P?<(\w+)>)?")
DELIMITED = re.compile(r"/(\^.*|.*\$)/([a-z]*)", re.DOTALL)
PAIR = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
ASTRAL = re.compile(r"\[\\u[dD]800-\\u[dD][bB][fF]{2}\]\[\\u[dD][cC]00-\\u[dD][fF]{3}\]")

PROPERTIES = {
    "all": r"\s\S",
    "Alnum": r"\p{L}\p{N}",
    "Alpha": r"\p{L}",
    "IsAlphabetic": r"\p{L}",
    "IsLetter": r"\p{L}",
    "IsDigit": r"\p{Nd}",
    "Digit": "0-9",
    "Upper": r"\p{Lu}",
    "Lower": r"\p{Ll}",
    "Punct": r"\p{P}\p{S}",
    "IsPunctuation": r"\p{P}",
    "Space": r"\s",
    "Blank": r" \t",
    "Print": r"\x20-\x7e",
    "Graph": r"\x21-\x7e",
    "XDigit": "0-9A-Fa-f",
    "Cntrl": r"\x00-\x1f\x7f",
    "ASCII": r"\x00-\x7f",
    "IsASCII": r"\x00-\x7f",
    "IsBasicLatin": r"\x00-\x7f",
    "InBasicLatin": r"\x00-\x7f",
    "IsLatin1Supplement": r"\u0080-\u00ff",
    "InLatin-1Supplement": r"\u0080-\u00ff",
    "IsLatin-1Supplement": r"\u0080-\u00ff",
    "IsLatinExtended-A": r"\u0100-\u017f",
    "IsLatinExtended-B": r"\u0180-\u024f",
    "IsHan": r"\p{Han}",
}
"""What Java, .NET and XML Schema call their classes, as the inside of a class."""

ESCAPES = {
    r"\Z": r"(?=\n?\z)",
    r"\h": r"[ \t]",
    r"\H": r"[^ \t]",
    r"\R": r"(?:\r\n|[\n-\r\u0085\u2028\u2029])",
    r"\N": r"[^\n]",
    r"\e": r"\x1b",
    r"\0": r"\x00",
    r"\i": r"[\p{L}_:]",
    r"\I": r"[^\p{L}_:]",
    r"\c": r"[\p{L}\p{N}_:.-]",
    r"\C": r"[^\p{L}\p{N}_:.-]",
}
"""Escapes of other languages that stand outside of a class."""

INNER_ESCAPES = {
    r"\b": r"\x08",
    r"\h": r" \t",
    r"\e": r"\x1b",
    r"\0": r"\x00",
    r"\i": r"\p{L}_:",
    r"\c": r"\p{L}\p{N}_:.\-",
}
"""The same inside of a class."""

SETS = frozenset("dDwWsSpPhic")
"""Letters of escapes that stand for several characters."""

KNOWN = frozenset("dDwWsSbBnrtfvuxcpPAzk123456789")
"""Letters and digits that mean something behind a backslash."""


POSIX = {
    "alpha": "A-Za-z",
    "digit": "0-9",
    "alnum": "A-Za-z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "blank": r" \t",
    "punct": r"!-/:-@\[-`{-~",
    "xdigit": "0-9A-Fa-f",
    "word": r"\w",
}


@lru_cache(maxsize=4096)
def readable(pattern: str) -> str | None:
    """The pattern as the engine reads it, None if it cannot be made readable."""
    if len(pattern) > LONGEST:
        return None
    read = translated(pattern)
    return read if _compiles(read) else None


def translated(pattern: str) -> str:
    """The pattern with everything rewritten that the engine would read otherwise than its author meant it."""
    delimited = DELIMITED.fullmatch(pattern)
    if delimited is not None:
        flags = "".join(flag for flag in delimited[2] if flag in "ims")
        pattern = (f"(?{flags})" if flags else "") + delimited[1]
    pattern = ASTRAL.sub(r"[\\u{10000}-\\u{10FFFF}]", pattern)
    pattern = PAIR.sub(_paired, pattern)
    written: list[str] = []
    groups: list[str | None] = []
    at, is_atom = 0, False
    while at < len(pattern):
        found = OUTSIDE.match(pattern, at)
        assert found is not None
        piece, at = found[0], found.end()
        if piece in ("[", "[^"):
            piece, at = _class(pattern, at, negated=piece == "[^")
        elif piece[0] == "{" and not (len(piece) > 1 and is_atom):  # it repeats nothing, so it is text
            piece = f"\\{piece}"
        elif piece.startswith("\\k<"):
            # the engine refers to groups by number; without a group of that name, this is text (ECMA 262, Annex B)
            name = piece[3:-1]
            piece = f"(?:\\{groups.index(name) + 1})" if name in groups else f"(?:k<{name}>)"
        elif piece.startswith("\\"):
            piece = _escape(piece)
        elif piece.startswith("(?#"):
            continue
        elif piece == "(?>":
            piece = "(?:"
        group = GROUP.fullmatch(piece)
        if group is not None:
            groups.append(group[1])
        written.append(piece)
        is_atom = piece not in ("^", "|") and (not piece.startswith("(") or piece.endswith(")"))
    return "".join(written)


def _paired(surrogates: re.Match[str]) -> str:
    high, low = int(surrogates[1], 16), int(surrogates[2], 16)
    return f"\\u{{{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):X}}}"


def _escape(piece: str) -> str:
    if piece.startswith("\\Q"):
        return re.escape(piece[2:].removesuffix("\\E"))
    if piece[1:2] in ("p", "P") and piece[2:3] == "{":
        inner = PROPERTIES.get(piece[3:-1])
        return piece if inner is None else f"[{'^' if piece[1] == 'P' else ''}{inner}]"
    return ESCAPES.get(piece) or _literal(piece)


def _literal(piece: str) -> str:
    """A letter that means nothing behind a backslash stands for itself."""
    unknown = piece[1:].isalnum() and piece[1] not in KNOWN
    incomplete = piece[1:] in ("u", "x", "c", "p", "P", "k")
    return piece[1:] if unknown or incomplete else piece


def _class(pattern: str, at: int, *, negated: bool) -> tuple[str, int]:
    """The class whose inside begins at a position, and where it ends."""
    if pattern[at : at + 1] == "]":
        return (r"[\s\S]" if negated else r"[^\s\S]"), at + 1
    items: list[str] = []
    before = ""  # what a dash would make a range of: "", "one" or "set"
    while at < len(pattern):
        found = INSIDE.match(pattern, at)
        assert found is not None
        piece, at = found[0], found.end()
        if piece == "]":
            return f"[{'^' if negated else ''}{''.join(items)}]", at
        if piece == "-":
            is_range = before == "one" and _one_follows(pattern, at)
            items.append("-" if is_range else r"\-")
            before = "" if is_range or before == "" else "one"
            if is_range:
                piece, at = _next(pattern, at)
                items.append(_inner(piece))
            continue
        items.append(_inner(piece))
        before = "set" if _is_set(piece) else "one"
    return f"[{'^' if negated else ''}{''.join(items)}", at


def _next(pattern: str, at: int) -> tuple[str, int]:
    found = INSIDE.match(pattern, at)
    assert found is not None
    return found[0], found.end()


def _one_follows(pattern: str, at: int) -> bool:
    """Whether a dash is followed by the one character that ends a range."""
    return at < len(pattern) and pattern[at] != "]" and not _is_set(_next(pattern, at)[0])


def _is_set(piece: str) -> bool:
    return piece.startswith("[:") or (piece.startswith("\\") and piece[1:2] in SETS)


def _inner(piece: str) -> str:
    if piece in ("[", "&", "~"):
        return f"\\{piece}"
    if piece.startswith("[:"):
        return POSIX.get(piece.strip("[:]"), piece)
    if not piece.startswith("\\"):
        return piece
    if piece[1:2] in ("p", "P") and piece[2:3] == "{":
        inner = PROPERTIES.get(piece[3:-1])
        return piece if inner is None or piece[1] == "P" else inner
    return INNER_ESCAPES.get(piece) or _literal(piece)


def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
