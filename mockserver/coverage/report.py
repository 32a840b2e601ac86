"""Contract coverage as a file: a page for people or JSON for machines."""

from __future__ import annotations

from pathlib import Path

import orjson

from mockserver.coverage.page import page
from mockserver.coverage.summary import Summary

PAGE = "index.html"


def write(summary: Summary, form: str, place: Path) -> Path:
    """Write the report, `html` into a folder or `json` into a file; answers the file. Folders are made."""
    path = place / PAGE if form == "html" else place
    path.parent.mkdir(parents=True, exist_ok=True)
    if form == "html":
        path.write_text(page(summary), encoding="utf-8")
    else:
        path.write_bytes(orjson.dumps(summary.to_json(), option=orjson.OPT_INDENT_2))
    return path
