"""Values that the document gives itself: its examples and what is like them, and the members of an enum."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mockserver.contract.generation import numbers, patterns, texts
from mockserver.contract.generation.draft import Draft, unmakeable
from mockserver.contract.generation.formats import bound
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


def exemplified(shape: Shape, words: Words, make: Make) -> tuple[Make, Make | None]:
    """The document's example; for a further item of an array, or a fresh value, one that is like it.

    With it, what a draft that `varies` can call at once, unless the example is spoiled; None if there is no such thing.
    """
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

    return made, others[0] if len(others) == 1 else None


def _variation(example: Any, shape: Shape, words: Words) -> Make | None:
    """What makes values like the example, but others: its digits drawn anew, or what a field of that name holds.

    None for an object or an array, which is made from its schema.
    """
    schema = shape.schema
    if isinstance(example, str):
        return _varied_text(example, schema, words)
    if isinstance(example, int) and not isinstance(example, bool) and "integer" in shape.types:
        spread = max(10, abs(example))  # numbers of the size of the example
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
        return bound(told, words)
    parts = DIGITS.split(example)
    if len(parts) > 1:
        return _renumbered(parts[::2], [len(each) for each in parts[1::2]])
    if told is None:
        return lambda _: example
    made = bound(told, words)
    return made if not least and most is None else lambda draft: texts.fitted(made(draft), draft, least, most)


def _renumbered(between: list[str], lengths: list[int]) -> Make:
    """Texts of as many digits in the same places, drawn anew, none of which begins with a zero; some have hundreds."""
    form = "%d".join(each.replace("%", "%%") for each in between)
    spans = [(10 ** (length - 1), 9 * 10 ** (length - 1)) for length in lengths]

    def make(draft: Draft) -> str:
        random = draft.random
        return form % tuple([least + int(random() * span) for least, span in spans])

    return make
