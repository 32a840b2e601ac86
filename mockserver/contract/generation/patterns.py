"""Text that a regular expression of a document matches, within bounds of length.

Patterns of OpenAPI are ECMA 262. They are put into Python's words, parsed by Python's own parser and walked; what only
asserts (a look-ahead) is not built, but tried: the text is drawn again until the whole pattern holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from itertools import groupby, starmap
from random import Random
from typing import Any

import jsonschema_rs

from mockserver.contract.generation.extremes import LONGEST
from mockserver.contract.reading.patterns import readable

constants: Any = import_module("re._constants")
parser: Any = import_module("re._parser")
"""The parser that `re` itself uses; by name, as type checkers do not agree on whether it is there."""

TRIES = 60
BACKTRACKS = 20_000
"""Steps back that a text is worth: the engine of Python would take as many as there are ways to match, and not end."""
MOST_MISSES = 200
"""Texts in a row that did not match, after which no more than one is drawn at a time."""
SAMPLES = 10
"""Texts by which it is decided how a pattern is to be read."""
REPEATS = 8
"""How often something is repeated more than it must be, if nothing bounds it."""

MOST_AT_ONCE = 10_000
"""Characters of a text that are drawn in one draw, at most."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
PRINTABLE = LETTERS + LETTERS.upper() + "0123456789"
ANY = PRINTABLE + "-_!#$%&*+@"

CLASSES = {
    constants.CATEGORY_DIGIT: "0123456789",
    constants.CATEGORY_WORD: PRINTABLE + "_",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_NOT_DIGIT: LETTERS,
    constants.CATEGORY_NOT_WORD: " -",
    constants.CATEGORY_NOT_SPACE: PRINTABLE,
}
PROPERTIES = {"L": "A-Za-z", "Lu": "A-Z", "Ll": "a-z", "N": "0-9", "Nd": "0-9", "P": "\\-_.,", "S": "+=", "Z": " "}
ESCAPE = re.compile(
    r"\\(?:p\{\^?([^}]*)\}|P\{([^}]*)\}|u\{([0-9A-Fa-f]+)\}|c([A-Za-z])|k<(\w+)>|([-/ '\"@#%&,:;<=>!~`_]))"
    r"|\(\?<(?![=!])"
)
END = r"\z"
"""The end of the text, as Perl writes it; Python writes it in upper case."""
SETS = (r"\w", r"\W", r"\d", r"\D", r"\s", r"\S")
Node = tuple[Any, Any]
MOST_DRAWN = 1_000_000
"""Characters of a text, and repetitions in it, after which no more of it is drawn."""


class TooLong(Exception):
    """A text has no end: repetitions of repetitions, or groups that refer to each other, double it with each level."""


class Groups(dict[int, str]):
    """What the groups of a pattern have matched so far, and how much may still be drawn."""

    room = MOST_DRAWN

    def spend(self, characters: int) -> None:
        self.room -= characters
        if self.room < 0:
            raise TooLong


Draw = Callable[[Random, int, Groups], str]
"""Draws a text: by chance, how often something open is repeated at most, and what the groups so far have matched."""


def text_of(pattern: str, chance: Random, least: int = 0, most: int | None = None) -> str | None:
    """A text that the pattern matches, of `least` to `most` characters; None if none was found."""
    drawn = _drawn_of(pattern)
    walk = drawn.walk
    if walk is None or least > LONGEST:
        return None
    for attempt in range(TRIES if drawn.misses < MOST_MISSES else 1):
        # the shortest text, then one as long as it must be, then any
        spread = 0 if attempt % 3 == 0 and least <= 1 else max(least, REPEATS) if attempt % 3 == 1 else REPEATS
        try:
            text = _padded(pattern, walk(chance, spread, Groups()), chance, least)
        except TooLong:
            return None
        if len(text) >= least and (most is None or len(text) <= most):
            if drawn.holds(text):
                drawn.misses = 0
                return text
            drawn.misses += 1
    return None


class _Drawn:
    """How texts of one pattern are drawn and judged; `misses`: those that did not match, since the last that did."""

    def __init__(self, walk: Draw | None, holds: Callable[[str], bool]) -> None:
        self.walk = walk
        self.holds = holds
        self.misses = 0


