"""Runs of the same code draw the same, and a seed draws something else that can be drawn again."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, core, given, settings
from hypothesis import strategies as st

from tests import draws


def drawn() -> list[tuple[int, str]]:
    """By a test of Hypothesis that is run here and now."""
    seen: list[tuple[int, str]] = []

    @settings(max_examples=200, suppress_health_check=list(HealthCheck))
    @given(st.integers(), st.text())
    def test(number: int, text: str) -> None:
        seen.append((number, text))

    test()
    return seen


def test_what_is_drawn_depends_on_no_module_that_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though Hypothesis would try its constants."""
    module = tmp_path / "handlers.py"
    module.write_text("\n".join(f"A{number} = {number}" for number in range(70_000, 80_000)))
    before = drawn()
    spec = importlib.util.spec_from_file_location("handlers", module)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "handlers", loaded)
    spec.loader.exec_module(loaded)

    assert drawn() == before


def test_the_package_s_own_constants_are_tried() -> None:
    """Those of modules that nothing has loaded too."""
    assert {"accessCode", "IsLetter"} <= draws.constants().strings
    assert 429 in draws.constants().integers


def test_a_seed_draws_anew_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other values than without one, the same for the same seed; a campaign's own seed moves with it."""
    usual = drawn(), draws.seed(1)

    def by(seed: int) -> tuple[list[tuple[int, str]], int]:
        monkeypatch.setattr(core, "global_force_seed", seed)  # as the option sets it
        draws.settle(str(seed))
        return drawn(), draws.seed(1)

    try:
        five, six, again = by(5), by(6), by(5)
    finally:
        draws.settle(None)

    assert five == again
    assert len({repr(each) for each in (usual, five, six)}) == 3
    assert [each[1] for each in (usual, five, six)] == [1, 6, 7]
