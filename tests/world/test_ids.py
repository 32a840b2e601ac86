"""Identifiers: seeded, shaped as they should be, and a sequence that can be set back."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest

from mockserver.world import Ids

DRAWS: list[Callable[[Ids], str]] = [Ids.uuid, Ids.cuid, lambda ids: ids.token(12)]
MANY = 2_000


@pytest.mark.parametrize("draw", DRAWS)
def test_the_same_seed_gives_the_same_ids(draw: Callable[[Ids], str]) -> None:
    """Two sequences of one seed and stream go together, and no id comes twice."""
    one, other = Ids(7, "ids"), Ids(7, "ids")

    drawn = [draw(one) for _ in range(MANY)]

    assert drawn == [draw(other) for _ in range(MANY)]
    assert len(set(drawn)) == MANY


@pytest.mark.parametrize("other", [Ids(8, "ids"), Ids(-7, "ids"), Ids(7, "requests"), Ids(7, "ids", 1)])
@pytest.mark.parametrize("draw", DRAWS)
def test_another_seed_stream_or_place_gives_other_ids(draw: Callable[[Ids], str], other: Ids) -> None:
    """Seed, stream and count each make a difference."""
    assert draw(Ids(7, "ids")) != draw(other)


def test_a_sequence_can_be_set_back() -> None:
    """Its count is its whole state."""
    ids = Ids(7, "ids")
    ids.uuid()
    there = ids.count
    first = ids.cuid()

    ids.count = there

    assert ids.cuid() == first
    assert Ids(7, "ids", there).cuid() == first


def test_ids_have_their_shapes() -> None:
    """A version 4 UUID, a CUID, and tokens of any length asked for."""
    ids = Ids(0, "ids")

    for _ in range(MANY):
        uuid = ids.uuid()
        assert str(UUID(uuid)) == uuid
        assert (UUID(uuid).version, UUID(uuid).variant) == (4, "specified in RFC 4122")
        assert re.fullmatch("c[0-9a-z]{24}", ids.cuid())
    for length in (0, 1, 24, 48):
        assert re.fullmatch(f"[0-9a-z]{{{length}}}", ids.token(length))


def test_every_letter_is_used_at_every_place() -> None:
    """A token is evenly mixed up to its last character."""
    ids = Ids(0, "ids")
    tokens = [ids.token(48) for _ in range(MANY)]

    assert all(len({token[place] for token in tokens}) == 36 for place in range(48))
