"""Names and places are drawn from a stock that is the same in every process."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mockserver.contract.generation.persona import SOURCES, stock


def stocked(kinds: Iterable[str]) -> dict[str, Sequence[str]]:
    stock.cache_clear()
    return {kind: stock(kind) for kind in kinds}


def test_a_stock_is_the_same_whichever_is_asked_for_first() -> None:
    """As a world's records must be, whatever was asked of a server before."""
    assert stocked(SOURCES) == stocked(reversed([*SOURCES]))


def test_a_stock_holds_enough_to_tell_people_apart() -> None:
    """A first and a last name together in more than a hundred thousand ways."""
    found = stocked(("first name", "last name"))

    assert len(found["first name"]) * len(found["last name"]) > 100_000
