"""A small contract that has one of everything, and exchanges of it."""

from __future__ import annotations

from typing import Any

import orjson
import yaml

from mockserver.api import Api
from mockserver.contract.document import Document
from mockserver.contract.violations import Kind, Rejection
from mockserver.coverage.counting.outline import Key, Outline
from mockserver.runtime.answered import HANDLER, RUNTIME
from mockserver.runtime.exchange import Exchange
from mockserver.runtime.message import Message

DOCUMENT = """
openapi: 3.0.3
info: {title: Specimen, version: "1"}
security: [{token: []}]
paths:
  /things/{id}:
    parameters:
      - {name: id, in: path, required: true, schema: {type: string}}
    put:
      operationId: put_thing
      x-required-scopes: ["things:write"]
      parameters:
        - $ref: "#/components/parameters/mode"
        - {name: X-Trace, in: header, schema: {type: string}}
        - {name: seen, in: cookie, schema: {type: string}}
        - {name: Authorization, in: header, schema: {type: string}}
        - {name: tags, in: query, schema: {type: array, items: {type: string, enum: [red, blue]}}}
        - name: sort
          in: query
          style: deepObject
          schema: {type: object, properties: {by: {enum: [name]}, from: {type: string}}}
        - {name: where, in: query, content: {application/json: {schema: {type: object}}}}
      requestBody:
        $ref: "#/components/requestBodies/Thing"
      responses:
        "200": {description: Done., content: {application/json: {schema: {}, example: {long: one}}}}
        4XX: {description: No.}
        default: {description: Else.}
  /things:
    get:
      operationId: list_things
      security: [{}, {token: []}, {key: [], basic: []}]
      responses:
        "200": {description: All.}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: query, name: key}
    basic: {type: http, scheme: basic}
    unused: {type: http, scheme: bearer}
  parameters:
    mode: {name: mode, in: query, schema: {type: string, enum: [fast, slow]}}
  requestBodies:
    Thing:
      content:
        application/json:
          schema:
            $ref: "#/components/schemas/Thing"
  schemas:
    Thing:
      allOf:
        - $ref: "#/components/schemas/Named"
        - type: object
          properties:
            id: {type: string, readOnly: true}
            size: {enum: [1, null, "1", ""]}
            parts: {type: array, items: {$ref: "#/components/schemas/Thing"}}
            note: {anyOf: [{enum: [short]}, {type: string}]}
            colour: {oneOf: [{enum: [red]}, {enum: [green]}]}
    Named:
      type: object
      properties:
        name: {type: string}
"""


def api(text: str = DOCUMENT) -> Api:
    return Api("specimen", Document(yaml.safe_load(text)), {}, (), None, lambda *_: ({}, 400), ())


def outline() -> Outline:
    return Outline([api()])


def exchange(
    target: str = "/things/1",
    body: Any = None,
    *,
    operation_id: str | None = "put_thing",
    status: int | None = 200,
    headers: dict[str, str] | None = None,
    kind: Kind | None = None,
    **more: Any,
) -> Exchange:
    """An exchange that a handler answered, unless told otherwise."""
    sent = b"" if body is None else body if isinstance(body, bytes) else orjson.dumps(body)
    pairs = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    rejection = None if kind is None else Rejection(kind, "no")
    return Exchange(
        **{
            "world": "default",
            "method": "PUT",
            "target": target,
            "path": target.partition("?")[0],
            "request": Message.of(pairs, sent),
            "started_at": 0.0,
            "api": "specimen",
            "operation_id": operation_id,
            "status": status,
            "response": Message.of([], b'{"ok": true}'),
            "answered_by": HANDLER if kind is None else RUNTIME,
            "rejection": rejection,
            **more,
        }
    )


def named(keys: set[Key]) -> set[str]:
    """The keys as text: `status 200`."""
    return {f"{key.kind} {key.name}" for key in keys}
