"""Finding a page by its name, and the contents, which list them all."""

from __future__ import annotations

import pytest

from mockserver.errors import MockServerError
from mockserver.guide.page import ORDER, contents, page, pages


def test_the_contents_name_every_page() -> None:
    """With its purpose."""
    text = contents().text

    assert all(f"[{each.title}]({each.name}.md) | {each.purpose}" in text for each in pages())


@pytest.mark.parametrize(
    ("name", "advice"), [("verifi", "Did you mean verify?"), ("qqq", f"The pages are: {', '.join(ORDER)}.")]
)
def test_a_page_that_is_none(name: str, advice: str) -> None:
    """The nearest is named, or all."""
    with pytest.raises(MockServerError) as found:
        page(name)

    assert str(found.value) == f"the guide has no page {name!r}. {advice}"