@lru_cache(maxsize=1024)
def _drawn_of(pattern: str) -> _Drawn:
    meant = readable(pattern) or pattern
    try:
        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACKS)
        holds = jsonschema_rs.Draft202012Validator({"pattern": meant}, pattern_options=options).is_valid
    except (ValueError, jsonschema_rs.ValidationError):
        return _Drawn(None, lambda _: False)
    walks = [walk for walk in map(_walked, dict.fromkeys((pattern, meant))) if walk is not None]
    # what documents write in the words of other engines is drawn from what the validator reads in its place
    fitting = (walk for walk in walks if any(holds(text) for text in _samples(walk)))
    return _Drawn(next(fitting, next(iter(walks), None)), holds)


def _samples(walk: Draw) -> Iterator[str]:
    """Some texts of a pattern, none if they have no end."""
    with suppress(TooLong):
        yield from (walk(Random(at), REPEATS, Groups()) for at in range(SAMPLES))  # noqa: S311  # no secrets


def _walked(written: str) -> Draw | None:
    """What draws texts of a pattern as it is written; None if Python cannot read it."""
    try:
        return _walk(parser.parse(in_python(written)))
    except (re.error, OverflowError, RecursionError, ValueError):
        return None


def in_python(pattern: str) -> str:
    """The pattern in the words of Python's `re`, as far as making a text needs them."""
    in_class = False
    parts: list[str] = []
    at = 0
    while at < len(pattern):
        found = ESCAPE.match(pattern, at)
        if found is not None:
            parts.append(_translated(found, in_class=in_class))
            at = found.end()
            continue
        if pattern.startswith(END, at):
            parts.append(r"\Z")
            at += len(END)
            continue
        step = 2 if pattern[at] == "\\" else 1
        if pattern.startswith("[^]", at) and not in_class:
            parts.append(r"[\s\S]")
            at += 3
            continue
        if pattern[at] == "[":
            parts.append("\\[" if in_class else "[")
            in_class = True
        else:
            in_class = in_class and pattern[at] != "]"
            literal = in_class and pattern[at] == "-" and _is_beside_class(pattern, at)
            parts.append(r"\-" if literal else pattern[at : at + step])
        at += step
    return "".join(parts)


def _is_beside_class(pattern: str, at: int) -> bool:
    """Whether a hyphen has `\\w` or the like on a side, with which it makes no range (ECMA 262, Annex B)."""
    return pattern[at - 2 : at] in SETS or pattern[at + 1 : at + 3] in SETS


def _translated(found: re.Match[str], *, in_class: bool) -> str:
    positive, negative, code, control, name, plain = found.groups()
    if positive is not None:
        characters = PROPERTIES.get(positive, PROPERTIES.get(positive[:1], "A-Za-z"))
        return characters if in_class else f"[{characters}]"
    if negative is not None:
        return "" if in_class else f"[^{PROPERTIES.get(negative, PROPERTIES.get(negative[:1], 'A-Za-z'))}]"
    if code is not None:
        return re.escape(chr(min(int(code, 16), 0x10FFFF)))
    if control is not None:
        return re.escape(chr(ord(control.upper()) - 64))
    if name is not None:
        return f"(?P={name})"
    return re.escape(plain) if plain is not None else "(?P<"


def _padded(pattern: str, text: str, chance: Random, least: int) -> str:
    """The text, made long enough at an end that the pattern leaves open."""
    lacking = least - len(text)
    if lacking <= 0 or (pattern.startswith("^") and pattern.endswith("$")):
        return text
    more = "".join(chance.choice(LETTERS) for _ in range(lacking))
    return text + more if not pattern.endswith("$") else more + text


def _walk(nodes: Sequence[Node]) -> Draw:
    """What draws texts of a sequence of nodes; what can be known before the draw is worked out once."""
    parts = list[Draw]()
    for fixed, run in groupby(zip(starmap(_fixed, nodes), nodes, strict=True), lambda pair: pair[0] is not None):
        if fixed:
            parts.append(_at_once([found for found, _ in run if found is not None]))
        else:
            parts += [part for part in (_part(kind, argument) for _, (kind, argument) in run) if part is not None]
    if len(parts) == 1:
        return parts[0]
    return lambda chance, spread, groups: "".join([part(chance, spread, groups) for part in parts])


def _fixed(kind: Any, argument: Any) -> tuple[str, int] | None:
    """The characters that a node draws from and how many it draws; None if that is not always the same number."""
    if kind in REPEATED:
        least, most, within = argument
        found = _fixed(*within[0]) if len(within) == 1 and least == most else None
        return None if found is None or found[1] * least > MOST_AT_ONCE else (found[0], found[1] * least)
    letters = chr(argument) if kind is constants.LITERAL else CHARACTERS[kind](argument) if kind in CHARACTERS else ""
    return (letters, 1) if letters and _table(letters) is not None else None


