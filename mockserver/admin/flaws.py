"""Flaws of a value that was given, and the one error that they make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from mockserver.contract.pointers import pointer_of
from mockserver.errors import Why, WorldError

FLAWS = 100
"""Flaws that one refusal names at most."""


@dataclass(frozen=True)
class ValueFlaw:
    """What is wrong at one place of a value that was given.

    `place` is the path to it, empty for the value itself; `rule` the JSON Schema keyword that is broken, or what no
    schema can say: `known`, `taken`, `order`, `reference`, …; `expected` is what would do, as far as it can be listed;
    `source` is the path to what else in the world is concerned, such as a record that refers to one that is gone.
    It unpacks to its JSON Pointer and its message.
    """

    place: tuple[str | int, ...]
    message: str
    rule: str = ""
    expected: Any = None
    received: Any = None
    source: tuple[str | int, ...] = ()

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901) into what was given."""
        return pointer_of(self.place)

    def __iter__(self) -> Iterator[str]:
        return iter((self.pointer, self.message))

    def __str__(self) -> str:
        """As a person says it: `workshop.lists: record 3: title: must be …`."""
        return ": ".join(filter(None, (words(self.place), self.message)))


def words(place: tuple[str | int, ...]) -> str:
    """A place as a person says it: `workshop.lists: record 3: title`."""
    return ": ".join(f"record {each + 1}" if isinstance(each, int) else str(each) for each in place)


def refuse(kind: Why, flaws: Iterable[ValueFlaw], error: type[WorldError] = WorldError) -> None:
    """Raise the error if there is a flaw."""
    # lazily: a value of a million records may have as many flaws
    found = list(islice(flaws, FLAWS))
    if found:
        raise refusal(kind, found, error)


def refusal(kind: Why, flaws: Sequence[ValueFlaw], error: type[WorldError] = WorldError) -> WorldError:
    """The error that these flaws make."""
    return error(kind, told(flaws), flaws)


def told(flaws: Sequence[ValueFlaw]) -> str:
    """The first flaw, and how many more there are."""
    least = "at least " if len(flaws) == FLAWS else ""
    more = "" if len(flaws) == 1 else f" (and {least}{len(flaws) - 1} more)"
    return f"{flaws[0]}{more}"
