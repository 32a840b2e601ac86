"""The guide in a browser: what is served, what may run there, and how it looks."""

from __future__ import annotations

import html.parser
import http.client
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.guide.browser import article, policy, served
from mockserver.guide.page import ORDER, Page, page
from tests.output.browser import in_every_look, laid_out

NAMES = ("", *ORDER)


@pytest.fixture
def guide(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/_mock/guide/") as client:
        yield client


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_served(guide: httpx.Client, name: str) -> None:
    """As HTML that may load nothing from anywhere, beside what holds for the whole control plane."""
    answer = guide.get(name)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert not re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', answer.text)
    assert not re.findall(r"\s(?:style|on\w+)=", answer.text)


def test_links_work(guide: httpx.Client) -> None:
    """From every page to every other, and to the contents."""
    for name in NAMES:
        for link in set(re.findall(r'href="([^"#]*)', guide.get(name).text)):
            assert link.startswith("https://") or guide.get(link).status_code == 200, f"{name} links to {link}"


def test_ways_that_lead_nowhere(server: MockServer, guide: httpx.Client) -> None:
    """The folder itself is found; another page, another method and a path out of it are refused."""
    host = httpx.URL(server.url)

    def status(method: str, path: str) -> int:
        with closing(http.client.HTTPConnection(host.host, host.port or 80)) as connection:
            connection.request(method, path)
            return connection.getresponse().status

    assert httpx.get(f"{server.url}/_mock/guide", follow_redirects=True).status_code == 200
    assert [status("GET", f"/_mock/guide/{each}") for each in ("nope", "../page.py", "verify.md", "verify/")] == [
        404
    ] * 4
    assert status("POST", "/_mock/guide/verify") == 405
    assert "the guide has no page 'verifi'. Did you mean verify?" in guide.get("verifi").json()["detail"]


def test_no_token_is_asked_for() -> None:
    """The guide tells no secrets."""
    with MockServer(["crm"], control_token="hush") as server:
        assert httpx.get(f"{server.url}/_mock/guide/verify").status_code == 200
        assert httpx.get(f"{server.url}/_mock/worlds").status_code == 401


def test_only_what_the_page_carries_may_run() -> None:
    """One letter more in the script, and the policy is another."""
    page = served("verify")

    assert policy(page.html) == page.policy
    assert policy(page.html.replace("Copied", "Copied!")) != page.policy


def test_markdown_becomes_html() -> None:
    """Links to pages, headings to link to, boxes to copy from with the file's name, tables that may scroll; no HTML."""
    shown = Page(
        "one",
        "# Title\n\n## What `now`?\n\n[there](limits.md#a) <b>\n\n```json a&b.json\n[1]\n```\n\n```json\n<1>\n```\n\n"
        "| a |\n|---|\n| b |\n",
    )

    made = article(shown)

    assert "Title" not in made
    assert '<h2 id="what-now">' in made
    assert '<a href="limits#a">there</a> &lt;b&gt;' in made
    assert '<figure class="code" data-copy><figcaption>a&amp;b.json</figcaption><pre>[1]\n</pre></figure>' in made
    assert '<figure class="code shown"><pre>&lt;1&gt;\n</pre></figure>' in made
    assert '<div class="scroll"><table>' in made


class Wellformed(html.parser.HTMLParser):
    """Notes tags that are closed out of order."""

    VOID = ("meta", "br", "hr", "img", "input", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, _: Any) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_well_formed(name: str) -> None:
    """Every tag is closed where it should be."""
    reader = Wellformed()
    reader.feed(served(name).html)

    assert (reader.wrong, reader.open) == ([], [])


@pytest.mark.parametrize("name", ["", "in-a-test-suite", "how-it-is-built"])
@in_every_look
def test_a_page_fits(tmp_path: Path, width: int, scheme: str, name: str) -> None:
    """Nothing sticks out, at a desk and on a phone, light and dark; the page is marked in the list of pages."""
    _, probe = laid_out(
        served(name).html,
        tmp_path,
        width,
        scheme,
        tells="current: document.querySelectorAll('nav [aria-current]').length",
    )

    assert probe["current"] == 1


def test_titles(guide: httpx.Client) -> None:
    """A tab of a browser says which page it is."""
    assert f"<title>{page('verify').title} · mockserver</title>" in guide.get("verify").text
