"""What is made once for each seed of a world, remembered for few of them: each test of a suite may bring its own."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")

SEEDS = 64
"""Seeds for which something is remembered at most."""


class BySeed(dict[int, T]):
    """Values by seed; one too many takes the place of all, as to know the least used would cost every look-up."""

    def __setitem__(self, seed: int, value: T) -> None:
        if len(self) >= SEEDS:
            self.clear()
        super().__setitem__(seed, value)
