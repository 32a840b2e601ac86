"""What a user adds to documents on the command line: files for one API each, given as FILE or NAME=FILE."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from mockserver.contract.reading.sources import NAMED
from mockserver.errors import StartError


def of_apis(option: str, given: Sequence[str | Path], apis: Sequence[str]) -> dict[str, list[str]]:
    """The files that an option gives, by API; FILE alone is for the only one. StartError for no API that is served."""
    found: dict[str, list[str]] = {}
    for each in map(str, given):
        name, file = split(each)
        if name is None and len(apis) != 1:
            listed = ", ".join(f"{api}={file}" for api in apis)
            raise StartError(f"{option} {each}: several APIs are served; name the one that it is for: {listed}.")
        if name is not None and name not in apis:
            near = difflib.get_close_matches(name, apis, n=1)
            meant = f"did you mean {near[0]}?" if near else f"expected one of {', '.join(apis)}."
            raise StartError(f"{option} {each}: no API is called {name!r}; {meant}")
        found.setdefault(name or apis[0], []).append(file)
    return found


def split(given: str) -> tuple[str | None, str]:
    """Name and file of `NAME=FILE`; no name where the whole is a file."""
    named = NAMED.fullmatch(given)
    return (named[1], named[2]) if named is not None and not Path(given).exists() else (None, given)


def led(folder: Path, given: str) -> str:
    """The same, its file led on from the folder."""
    name, file = split(given)
    return f"{folder / file}" if name is None else f"{name}={folder / file}"
