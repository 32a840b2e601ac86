"""What the command line prints about an API."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.contract.flaws import Flaw
from mockserver.contract.reading.reader import read
from mockserver.listing import corrections_told, flaws_told, sample_curl
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


def test_corrections_without_effect_are_told_in_full(tmp_path: Path) -> None:
    """Each with its line, some of many."""
    (tmp_path / "a.yaml").write_text("openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths: {}\n")
    actions = "".join(f"- {{target: $.none{number}, remove: true}}\n" for number in range(7))
    (tmp_path / "o.yaml").write_text(f"overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}")
    told = corrections_told(read(tmp_path / "a.yaml", overlays=[tmp_path / "o.yaml"]))

    assert told[0].endswith("o.yaml:4: The target $.none0 selects nothing, so the action changes nothing. "
                            "Correct the JSONPath, or leave the action out.")  # fmt: skip
    assert told[5:] == ["and 2 more"]
    assert corrections_told(read(tmp_path / "a.yaml")) == []
