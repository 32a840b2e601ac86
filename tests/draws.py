"""What Hypothesis and Schemathesis draw: the same in every run of the same code, or anew by `--hypothesis-seed`.

So a run cannot fail by luck, and what a new draw finds can be drawn again. Hypothesis also tries the constants of the
modules that happen to be loaded, which depend on the tests that ran before in the same process; here it tries those of
the whole package, always.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import or_
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants, constants_from_module
from hypothesis.internal.floats import float_to_int
from sortedcontainers import SortedSet

import mockserver

PACKAGE = Path(mockserver.__file__).parent
_shift = 0


def settle(seed: str | None) -> None:
    """Draw by that seed from now on, or, without one, by what each test says."""
    global _shift  # noqa: PLW0603  # of the process, as Hypothesis' own profile is
    providers._get_local_constants = constants
    known = settings(  # a busy machine is no fault of what is tested
        database=None, deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.register_profile("same", known, derandomize=True)
    settings.register_profile("fresh", known, derandomize=False)
    settings.load_profile("same" if seed is None else "fresh")
    _shift = int(seed or 0)


def seed(own: int) -> int:
    """For a campaign that has a seed of its own: that one, or another in a run that draws anew."""
    return own + _shift


def told(config: pytest.Config) -> str:
    """What is drawn in this run, and how to draw it again."""
    chosen = config.getoption("hypothesis_seed", None)
    return "draws: the same in every run" if chosen is None else f"draws: new, again by --hypothesis-seed={chosen}"


@cache
def constants() -> Constants:
    """Of every module of the package, in the form in which Hypothesis keeps those of loaded modules."""
    found = reduce(or_, map(_constants, sorted(PACKAGE.rglob("*.py"))), Constants())
    return Constants(
        integers=SortedSet(found.integers),
        floats=SortedSet(found.floats, key=float_to_int),
        bytes=SortedSet(found.bytes),
        strings=SortedSet(found.strings),
    )


def _constants(path: Path) -> Constants:
    """Hypothesis asks a module for no more than its file, so that none has to be imported."""
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    return constants_from_module(module)
