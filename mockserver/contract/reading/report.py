"""What is told of the flaws of a document while it is brought into form, and where the flaws are."""

from __future__ import annotations

from typing import Any

from mockserver.contract.flaws import Cost, Flaw
from mockserver.contract.pointers import pointer_of

Trail = tuple[Any, Any]
"""Where something stands: the trail of what holds it (None for the document) and the key there."""

DROP: Any = object()
"""In place of a value: leave the keyword out."""

MOST_FLAWS = 10_000
"""Flaws that are kept of one document."""

SHOWN = 60


class Report:
    """Adds to the flaws of one document, up to MOST_FLAWS."""

    def __init__(self, flaws: list[Flaw]) -> None:
        self._flaws = flaws

    def wrong(self, expected: str, value: Any, trail: Trail, costs: Cost = "nothing") -> Any:
        """Tell that a value is none of what its keyword holds; DROP, which is what becomes of it."""
        outcome = "it is not served" if costs == "operation" else "it is left out"
        message = f"Expected {expected}, got {shown(value)}; {outcome}."
        self.say("wrong-type", trail, message, "Correct it.", costs)
        return DROP

    def read_as(self, value: Any, meant: Any, trail: Trail) -> Any:
        """Tell that a value is taken for what was meant, which is returned."""
        self.say("wrong-type", trail, f"{shown(value)} is read as {shown(meant)}.", "Write it so.")
        return meant

    def say(self, kind: str, trail: Trail, message: str, remedy: str, costs: Cost = "nothing") -> None:
        """Tell of a flaw; the message says what was expected and what came, the remedy what to do."""
        if len(self._flaws) < MOST_FLAWS:
            self._flaws.append(Flaw(kind, pointer(trail), message, remedy, costs))


def shown(value: Any) -> str:
    """A value as a message quotes it."""
    text = "an object" if isinstance(value, dict) else "an array" if isinstance(value, list) else repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def pointer(trail: Trail | None) -> str:
    """The JSON pointer to where something stands."""
    keys: list[Any] = []
    while trail is not None:
        trail, key = trail
        keys.append(key)
    return f"#{pointer_of(reversed(keys))}"
