"""Valid values of a document's schemas: drafts are made until the validator takes one.

The validator has the last word, so nothing that a draft gets wrong (an example that breaks its own schema, a `not`, an
alternative that a second one matches as well) ever leaves. A wrong example is remembered and not tried again.
"""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.generation.alternatives import told_apart
from mockserver.contract.generation.draft import Draft, Exhausted, Style, Unmakeable
from mockserver.contract.generation.making import Maker
from mockserver.contract.generation.pruning import Judge, pruned
from mockserver.contract.generation.repeats import unshared
from mockserver.contract.generation.resorts import last_resorts
from mockserver.contract.generation.shape import Shapes
from mockserver.contract.generation.texts import Make
from mockserver.contract.generation.words import words_of
from mockserver.contract.schemas import Direction
from mockserver.errors import DocumentError

_PLAIN: tuple[Style, ...] = ("plain",) * 12
_FRESH: tuple[Style, ...] = (*("fresh",) * 6, *_PLAIN)
TRIES: dict[Style, tuple[Style, ...]] = {
    "documented": (*("documented",) * 6, *_FRESH),
    "fresh": _FRESH,
    "plain": _PLAIN,
    "extreme": (*("extreme",) * 20, *("fresh",) * 4, *("plain",) * 8),
}
"""The styles in which drafts are made, by the style that is asked for: it is followed by those that ask for less."""

MOST_EXHAUSTED = 3
"""Drafts that may come to nothing in all of their ways: each takes a tenth of a second."""


IN_VAIN = 3
"""Values in a row of which no draft but the plainest was valid: of further ones only the first draft is made, to be put
right by what the plainest is."""


class NoValueError(DocumentError):
    """No valid value of a schema was found; the message names the schema and what was in the way."""


class Generator:
    """Makes values of one document's schemas."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._shapes = Shapes(document)
        self._maker = Maker(self._shapes)
        self._in_vain: dict[tuple[Make, Direction, Style], int] = {}

    def value(
        self,
        schema: Any,
        judge: Judge,
        seed: str | int,
        *,
        now: datetime | None = None,
        name: str = "",
        style: Style = "documented",
        direction: Direction = "response",
        shared: bool = False,
    ) -> Any:
        """A value that `judge` accepts; NoValueError if none was found.

        seed: same seed, same value. now: the latest time in it. name: of the field or resource that it is for.
        shared: one object may stand in it more than once, for callers that write it and change nothing in place.
        """
        shape = self._shapes.of(schema)
        plan = self._maker.plan(shape, words_of(name))
        reason, exhausted = "nothing that was tried is valid", 0
        wrong: list[Any] = []
        latest = now or datetime.now(UTC)

        def drafted(attempt: int, style: Style) -> Draft:
            return Draft(Random(f"{seed}:{attempt}"), latest, style, direction)  # noqa: S311  # no secrets

        key = plan, direction, style
        for attempt, each in enumerate(TRIES[style]):
            in_vain = self._in_vain.get(key, 0) >= IN_VAIN
            if in_vain and wrong and each != "plain":
                continue
            draft = drafted(attempt, each)
            try:
                value = plan(draft)
            except (Unmakeable, Exhausted) as error:
                reason, exhausted = str(error), exhausted + isinstance(error, Exhausted)
                if exhausted == MOST_EXHAUSTED:
                    break
                continue
            if judge.accepts(value):
                if each == "plain" and style != "plain":
                    self._in_vain[key] = self._in_vain.get(key, 0) + 1
                else:
                    self._in_vain.pop(key, None)
                fuller = pruned(wrong[0], judge) if each == "plain" and wrong else None
                found = value if fuller is None else fuller
                return unshared(found) if draft.shared and not shared else found
            if not in_vain:
                reason = self._learn(plan, drafted(attempt, each), judge, value)
            wrong.append(unshared(value) if draft.shared else value)
        return self._otherwise(schema, judge, wrong, f"{f' of {name}' if name else ''}: {reason}.")

    def _otherwise(self, schema: Any, judge: Judge, wrong: list[Any], told: str) -> Any:
        """A valid value where no draft was one: the first or the last of them put right, or the simplest there are."""
        for value in (told_apart(self._document, schema, judge, each) for each in (*wrong[:1], *wrong[-1:])):
            if value is not None:
                return value
        for value in last_resorts(self._document, schema):
            if judge.accepts(value):
                return value
        raise NoValueError(f"no valid value was found for the schema{told}")

    @staticmethod
    def _learn(plan: Make, draft: Draft, judge: Judge, value: Any) -> str:
        """Set the examples aside that stand where the value is wrong; what is wrong with it.

        Where they stand is found by making the value once more, so that values that are valid pay nothing for it.
        """
        error = judge.first_error(value)
        if error is None:  # valid, but nothing that can be sent
            return "no value of it can be sent"
        place = tuple(error.instance_path)
        draft.examples, draft.varies = [], False
        plan(draft)
        for path, shape in draft.examples:
            if _meet(path, place):
                shape.spoiled = True
        return str(getattr(error, "message", error)).partition("\n")[0][:200]


def _meet(path: tuple[str | int, ...], place: tuple[str | int, ...]) -> bool:
    """Whether one of the places lies within the other."""
    return all(one == other for one, other in zip(path, place, strict=False))
