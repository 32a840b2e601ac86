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
    ("patch", "flaw"),
    [
        ([{"op": "test", "path": "/done", "value": 1}], "the test of '/done' in the patch fails"),
        ([{"op": "test", "path": "/ranks", "value": [{"n": False}, {"n": 2}]}], "the test of '/ranks'"),
        ([{"op": "move", "from": "/ranks/0", "path": "/ranks/0/of"}], "refers to nothing that exists"),
        ([{"op": "remove", "path": ""}], "the patch leaves nothing"),
        ([{"op": "remove", "path": ""}, {"op": "add", "path": "/a", "value": 1}], "refers to nothing that exists"),
    ],
)
def test_what_a_patch_cannot_do_is_refused(patch: list[dict[str, Any]], flaw: str) -> None:
    """True is not 1, and nothing moves into itself, which the next value of a list would stand for (RFC 6902, 4.4)."""
    document = {"done": True, "ranks": [{"n": 0}, {"n": 2}]}
    found, told = patched(document, patch)

    assert found == document
    assert told is not None
    assert flaw in told


def test_a_patch_may_replace_the_whole() -> None:
    """Removed and added, or replaced; numbers are equal however they are written (RFC 6902, 4.6)."""
    again: list[dict[str, Any]] = [{"op": "remove", "path": ""}, {"op": "add", "path": "", "value": {"n": 1}}]

    assert patched({"a": 1}, [{"op": "test", "path": "/a", "value": 1.0}, *again]) == ({"n": 1}, None)


@pytest.mark.parametrize(
    "patch", [[DOUBLED] * 10, [WITHIN] * 20, [{"op": "add", "path": "/tags/-", "value": "b"}] * 500]
)
def test_an_honest_patch_is_applied(patch: list[dict[str, Any]]) -> None:
    """However many operations it has."""
    assert patched({"tags": ["a"]}, patch)[1] is None
