"""Every API compared once, and what came of it as a table."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mockserver.catalog import load_api, names
from tests.oracle.comparison import Comparison, compare
from tests.oracle.differences import DIFFERENCES, classify

EXAMPLES = 50
"""Examples of the campaign per operation."""

EACH = 5
"""Requests of every operation and success status that are mutated."""


@cache
def comparison(name: str) -> Comparison:
    """The comparison of one API, made once."""
    logging.getLogger("connexion").setLevel(logging.CRITICAL)
    with TemporaryDirectory() as folder:
        return asyncio.run(compare(load_api(name), Path(folder), examples=EXAMPLES, each=EACH))


def classes(name: str) -> Counter[str]:
    """How many disagreements of an API belong to each class."""
    found = (classify(each) for each in comparison(name).disagreements)
    return Counter("(none)" if each is None else each.name for each in found)


def table() -> str:
    """Requests and differences by class and API, as Markdown."""
    apis = names()
    counts = {name: classes(name) for name in apis}
    rows = [["requests", *(str(comparison(name).asked.total()) for name in apis)]]
    rows += [["agreed", *(str(comparison(name).asked.total() - counts[name].total()) for name in apis)]]
    rows += [[each.name, *(str(counts[name][each.name] or "") for name in apis)] for each in DIFFERENCES]
    rows += [["(none)", *(str(counts[name]["(none)"] or "") for name in apis)]]
    lines = [["difference", *apis], ["---", *("---:" for _ in apis)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
