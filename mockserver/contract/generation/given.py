"""Values that the document gives itself: its examples and what is like them, and the members of an enum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.generation import numbers, patterns, texts
from mockserver.contract.generation.draft import Draft, unmakeable
from mockserver.contract.generation.shape import Shape
from mockserver.contract.generation.texts import Make, Words

HALF = 0.5
SUGGESTED = "x-extensible-enum"
"""Lists the members of an enum that may grow."""
DIGITS = re.compile(r"([0-9]{1,15})")


def member(shape: Shape) -> Make:
    members: list[Any] = shape.schema["enum"]
    if not members:
        return unmakeable("the enum has no member")
    told = [each for each in members if each is not None] or members
    first = next((each for each in shape.examples if each in members), told[0])

    def make(draft: Draft) -> Any:
        if draft.documented and draft.item == 0:
            return first
        return draft.pick(members if draft.extreme else told)

    return make


def suggested(members: list[Any], make: Make) -> Make:
    """One of the members that the document knows; at the edges any other, which its schema takes as well."""

    def made(draft: Draft) -> Any:
        if draft.extreme and draft.random() < HALF:
            return make(draft)
        return members[0] if draft.documented and draft.item == 0 else draft.pick(members)

    return made


def exemplified(shape: Shape, words: Words, make: Make) -> Make:
    """The document's example; for a further item of an array, or a fresh value, one that is like it."""
    first = shape.examples[0]
    others = [_variation(each, shape, words) for each in shape.examples]

    def made(draft: Draft) -> Any:
        if shape.spoiled or draft.style in ("plain", "extreme"):
            return make(draft)
        if draft.documented and draft.item == 0:
            draft.exemplify(shape)
            return first
        vary = others[0] if len(others) == 1 else draft.pick(others)
        if vary is None:
            return make(draft)
        if draft.examples is not None:
            draft.exemplify(shape)
        return vary(draft)

    return made


def _variation(example: Any, shape: Shape, words: Words) -> Make | None:
    """What makes values like the example, but others: its digits drawn anew, or what a field of that name holds.

    None for an object or an array, which is made from its schema.
    """
    schema = shape.schema
    if isinstance(example, str):
        return _varied_text(example, schema, words)
    if isinstance(example, int) and not isinstance(example, bool) and "integer" in shape.types:
        spread = max(10, abs(example))
        likely = (max(0, example - spread), example + spread)
        drawn = numbers.number(schema, likely, whole=True)
        return lambda draft: drawn(draft.chance)
    return None if isinstance(example, dict | list) else lambda _: example


def _varied_text(example: str, schema: Mapping[str, Any], words: Words) -> Make:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern = schema.get("pattern")
    if pattern is not None:
        return lambda draft: patterns.text_of(pattern, draft.chance, least, most) or example
    told = texts.told_by(schema, words)
    if told is not None and schema.get("format") is not None:
        return lambda draft: told(draft, words)
    parts = DIGITS.split(example)
    if len(parts) > 1:
        return lambda draft: "".join(
            [part if not at % 2 else _digits(draft, len(part)) for at, part in enumerate(parts)]
        )
    return (lambda _: example) if told is None else (lambda draft: texts.fitted(told(draft, words), draft, least, most))


def _digits(draft: Draft, count: int) -> str:
    return str(draft.whole(10 ** (count - 1), 10**count - 1))
