"""What happens during a verification, as values. Producers emit them in order; the scoreboard and reporters consume.

Nothing here knows Schemathesis: a reporter needs no more than these types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mockserver.verify.standing import Standing

PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The documented examples; the edges of every schema; random requests; sequences along the links."""

Stopped = Literal["completed", "time", "interrupted", "unreachable", "throttled"]


@dataclass(frozen=True)
class OperationRef:
    """One documented operation of an API; `statuses` and `media` of its answers are those the document has, as written.

    secured: it asks for a credential.
    """

    api: str
    operation_id: str
    method: str
    path: str
    statuses: tuple[str, ...]
    media: tuple[str, ...] = ()
    secured: bool = False

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Exchange:
    """One request as sent and its answer; `status` is None if none came. `started_at` is in epoch seconds."""

    method: str
    url: str
    request_headers: Sequence[tuple[str, str]]
    request_body: bytes | None
    started_at: float
    status: int | None = None
    reason: str = ""
    response_headers: Sequence[tuple[str, str]] = ()
    response_body: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True)
class CaseRun:
    """One request of a scenario, and the checks that judged it; those that had nothing to say of it did not.

    standing: how far a request got that was meant to be accepted and brought the caller's credential; else None.
    """

    operation: OperationRef
    exchange: Exchange
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    standing: Standing | None = None


OF_INPUT = ("negative_data_rejection", "positive_data_acceptance")
"""Checks of what was generated: which rule of a body it breaks first is chance, so none is a finding of its own."""

BODIES = ("requestBody", "#/components/schemas/", "#/components/requestBodies/")
"""Where the rules of a request's body begin."""


class Fingerprint(NamedTuple):
    """By what a finding is known again, whatever the seed: place is in the document, kind what is wrong there."""

    api: str
    operation: str
    check: str
    place: str
    kind: str


@dataclass(frozen=True)
class Finding:
    """One way in which an operation breaks its contract.

    rule: JSON pointer of the violated part of the document; quote: that part, as YAML; file, line: where a person finds
    it. place: the rule from the operation on, its parameters by name. exchanges: the requests that repeat it, in order;
    the last one's answer is the broken one. curl: those requests as commands.
    """

    operation: OperationRef
    check: str
    title: str
    message: str
    rule: str
    quote: str
    phase: str
    exchanges: tuple[Exchange, ...]
    curl: tuple[str, ...]
    place: str = ""
    file: str = ""
    line: int | None = None

    @property
    def status(self) -> int | None:
        return self.exchanges[-1].status

    @property
    def media(self) -> str:
        """The media type of the answer, without parameters; empty if it names none."""
        headers = self.exchanges[-1].response_headers
        named = next((value for name, value in headers if name.lower() == "content-type"), "")
        return named.partition(";")[0].strip().lower()

    @property
    def fingerprint(self) -> Fingerprint:
        """Of what does not depend on the data that was generated."""
        details = {
            "content_type_conformance": f"{self.status} {self.media}",
            "not_a_server_error": str(self.status),
            "status_code_conformance": str(self.status),
        }
        kind = f"{self.title} {details.get(self.check, '')}".strip()
        of_body = self.check in OF_INPUT and self.place.startswith(BODIES)
        place = "requestBody" if of_body else self.place
        return Fingerprint(self.operation.api, self.operation.operation_id, self.check, place, kind)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two findings the same one."""
        return self.operation.operation_id, self.check, self.title, self.rule, str(self.status)

    @property
    def length(self) -> tuple[int, int]:
        """How much there is to read before it can be repeated: requests, then characters."""
        return len(self.curl), sum(map(len, self.curl))


@dataclass(frozen=True)
class Event:
    """Something happened while this API was verified."""

    api: str


@dataclass(frozen=True)
class ApiStarted(Event):
    """`unsent`: operations left out because their methods are unsafe. `notes`: what a reader must know.

    advice: what to do about it, should no valid request get further. unchecked: checks that do not judge, and why.
    source: where the document is.
    """

    title: str
    target: str
    operations: tuple[OperationRef, ...]
    phases: tuple[str, ...]
    seed: int
    unsent: tuple[OperationRef, ...] = ()
    notes: tuple[str, ...] = ()
    advice: Mapping[Standing, str] = field(default_factory=dict)
    unchecked: Mapping[str, str] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True)
class PhaseStarted(Event):
    phase: str


@dataclass(frozen=True)
class ScenarioStarted(Event):
    """`operation` is None for a sequence over several operations."""

    phase: str
    operation: OperationRef | None


@dataclass(frozen=True)
class ScenarioFinished(Event):
    phase: str
    operation: OperationRef | None
    cases: tuple[CaseRun, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found(Event):
    """An operation breaks its contract; the same finding may come again."""

    finding: Finding


@dataclass(frozen=True)
class PhaseFinished(Event):
    """`skipped` says why nothing was sent; None if something was."""

    phase: str
    skipped: str | None = None


@dataclass(frozen=True)
class Trouble(Event):
    """Something could not be verified; that is no flaw of the API, or not known to be one."""

    operation: OperationRef | None
    message: str


@dataclass(frozen=True)
class Interrupted(Event):
    """The run ends here: whoever waited for the next event was interrupted. What is under way still has to end."""


@dataclass(frozen=True)
class Remark(Event):
    """What a reader must know about how the run went."""

    message: str


@dataclass(frozen=True)
class ApiFinished(Event):
    seconds: float
    stopped: Stopped
