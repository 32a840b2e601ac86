"""One fuzzing campaign: Schemathesis, every check in every phase, against an app in this process.

It drives the engine that `schemathesis run` drives and judges by the same context, so a campaign finds what the
command would: failed checks, errors, links that lead nowhere, and every warning the command knows.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.baseline import Baseline
from schemathesis.checks import CHECKS
from schemathesis.cli.commands.run.context import ExecutionContext
from schemathesis.cli.events import LoadingFinished
from schemathesis.config import SchemathesisConfig, SchemathesisWarning
from schemathesis.core.result import Ok
from schemathesis.core.transforms import UNRESOLVABLE
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine._baseline import is_known
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.engine.run import TESTING_PHASES
from schemathesis.generation.case import Case
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import HookContext, unregister
from starlette.types import ASGIApp

from mockserver.contract.document import Document
from mockserver.world import Record
from tests import draws

URL = "http://127.0.0.1:8080"
"""Where `mockserver serve` listens, so that a curl command from a message works when pasted."""

BASELINE = Path(__file__).with_name("baseline.json")
"""Findings that are none, each with its reason, in Schemathesis' own format: `schemathesis run --baseline`."""

UNLEARNED: dict[str, dict[str, Any]] = {
    "examples": {"extra-data-sources": {"responses": False}},
    "coverage": {"extra-data-sources": {"responses": False}},
    "fuzzing": {"extra-data-sources": {"responses": False}, "error-feedback": {"enabled": False}},
    "stateful": {"link-calibration": False},
}

PHASES = tuple(UNLEARNED)


@dataclass
class Outcome:
    """What a campaign sent and found.

    findings: messages that show check, operation and how to repeat it. idle: phases that sent nothing. untested,
    unlinked: operations that no check came to, and no stateful scenario.
    """

    cases: Counter[str] = field(default_factory=Counter)
    checks: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)
    idle: set[str] = field(default_factory=set)
    untested: set[str] = field(default_factory=set)
    unlinked: set[str] = field(default_factory=set)

    def __str__(self) -> str:
        sent = ", ".join(f"{number} {phase}" for phase, number in self.cases.items())
        found = "\n\n".join(dict.fromkeys(self.findings)) or "nothing"
        return f"{self.cases.total()} requests ({sent}) found:\n\n{found}"


def fuzz(
    app: ASGIApp,
    document: Document,
    credentials: Sequence[Record],
    folder: Path,
    *,
    seed: int,
    examples: int,
    phases: Sequence[str] = PHASES,
    restart: Callable[[], None] | None = None,
) -> Outcome:
    """Run a campaign as the first credential; the first of every other account must never see its objects.

    `examples` bounds each operation's fuzzing and the number of stateful scenarios. `folder` keeps the identities.
    By default, as with the command, answers feed what is generated next. That goes deeper, but Hypothesis ends an
    operation where it notices that its data depends on more than its own draws. With `restart`, which brings back the
    first state before every request outside of scenarios, nothing is learnt and every example is used; then ids are
    hardly ever right, so no warning is made of that.
    """
    config = SchemathesisConfig.from_dict(
        {**_settings(credentials, folder, seed, examples), "phases": dict(_phases(phases, learning=restart is None))}
    )
    schema = schemathesis.openapi.from_dict(dict(document.raw), config=config)
    schema.app = app
    context = ExecutionContext(config=schema.config)
    context.on_event(
        LoadingFinished.from_schema(schema, location=document.source, start_time=time.time(), base_url=URL)
    )
    outcome = Outcome()
    with _restarting(restart):
        for event in from_schema(schema).execute():
            context.on_event(event)
            _record(outcome, event, context.statistic.baseline)
    for warning, labels in context.warnings.as_labels().items():
        if restart is None or warning != SchemathesisWarning.MISSING_TEST_DATA:
            outcome.findings.extend(f"warning: {warning}: {label}" for label in labels)
    outcome.idle = {name.value for name in TESTING_PHASES if context.phases[name][0] is Status.SKIP}
    operations = {f"{method.upper()} {path}" for path, method, _ in document.operations()}
    outcome.untested = operations - context.statistic.tested_operations
    outcome.unlinked = operations - context.warnings.stateful_exercised
    return outcome


def assert_nothing_found(outcome: Outcome, *, whole: bool = True) -> None:
    """By any check in any phase on any operation: no failure, error, warning or dead link, and nothing left out.

    whole: scenarios must have come to every operation, which a few of them do or do not, as they are drawn.
    """
    assert not outcome.findings, str(outcome)
    assert not outcome.idle, "phases that sent nothing"
    assert not outcome.untested, "operations that no check reached"
    assert not (whole and outcome.unlinked), "operations that no stateful scenario reached"
    assert set(outcome.checks) == set(CHECKS.get_all_names())


