"""The verification of one target: runs Schemathesis' engine and translates its events into those of this package."""

from __future__ import annotations

import math
import shlex
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from schemathesis.core.errors import NoLinksFound
from schemathesis.engine import StopReason, from_schema
from schemathesis.engine import events as engine

from mockserver.errors import VerifyError
from mockserver.verify import events, followups
from mockserver.verify.citations import Citations
from mockserver.verify.deadline import limited
from mockserver.verify.pace import Pace
from mockserver.verify.plan import Plan
from mockserver.verify.preflight import advice, look
from mockserver.verify.reach import reach
from mockserver.verify.recording import Recording
from mockserver.verify.registration import Pulse, load, registered
from mockserver.verify.targets import SAFE, Target
from mockserver.verify.wire import Wire, wired

LONGEST = 300
"""Characters of an error of the engine that are worth reading; it may quote whole schemas."""

STOPPED: dict[StopReason, events.Stopped] = {
    StopReason.INTERRUPTED: "interrupted",
    StopReason.MAX_TIME: "time",
    StopReason.SERVER_UNAVAILABLE: "unreachable",
}


def verify(target: Target, plan: Plan, pulse: Pulse, seconds: int | None = None) -> Iterator[events.Event]:
    """Verify one target; `seconds` is its share of the time. VerifyError if nobody answers at a URL."""
    wire = Wire(target.trust, Pace(plan.rate))
    if target.app is None:
        reach(target.url, wire)
        look(target, plan, wire)
    started = time.monotonic()
    contract = Citations(target.contract)
    operations = plan.sent(target)
    yield events.ApiStarted(
        target.name,
        title=target.document.raw["info"]["title"],
        target=target.where,
        operations=operations,
        phases=plan.phases,
        seed=plan.seed,
        unsent=tuple(each for each in plan.chosen(target) if each not in operations),
        notes=tuple(_notes(target, plan)),
        advice=advice(target),
        unchecked=plan.unchecked,
        source=target.document.source,
    )
    for name, why in target.broken.items():
        yield events.Trouble(target.name, None, f"{name} is not verified, as the document has a flaw there: {why}")
    campaign = Campaign(target, plan, contract, pulse, wire)
    yield from campaign.run(operations, seconds)
    for remark in wire.remarks():
        yield events.Remark(target.name, remark)
    yield events.ApiFinished(target.name, time.monotonic() - started, campaign.stopped)


class Campaign:
    """Rounds of the engine against one target; `stopped` says how the last one ended."""

    def __init__(self, target: Target, plan: Plan, contract: Citations, pulse: Pulse, wire: Wire) -> None:
        self.stopped: events.Stopped = "completed"
        self._target = target
        self._plan = plan
        self._contract = contract
        self._pulse = pulse
        self._wire = wire
        self._recording = Recording(target, contract, wire, plan.unchecked)
        self._stumbled: set[str] = set()

    def run(self, operations: tuple[events.OperationRef, ...], seconds: int | None) -> Iterator[events.Event]:
        """Verify the operations; those on which CPython failed with several workers are verified again with one."""
        if operations:
            yield from self._round(self._plan, operations, seconds)
        again = tuple(each for each in operations if each.label in self._stumbled)
        if again and self.stopped == "completed":
            # see `stumbled`: with one worker nothing changes the recursion limit meanwhile
            yield from self._round(replace(self._plan, workers=1), again, None)

    def _round(
        self, plan: Plan, operations: tuple[events.OperationRef, ...], seconds: int | None
    ) -> Iterator[events.Event]:
        schema = load(self._target, plan, operations, self._contract, seconds)
        with (
            limited(seconds if plan.bounded else None),
            wired(self._wire),
            registered(self._target, self._plan, self._contract, operations, schema, self._pulse, self._wire),
            failures_of_threads() as failures,
        ):
            stream = from_schema(schema).execute()
            # a provider that goes on answering 429 stops the engine from inside a request
            self._wire.halt = stream.stop
            try:
                yield from self._passed_on(stream, plan)
            except KeyboardInterrupt:
                self._wire.pace.stop()
                self.stopped = "interrupted"
                yield events.Interrupted(self._target.name)
            except GeneratorExit:  # the consumer has gone: nobody may wait for a turn that never comes
                self._wire.pace.stop()
                raise
            finally:
                stream.stop()
                # its cleanup runs now, and not when the interpreter collects the generator
                stream.generator.close()
        if self._wire.pace.exhausted is not None:
            self.stopped = "throttled"
        for failure in failures:
            yield events.Trouble(
                self._target.name, None, self._recording.text(f"Schemathesis failed in a thread: {failure}")
            )

    def _passed_on(self, stream: Iterable[engine.EngineEvent], plan: Plan) -> Iterator[events.Event]:
        """The engine's events in our words, but for how it ended, which is noted, and where it stumbled."""
        for event in stream:
            if isinstance(event, engine.EngineFinished):
                self.stopped = STOPPED.get(event.stop_reason, "completed")
            elif isinstance(event, engine.Interrupted) and self._wire.pace.exhausted is None:
                self.stopped = "interrupted"
                yield events.Interrupted(self._target.name)
            elif plan.workers > 1 and (label := stumbled(event)) is not None:
                self._stumbled.add(label)
            else:
                yield from translated(event, self._target.name, self._recording, plan.phases)


