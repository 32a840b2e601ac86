"""Numbers within bounds, and the edges of what may come."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

TRIES = 20
"""Multiples that are drawn for one that floats hold to be one, too."""
EXACT = 2**53
"""Up to here a float tells any two whole numbers apart; drawing one of them takes a third of the time of `randint`."""
RANGES = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "uint8": (0, 255), "int8": (-128, 127)}
RANGES |= {"int16": (-(2**15), 2**15 - 1), "uint16": (0, 2**16 - 1), "uint32": (0, 2**32 - 1), "uint64": (0, 2**64 - 1)}


def bounds(schema: Mapping[str, Any], *, whole: bool) -> tuple[float | None, float | None]:
    """The least and the greatest number that the schema takes; None where nothing bounds it."""
    step = 1 if whole else 1e-6  # behind an exclusive bound
    low = [schema["minimum"]] if "minimum" in schema else []
    high = [schema["maximum"]] if "maximum" in schema else []
    if "exclusiveMinimum" in schema:
        low.append(schema["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in schema:
        high.append(schema["exclusiveMaximum"] - step)
    limits = RANGES.get(schema.get("format", "")) if whole else None
    if limits is not None:
        low.append(limits[0])
        high.append(limits[1])
    return max(low, default=None), min(high, default=None)


def number(schema: Mapping[str, Any], likely: tuple[float, float], *, whole: bool) -> Callable[[Random], float | None]:
    """Draws numbers of the schema, in the `likely` range if the bounds leave any of it; None if there is none."""
    low, high = bounds(schema, whole=whole)
    least, most = likely
    if low is not None and (low > most or least < low):
        least, most = low, max(most, low + (most - least))
    if high is not None and most > high:
        least, most = (max(low, high - (most - least)) if low is not None else min(least, high)), high
    step = schema.get("multipleOf")
    if step:
        exact = Decimal(str(step))
        if whole and 1 % exact == 0:
            exact = Decimal(1)  # every integer is a multiple of it
        return partial(_multiple, exact, Decimal(str(least)), Decimal(str(most)))
    if not whole:
        return partial(_real, least, most)
    first, last = math.ceil(least), math.floor(most)
    return partial(_integer, first, last) if first <= last else lambda _: None


def _integer(first: int, last: int, chance: Random) -> int:
    span = last - first + 1
    return first + int(chance.random() * span) if span < EXACT else chance.randint(first, last)


def _real(least: float, most: float, chance: Random) -> float:
    drawn = least + (most - least) * chance.random()
    short = round(drawn, 2)  # as people write numbers, where the bounds leave one
    return short if least <= short <= most else drawn if least <= drawn <= most else least


def _multiple(step: Decimal, least: Decimal, most: Decimal, chance: Random) -> float | None:
    first, last = math.ceil(least / step), math.floor(most / step)
    if first > last:
        first = last = math.ceil(least / step)
    for _ in range(TRIES):
        drawn = chance.randint(first, last) * step
        if drawn == drawn.to_integral_value():
            return int(drawn)
        # 8.36 / 0.01 is 835.9999999999999: a validator that reckons in floats, as a client's may, would refuse it
        if (float(drawn) / float(step)).is_integer():
            break
    return float(drawn)


def edges(schema: Mapping[str, Any], *, whole: bool) -> list[float]:
    """The extremes of what the schema takes, and zero and its neighbours."""
    low, high = bounds(schema, whole=whole)
    ends = [low if low is not None else -(2**53 - 1), high if high is not None else 2**53 - 1]
    near = [0, 1, -1] if whole else [0, -0.5, 1e-7, 1e21]
    kept = [each for each in (*ends, *near) if (low is None or each >= low) and (high is None or each <= high)]
    return [int(each) for each in kept] if whole else [float(each) for each in kept]
