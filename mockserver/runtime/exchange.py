"""One request and its answer, as they were sent: what observers see and the journal keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mockserver.contract.bodies import read_json
from mockserver.contract.violations import Rejection

BODY_KEPT = 16 * 1024
"""Bytes of each body that the journal keeps."""

OVERHEAD = 1024
"""What an entry takes beside its headers and bodies, roughly, in bytes."""

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Message:
    """Headers and body of one side. `size` is the whole body's, of which BODY_KEPT bytes are kept."""

    headers: Headers
    body: bytes
    size: int

    @classmethod
    def of(cls, headers: Headers, body: bytes) -> Message:
        return cls(headers, body if len(body) <= BODY_KEPT else body[:BODY_KEPT], len(body))

    def header(self, name: str) -> str | None:
        """The first value of a header."""
        wanted = name.lower().encode("latin-1")
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), None)

    def json(self) -> Any:
        """The body as a JSON value; ValueError if it is none, or was longer than what is kept of it."""
        value, flaw = read_json(self.body)
        if flaw is not None:
            raise ValueError(f"the body {flaw.message}; {len(self.body)} of its {self.size} bytes are kept.")
        return value

    @property
    def weight(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)


@dataclass
class Exchange:
    """One request answered.

    target: path and query as sent, below a world's prefix; path: without the query. answered_by: `handler`, `prefer`,
    `preflight`, `runtime` or `fault <id>`; rejection: why the runtime turned it down. faults: the rules that fired;
    breach: one of them broke the contract on purpose. status: None if no answer was sent. seconds: until the answer was
    ready to be sent; started_at: epoch seconds.
    """

    world: str
    method: str
    target: str
    path: str
    request: Message
    started_at: float
    seconds: float = 0.0
    api: str | None = None
    operation_id: str | None = None
    route: str | None = None
    status: int | None = None
    response: Message | None = None
    answered_by: str = "runtime"
    breach: bool = False
    rejection: Rejection | None = None
    faults: Sequence[str] = ()
    number: int = field(default=0, compare=False)

    @cached_property
    def size(self) -> int:
        response = 0 if self.response is None else self.response.weight
        return OVERHEAD + len(self.target) + self.request.weight + response