@contextmanager
def _restarting(restart: Callable[[], None] | None) -> Iterator[None]:
    def before_call(_: HookContext, case: Case[Any], **__: Any) -> None:
        if restart is not None and case.meta is not None and case.meta.phase.name is not TestPhase.STATEFUL:
            restart()

    schemathesis.hook(before_call)
    try:
        yield
    finally:
        unregister(before_call)


def _phases(wanted: Sequence[str], *, learning: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, unlearned in UNLEARNED.items():
        yield name, {"enabled": name in wanted, **({} if learning else unlearned)}


def _settings(credentials: Sequence[Record], folder: Path, seed: int, examples: int) -> dict[str, Any]:
    return {
        "seed": draws.seed(seed),
        "base-url": URL,
        "baseline": str(BASELINE),
        "continue-on-failure": True,
        "suppress-health-check": ["too_slow"],  # a busy machine is no fault of what is tested
        "checks": {"enabled": True},
        "warnings": {"fail-on": True},
        "generation": {"mode": "all", "max-examples": examples, "database": "none"},
        "output": {"sanitization": {"enabled": False}},
        **({"auth": {"wfc": _identities(credentials, folder)}} if credentials else {}),
    }


def _identities(credentials: Sequence[Record], folder: Path) -> dict[str, Any]:
    """The credentials as a Web Fuzzing Commons document, with one identity of each account as peers."""
    path = folder / "identities.json"
    headers = {each["token"]: f"Bearer {each['token']}" for each in credentials}
    identities = [
        {"name": token, "fixedHeaders": [{"name": "Authorization", "value": value}]} for token, value in headers.items()
    ]
    path.write_text(json.dumps({"auth": identities}), encoding="utf-8")
    owners = {each["account"]: each["token"] for each in reversed(credentials)}
    peers = {"peers": [*reversed(owners.values())]} if len(owners) > 1 else {}
    return {"path": str(path), "user": credentials[0]["token"], **peers}


def _record(outcome: Outcome, event: events.EngineEvent, baseline: Baseline | None) -> None:
    if isinstance(event, events.ScenarioFinished):
        outcome.cases[event.phase.value] += len(event.recorder.interactions)
        outcome.checks.update(check.name for checks in event.recorder.checks.values() for check in checks)
        outcome.findings.extend(failures(event.recorder, baseline))
        outcome.findings.extend(_dead_links(event.recorder))
    elif isinstance(event, events.NonFatalError):
        outcome.findings.append(f"error: {event.info.title}\n{event.label}\n{event.info}")
    elif isinstance(event, events.FatalError):
        raise event.exception


def failures(recorder: ScenarioRecorder, baseline: Baseline | None) -> Iterator[str]:
    for case_id, checks in recorder.checks.items():
        case = recorder.cases[case_id].value
        for check in checks:
            if check.failure_info is not None and not is_known(check.failure_info.failure, check.name, baseline):
                failure = check.failure_info.failure
                steps = [step.curl for step in check.failure_info.steps] or [check.failure_info.code_sample]
                message = failure.message.strip().replace("\n", "\n  ")
                yield "\n".join([f"{check.name}: {failure.title}", f"  {case.operation.label}", f"  {message}", *steps])


def _dead_links(recorder: ScenarioRecorder) -> Iterator[str]:
    """Links whose expression has no value in a response; on a page of too few items there is nothing to follow."""
    for node in recorder.cases.values():
        link = node.transition
        answer = None if link is None else recorder.find_response(case_id=link.parent_id)
        if link is None or link.is_inferred or answer is None:
            continue
        places = [*link.parameters.values(), *([{"body": link.request_body}] if link.request_body else [])]
        for name, given in (pair for place in places for pair in place.items()):
            missing = not isinstance(given.value, Ok) or given.value.ok() is UNRESOLVABLE
            if missing and not is_beyond(str(given.definition), answer.content):
                yield f"link: {link.id}: {given.definition} gives no {name} on {answer.content!r:.500}"


def is_beyond(expression: str, content: bytes) -> bool:
    """Whether the pointer of an expression such as `$response.body#/data/1/id` leads behind the end of an array."""
    try:
        value = json.loads(content)
    except ValueError:
        return False
    for part in expression.partition("#")[2].rstrip("}").split("/")[1:]:
        if isinstance(value, list) and part.isdecimal() and int(part) >= len(value):
            return True
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, TypeError, ValueError):
            return False
    return False
