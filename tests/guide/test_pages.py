"""The pages of the guide themselves: which there are, how each begins, and where its links lead."""

from __future__ import annotations

import re

import pytest

from mockserver.guide.page import FOLDER, ORDER, Page, page, pages

every_page = pytest.mark.parametrize("shown", pages(), ids=lambda each: each.name)


def test_every_file_is_a_page() -> None:
    """None lies there unseen."""
    assert sorted(ORDER) == sorted(path.stem for path in FOLDER.glob("*.md"))


@every_page
def test_a_page_says_what_it_is_for(shown: Page) -> None:
    """A heading, then a sentence or two, as the contents show them."""
    assert re.fullmatch(r"\w[\w ]+", shown.title)
    assert 20 < len(shown.purpose) < 160
    assert shown.purpose.endswith(".")


@every_page
def test_a_page_is_short(shown: Page) -> None:
    """Ten minutes at most."""
    assert len(shown.text.splitlines()) < 200


@every_page
def test_links_lead_to_pages(shown: Page) -> None:
    """And to headings that are there."""
    for name, heading in re.findall(r"\]\(([a-z-]+)\.md(?:#([\w-]+))?\)", shown.text):
        linked = page(name)
        assert not heading or heading in re.sub(r"[^\w\n-]", "", linked.text.lower().replace(" ", "-"))
