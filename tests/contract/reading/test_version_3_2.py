"""What OpenAPI 3.2 added, in one document, asked of a server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mockserver import MockServer

DOCUMENT = """
openapi: 3.2.0
$self: https://api.example.com/spec/hits.yaml
info: {title: Hits, version: "1"}
paths:
  /hits:
    query:
      operationId: find
      requestBody: {content: {application/json: {schema: {type: object, required: [q]}}}}
      responses: {"200": {description: '', content: {application/json: {$ref: '#/components/mediaTypes/Hit'}}}}
    additionalOperations:
      LINK: {operationId: link, responses: {"200": {description: '', content: {application/json: {schema: {$ref:
        'https://api.example.com/spec/hits.yaml#/components/schemas/Hit'}}}}}}
  /whole:
    get:
      parameters: [{name: q, in: querystring, content: {application/x-www-form-urlencoded: {schema:
        {type: object, required: [a], properties: {a: {type: integer}}, additionalProperties: false}}}}]
      responses: {"204": {description: ''}}
  /lines:
    get: {responses: {"200": {description: '', content: {application/jsonl: {itemSchema:
      {$ref: 'hits.yaml#/components/schemas/Hit'}}}}}}
    post:
      requestBody: {content: {application/jsonl: {itemSchema: {$ref: '#/components/schemas/Hit'}}}}
      responses: {"204": {description: ''}}
  /cookie:
    get:
      parameters: [{name: sid, in: cookie, style: cookie, required: true, schema: {const: a%20b}}]
      responses: {"204": {description: ''}}
components:
  mediaTypes: {Hit: {schema: {$ref: '#/components/schemas/Hit'}}}
  schemas: {Hit: {type: object, required: [id], properties: {id: {const: 7}}, additionalProperties: false}}
"""
JSON = {"Content-Type": "application/json"}
LINES = {"Content-Type": "application/jsonl"}
HIT = '{"id":7}'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    file = tmp_path_factory.mktemp("v3.2") / "hits.yaml"
    file.write_text(DOCUMENT)
    server = MockServer([str(file)])
    assert [flaw.message for api in server.apis.values() for flaw in api.document.flaws] == []
    with server, httpx.Client(base_url=server.url) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "target", "sent", "status", "text"),
    [
        ("QUERY", "/hits", {"content": '{"q":1}', "headers": JSON}, 200, HIT),
        ("QUERY", "/hits", {"content": "{}", "headers": JSON}, 400, None),
        ("LINK", "/hits", {}, 200, HIT),
        ("GET", "/hits", {}, 405, None),
        ("GET", "/whole?a=1", {}, 204, ""),
        ("GET", "/whole?a=x", {}, 400, None),
        ("GET", "/whole?a=1&b=2", {}, 400, None),
        ("GET", "/lines", {}, 200, f"{HIT}\n"),
        ("POST", "/lines", {"content": f"{HIT}\n{HIT}\n", "headers": LINES}, 204, ""),
        ("POST", "/lines", {"content": f'{HIT}\n{{"id":8}}\n', "headers": LINES}, 400, None),
        ("GET", "/cookie", {"headers": {"Cookie": "sid=a%20b"}}, 204, ""),
        ("GET", "/cookie", {"headers": {"Cookie": "sid=a b"}}, 400, None),
    ],
)
def test_what_version_3_2_has_is_served(
    client: httpx.Client, method: str, target: str, sent: dict[str, Any], status: int, text: str | None
) -> None:
    """Methods, parameters, media types and references that older versions do not know."""
    answer = client.request(method, target, **sent)

    assert answer.status_code == status
    assert text is None or set(answer.text.splitlines()) == set(text.splitlines())
