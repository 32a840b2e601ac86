"""The pages of the guide in the order in which one reads them, and what each is called."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mockserver.errors import MockServerError

FOLDER = Path(__file__).parent
ORDER = (
    "first-steps",
    "in-a-test-suite",
    "worlds-and-faults",
    "console",
    "history",
    "verify",
    "coverage",
    "your-own-data",
    "corrections",
    "by-hand",
    "configuration",
    "in-ci",
    "how-it-is-built",
    "changes",
    "limits",
)

PURPOSE = "Short pages, to be read in any order. Every command in them runs in the test suite."


@dataclass(frozen=True)
class Page:
    """`text` is Markdown: a heading, then a paragraph that says what the page is for."""

    name: str
    text: str

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0].removeprefix("# ")

    @property
    def purpose(self) -> str:
        """The first paragraph, on one line."""
        return " ".join(self.text.split("\n\n", 2)[1].split())


@cache
def pages() -> tuple[Page, ...]:
    """Every page, in order."""
    return tuple(Page(name, (FOLDER / f"{name}.md").read_text(encoding="utf-8")) for name in ORDER)


def contents() -> Page:
    """What pages there are, as a page without a name."""
    rows = "\n".join(f"| [{each.title}]({each.name}.md) | {each.purpose} |" for each in pages())
    return Page("", f"# Guide\n\n{PURPOSE}\n\n| page | what for |\n|---|---|\n{rows}\n")


def page(name: str) -> Page:
    """The page of that name; MockServerError with the nearest ones if there is none."""
    found = next((each for each in pages() if each.name == name), None)
    if found is None:
        near = difflib.get_close_matches(name, ORDER, cutoff=0.6)
        meant = f"Did you mean {' or '.join(near)}?" if near else f"The pages are: {', '.join(ORDER)}."
        raise MockServerError(f"the guide has no page {name!r}. {meant}")
    return found
