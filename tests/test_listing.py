"""What the command line prints about an API."""

from __future__ import annotations

import pytest

from mockserver.contract.flaws import Flaw
from mockserver.listing import flaws_told, sample_curl
from tests.runtime.desk import PATHS, desk, seeded


@pytest.mark.parametrize(
    ("paths", "command"),
    [
        ({"/notes": PATHS["/notes"]}, "curl http://h/notes"),
        ({"/notes": {"post": PATHS["/notes"]["post"]}}, "curl -X POST http://h/notes"),
        ({}, "no operation is described"),
    ],
)
def test_the_sample_command_asks_for_the_first_get_or_else_what_there_is(
    paths: dict[str, object], command: str
) -> None:
    """An API may have no GET, and even no operation."""
    api = desk(paths=paths)

    assert sample_curl(api, seeded(), "http://h").removesuffix(" -H 'Authorization: Bearer writer'") == command


def test_flaws_are_told_in_one_line() -> None:
    """How many of each kind, and which keep an operation from being served."""
    pattern, version = Flaw("pattern", "#/a", "m", "r"), Flaw("version", "#/b", "m", "r")
    unservable = Flaw("unservable", "#/c", "m", "r", "operation")

    assert flaws_told([pattern, version, pattern, unservable]) == (
        "flaws found so far: 1 not served, 3 warnings (2 pattern, 1 version). mockserver check lists all."
    )
    assert flaws_told([unservable]) == "flaws found so far: 1 not served. mockserver check lists all."
