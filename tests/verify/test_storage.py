"""A run leaves nothing in the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis.configuration import storage_directory

from mockserver.verify.storage import VARIABLE, cached


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"XDG_CACHE_HOME": "/caches"}, "/caches/mockserver/hypothesis"),
        ({"XDG_CACHE_HOME": "caches", "HOME": "/home/ann"}, "/home/ann/.cache/mockserver/hypothesis"),
        ({"XDG_CACHE_HOME": "", "HOME": "/home/ann"}, "/home/ann/.cache/mockserver/hypothesis"),
        ({"XDG_CACHE_HOME": "/caches", VARIABLE: "/own"}, "/own"),
    ],
)
def test_hypothesis_writes_among_the_caches(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the user, or where its variable says; afterwards where it did before."""
    before = storage_directory(intent_to_write=False).path
    monkeypatch.delenv(VARIABLE, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    with cached():
        within = storage_directory("tables", intent_to_write=False).path
    monkeypatch.undo()

    assert within == Path(expected) / "tables"
    assert storage_directory(intent_to_write=False).path == before
