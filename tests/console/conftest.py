"""A console in Chromium, of a server with some traffic; what it must never do is checked when a test ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from mockserver import MockServer
from tests.output.browser import CHROMIUM, FLAGS
from tests.patience import PATIENCE

KEY = "Bearer wk_demo_api"


class Console:
    """A page of the console. `go` opens an address below it; `page` is Playwright's.

    `refusals`: statuses that the test provokes, of which Chromium complains by itself.
    """

    def __init__(self, server: MockServer, context: BrowserContext) -> None:
        self.server = server
        self.context = context
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE * 1000)
        self.complaints: list[str] = []
        self.refusals: set[int] = set()
        self.origins: set[str] = set()
        self.page.on("console", lambda each: self._note(f"{each.type}: {each.text}", each.type in ("error", "warning")))
        self.page.on("pageerror", lambda each: self._note(str(each), True))
        self.page.on("request", lambda each: self.origins.add("/".join(each.url.split("/")[:3])))

    def _note(self, text: str, matters: bool) -> None:
        if matters and not any(f"status of {status} " in text for status in self.refusals):
            self.complaints.append(text)

    def go(self, address: str) -> Page:
        """Open an address as if it had been typed into an empty tab.

        Between two addresses of the console only the fragment differs: the page before would stay in place until the
        next has its content, and a click meant for the next could reach it.
        """
        self.page.goto("about:blank")
        self.page.goto(f"{self.server.url}/_mock/console/{address}")
        return self.page

    def shows(self, text: str) -> None:
        """Wait until the text is in sight."""
        self.page.get_by_text(text).first.wait_for(state="visible")


@pytest.fixture
def server(server: MockServer) -> MockServer:
    """All five APIs as seeded, with the default world alone."""
    with httpx.Client(base_url=f"{server.url}/_mock") as control:
        for world in control.get("/worlds").json()["worlds"][1:]:
            control.delete(f"/worlds/{world['name']}")
        for snapshot in control.get("/snapshots").json()["snapshots"]:
            control.delete(f"/snapshots/{snapshot['name']}")
    return server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven by Playwright.

    Not for the whole session: until Playwright is stopped its event loop counts as running in this thread, and no other
    test could run one.
    """
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("needs Chromium: Debian's package chromium")
    with sync_playwright() as playwright:
        flags = [each for each in FLAGS if each not in ("--headless", "--hide-scrollbars")]
        with closing(playwright.chromium.launch(executable_path=CHROMIUM, args=flags)) as launched:
            yield launched


Open = Callable[..., Console]


@pytest.fixture
def opened(server: MockServer, browser: Browser) -> Iterator[Open]:
    """`opened()` is a console; `width` and `height` say how it is seen."""
    consoles: list[Console] = []

    def open_console(width: int = 1440, height: int = 900, at: MockServer = server) -> Console:
        context = browser.new_context(viewport={"width": width, "height": height})
        consoles.append(Console(at, context))
        return consoles[-1]

    yield open_console
    for each in consoles:
        each.context.close()
    assert [each.complaints for each in consoles] == [[] for _ in consoles]
    assert all(each.origins <= {each.server.url} for each in consoles)


@pytest.fixture
def console(opened: Open) -> Console:
    return opened()


@pytest.fixture
def traffic(server: MockServer) -> Callable[[int], None]:
    """Sends requests to the default world: a list is read, refused, and created, in turn."""

    def send(count: int) -> None:
        with httpx.Client(base_url=server.url, headers={"Authorization": KEY}) as client:
            for number in range(count):
                at = number % 3
                if at == 0:
                    client.get("/v1/lists")
                elif at == 1:
                    client.post("/v1/lists", json={"external_id": 1, "titel": "x"})
                else:
                    client.post("/v1/lists", json={"external_id": f"SALES-{number}", "title": "Sales"})

    return send
