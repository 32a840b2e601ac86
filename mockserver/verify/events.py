"""The events of a verification. The campaign emits them in order; the scoreboard and the reporters consume them.

Nothing here knows Schemathesis: a reporter needs only these types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from mockserver.verify.standing import Standing

PHASES = ("examples", "coverage", "fuzzing", "stateful")
"""The documented examples; the boundaries of every schema; random requests; sequences along the links."""

SUCCESS = 2
"""First digit of the status codes of success."""

Stopped = Literal["completed", "time", "interrupted", "unreachable", "throttled"]


@dataclass(frozen=True)
class OperationRef:
    """One documented operation of an API. `statuses` and `media` are those of its documented responses, as written.

    required: parameters without which no request is valid, such as `path.id`. secured: it requires a credential.
    """

    api: str
    operation_id: str
    method: str
    path: str
    statuses: tuple[str, ...]
    media: tuple[str, ...] = ()
    secured: bool = False
    required: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    def documents(self, status: int) -> bool:
        """Whether the document lists the status, or its range; `default` is for those that it does not list."""
        return not {each.upper() for each in self.statuses}.isdisjoint((str(status), f"{status // 100}XX"))


@dataclass(frozen=True)
class Exchange:
    """One request as sent and its response; `status` is None if there is none. `started_at` is in epoch seconds."""

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

    @property
    def succeeded(self) -> bool:
        """Whether it was answered with a 2xx status."""
        return self.status is not None and self.status // 100 == SUCCESS


@dataclass(frozen=True)
class CaseRun:
    """One request of a scenario, and the results of the checks that apply to it.

    standing: how far a request got that should be accepted and had the caller's credential; else None.
    """

    operation: OperationRef
    exchange: Exchange
    passed: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    standing: Standing | None = None


OF_INPUT = ("negative_data_rejection", "positive_data_acceptance")
"""Checks of generated input. Which rule of a body it breaks first is chance, so findings do not differ by rule."""

BODIES = ("requestBody", "#/components/schemas/", "#/components/requestBodies/")
"""Prefixes of the places of rules for a request's body."""


UNENFORCED = "Authentication not enforced"
"""The title of the finding that an operation does not ask for the credential that it requires."""


class Fingerprint(NamedTuple):
    """Identifies a finding independent of the seed. place: in the document; kind: what is wrong there."""

    api: str
    operation: str
    check: str
    place: str
    kind: str


@dataclass(frozen=True)
class Finding:
    """One way in which an operation breaks its contract.

    rule: JSON pointer of the violated part of the document; quote: that part, as YAML; file, line: where a person finds
    it. place: the rule relative to the operation, its parameters by name. exchanges: the requests that reproduce it, in
    order; the last response is the wrong one. curl: those requests as commands.
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
    def is_listed_failure(self) -> bool:
        """Whether it is a server error that the document lists."""
        return self.check == "not_a_server_error" and self.status is not None and self.operation.documents(self.status)

    @property
    def media(self) -> str:
        """The media type of the response, without parameters; empty if it has none."""
        headers = self.exchanges[-1].response_headers
        named = next((value for name, value in headers if name.lower() == "content-type"), "")
        return named.partition(";")[0].strip().lower()

    @property
    def fingerprint(self) -> Fingerprint:
        """The fingerprint, from properties that do not depend on the generated data."""
        details = {
            "content_type_conformance": f"{self.status} {self.media}",
            "not_a_server_error": str(self.status),
            "status_code_conformance": str(self.status),
        }
        kind = f"{self.title} {details.get(self.check, '')}".strip()
        # what was generated differs from seed to seed, and with it the rule that breaks first
        of_body = self.check in OF_INPUT and self.place.startswith(BODIES)
        place = "requestBody" if of_body else self.place
        return Fingerprint(self.operation.api, self.operation.operation_id, self.check, place, kind)

    @property
    def key(self) -> tuple[str, ...]:
        """Equal for two findings that are the same one."""
        # it is the same finding whether a 200 or a 409 shows that nobody asked for the credential
        status = "" if self.title == UNENFORCED else str(self.status)
        return self.operation.operation_id, self.check, self.title, self.rule, status

    @property
    def length(self) -> tuple[int, int]:
        """The effort to reproduce it: requests, then characters."""
        return len(self.curl), sum(map(len, self.curl))


@dataclass(frozen=True)
class Event:
    """Something that happened while this API was verified."""

    api: str


@dataclass(frozen=True)
class ApiStarted(Event):
    """`unsent`: operations left out because their methods are unsafe. `notes`: limits of the run, for the reader.

    advice: what to do if no valid request is accepted, by standing. unchecked: disabled checks, and why. source: the
    document's file or URL.
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
    """A phase begins."""

    phase: str


@dataclass(frozen=True)
class ScenarioStarted(Event):
    """`operation` is None for a sequence over several operations."""

    phase: str
    operation: OperationRef | None


@dataclass(frozen=True)
class ScenarioFinished(Event):
    """A scenario has ended; `cases` are its requests."""

    phase: str
    operation: OperationRef | None
    cases: tuple[CaseRun, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Found(Event):
    """An operation breaks its contract; the same finding may be emitted again."""

    finding: Finding


@dataclass(frozen=True)
class PhaseFinished(Event):
    """`skipped`: why the phase sent no request; None if it sent one."""

    phase: str
    skipped: str | None = None


@dataclass(frozen=True)
class Trouble(Event):
    """Something could not be verified; this need not be a flaw of the API."""

    operation: OperationRef | None
    message: str


@dataclass(frozen=True)
class Interrupted(Event):
    """The run was interrupted while it waited for the next event. The request in progress still has to end."""


@dataclass(frozen=True)
class Remark(Event):
    """A note on how the run went, for the reader."""

    message: str


@dataclass(frozen=True)
class ApiFinished(Event):
    """The verification of an API has ended, after so many seconds and for which reason."""

    seconds: float
    stopped: Stopped