@lru_cache(maxsize=1024)
def _table(letters: str) -> bytes | None:
    """Which of the characters any byte stands for, in Latin-1; None if they are not all in it."""
    try:
        known = letters.encode("latin-1")
    except UnicodeEncodeError:
        return None
    return bytes(known[byte % len(known)] for byte in range(256))


def _at_once(parts: Sequence[tuple[str, int]]) -> Draw:
    """What draws `[0-9a-f]{8}-[0-9a-f]{4}`, as identifiers are, in one draw: a page may have hundreds of them."""
    form, slots, at = b"", list[tuple[int, int, bytes]](), 0
    for letters, count in parts:
        table = _table(letters)
        if len(letters) == 1 or table is None:
            form += letters.encode("latin-1").replace(b"%", b"%%") * count
        else:
            form += b"%b"
            slots.append((at, at + count, table))
            at += count

    def draw(chance: Random, _spread: int, _groups: Groups) -> str:
        drawn = chance.randbytes(at)
        return (form % tuple([drawn[begin:end].translate(table) for begin, end, table in slots])).decode("latin-1")

    return draw


def _part(kind: Any, argument: Any) -> Draw | None:
    """What draws the text of a node; None if the node only asserts, which is met by drawing again."""
    if kind is constants.LITERAL:
        letter = chr(argument)
        return lambda _chance, _spread, _groups: letter
    if kind in CHARACTERS:
        return _letter(CHARACTERS[kind](argument))
    if kind in REPEATED:
        return _repeat(*argument)
    return _group(kind, argument)


def _letter(letters: str) -> Draw:
    count = len(letters)
    return lambda chance, _spread, _groups: letters[int(chance.random() * count)]


def _repeat(least: int, most: Any, repeated: Sequence[Node]) -> Draw:
    # the usual repetition is of one character, which are drawn all at once
    found = _fixed(*repeated[0]) if len(repeated) == 1 else None
    table = None if found is None or found[1] != 1 else _table(found[0])
    inner, bound = _walk(repeated), int(most)

    def draw(chance: Random, spread: int, groups: Groups) -> str:
        limit = max(least, min(bound, least + spread))
        times = least if limit == least else chance.randint(least, limit)
        groups.spend(times)
        if table is not None:
            return chance.randbytes(times).translate(table).decode("latin-1")
        return "".join([inner(chance, spread, groups) for _ in range(times)])

    return draw


def _group(kind: Any, argument: Any) -> Draw | None:
    if kind is constants.BRANCH:
        branches = [_walk(each) for each in argument[1]]
        return lambda chance, spread, groups: chance.choice(branches)(chance, spread, groups)
    if kind is constants.SUBPATTERN:
        return _captured(argument[0], _walk(argument[3]))
    if kind is constants.ATOMIC_GROUP:
        return _walk(argument)
    if kind is constants.GROUPREF:
        return _referred(argument)
    return None


def _referred(number: int) -> Draw:
    def draw(_chance: Random, _spread: int, groups: Groups) -> str:
        text = groups.get(number, "")
        groups.spend(len(text))
        return text

    return draw


def _captured(number: int, inner: Draw) -> Draw:
    def draw(chance: Random, spread: int, groups: Groups) -> str:
        groups[number] = text = inner(chance, spread, groups)
        return text

    return draw


def _characters(members: Sequence[Node]) -> str:
    """The characters of a class, or those that it leaves."""
    negated = members[0][0] is constants.NEGATE
    found = "".join(_member(kind, argument) for kind, argument in (members[1:] if negated else members))
    if not negated:
        return found or "?"
    left = "".join(each for each in ANY + " " if each not in found)
    return left or "~"


def _member(kind: Any, argument: Any) -> str:
    match kind:
        case constants.LITERAL:
            return chr(argument)
        case constants.RANGE:
            low, high = argument
            plain = "".join(each for each in PRINTABLE if low <= ord(each) <= high)
            return plain or "".join(map(chr, range(low, min(high, low + 64) + 1)))
        case constants.CATEGORY:
            return CLASSES[argument]
        case _:
            return ""


CHARACTERS: Mapping[Any, Callable[[Any], str]] = {
    constants.NOT_LITERAL: lambda argument: "".join(each for each in ANY if ord(each) != argument),
    constants.ANY: lambda _: ANY,
    constants.IN: _characters,
}
"""The characters that a node stands for, by its kind."""
REPEATED = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)


def holds(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text; where it cannot be read, or takes too long, it is not."""
    return _drawn_of(pattern).holds(text)
