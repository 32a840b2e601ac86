"""Where Hypothesis keeps its tables during a run: among the caches of the user, and not in the working directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis.configuration import set_hypothesis_home_dir

VARIABLE = "HYPOTHESIS_STORAGE_DIRECTORY"
"""The variable by which Hypothesis itself is told of another place."""


def folder() -> Path | None:
    """By the XDG Base Directory Specification; None if the user has no home."""
    caches, home = (Path(os.path.expanduser(each)) for each in (os.environ.get("XDG_CACHE_HOME", ""), "~/.cache"))
    # a relative path in the variable is to be ignored (XDG Base Directory Specification)
    found = caches if caches.is_absolute() else home
    return found / "mockserver" / "hypothesis" if found.is_absolute() else None


@contextmanager
def cached() -> Iterator[None]:
    """Within the block, Hypothesis writes there, unless its variable names another place."""
    set_hypothesis_home_dir(os.environ.get(VARIABLE) or folder())
    try:
        yield
    finally:
        set_hypothesis_home_dir(None)