@contextmanager
def failures_of_threads() -> Iterator[list[str]]:
    """The exceptions that end threads of the engine, which continues without them and does not report it."""
    failures: list[str] = []
    before = threading.excepthook

    def note(failed: threading.ExceptHookArgs) -> None:
        # the mock in this process has threads of its own, whose failures are somebody else's
        if failed.thread is None or not failed.thread.name.startswith("schemathesis"):
            before(failed)
        else:
            failures.append(f"{failed.exc_type.__name__}: {failed.exc_value}")

    threading.excepthook = note
    try:
        yield failures
    finally:
        threading.excepthook = before


def stumbled(event: engine.EngineEvent) -> str | None:
    """The operation on which CPython 3.11 failed: it cannot parse while another thread changes the recursion limit."""
    if isinstance(event, engine.NonFatalError) and isinstance(event.value, SystemError):
        return event.label
    return None


def share(plan: Plan, left: int, spent: float) -> int | None:
    """The seconds for the next of the remaining targets; None if time is not limited."""
    return None if plan.max_time is None else max(1, math.floor((plan.max_time - spent) / left))


def _notes(target: Target, plan: Plan) -> Iterator[str]:
    yield from plan.foreign.notes
    if not target.writes:
        yield f"Only {', '.join(SAFE)} are sent: other methods could change data. --allow-writes sends them too."
    if target.caller is not None and not target.document.security_schemes:
        yield "The document declares no security scheme, so the credential is not sent."
    flaws = len(target.document.flaws)
    if flaws:
        yield (
            f"The document has {flaws} flaw{'' if flaws == 1 else 's'}, read as the mock reads them: "
            f"mockserver check {shlex.quote(target.document.source)}"
        )
    for variable in target.secrets.short:
        yield f"{variable} is short: it is masked where it is sent, but not where a response or a message repeats it."
    if plan.workers > 1:
        yield (
            "With several workers, requests overtake each other: paging, lost_update and foreign_write are not checked."
        )


def translated(
    event: engine.EngineEvent, api: str, recording: Recording, phases: tuple[str, ...]
) -> Iterator[events.Event]:
    """The event translated; events that only concern the engine itself give none."""
    match event:
        case engine.PhaseStarted(phase=phase) if phase.name.value in phases:
            yield events.PhaseStarted(api, phase.name.value)
        case engine.ScenarioStarted(phase=phase) if phase.value in phases:
            yield events.ScenarioStarted(api, phase.value, recording.operation(event.label))
        case engine.ScenarioFinished(phase=phase, recorder=recorder) if phase.value in phases:
            operation = recording.operation(event.label)
            if followups.CHECK not in recording.unchecked:
                followups.judge(recorder)
            yield events.ScenarioFinished(api, phase.value, operation, tuple(recording.cases(recorder)))
            for finding in recording.findings(recorder, phase.value):
                yield events.Found(api, finding)
        case engine.PhaseFinished(phase=phase) if phase.name.value in phases:
            skipped = None if phase.skip_reason is None else phase.skip_reason.display
            yield events.PhaseFinished(api, phase.name.value, skipped)
        # no trouble: most documents have none
        case engine.NonFatalError(value=NoLinksFound()):
            yield events.PhaseFinished(api, "stateful", "no OpenAPI link connects the operations that are verified")
        case engine.NonFatalError():
            yield from _failed(event, api, recording)
        case engine.FatalError(exception=exception):
            raise VerifyError(recording.text(f"{api}: Schemathesis cannot continue: {exception}")) from exception
        case _:
            return


def _failed(event: engine.NonFatalError, api: str, recording: Recording) -> Iterator[events.Event]:
    """What an error of the engine means: an operation that gives no answer, a provider that is gone, or a trouble."""
    if recording.is_gone(event.value):
        if recording.wire.outage.tell():
            death = recording.death("" if event.phase is None else event.phase.value)
            yield events.Trouble(api, None, recording.last_words()) if death is None else events.Found(api, death)
        return
    silence = recording.silence(event)
    if silence is not None:
        yield events.Found(api, silence)
    else:
        told = " ".join(recording.text(f"{event.info.title}: {event.info.message}").split())
        yield events.Trouble(
            api, recording.operation(event.label), told if len(told) <= LONGEST else f"{told[:LONGEST]}..."
        )
