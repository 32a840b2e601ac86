"""The pages by themselves: which there are, and how each begins."""

from __future__ import annotations

import re

import pytest

from mockserver.errors import MockServerError
from mockserver.guide.page import FOLDER, ORDER, Page, contents, page, pages

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


def test_the_contents_name_every_page() -> None:
    """With its purpose."""
    text = contents().text

    assert all(f"[{each.title}]({each.name}.md) | {each.purpose}" in text for each in pages())


@pytest.mark.parametrize(
    ("name", "advice"), [("verifi", "Did you mean verify?"), ("qqq", f"There are: {', '.join(ORDER)}.")]
)
def test_a_page_that_is_none(name: str, advice: str) -> None:
    """The nearest is named, or all."""
    with pytest.raises(MockServerError) as found:
        page(name)

    assert str(found.value) == f"the guide has no page {name!r}. {advice}"
