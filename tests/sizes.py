"""How long a campaign is: whole as the gate runs it, or a sample of it that every run can afford.

Both find what is wrong in most cases; the whole one looks for what is rare. `pytest` runs the samples,
`pytest -m campaign` the whole campaigns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Size:
    """examples: of each operation and the number of stateful scenarios. each: how many requests of every operation
    and success status are mutated for the oracle. requests: how many it is asked at least."""

    examples: int
    each: int
    requests: int


SAMPLE = Size(examples=10, each=1, requests=500)
WHOLE = Size(examples=60, each=5, requests=2000)


def sized(names: Sequence[str]) -> list[Any]:
    """(name, size) of a sample and a whole campaign for each."""
    return [
        pytest.param(name, size, marks=mark, id=f"{name}-{mark.name}")
        for name in names
        for size, mark in ((SAMPLE, pytest.mark.sample), (WHOLE, pytest.mark.campaign))
    ]
