"""What inference remembers by seed."""

from __future__ import annotations

from mockserver.inference.remembered import SEEDS, BySeed


def test_of_any_number_of_seeds_few_are_remembered() -> None:
    """The latest is among them."""
    remembered: BySeed[str] = BySeed()
    for seed in range(SEEDS * 3 + 1):
        remembered[seed] = str(seed)

    assert len(remembered) <= SEEDS
    assert remembered[SEEDS * 3] == str(SEEDS * 3)
