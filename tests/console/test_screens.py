"""Every screen: what it shows, that its URL restores it, how it fits, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe

from mockserver import MockServer
from tests.console.conftest import Console, Open

pytestmark = pytest.mark.xdist_group("console")

SCREENS = {
    "traffic": ("#/default/traffic", "Export HAR"),
    "an exchange": ("#/default/traffic/2", "required: [external_id, title]"),
    "messages": ("#/default/traffic/2?tab=messages", "content-type"),
    "changes": ("#/default/traffic/3?tab=changes", "Identifiers drawn"),
    "filtered traffic": ("#/default/traffic?status=4XX", "1 pass the filter"),
    "grouped traffic": ("#/default/traffic?group=refusals", "create_list 422"),
    "no traffic": ("#/nobody/traffic", "Nothing has been asked of nobody"),
    "state": ("#/default/state/workshop.lists", "23 records"),
    "worlds": ("#/default/worlds", "Take a snapshot"),
    "compare": ("#/default/compare?left=default%403&right=default", "1 added"),
    "nothing to compare": ("#/default/compare?left=t1&right=t1", "The same, down to the ids"),
    "faults": ("#/default/faults", "Meets operationId list_lists."),
    "no faults": ("#/t1/faults", "Nothing goes wrong here"),
    "contract": ("#/default/contract/workshop", "create_memberships"),
    "an operation": ("#/default/contract/workshop/create_list", "Try it in a fork"),
}


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDE = """() => {
  const inItsBox = (each) => each.closest(".scroll, .side, pre, .window, .unseen, dialog");
  const wide = (each) => each.getBoundingClientRect().right > innerWidth + 1 && !inItsBox(each);
  return [...document.querySelectorAll("#frame *, #main *")].filter(wide).map((each) => each.outerHTML.slice(0, 120));
}"""
"""What is wider than the window, and does not scroll in a box of its own."""


@pytest.fixture
def inhabited(server: MockServer, traffic: Callable[[int], None]) -> None:
    """Traffic, a second world and a fault rule."""
    traffic(3)
    httpx.get(f"{server.url}/v1/lists", headers={"X-Mock-World": "t1"})
    rule = {"id": "slow", "match": {"operationId": "list_lists"}, "delay": {"kind": "fixed", "seconds": 0.1}}
    httpx.post(f"{server.url}/_mock/faults", json=rule).raise_for_status()


@pytest.mark.parametrize("name", SCREENS)
def test_an_address_restores_its_screen(inhabited: None, console: Console, name: str) -> None:
    """Opened, and loaded again."""
    address, text = SCREENS[name]

    console.go(address)
    console.shows(text)
    console.page.reload()
    console.shows(text)


@pytest.mark.parametrize("name", SCREENS)
def test_axe_finds_nothing(inhabited: None, console: Console, name: str) -> None:
    """Neither in the light nor in the dark scheme."""
    address, text = SCREENS[name]
    page = console.go(address)
    console.shows(text)
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        violations = Axe().run(page).response["violations"]
        found += [(scheme, each["id"], [node["html"] for node in each["nodes"]][:5]) for each in violations]

    assert found == []


@pytest.mark.parametrize("name", SCREENS)
def test_nothing_sticks_out(inhabited: None, console: Console, name: str) -> None:
    """At the width of a phone, a tablet and a desk; what is wider scrolls in its own box."""
    address, text = SCREENS[name]
    page = console.go(address)
    console.shows(text)
    found = {}
    for width in (1440, 768, 360):
        page.set_viewport_size({"width": width, "height": 800})
        found[width] = page.evaluate("document.documentElement.scrollWidth - innerWidth"), page.evaluate(WIDE)

    assert found == dict.fromkeys(found, (0, []))


def test_forced_colours_keep_the_open_row_in_sight(inhabited: None, console: Console) -> None:
    """Where the system takes all colours away, an outline marks it, and each state has its own form."""
    page = console.go("#/default/traffic/2")
    page.emulate_media(forced_colors="active")
    console.shows("required: [external_id, title]")

    outline = page.locator("tr.chosen").evaluate("(row) => getComputedStyle(row).outlineStyle")
    assert outline == "solid"


def test_motion_is_left_out_where_it_is_not_wanted(inhabited: None, console: Console) -> None:
    """A notice appears at once then."""
    page = console.go("#/default/traffic/2")
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Fork before").click()

    notice = page.locator(".notice")
    assert notice.evaluate("(box) => getComputedStyle(box).animationName") == "none"


def test_what_is_inferred_is_said(opened: Open) -> None:
    """Beside an operation of a document that nobody wrote handlers for: its role, and the reason."""
    with MockServer([str(Path(__file__).parent.parent / "inference" / "petstore.yaml")]) as server:
        console = opened(at=server)
        console.go("#/default/contract/petstore/listPets")

        console.shows("inferred reason")
        console.page.close()


def test_a_screen_fits_at_four_times_its_size(inhabited: None, opened: Open) -> None:
    """400 % of a window of 1,280 pixels is one of 320 pixels."""
    console = opened(width=320, height=256)
    for address, text in (SCREENS["traffic"], SCREENS["worlds"]):
        console.go(address)
        console.shows(text)

        assert console.page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
