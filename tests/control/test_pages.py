"""Swagger UI and the document it shows."""

from __future__ import annotations

import http.client
import json
import re
from inspect import isfunction, signature

import httpx
import pytest

from mockserver.contract.document import Document
from mockserver.control.app import MODULES
from mockserver.control.documents import document
from mockserver.control.events import EVENTS
from mockserver.runtime.reserved import CONTROL, OAUTH, PROBES


def test_swagger_ui(control: httpx.Client) -> None:
    """The page comes with all it needs from this server, and nothing from elsewhere."""
    page = control.get("/ui/")

    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sources
    assert all(control.get(f"/ui/{source.removeprefix('./')}").status_code == 200 for source in sources)
    assert "/_mock/openapi.json" in page.text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


@pytest.mark.parametrize("path", ["", "/", "/ui"])
def test_ways_to_the_page(control: httpx.Client, path: str) -> None:
    """The prefix alone leads to the page."""
    answer = control.get(path)

    assert answer.status_code == 307
    assert control.get(path, follow_redirects=True).headers["content-type"].startswith("text/html")


def test_the_document_is_served(control: httpx.Client) -> None:
    """The document is the one in the package, in JSON and in YAML."""
    raw = document(token=False).raw

    assert control.get("/openapi.json").json() == raw
    assert Document.parse(control.get("/openapi.yaml").content, "openapi.yaml").raw == raw


def test_every_operation_has_a_handler_and_every_handler_an_operation() -> None:
    """Each once, but for probes, tokens and the stream of events, which are answered before they come there."""
    described, others = document(token=False).operations(), {*PROBES, *OAUTH, EVENTS}
    operations = [each["operationId"] for path, _, each in described if f"{CONTROL}{path}" not in others]
    handlers = [
        name
        for module in MODULES
        for name, value in vars(module).items()
        if isfunction(value) and value.__module__ == module.__name__ and "service" in signature(value).parameters
        if not name.startswith("_")
    ]

    assert sorted(handlers) == sorted(operations)


@pytest.mark.parametrize(
    "path",
    [
        "/ui/../../../../etc/passwd",
        "/ui/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/ui/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/ui//etc/passwd",
        "/ui/%2fetc%2fpasswd",
        "/ui/..\\..\\etc\\passwd",
        "/ui/%00",
        "/ui/nope.js",
    ],
)
def test_nothing_else_is_served_from_the_disk(control: httpx.Client, path: str) -> None:
    """No path leads out of the page's own files."""
    connection = http.client.HTTPConnection(control.base_url.host, control.base_url.port or 80)
    connection.request("GET", f"/_mock{path}")
    answer = connection.getresponse()
    problem = json.loads(answer.read())
    connection.close()

    assert answer.status == 404
    assert (problem["status"], problem["errors"]) == (404, [])
