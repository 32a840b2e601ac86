"""A value while it is being made: the chance it draws from, the time it is made at, and how much of it there may be."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from mockserver.contract.generation.persona import Persona

if TYPE_CHECKING:
    from mockserver.contract.generation.shape import Shape

T = TypeVar("T")
Style = Literal["documented", "fresh", "plain", "extreme"]
"""documented: examples first. fresh: values like the examples, but others. plain: the least that is valid. extreme: the
edges of what is valid."""

VALUES = 500
"""Objects and arrays after which a draft takes only what is required."""

LONG = 50_000
"""Characters after which no text is made as long as it may be."""

DEEPEST = 5
"""Levels of objects below which only what is required is made."""

NESTED = 60
"""Levels at which a schema that requires itself is given up."""


MOST_BEGUN = 20_000
"""Objects, arrays and choices that are begun in one draft, those counted that came to nothing."""
MOST_PARTS = 300_000
"""Properties and items of one draft: arrays of arrays that must be long ask for more than any memory holds."""
MOST_WRITTEN = 10_000_000
"""Characters of the texts of one draft that must have a certain length."""


class Unmakeable(Exception):
    """No value can be made here; whoever has another way takes it."""


class Exhausted(Exception):
    """There are too many ways to a value that all come to nothing."""


def unmakeable(reason: str) -> Callable[[Draft], Any]:
    """What makes no value."""

    def make(_: Draft) -> Any:
        raise Unmakeable(reason)

    return make


class Draft:
    """One value being made.

    now: the world's time, aware. path: where in the value the maker stands. open: the references of the schemas that it
    stands in. examples: where an example of the document was taken; None if nobody wants to know. item: the position in
    the innermost array; the first item is as the document's example, the others vary it. kinds: within a long list,
    what may stand in it again, by what it is; parts: how many parts of these were made; shared: whether any stands in
    the value twice; see `repeats`. varies: whether every example is varied, and nobody wants to know where.
    """

    __slots__ = (
        *(
            "asked",
            "begun",
            "chance",
            "direction",
            "documented",
            "examples",
            "extreme",
            "item",
            "kinds",
            "left",
            "now",
            "open",
        ),
        *("parts", "path", "personas", "random", "room", "shared", "style", "varies", "written"),
    )

    def __init__(self, chance: Random, now: datetime, style: Style, direction: str) -> None:
        self.chance = chance
        self.random = chance.random
        self.now = now
        self.style = style
        self.direction = direction
        self.documented, self.extreme = style == "documented", style == "extreme"
        self.varies = style == "fresh"
        self.left = VALUES
        self.begun = self.asked = self.written = 0
        self.room = LONG
        self.path: list[str | int] = []
        self.open: list[str | None] = []
        self.examples: list[tuple[tuple[str | int, ...], Shape]] | None = None
        self.personas: list[Persona] = []
        self.item = 0
        self.kinds: dict[Hashable, list[tuple[Any, int]]] | None = None
        self.parts = 0
        self.shared = False

    @property
    def sparing(self) -> bool:
        """Whether only what is required is made from here on."""
        return self.style == "plain" or self.left <= 0 or len(self.personas) > DEEPEST

    @property
    def persona(self) -> Persona:
        """Who or what the innermost object is about."""
        if not self.personas:
            self.personas.append(self.introduce(()))
        return self.personas[-1]

    def introduce(self, about: tuple[str, ...]) -> Persona:
        """Somebody new, whom an object is about."""
        return Persona(self, about)

    def enter(self, reference: str | None, parts: int = 0) -> None:
        """Begin an object, an array or a choice of so many parts, which may be part of itself."""
        if len(self.open) >= NESTED:
            raise Unmakeable("the schema requires itself without end")
        self.left -= 1
        self.begun += 1
        self.asked += parts
        if self.begun > MOST_BEGUN:  # alternatives of alternatives double the ways with each level
            raise Exhausted("there are too many ways to make the schema's value")
        if self.asked > MOST_PARTS:
            raise Exhausted(f"the schema asks for more than {MOST_PARTS} values")
        self.open.append(reference)

    def write(self, characters: int) -> None:
        """Make a text that must have so many."""
        self.written += characters
        if self.written > MOST_WRITTEN:
            raise Exhausted(f"the schema asks for texts of more than {MOST_WRITTEN} characters")

    def exemplify(self, shape: Shape) -> None:
        """Remember that an example of the document was taken here, if somebody wants to know."""
        if self.examples is not None:
            self.examples.append((tuple(self.path), shape))

    def stands_in(self, reference: str | None) -> bool:
        """Whether a schema of this reference is being made already."""
        return reference is not None and reference in self.open

    def pick(self, among: Sequence[T]) -> T:
        """Any of them."""
        return among[int(self.random() * len(among))]

    def whole(self, low: int, high: int) -> int:
        """A whole number from low to high, both of which may come."""
        return low + int(self.random() * (high - low + 1))

    def shuffled(self, given: Sequence[T]) -> list[T]:
        """All of them in any order."""
        order = list(given)
        for last in range(len(order) - 1, 0, -1):
            other = int(self.random() * (last + 1))
            order[last], order[other] = order[other], order[last]
        return order
