"""Path templates as places in a tree."""

from __future__ import annotations

import pytest

from mockserver.inference.paths import names_of, place_of, steps_of

PLACES = {
    "/pets/{petId}": (("pets", "{}"), ("petId",)),
    "/pets/{id}.json": (("pets", "{}"), ("id",)),
    "/pets({id})": (("pets", "{}"), ("id",)),
    "/pets(a={a},b={b})": (("pets", "{},{}"), ("a", "b")),
    "/pets(a={a},b={b}):cancel": (("pets", "{},{}", ":cancel"), ("a", "b")),
    "/pets/{id}:cancel": (("pets", "{}", ":cancel"), ("id",)),
    "/compare/{base}...{head}": (("compare", "{}...{}"), ("base", "head")),
}


@pytest.mark.parametrize(("template", "expected"), PLACES.items(), ids=PLACES)
def test_a_template_is_a_place(template: str, expected: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    """Each parameter of a step stands in its text, so that one of two is not taken for one."""
    steps = steps_of(template)

    assert (place_of(steps), names_of(steps)) == expected
