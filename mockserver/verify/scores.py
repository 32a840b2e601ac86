"""What became of each operation and each API that was verified, and what the run does not cover, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mockserver.verify import events
from mockserver.verify.events import SUCCESS, Finding, Fingerprint, OperationRef
from mockserver.verify.grading import Group, Policy
from mockserver.verify.standing import REDIRECT, TOLD, UNKNOWN, Standing, barred, times

CLEAN, BROKEN, INCOMPLETE = "clean", "broken", "incomplete"


@dataclass
class OperationScore:
    """One operation: requests, status codes of the responses, and the passes and failures of each check.

    standings: how far its valid requests got, by status code.
    """

    operation: OperationRef
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    standings: Counter[tuple[Standing, int]] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def checks(self) -> list[str]:
        """The checks that apply to it, by name."""
        return sorted(self.passed.keys() | self.failed.keys())

    @property
    def kept(self) -> list[str]:
        """The checks that never failed."""
        return [name for name in self.checks if name not in self.failed]

    @property
    def unreached(self) -> list[str]:
        """Documented status codes that no response had."""
        reached = {str(status) for status in self.statuses} | {f"{status // 100}XX" for status in self.statuses}
        return [status for status in self.operation.statuses if status not in reached and status != "default"]

    @property
    def succeeded(self) -> bool:
        # where the document has a redirect, that is what success looks like
        known = {each.upper() for each in self.operation.statuses}
        return any(
            status // 100 == SUCCESS or (status // 100 == REDIRECT and not known.isdisjoint((str(status), "3XX")))
            for status in self.statuses
        )

    @property
    def is_refused(self) -> bool:
        """Whether it requires a credential, and never accepted that of the caller."""
        kinds, statuses = {kind for kind, _ in self.standings}, {status for _, status in self.standings}
        return self.operation.secured and kinds == {"refused"} and UNKNOWN in statuses


@dataclass
class ApiScore:
    """One API. `found`: distinct findings, each in its shortest form; `occurrences`: how often each was found.

    skipped: phases without requests, and why; active: phases with requests. troubled: what could not be verified, with
    the operations that it concerns.
    """

    name: str
    title: str
    target: str
    seed: int
    phases: tuple[str, ...]
    operations: dict[str, OperationScore]
    unsent: tuple[OperationRef, ...]
    notes: list[str]
    found: dict[tuple[str, ...], Finding] = field(default_factory=dict)
    occurrences: Counter[tuple[str, ...]] = field(default_factory=Counter)
    troubled: dict[str, list[str]] = field(default_factory=dict)
    remarked: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    active: set[str] = field(default_factory=set)
    advice: Mapping[Standing, str] = field(default_factory=dict)
    unchecked: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    policy: Policy = field(default_factory=Policy)
    require_success: bool = False
    seconds: float = 0.0
    stopped: events.Stopped = "interrupted"

    @property
    def cases(self) -> int:
        return sum(each.cases for each in self.operations.values())

    @property
    def findings(self) -> list[Finding]:
        """In the order of the document's operations."""
        # what was found at no known operation comes last
        order = {name: at for at, name in enumerate(self.operations)}
        return sorted(self.found.values(), key=lambda each: (order.get(each.operation.label, len(order)), each.check))

    @property
    def failing(self) -> list[Finding]:
        """Those that fail the run."""
        return [each for each in self.findings if self.policy.fails(each)]

    @property
    def known(self) -> list[Finding]:
        """Those that are in the baseline."""
        return [each for each in self.findings if self.policy.is_known(each)]

    @property
    def tolerated(self) -> list[Finding]:
        """New ones that are not severe enough to fail the run."""
        return [each for each in self.findings if not self.policy.fails(each) and not self.policy.is_known(each)]

    @property
    def groups(self) -> list[Group]:
        """The findings, grouped over operations; the worst first."""
        return self.policy.groups((each, self.occurrences[each.key]) for each in self.findings)

    def looked_for(self, known: Fingerprint) -> bool:
        """Whether the run would have found a known finding again, if it still existed."""
        sent = {each.operation.operation_id for each in self.operations.values() if each.cases}
        # a run of fewer phases, or one that was cut short, does not prove that a finding is gone
        whole = self.stopped == "completed" and self.phases == events.PHASES and self.barred is None
        return known.api == self.name and known.operation in sent and known.check not in self.unchecked and whole

    @property
    def troubles(self) -> list[str]:
        """What could not be verified, each with its operations."""
        return [f"{', '.join(names)}: {message}" if names else message for message, names in self.troubled.items()]

    @property
    def silent(self) -> list[OperationScore]:
        """Operations that never succeeded, so that their successful responses are not verified."""
        return [each for each in self.operations.values() if each.cases and not each.succeeded]

    @property
    def refused(self) -> list[OperationScore]:
        """Operations that never accepted the caller's credential, so that nothing behind it is verified."""
        return [each for each in self.operations.values() if each.is_refused]

    @property
    def barred(self) -> str | None:
        """Why nothing is verified: no valid request reached the provider, or none was accepted; else None."""
        found = barred(each.standings for each in self.operations.values())
        if found is None:
            return None
        kind, statuses = found
        advice = self.advice.get(kind, "")
        return f"Nothing is verified: {TOLD[kind]}: {times(statuses)}. {advice}".rstrip()

    @property
    def untested(self) -> list[OperationRef]:
        """Operations that should have been requested, but were not; one that never answered was."""
        return [each.operation for each in self.operations.values() if not each.cases and not each.failed]

    @property
    def verdict(self) -> str:
        if self.barred is not None:
            return INCOMPLETE
        if self.failing:
            return BROKEN
        if self.refused or (self.require_success and self.silent):
            return INCOMPLETE
        # `--max-time` is a limit that was asked for, but every operation must have had its turn
        whole = self.stopped in ("completed", "time") and not self.untested and not self.troubles
        return CLEAN if whole or not self.operations else INCOMPLETE

    def remarks(self) -> list[str]:
        """What the run does not cover, in sentences."""
        return [told for told, _ in self._told()]

    @property
    def shortfalls(self) -> list[str]:
        """Those of the remarks that keep the run from being clean."""
        return [told for told, falls_short in self._told() if falls_short]

    def _told(self) -> Iterator[tuple[str, bool]]:
        """Each remark, and whether the run cannot be clean for it."""
        if self.stopped == "interrupted":
            yield "Interrupted: this is as far as it came.", True
        if self.stopped == "unreachable":
            yield "The server stopped answering; nothing more was sent.", True
        yield from ((told, self.stopped == "throttled") for told in self.remarked)
        if self.barred is not None:
            yield self.barred, True
        elif self.refused:
            told = f"Refused whatever was sent, so nothing behind the credential is verified: {_listed(self.refused)}. "
            yield f"{told}{self.advice.get('refused', '')}".rstrip(), True
        for phase, reason in self.skipped.items():
            if phase not in self.active:
                yield f"Phase {phase} sent nothing: {reason}.", False
        if self.unsent:
            yield f"Not sent without --allow-writes: {_names(self.unsent)}.", False
        if self.untested:
            yield self._never_sent(), True
        yield from ((told, self.require_success) for told in self._never_succeeded())
        yield from ((told, False) for told in self._not_checked())
        yield from ((f"Trouble: {trouble}", True) for trouble in self.troubles)

    def _never_sent(self) -> str:
        told = f"Never sent, so not verified: {_names(self.untested)}."
        if self.stopped == "time":
            return f"{told} The time was over: give more --max-time, or fewer operations by --operation."
        if self.stopped != "completed" or len(self.phases) == len(events.PHASES):
            return told
        phases = f"phase{'' if len(self.phases) == 1 else 's'} {', '.join(self.phases)}"
        return f"{told} The {phases} had no request for it: add a --phase, or say by --operation what to verify."

    def _never_succeeded(self) -> Iterator[str]:
        if self.silent:
            yield f"Never succeeded, so what a success looks like is not verified: {_listed(self.silent)}."
        opening = None if self.barred is not None else opens_most(each.operation for each in self.silent)
        if opening is not None:
            yield opening

    def _not_checked(self) -> Iterator[str]:
        reasons: dict[str, list[str]] = {}
        for name, reason in self.unchecked.items():
            reasons.setdefault(reason, []).append(name)
        if reasons:
            told = (f"{', '.join(names)} ({reason})" for reason, names in reasons.items())
            yield f"Not checked: {'; '.join(told)}."


