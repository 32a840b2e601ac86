"""Cross-origin requests as Chromium sends them, from a page of another origin."""

from __future__ import annotations

import html
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from tests.output.browser import CHROMIUM, FLAGS, needs_chromium

PAGE = """<!doctype html><meta charset="utf-8"><title>page</title><script>
const asks = %s;
const ask = async each => {
  try {
    const answer = await fetch(each.url, each.with);
    const text = await answer.text();
    return {status: answer.status, text, headers: Object.fromEntries(answer.headers)};
  } catch (error) {
    return {status: null, text: String(error), headers: {}};
  }
};
(async () => {
  const answers = [];
  for (const each of asks) answers.push(await ask(each));
  document.documentElement.dataset.answers = JSON.stringify(answers);
})();
</script>"""


class Pages(ThreadingHTTPServer):
    """Serves one page at every path, on an origin of its own."""

    page = b""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Pages)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Set-Cookie", "session=1")
        self.end_headers()
        self.wfile.write(self.server.page)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class calls it so
        """Nothing to the terminal."""


@pytest.fixture
def pages() -> Iterator[Pages]:
    with Pages(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def fetched(pages: Pages, folder: Path, *asks: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What a page gets to read of the answers to its requests, one after the other."""
    pages.page = (PAGE % json.dumps([{"url": url, "with": given} for url, given in asks])).encode()
    assert CHROMIUM is not None
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder}", "--virtual-time-budget=30000", "--dump-dom", pages.origin]
    text = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout
    found = re.search(r'data-answers="([^"]*)"', text)
    assert found is not None, text
    answers: list[dict[str, Any]] = json.loads(html.unescape(found[1]))
    return answers


def creating(title: str, **more: Any) -> dict[str, Any]:
    """A request that a browser asks leave for first: it is JSON, and carries a credential."""
    headers = {"Authorization": "Bearer wk_demo_api", "Content-Type": "application/json"}
    return {"method": "POST", "headers": headers, "body": json.dumps({"external_id": title, "title": title}), **more}


@needs_chromium
def test_a_fault_waits_for_the_request_that_the_page_sends(pages: Pages, tmp_path: Path) -> None:
    """The preflight before it does not use it up, is not counted, and breaks no contract."""
    with MockServer("workshop") as server, server.mock() as mock:
        fault = mock.fault(path="/v1/lists", times=1, status=503, body="out of order")

        first, second = fetched(pages, tmp_path, *[(f"{mock.url()}/v1/lists", creating(each)) for each in ("a", "b")])

        assert (first["status"], first["text"], second["status"]) == (503, "out of order", 201)
        assert fault.fired == 1
        mock.requests(path="/v1/lists").assert_called(2)
        assert [each.is_preflight for each in mock.world.journal.entries()][:2] == [True, False]


@needs_chromium
def test_a_page_reads_why_it_was_refused(pages: Pages, tmp_path: Path) -> None:
    """An unknown path, an undocumented method, a world that cannot be: the browser lets the answer through."""
    with MockServer("workshop") as server:
        unknown, method, world = fetched(
            pages,
            tmp_path,
            (f"{server.url}/v1/list", creating("a")),
            (f"{server.url}/v1/lists", {**creating("a"), "method": "DELETE"}),
            (f"{server.url}/_world/-/v1/lists", creating("a")),
        )

    assert (unknown["status"], method["status"], world["status"]) == (404, 405, 400)
    assert "The nearest are: /v1/lists" in unknown["text"]
    assert method["headers"]["allow"] == "GET, HEAD, POST"


@needs_chromium
def test_only_pages_of_named_origins_call_with_credentials(pages: Pages, tmp_path: Path) -> None:
    """Such a page reads answer and headers; with any other list of origins the browser holds both back."""
    given = creating("a", credentials="include")
    named, others = (
        MockServer("workshop", cors_origins=[pages.origin]),
        MockServer("workshop", cors_origins="https://x"),
    )
    with named, others, MockServer("workshop") as anybody:
        asks = [(f"{server.url}/v1/lists", given) for server in (named, others, anybody)]

        read, foreign, credentials = fetched(pages, tmp_path, *asks)
        (entry, *_) = named.world().journal.entries()[1:]

    assert (read["status"], foreign["status"], credentials["status"]) == (201, None, None)
    assert entry.request.header("cookie") == "session=1"
