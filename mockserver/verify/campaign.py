"""One target verified: Schemathesis' engine runs, and what it emits comes out as events of ours.

For the length of the run our checks and hooks are registered with Schemathesis, whose registries are global; so one
campaign runs at a time in a process.
"""

from __future__ import annotations

import copy
import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import StopReason, from_schema
from schemathesis.engine import events as engine
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER, HookContext
from schemathesis.openapi.checks import UseAfterFree
from schemathesis.schemas import BaseSchema
from schemathesis.wfc.escalation import EscalatingAuthProvider

from mockserver.errors import VerifyError
from mockserver.verify import events
from mockserver.verify.checks.paging import Paging, items_of
from mockserver.verify.checks.probe import Case, Prober, body_of, carry
from mockserver.verify.checks.scopes import Scopes
from mockserver.verify.checks.updates import Updates
from mockserver.verify.citations import Contract
from mockserver.verify.identities import Identity, Placed
from mockserver.verify.plan import TIMEOUT, Plan, settings
from mockserver.verify.recording import Recording
from mockserver.verify.targets import SAFE, Target

STOPPED: dict[StopReason, events.Stopped] = {
    StopReason.INTERRUPTED: "interrupted",
    StopReason.MAX_TIME: "time",
    StopReason.SERVER_UNAVAILABLE: "unreachable",
}


class Pulse:
    """Counts requests as they are answered, from any thread, for whoever shows that something is going on."""

    def __init__(self) -> None:
        self.requests = 0
        self._lock = threading.Lock()

    def beat(self) -> None:
        with self._lock:
            self.requests += 1


@dataclass
class Caller:
    """An identity as Schemathesis' auth provider."""

    identity: Identity
    contract: Contract
    operations: dict[str, events.OperationRef]

    def get(self, case: Case, context: AuthContext) -> Placed | None:
        del context
        operation = self.operations.get(case.operation.label)
        return None if operation is None else self.identity.place(self.contract.described(operation))

    def set(self, case: Case, data: Placed, context: AuthContext) -> None:
        del context
        carry(case, data)


def verify(target: Target, plan: Plan, pulse: Pulse, seconds: int | None = None) -> Iterator[events.Event]:
    """Verify one target; `seconds` is its share of the time. VerifyError if nobody answers at a URL."""
    if target.app is None:
        reach(target.url)
    started = time.monotonic()
    contract = Contract(target.document)
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
    )
    stopped: events.Stopped = "completed"
    if operations:
        schema = _schema(target, plan, operations, contract, seconds)
        with _registered(target, plan, contract, operations, schema, pulse):
            recording = Recording(target, contract)
            stream = from_schema(schema).execute()
            try:
                for event in stream:
                    if isinstance(event, engine.EngineFinished):
                        stopped = STOPPED.get(event.stop_reason, "completed")
                    yield from translated(event, target.name, recording, plan.phases)
            except KeyboardInterrupt:
                stream.stop()
                stopped = "interrupted"
            finally:
                stream.generator.close()
    yield events.ApiFinished(target.name, time.monotonic() - started, stopped)


def share(plan: Plan, left: int, spent: float) -> int | None:
    """The seconds for the next of so many targets that are left; None if time is not limited."""
    return None if plan.max_time is None else max(1, math.floor((plan.max_time - spent) / left))


def reach(url: str) -> None:
    """Raise VerifyError unless a server answers at the URL, whatever it answers."""
    try:
        requests.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True).close()
    except requests.RequestException as error:
        reason = str(getattr(error.args[0], "reason", error) if error.args else error)
        raise VerifyError(f"nobody answers at {url}: {reason}. Start the server, or correct --url.") from None


def _notes(target: Target, plan: Plan) -> Iterator[str]:
    if not target.writes:
        yield f"Only {', '.join(SAFE)} are sent: other methods could change data. --allow-writes sends them too."
    if plan.workers > 1:
        yield "With several workers requests overtake each other: paging and lost_update are not checked."


