"""The two operations that are measured: one reads a page of lists, one upserts a contact onto a list."""

from __future__ import annotations

from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import orjson

HOST = "127.0.0.1"
TOKEN = "ak_demo_full"


@dataclass(frozen=True)
class Answer:
    """What a server said: `body` as sent, `media_type` without its parameters."""

    status: int
    media_type: str
    body: bytes

    def flaw(self) -> str | None:
        """Why this answer is not worth measuring; None if it is a success with a JSON body that says something."""
        if not 200 <= self.status < 300:
            return f"answered {self.status}: {self.body[:120]!r}"
        if self.media_type != "application/json":
            return f"answered {self.media_type or 'no media type'} instead of application/json"
        try:
            said = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            return f"answered what is not JSON: {error}"
        return None if said else f"answered {said!r}, which says nothing"

    def lists(self) -> int:
        """How many lists the answer shows, in our envelope or bare."""
        said = orjson.loads(self.body)
        return len(said["data"] if isinstance(said, dict) else said)


@dataclass(frozen=True)
class Operation:
    """One request, to be sent once by `ask` and many times by wrk; `script` varies it from request to request."""

    title: str
    method: str
    path: str
    body: bytes | None = None
    script: Path | None = None
    token: str = TOKEN

    @property
    def headers(self) -> dict[str, str]:
        media_type = {"Content-Type": "application/json"} if self.body else {}
        return {"Authorization": f"Bearer {self.token}"} | media_type

    def ask(self, port: int, timeout: float = 30.0) -> Answer:
        """One request on a connection of its own; OSError or HTTPException if there is no answer."""
        connection = HTTPConnection(HOST, port, timeout=timeout)
        try:
            connection.request(self.method, self.path, self.body, self.headers)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get_content_type(), response.read())
        finally:
            connection.close()


READ = Operation("GET /api/v1/lists", "GET", "/api/v1/lists")
WRITE = Operation(
    "POST /api/v1/contacts",
    "POST",
    "/api/v1/contacts",
    body=b'{"email":"reader0@example.com","firstName":"Reader","listId":"clx_list_newsletter_id"}',
    script=Path(__file__).with_name("upsert.lua"),
)
