"""JSON Patches that make much of little, or nest what they make."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.bodies import DEEPEST
from mockserver.inference.patches import MOST, patched

DOUBLED = {"op": "copy", "from": "/tags", "path": "/tags/-"}
WITHIN = {"op": "copy", "from": "", "path": "/inner"}


@pytest.mark.parametrize(
    ("patch", "flaw"),
    [
        ([DOUBLED] * 40, f"makes the patch put more than {MOST} values in their places"),
        ([WITHIN] * 1000, f"nests deeper than {DEEPEST} levels"),
        ([{"op": "add", "path": "/a" * depth, "value": {}} for depth in range(1, 1000)], "nests deeper than"),
        ([{"op": "move", "from": "/tags", "path": "/a" * 1000}], "nests deeper than"),
    ],
)
def test_a_patch_makes_so_much_and_no_more(patch: list[dict[str, Any]], flaw: str) -> None:
    """A few hundred bytes would else fill the memory, or be a record that nobody can write."""
    found, told = patched({"tags": ["a"]}, patch)

    assert found == {"tags": ["a"]}
    assert told is not None
    assert flaw in told


@pytest.mark.parametrize(
    "patch", [[DOUBLED] * 10, [WITHIN] * 20, [{"op": "add", "path": "/tags/-", "value": "b"}] * 500]
)
def test_an_honest_patch_is_applied(patch: list[dict[str, Any]]) -> None:
    """However many operations it has."""
    assert patched({"tags": ["a"]}, patch)[1] is None
