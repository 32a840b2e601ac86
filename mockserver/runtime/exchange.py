"""An exchange, a request and its response as they were sent: what observers see and the journal keeps."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from mockserver.contract.violations import Rejection, Violation
from mockserver.runtime.answered import RUNTIME, AnsweredBy
from mockserver.runtime.message import RAW, Message, Raw, RawMessage
from mockserver.world import Snapshot
from mockserver.world.store import written

TEXT_KEPT = 1024
"""Characters that the journal keeps of each text of a violation."""

OVERHEAD = 768
"""Approximate bytes of an entry without its content."""

VIOLATION = 512
"""Approximate bytes of a violation without its texts."""

JSON = (dict, list, str, int, float, bool, type(None))


class Exchange:
    """One request answered.

    target: path and query as sent, below a world's prefix; path: without the query. rejection: why the runtime turned
    it down. faults: the rules that fired;
    breach: one of them broke the contract on purpose. status: None if no answer was sent. seconds: until the answer was
    ready to be sent; started_at: epoch seconds. prefix: that of the world, if the path had it. before, after: how the
    world stood, one object if nothing changed; read_at: what its clock said, if it was asked. note: why a callback
    was not taken. A message that is given as bytes and two places in them is made when somebody looks at it: most
    entries of a journal leave it unseen.
    """

    __slots__ = (
        *("world", "method", "target", "path", "started_at", "seconds", "api", "operation_id", "route", "status"),
        *(
            "answered_by",
            "breach",
            "rejection",
            "faults",
            "prefix",
            "scheme",
            "before",
            "after",
            "read_at",
            "note",
            "number",
        ),
        *("_request", "_response"),
    )

    def __init__(
        self,
        world: str,
        method: str,
        target: str,
        path: str,
        request: Message | Raw,
        started_at: float,
        seconds: float = 0.0,
        api: str | None = None,
        operation_id: str | None = None,
        route: str | None = None,
        status: int | None = None,
        response: Message | Raw | None = None,
        answered_by: AnsweredBy = RUNTIME,
        breach: bool = False,
        rejection: Rejection | None = None,
        prefix: str = "",
        scheme: str = "http",
        number: int = 0,
    ) -> None:
        # all by position: CPython takes three times as long over arguments that only a name can give
        self.world = world
        self.method = method
        self.target = target
        self.path = path
        self._request = request
        self.started_at = started_at
        self.seconds = seconds
        self.api = api
        self.operation_id = operation_id
        self.route = route
        self.status = status
        self._response = response
        self.answered_by = answered_by
        self.breach = breach
        self.rejection = rejection
        self.faults: Sequence[str] = ()
        self.prefix = prefix
        self.scheme = scheme
        self.before: Snapshot | None = None
        self.after: Snapshot | None = None
        self.read_at: datetime | None = None
        self.note = ""
        self.number = number

    @property
    def request(self) -> Message:
        if type(self._request) is tuple:
            self._request = RawMessage(*self._request)
        return cast("Message", self._request)

    @property
    def response(self) -> Message | None:
        if type(self._response) is tuple:
            self._response = RawMessage(*self._response)
        return cast("Message | None", self._response)

    @response.setter
    def response(self, response: Message | None) -> None:
        self._response = response

    def answered(self, status: int | None, response: Message | Raw | None) -> None:
        """Note what was sent."""
        self.status = status
        self._response = response

    def rejected(self, rejection: Rejection) -> Exchange:
        """The same exchange with another rejection."""
        # not in place: the journal has this one
        made = copy(self)
        made.rejection = rejection
        return made

    def __eq__(self, other: object) -> bool:
        """Whether it tells the same, wherever it stands in a journal and however the world stood."""
        if not isinstance(other, Exchange):
            return NotImplemented
        return all(getattr(self, each) == getattr(other, each) for each in COMPARED)

    __hash__ = None  # type: ignore[assignment]  # as of anything that changes

    def __repr__(self) -> str:
        return f"Exchange({', '.join(f'{each}={getattr(self, each)!r}' for each in (*COMPARED, 'number'))})"

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
        return self.weigh()

    def weigh(self) -> int:
        """The same; as a method it takes half as long, and every request is weighed."""
        size = OVERHEAD + len(self.target) + len(self.path) + _size(self._request) + _size(self._response)
        before, after = self.before, self.after
        if before is not after and before is not None and after is not None:
            # what the two moments share is kept by the world anyway, and costs the entry nothing
            size += written(before.states, after.states)
        return size if self.rejection is None else size + _weight(self.rejection)


COMPARED = ("request", "response", *Exchange.__slots__[:16], "note")


def _size(message: Message | Raw | None) -> int:
    if type(message) is tuple:
        return RAW + len(message[0])
    return 0 if message is None else cast("Message", message).weigh()


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
        # an object or array with more members than there is room is not walked at all
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
