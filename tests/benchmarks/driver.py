"""Requests to the whole application without a socket or an event loop: what one costs the server itself.

The app answers in one go unless it has to wait for a body, so its coroutine can be driven by hand.
"""

from __future__ import annotations

from typing import Any

import orjson

from mockserver.runtime.application import MockApp
from tests.benchmarks.operations import HOST, Operation


def call(app: MockApp, operation: Operation, body: object = None) -> bytes:
    """The body of the answer; RuntimeError unless it is a success."""
    content = b"" if body is None else orjson.dumps(body)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    try:
        app(_scope(operation, len(content)), receive, send).send(None)
    except StopIteration:
        start, *parts = sent
        if 200 <= start["status"] < 300:
            return b"".join(part["body"] for part in parts)
    raise RuntimeError(f"{operation.title}: expected a success, got {sent or 'no answer without an event loop'}")


def _scope(operation: Operation, length: int) -> dict[str, Any]:
    path, _, query = operation.path.partition("?")
    headers = {"Host": HOST, **operation.headers}
    if operation.method != "GET":
        headers |= {"Content-Type": "application/json", "Content-Length": str(length)}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": operation.method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": (HOST, 1),
        "server": (HOST, 80),
    }
