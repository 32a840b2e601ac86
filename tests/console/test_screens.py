"""Every screen: what it shows, that its URL restores it, how it fits, and what axe finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from mockserver import MockServer
from tests.console.conftest import Console, Open
from tests.control.steps import LIST

SCREENS = {
    "traffic": ("#/default/traffic", "Export HAR"),
    "an exchange": ("#/default/traffic/2", "required: [external_id, title]"),
    "messages": ("#/default/traffic/2?tab=messages", "content-type"),
    "changes": ("#/default/traffic/3?tab=changes", "Identifiers drawn"),
    "filtered traffic": ("#/default/traffic?status=4XX", "1 pass the filter"),
    "traffic without an operation": ("#/default/traffic?q=-operation%3Alist_lists", "2 pass the filter"),
    "refusals": ("#/default/traffic?group=refusals", "create_list 422"),
    "traffic by operation": ("#/default/traffic?group=operation", "Median ms"),
    "pinned traffic": ("#/default/traffic/3?status=4XX&pin=1,9", "No. 9 is not kept any more."),
    "no such filter": ("#/default/traffic?q=touched%3Ano.such", "This cannot be shown"),
    "no traffic": ("#/nobody/traffic", "Nothing has been asked of nobody"),
    "state": ("#/default/state/workshop.lists", "23 records"),
    "a record": (f"#/default/state/workshop.lists?key={LIST}", "Referred to by ("),
    "no world": ("#/nobody/state", "There is no world nobody yet"),
    "worlds": ("#/default/worlds", "Take a snapshot"),
    "compare": ("#/default/compare?left=default%403&right=default", "1 added"),
    "nothing to compare": ("#/default/compare?left=t1&right=t1", "The same, down to the ids"),
    "nothing that can be compared": ("#/default/compare?left=nobody&right=t1", "This cannot be shown"),
    "faults": ("#/default/faults", "Waits 0.1 s."),
    "no faults": ("#/t1/faults", "Nothing goes wrong here"),
    "contract": ("#/default/contract/workshop", "create_memberships"),
    "an operation": ("#/default/contract/workshop/create_list", "Try it in a fork"),
}


NOT_THERE = {"no such filter", "nothing that can be compared"}
"""Screens that ask for what there is not."""

DIALOGS = {
    "Keyboard shortcuts": ("#/default/traffic", "Keyboard shortcuts"),
    "1 fault rule": ("#/default/traffic", "World default"),
    "Negative seconds go back.": ("#/default/traffic", "Clock of the world"),
    "How often, and more": ("#/default/faults", "Add a fault rule"),
    "The value of the body": ("#/default/traffic/3", "Answer by a stub"),
    "is the same, byte for byte": ("#/default/traffic/3", "Replay in a fork"),
    "Optional parameters (2)": ("#/default/contract/workshop/list_lists", "Try it in a fork"),
    "it is checked against the schema": ("#/default/state/workshop.lists", "Add"),
    "Name of the snapshot": ("#/default/worlds", "Take a snapshot"),
    "its journal is emptied": ("#/default/worlds", "Reset default"),
}
"""What a dialog shows, the screen that has it, and the button that opens it."""

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDE = """() => {
  const inItsBox = (each) => each.closest(".scroll, .side, pre, .window, .unseen, dialog");
  const wide = (each) => each.getBoundingClientRect().right > innerWidth + 1 && !inItsBox(each);
  return [...document.querySelectorAll("#frame *, #main *")].filter(wide).map((each) => each.outerHTML.slice(0, 120));
}"""
"""What is wider than the window, and does not scroll in a box of its own."""


def violations(page: Page) -> list[tuple[str, str, list[str]]]:
    """What axe finds in each scheme: the scheme, the rule, and elements that break it."""
    found: list[tuple[str, str, list[str]]] = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        each_rule = Axe().run(page).response["violations"]
        found += [(scheme, each["id"], [node["html"] for node in each["nodes"]][:5]) for each in each_rule]
    return found


@pytest.fixture
def inhabited(server: MockServer, traffic: Callable[[int], None]) -> None:
    """Traffic, a second world and a fault rule."""
    traffic(3)
    httpx.get(f"{server.url}/v1/lists", headers={"X-Mock-World": "t1"})
    rule = {"id": "slow", "match": {"operationId": "list_lists"}, "delay": {"kind": "fixed", "seconds": 0.1}}
    httpx.post(f"{server.url}/_mock/faults", json=rule).raise_for_status()


@pytest.mark.gate  # at every width, in every colour scheme
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen(inhabited: None, console: Console, name: str) -> None:
    """Its address restores it, axe finds nothing in either scheme, and it fits a phone, a tablet and a desk.

    320 pixels are a window of 1,280 at 400 %. What is wider than the window scrolls in its own box.
    """
    address, text = SCREENS[name]
    console.refusals |= {404} if name in NOT_THERE else set()
    page = console.go(address)
    console.shows(text)
    page.reload()
    console.shows(text)
    found, sizes = violations(page), {}
    for width in (1440, 768, 360, 320):
        page.set_viewport_size({"width": width, "height": 800})
        sizes[width] = page.evaluate("document.documentElement.scrollWidth - innerWidth"), page.evaluate(WIDE)

    assert found == []
    assert sizes == dict.fromkeys(sizes, (0, []))


def test_axe_finds_nothing_in_dialogs(inhabited: None, console: Console) -> None:
    """Neither in the light nor in the dark scheme; each fits into the window of a phone."""
    found, wide = [], []
    for text, (address, name) in DIALOGS.items():
        page = console.go(address)
        page.get_by_role("button", name=name, exact=name != "Clock of the world").first.click()
        page.locator("dialog").get_by_text(text).first.wait_for(state="visible")
        found += [(name, each) for each in violations(page)]
        page.set_viewport_size({"width": 360, "height": 800})
        wide += [name] * page.evaluate("document.querySelector('dialog').scrollWidth > innerWidth")
        page.set_viewport_size({"width": 1440, "height": 900})
        page.keyboard.press("Escape")
        expect(page.locator("dialog")).to_have_count(0)

    assert (found, wide) == ([], [])


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
