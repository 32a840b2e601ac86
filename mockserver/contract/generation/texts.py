"""Text, as its format, its pattern, its field's name and its length ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mockserver.contract.generation import extremes, fields, patterns
from mockserver.contract.generation.draft import Draft, Unmakeable
from mockserver.contract.generation.formats import FORMATS, Maker, bound
from mockserver.contract.generation.words import NOUNS

Words = tuple[str, ...]
Make = Callable[[Draft], Any]
TRIES = 20


def text(schema: Mapping[str, Any], words: Words) -> Make:
    """What makes texts of the schema, for a field of this name."""
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    pattern, form = schema.get("pattern"), schema.get("format")
    told = told_by(schema, words) or _word
    if isinstance(pattern, str):
        return _matching(told, words, (pattern, *schema.get("patterns", ())), least, most)
    free, usual, bounded = not isinstance(form, str), bound(told, words), bool(least) or most is not None
    if not free and not bounded:
        return usual

    def make(draft: Draft) -> str:
        draft.write(least)
        if draft.extreme and free:
            return extremes.text(draft, least, most)
        made = usual(draft)
        return fitted(made, draft, least, most) if bounded else made

    return make


def told_by(schema: Mapping[str, Any], words: Words) -> Maker | None:
    """What makes texts of the schema's format, else of the field's name; None if neither says anything."""
    form = schema.get("format")
    return (FORMATS.get(form) if isinstance(form, str) else None) or fields.text_of(words)


def _word(draft: Draft, _: Words) -> str:
    return draft.pick(NOUNS)


def _matching(told: Maker, words: Words, expected: tuple[str, ...], least: int, most: int | None) -> Make:
    """Texts of patterns: what the field's name or format says if they hold for it, else one that is drawn."""

    def fits(made: str) -> bool:
        long_enough = least <= len(made) and (most is None or len(made) <= most)
        return long_enough and all(patterns.holds(each, made) for each in expected)

    def make(draft: Draft) -> str:
        draft.write(least)
        made = told(draft, words)
        if not draft.extreme and fits(made):
            return made
        for attempt in range(TRIES):
            drawn = _drawn(expected[: 1 + attempt % len(expected)], draft, least, most)
            if drawn is not None and (len(expected) == 1 or fits(drawn)):
                return drawn
        raise Unmakeable(f"no text of the pattern {expected[0]} was found")

    return make


def _drawn(expected: tuple[str, ...], draft: Draft, least: int, most: int | None) -> str | None:
    """A text of one pattern; of several, their texts in a row, which they match where each leaves an end open."""
    if len(expected) == 1:
        return patterns.text_of(expected[0], draft.chance, least, most)
    return "".join(patterns.text_of(each, draft.chance) or "" for each in expected)


def fitted(made: str, draft: Draft, least: int, most: int | None) -> str:
    """The text, made as long or as short as it must be."""
    if len(made) < least:
        if least > extremes.LONGEST:
            raise Unmakeable(f"{least} characters are too many to make")
        filler = " ".join(draft.pick(NOUNS) for _ in range(1 + (least - len(made)) // 4))
        made = f"{made} {filler}"[:least].rstrip().ljust(least, "x")
    # without blanks at the end, which a header loses
    return made if most is None or len(made) <= most else made[:most].rstrip().ljust(min(least, most), "x")
