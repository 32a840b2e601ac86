"""An exchange, a request and its response as they were sent: what observers see and the journal keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from mockserver.contract.violations import Rejection, Violation
from mockserver.runtime.answered import RUNTIME, AnsweredBy
from mockserver.runtime.message import Message
from mockserver.world import Snapshot
from mockserver.world.store import written

TEXT_KEPT = 1024
"""Characters that the journal keeps of each text of a violation."""

OVERHEAD = 768
"""Approximate bytes of an entry without its content."""

VIOLATION = 512
"""Approximate bytes of a violation without its texts."""

JSON = (dict, list, str, int, float, bool, type(None))


@dataclass(slots=True)
class Exchange:
    """One request answered.

    target: path and query as sent, below a world's prefix; path: without the query. rejection: why the runtime turned
    it down. faults: the rules that fired;
    breach: one of them broke the contract on purpose. status: None if no answer was sent. seconds: until the answer was
    ready to be sent; started_at: epoch seconds. prefix: that of the world, if the path had it. before, after: how the
    world stood, one object if nothing changed; read_at: what its clock said, if it was asked. note: why a callback
    was not taken.
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
    answered_by: AnsweredBy = RUNTIME
    breach: bool = False
    rejection: Rejection | None = None
    faults: Sequence[str] = ()
    prefix: str = ""
    scheme: str = "http"
    before: Snapshot | None = field(default=None, repr=False, compare=False)
    after: Snapshot | None = field(default=None, repr=False, compare=False)
    read_at: datetime | None = field(default=None, repr=False, compare=False)
    note: str = ""
    number: int = field(default=0, compare=False)

    @property
    def is_preflight(self) -> bool:
        """Whether it is a CORS preflight that no operation of the document answers."""
        return (
            self.method == "OPTIONS"
            and self.operation_id is None
            and self.request.header("origin") is not None
            and self.request.header("access-control-request-method") is not None
        )

    @property
    def size(self) -> int:
        """Bytes of the entry in the journal."""
        size = OVERHEAD + len(self.target) + len(self.path) + self.request.weight
        if self.response is not None:
            size += self.response.weight
        before, after = self.before, self.after
        if before is not after and before is not None and after is not None:
            # what the two moments share is kept by the world anyway, and costs the entry nothing
            size += written(before.states, after.states)
        return size if self.rejection is None else size + _weight(self.rejection)


def kept(rejection: Rejection) -> Rejection:
    """The rejection as the journal keeps it: texts truncated, and of large arrays and objects only their size."""
    message = _cut(rejection.message)
    return replace(rejection, message=message, violations=tuple(map(_kept, rejection.violations)))


def _kept(violation: Violation) -> Violation:
    return replace(
        violation,
        pointer=_cut(violation.pointer),
        message=_cut(violation.message),
        received=_plain(violation.received),
        expected=violation.expected if isinstance(violation.expected, JSON) else _cut(str(violation.expected)),
    )


def _plain(received: Any) -> Any:
    if isinstance(received, str):
        return _cut(received)
    if isinstance(received, list | dict) and not _fits(received):
        return f"an {'array' if isinstance(received, list) else 'object'} of {len(received)}"
    return received


def _fits(received: Any) -> bool:
    """Whether the value has at most about TEXT_KEPT characters, without looking at more of it."""
    room, rest = TEXT_KEPT, [received]
    while rest and room >= 0:
        each = rest.pop()
        parts = [*each, *each.values()] if isinstance(each, dict) and len(each) < room else each
        if isinstance(parts, list) and len(parts) < room:
            rest += parts
        room -= len(each) if isinstance(each, str | list | dict) else 1
    return room >= 0


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_KEPT else f"{text[:TEXT_KEPT]}..."


def _weight(rejection: Rejection) -> int:
    texts = sum(len(each.pointer) + len(each.message) + len(str(each.received)) for each in rejection.violations)
    return VIOLATION * (1 + len(rejection.violations)) + len(rejection.message) + texts