def _names(operations: Iterable[OperationRef]) -> str:
    return ", ".join(each.operation_id for each in operations)


def _listed(scores: Iterable[OperationScore]) -> str:
    """The operations and the status codes of their responses, those with the same status codes together."""
    alike: dict[frozenset[int], list[OperationScore]] = {}
    for each in scores:
        alike.setdefault(frozenset(each.statuses), []).append(each)
    return "; ".join(
        f"{', '.join(each.operation.operation_id for each in group)}: "
        f"{times(sum((each.statuses for each in group), Counter()))}"
        for group in alike.values()
    )


def opens_most(silent: Iterable[OperationRef]) -> str | None:
    """Which single value would help most of the operations that never succeeded, in a sentence; None if none would.

    A path parameter is the same value wherever the path up to it is the same, any other wherever it has the same name.
    """
    wanting: dict[tuple[str, str], list[OperationRef]] = {}
    for operation in silent:
        for parameter in operation.required:
            where, _, name = parameter.partition(".")
            place = operation.path.partition(f"{{{name}}}")[0] if where == "path" else ""
            wanting.setdefault((place, parameter), []).append(operation)
    if not wanting:
        return None
    (_, parameter), operations = max(wanting.items(), key=lambda each: len(each[1]))
    names = [each.operation_id for each in operations]
    first = names[0] if len(names) == 1 else "*"
    many = "it" if len(names) == 1 else f"most of them ({', '.join(names)})"
    return (
        f"A value of {parameter.replace('.', ' ', 1)} that exists may open {many}: --set '{first}.{parameter}=VALUE'."
    )
