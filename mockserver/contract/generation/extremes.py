"""Values at the edges of what a schema takes, to try a client's parser with."""

from __future__ import annotations

from mockserver.contract.generation.draft import Draft, Unmakeable

LONGEST = 10_000
"""Characters of the longest text that is made where nothing bounds it."""

PROPERTY = "undocumentedProperty"
"""A property that no document names, where a schema takes any."""

EDGES = (
    "",
    " ",
    "0",
    "null",
    "\u00e4\u00f6\u00fc\u00df",
    "\u65e5\u672c\u8a9e",
    "\U0001f600",
    "a\u0301",
    "\u202eright to left",
    "\x00",
    "<b>&amp;",
    "'\"\\",
)


def text(draft: Draft, least: int, most: int | None) -> str:
    """The shortest, the longest, or a text of characters that programs stumble over."""
    if least > LONGEST:
        raise Unmakeable(f"{least} characters are too many to make")
    chance = draft.chance
    kind = chance.randrange(3)
    if kind == 0:
        return "a" * least
    if kind == 1 and draft.room > 0:
        made = "a" * (max(least, LONGEST) if most is None else min(most, max(least, LONGEST)))
        draft.room -= len(made)
        return made
    drawn = chance.choice(EDGES).ljust(least, "a")
    return drawn if most is None else drawn[:most]
