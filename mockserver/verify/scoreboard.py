"""The results of a verification, collected from its events: the scores of its APIs, and the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.verify import events
from mockserver.verify.events import Event, Finding, Fingerprint
from mockserver.verify.grading import Group, Policy
from mockserver.verify.scores import BROKEN, CLEAN, INCOMPLETE, ApiScore, OperationScore

EXIT_CODES = {CLEAN: 0, BROKEN: 1, INCOMPLETE: 2}


class Scoreboard:
    """Consumes the events of a run. `command`: repeats it; `require_success`: each operation must succeed once.

    policy: which findings fail the run. broke_off: why the run was aborted. interrupted: whether a signal or Ctrl-C
    ended it.
    """

    def __init__(
        self, seed: int, command: str = "", *, require_success: bool = False, policy: Policy | None = None
    ) -> None:
        self.seed = seed
        self.policy = policy or Policy()
        self.command = command
        self.require_success = require_success
        self.interrupted = False
        self.broke_off = ""
        self.apis: list[ApiScore] = []

    def on_event(self, event: Event) -> None:
        """Take an event into account."""
        match event:
            case events.ApiStarted():
                self.apis.append(
                    ApiScore(
                        name=event.api,
                        title=event.title,
                        target=event.target,
                        seed=event.seed,
                        phases=event.phases,
                        operations={each.label: OperationScore(each) for each in event.operations},
                        unsent=event.unsent,
                        notes=list(event.notes),
                        advice=event.advice,
                        unchecked=event.unchecked,
                        source=event.source,
                        policy=self.policy,
                        require_success=self.require_success,
                    )
                )
            case events.ScenarioFinished():
                self._scenario(self.apis[-1], event)
            case events.Found(finding=finding):
                self._found(self.apis[-1], finding)
            case events.PhaseFinished(phase=phase, skipped=str(reason)):
                self.apis[-1].skipped[phase] = reason
            case events.Trouble(operation=operation, message=message):
                names = self.apis[-1].troubled.setdefault(message, [])
                if operation is not None and operation.operation_id not in names:
                    names.append(operation.operation_id)
            case events.Remark(message=message):
                self.apis[-1].remarked.append(message)
            case events.ApiFinished(seconds=seconds, stopped=stopped):
                self.apis[-1].seconds, self.apis[-1].stopped = seconds, stopped

    @staticmethod
    def _scenario(api: ApiScore, event: events.ScenarioFinished) -> None:
        if event.cases:
            api.active.add(event.phase)
        for case in event.cases:
            score = api.operations.setdefault(case.operation.label, OperationScore(case.operation))
            score.cases += 1
            score.seconds += case.exchange.seconds
            score.passed.update(case.passed)
            if case.exchange.status is not None:
                score.statuses[case.exchange.status] += 1
                if case.standing is not None:
                    score.standings[case.standing, case.exchange.status] += 1

    @staticmethod
    def _found(api: ApiScore, finding: Finding) -> None:
        """Count the failure for the operation at fault; the check may have been on a request of another."""
        api.operations.setdefault(finding.operation.label, OperationScore(finding.operation)).failed[finding.check] += 1
        api.occurrences[finding.key] += 1
        # nothing is shrunk, so the shortest of the same failures is the one that is shown
        known = api.found.get(finding.key)
        if known is None or finding.length < known.length:
            api.found[finding.key] = finding

    @property
    def findings(self) -> Iterator[Finding]:
        for api in self.apis:
            yield from api.findings

    @property
    def groups(self) -> list[Group]:
        """The groups of all APIs, the worst first."""
        return sorted((group for api in self.apis for group in api.groups), key=lambda each: each.rank)

    @property
    def failing(self) -> list[Group]:
        """The groups with findings that fail the run."""
        return [each for each in self.groups if self.policy.fails(each.shortest)]

    @property
    def gone(self) -> list[Fingerprint]:
        """Known findings that the run would have found, but did not."""
        if self.broke_off:
            return []
        found = {each.fingerprint for each in self.findings}
        return [
            each for each in self.policy.known if each not in found and any(api.looked_for(each) for api in self.apis)
        ]

    def accept(self) -> None:
        """Add the findings to the known ones, as if this run had written the baseline before."""
        gone = set(self.gone)
        reasons = {each: reason for each, reason in self.policy.known.items() if each not in gone}
        known = {each.fingerprint: reasons.get(each.fingerprint, "") for each in self.findings} | reasons
        # the verdict of the run that writes a baseline is that of a run that has it
        self.policy = Policy(self.policy.severity, known)
        for api in self.apis:
            api.policy = self.policy

    @property
    def cases(self) -> int:
        return sum(api.cases for api in self.apis)

    @property
    def seconds(self) -> float:
        return sum(api.seconds for api in self.apis)

    @property
    def verdict(self) -> str:
        """`broken` if any API's contract is, else `incomplete` if any could not be verified, else `clean`."""
        verdicts = {api.verdict for api in self.apis}
        if self.interrupted or self.broke_off or not self.apis:
            verdicts.add(INCOMPLETE)
        return next((each for each in (BROKEN, INCOMPLETE) if each in verdicts), CLEAN)

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]
