"""What the command line prints about an API."""

from __future__ import annotations

import pytest

from mockserver.listing import sample_curl
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
