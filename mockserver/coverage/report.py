"""Contract coverage as a file: a page for people or JSON for machines."""

from __future__ import annotations

import json
from pathlib import Path

from mockserver.coverage.counting.summary import Summary
from mockserver.coverage.page import page
from mockserver.output.replacement import Replacement, check

PAGE = "index.html"


def place_of(form: str, place: Path) -> Path:
    """The file that a report becomes: `html` in a folder, `json` the file itself."""
    return place / PAGE if form == "html" else place


def check_place(form: str, place: Path) -> None:
    """Raise OSError if the report could not be written."""
    check(place_of(form, place))


def write(summary: Summary, form: str, place: Path) -> Path:
    """Write the report, whole or not at all; answers the file. Folders are made; OSError if it cannot be written."""
    path = place_of(form, place)
    with Replacement(path, folders=True) as file:
        file.write(page(summary) if form == "html" else json_text(summary))
    return path


def json_text(summary: Summary) -> str:
    """The report as indented JSON, in ASCII, which every output can hold."""
    return json.dumps(summary.to_json(), indent=2) + "\n"
