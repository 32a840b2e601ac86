"""The requests whose ways are compared, and what is shown of them."""

from __future__ import annotations

from contextlib import closing

import pytest

from mockserver import MockServer
from tests.benchmarks.ways import KINDS, Line, set_up, tables


@pytest.mark.gate
def test_every_kind_is_answered(server: MockServer) -> None:
    """With a success, in whatever pieces it comes, and by the rules and stubs that it says."""
    port = int(server.url.rpartition(":")[2])
    with closing(Line(port)) as line:
        for kind in KINDS.values():
            set_up(port, kind)
            line.ask(kind, 16)


def test_each_is_held_against_the_plain_one() -> None:
    """Of its own server: thousands of instructions, and their ratio."""
    (shown,) = tables({"here": {"list": 200_000, "list, HEAD": 100_000, "upsert": 300_000, "upsert, Expect": 600_000}})

    assert shown.columns == ("request", "here k", "÷ plain")
    assert shown.rows == [
        ("list", "200", "1.0x"),
        ("list, HEAD", "100", "0.50x"),
        ("upsert", "300", "1.0x"),
        ("upsert, Expect", "600", "2.0x"),
    ]


def test_every_kind_has_one_to_be_held_against() -> None:
    """Which is a plain request itself."""
    assert {KINDS[each.beside].beside for each in KINDS.values()} == {"list", "upsert"}
    assert all(not KINDS[each.beside].rules for each in KINDS.values())
