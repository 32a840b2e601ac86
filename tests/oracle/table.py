"""Every API compared once, and what came of it as a table."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from functools import cache

from mockserver.catalog import load_api, names
from tests.fuzz.traffic import campaign
from tests.oracle.comparison import Comparison, compare
from tests.oracle.differences import DIFFERENCES, classify
from tests.sizes import Size


@cache
def comparison(name: str, size: Size) -> Comparison:
    """The comparison of one API, made once in each process."""
    logging.getLogger("connexion").setLevel(logging.CRITICAL)
    return asyncio.run(compare(load_api(name), campaign(name, size.examples).requests, each=size.each))


def classes(name: str, size: Size) -> Counter[str]:
    """How many disagreements of an API belong to each class."""
    found = (classify(each) for each in comparison(name, size).disagreements)
    return Counter("(none)" if each is None else each.name for each in found)


def table(size: Size) -> str:
    """Requests and differences by class and API, as Markdown."""
    apis = names()
    asked = {name: comparison(name, size).asked.total() for name in apis}
    counts = {name: classes(name, size) for name in apis}
    rows = [["requests", *(str(asked[name]) for name in apis)]]
    rows += [["agreed", *(str(asked[name] - counts[name].total()) for name in apis)]]
    rows += [[each.name, *(str(counts[name][each.name] or "") for name in apis)] for each in DIFFERENCES]
    rows += [["(none)", *(str(counts[name]["(none)"] or "") for name in apis)]]
    lines = [["difference", *apis], ["---", *("---:" for _ in apis)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