def _schema(
    target: Target, plan: Plan, operations: tuple[events.OperationRef, ...], contract: Contract, seconds: int | None
) -> BaseSchema:
    config = SchemathesisConfig.from_dict(settings(plan, target, seconds))
    schema: Any = schemathesis.openapi.from_dict(copy.deepcopy(dict(target.document.raw)), config=config)
    schema.app = target.app
    labels = {each.label for each in operations}
    if len(labels) < len(list(target.operations())):
        schema = schema.include(lambda context: context.operation.label in labels)
    _authenticate(schema, target, contract)
    found: BaseSchema = schema
    return found


def _authenticate(schema: Any, target: Target, contract: Contract) -> None:
    """Send requests as the caller; others are known as those who must not see what is the caller's."""
    if target.caller is None:
        return
    known = {each.label: each for each in target.operations()}
    identities = (target.caller, *target.others)
    providers: list[Any] = [Caller(each, contract, known) for each in identities]
    names = [each.name for each in identities]
    if target.others:
        peers = EscalatingAuthProvider(providers, names, peers=tuple(names), pinned=names[0])
        schema.auth.providers.append(peers)
    else:
        schema.auth.providers.append(providers[0])


@contextmanager
def _registered(
    target: Target,
    plan: Plan,
    contract: Contract,
    operations: tuple[events.OperationRef, ...],
    schema: BaseSchema,
    pulse: Pulse,
) -> Iterator[None]:
    """Our checks and hooks, known to Schemathesis within the block."""
    prober = Prober(target, contract, operations, alone=plan.workers == 1)
    scopes = Scopes(prober)
    load_all_checks()
    checks: list[Callable[..., Any]] = [scopes.check, Paging(prober).check, Updates(prober).check]

    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        if not target.writes and case.method.upper() not in SAFE:
            raise VerifyError(f"{case.method} {case.path} must not be sent without --allow-writes.")
        scopes.before_call(context, case, kwargs)

    def after_call(context: HookContext, case: Case, response: Response) -> None:
        del context, case, response
        pulse.beat()

    def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        del context, case
        return not is_emptied_collection(failure, response)

    for check in checks:
        CHECKS.register(check)
    GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before_call, "before_call")
    schema.hooks.register_hook_with_name(after_call, "after_call")
    schema.hooks.register_hook_with_name(filter_failure, "filter_failure")
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)
        for check in checks:
            CHECKS.unregister(check.__name__)


def is_emptied_collection(failure: Failure, response: Response) -> bool:
    """Whether what "still exists" after its deletion is a collection: only what was in it has been deleted."""
    path = (failure.operation or "").rstrip("/")
    return isinstance(failure, UseAfterFree) and not path.endswith("}") and items_of(body_of(response)) is not None


def translated(
    event: engine.EngineEvent, api: str, recording: Recording, phases: tuple[str, ...]
) -> Iterator[events.Event]:
    """The event as events of ours; those of the engine's inner life are none."""
    match event:
        case engine.PhaseStarted(phase=phase) if phase.name.value in phases:
            yield events.PhaseStarted(api, phase.name.value)
        case engine.ScenarioStarted(phase=phase) if phase.value in phases:
            yield events.ScenarioStarted(api, phase.value, recording.operation(event.label))
        case engine.ScenarioFinished(phase=phase, recorder=recorder) if phase.value in phases:
            operation = recording.operation(event.label)
            yield events.ScenarioFinished(api, phase.value, operation, tuple(recording.cases(recorder)))
            for finding in recording.findings(recorder, phase.value):
                yield events.Found(api, finding)
        case engine.PhaseFinished(phase=phase) if phase.name.value in phases:
            skipped = None if phase.skip_reason is None else phase.skip_reason.display
            yield events.PhaseFinished(api, phase.name.value, skipped)
        case engine.NonFatalError():
            silence = recording.silence(event)
            if silence is not None:
                yield events.Found(api, silence)
            else:
                yield events.Trouble(api, recording.operation(event.label), f"{event.info.title}: {event.info.message}")
        case engine.FatalError(exception=exception):
            raise VerifyError(f"{api}: Schemathesis cannot go on: {exception}") from exception
        case _:
            return
