"""The files of the console as they are sent: what may run in them, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from mockserver import MockServer
from mockserver.console.files import FOLDER, POLICY, paths

SOURCES = sorted(each.name for each in FOLDER.iterdir() if each.suffix in (".html", ".css", ".js"))


@pytest.fixture
def files(server: MockServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url}/_mock/console/") as client:
        yield client


@pytest.mark.parametrize("name", sorted(paths()))
def test_a_file_is_served(files: httpx.Client, name: str) -> None:
    """In its media type, under the policy that lets nothing else run, and it may not be stored."""
    response = files.get(name)

    kind = {"": "text/html", "html": "text/html", "css": "text/css", "js": "text/javascript"}[name.rpartition(".")[2]]
    assert (response.status_code, response.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert response.headers.get_list("content-security-policy")[0] == POLICY
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", SOURCES)
def test_a_file_needs_nothing_from_elsewhere(name: str) -> None:
    """No address of another origin, nothing inline, and no text that is taken for markup or code."""
    text = (FOLDER / name).read_text()

    assert not re.findall(r"(?:src|href|import|from|url\()\s*=?\s*[\"'(]?(?:https?:)?//", text)
    assert not re.findall(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=\"", text)
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text)


def test_no_module_waits_for_another() -> None:
    """The page names all of them, so that the browser does not learn of one from the text of the other."""
    page = (FOLDER / "index.html").read_text()

    preloaded = re.findall(r'<link rel="modulepreload" href="([^"]+)">', page)
    assert sorted([*preloaded, "main.js"]) == [each for each in SOURCES if each.endswith(".js")]


def test_all_of_it_is_small() -> None:
    """A hundred and fifty kilobytes at most, none of them made by a build."""
    assert sum(len((FOLDER / each).read_bytes()) for each in SOURCES) < 150_000


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", "/_mock/console"])
def test_the_prefix_leads_to_it(server: MockServer, path: str) -> None:
    """A person who types the prefix finds the console."""
    response = httpx.get(f"{server.url}{path}")

    assert (response.status_code, response.headers["location"]) == (307, "/_mock/console/")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "nope.js", 404), ("GET", "../__init__.py", 404), ("POST", "", 405)]
)
def test_what_is_no_file_is_refused(files: httpx.Client, method: str, path: str, status: int) -> None:
    """With the reason; nothing but the console's own files is sent."""
    response = files.request(method, path)

    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


def test_no_token_is_needed_to_be_asked_for_it() -> None:
    """The pages are open, what they show is not."""
    with MockServer(["crm"], control_token="secret") as server:
        assert httpx.get(f"{server.url}/_mock/console/main.js").status_code == 200
        assert httpx.get(f"{server.url}/_mock/journal").status_code == 401
