"""The setup of Schemathesis for one run: the document, the settings, the callers, and our checks and hooks.

Its registries are global. So checks and hooks are registered only during a run, and a process does one run at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import schemathesis
from schemathesis.auths import AuthContext
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, ServerError
from schemathesis.core.transport import Response
from schemathesis.generation.meta import CoverageScenario, coverage_scenario
from schemathesis.generation.overrides import for_operation
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER, HookContext
from schemathesis.openapi.checks import (
    EnsureResourceAvailability,
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UndefinedStatusCode,
    UseAfterFree,
)
from schemathesis.schemas import BaseSchema
from schemathesis.wfc.escalation import EscalatingAuthProvider

from mockserver.contract.bodies import media_type
from mockserver.errors import VerifyError
from mockserver.verify.checks.accounts import Accounts
from mockserver.verify.checks.coding import Coding
from mockserver.verify.checks.paging import Paging, items_of
from mockserver.verify.checks.probe import Case, Prober, body_of, carry
from mockserver.verify.checks.scopes import Scopes
from mockserver.verify.checks.updates import Updates
from mockserver.verify.citations import Citations
from mockserver.verify.data import with_values
from mockserver.verify.events import OperationRef
from mockserver.verify.grading import UNKNOWN_METHOD
from mockserver.verify.identities import Identity, Placed
from mockserver.verify.pace import TOO_MANY
from mockserver.verify.plan import Plan, settings
from mockserver.verify.pool import Pool
from mockserver.verify.standing import FAILING
from mockserver.verify.targets import SAFE, Target
from mockserver.verify.wire import Wire

OURS = ("content_encoding", "foreign_write", "ignored_scope", "lost_update", "paging")
"""Checks of ours, registered as long as a run goes on."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def check_names() -> frozenset[str]:
    """Every check that can be asked for or left out."""
    load_all_checks()
    return frozenset((*CHECKS.get_all_names(), *OURS))


class Pulse:
    """Counts answered requests, from any thread, for the display of progress."""

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
    contract: Citations
    operations: dict[str, OperationRef]

    def get(self, case: Case, context: AuthContext) -> Placed | None:
        del context
        operation = self.operations.get(case.operation.label)
        return None if operation is None else self.identity.place(self.contract.described(operation))

    def set(self, case: Case, data: Placed, context: AuthContext) -> None:
        del context
        carry(case, data)


def load(
    target: Target, plan: Plan, operations: tuple[OperationRef, ...], contract: Citations, seconds: int | None
) -> BaseSchema:
    """The target's document as a Schemathesis schema, restricted to the operations."""
    folder = None if plan.foreign.path is None else str(plan.foreign.path.parent)
    config = SchemathesisConfig.from_dict(settings(plan, target, seconds), base_dir=folder)
    # a copy, as Schemathesis changes the document that it is given
    raw = with_values(target.document, target.values)
    schema: Any = schemathesis.openapi.from_dict(raw, config=config)
    schema.app = target.app
    labels = {each.label for each in operations}
    if len(labels) < len(target.contract.operations):
        schema = schema.include(lambda context: context.operation.label in labels)
    _authenticate(schema, target, contract)
    found: BaseSchema = schema
    return found


def _authenticate(schema: Any, target: Target, contract: Citations) -> None:
    """Send requests as the caller; the other identities must not see the caller's data."""
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
def registered(
    target: Target,
    plan: Plan,
    contract: Citations,
    operations: tuple[OperationRef, ...],
    schema: BaseSchema,
    pulse: Pulse,
    wire: Wire,
) -> Iterator[None]:
    """Registers our checks and hooks with Schemathesis within the block."""
    prober = Prober(target, contract, operations, alone=plan.workers == 1)
    scopes, accounts, pool = Scopes(prober), Accounts(prober), Pool(prober)
    load_all_checks()
    coding = Coding(prober, wire)
    checks: list[Callable[..., Any]] = [
        *(scopes.check, accounts.check),
        *(Paging(prober).check, Updates(prober).check, coding.check),
    ]

    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        # first: what the others do may send requests of their own
        guard(target, case)
        pool.serve(case)
        # a check that is left out sends nothing
        for name, probe in (("ignored_scope", scopes), ("foreign_write", accounts)):
            if name not in plan.unchecked:
                probe.before_call(context, case, kwargs)

    def after_call(context: HookContext, case: Case, response: Response) -> None:
        del context
        pulse.beat()
        pool.note(case, response)

    def filter_failure(context: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        del context
        return not (is_moot(failure, case, response, plan) or coding.hides(failure, response))

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


def is_moot(failure: Failure, case: Case, response: Response, plan: Plan) -> bool:
    """Whether a failure of Schemathesis says nothing against the contract, or what another failure says already."""
    return (
        response.status_code == TOO_MANY  # no contract need foresee it, and it says nothing about the request
        or is_emptied_collection(failure, response)
        or is_unknown_method(failure, case, response)
        or is_of_another(failure, case)
        or is_unwritten(failure, case)
        or is_told_as_server_error(failure, response, plan)
    )


def guard(target: Target, case: Case) -> None:
    """A last check before a request is sent: nothing unsafe goes to a provider unless that is allowed."""
    if not target.writes and case.method.upper() not in SAFE:
        raise VerifyError(f"{case.method} {case.path} must not be sent without --allow-writes.")


def is_emptied_collection(failure: Failure, response: Response) -> bool:
    """Whether what "still exists" after a DELETE is a collection: only its items were deleted."""
    path = (failure.operation or "").rstrip("/")
    return isinstance(failure, UseAfterFree) and not path.endswith("}") and items_of(body_of(response)) is not None


def is_unknown_method(failure: Failure, case: Case, response: Response) -> bool:
    """Whether a server error is the refusal of a method that the document does not have, in the words for that."""
    undocumented = coverage_scenario(case) is CoverageScenario.UNSPECIFIED_HTTP_METHOD
    return undocumented and isinstance(failure, ServerError) and response.status_code == UNKNOWN_METHOD


def is_told_as_server_error(failure: Failure, response: Response, plan: Plan) -> bool:
    """Whether another check says already that the answer is a server error.

    That nobody documents one adds nothing, and neither does that it is no refusal of a request without a header.
    """
    failed = response.status_code // 100 == FAILING and "not_a_server_error" not in plan.unchecked
    return failed and isinstance(failure, UndefinedStatusCode | MissingHeaderNotRejected)


def is_of_another(failure: Failure, case: Case) -> bool:
    """Whether what was created or deleted is not what was asked for, as `schemathesis.toml` says what is asked for."""
    related = isinstance(failure, EnsureResourceAvailability | UseAfterFree)
    return related and bool(for_operation(case.operation.schema.config, operation=case.operation).path_parameters)


def is_unwritten(failure: Failure, case: Case) -> bool:
    """Whether a valid form was refused that held an object or array without content, which no form can write."""
    is_form = case.media_type is not None and media_type(case.media_type) in FORMS
    return is_form and isinstance(failure, RejectedPositiveData) and any(map(_is_hollow, _within(case.body)))


def _is_hollow(value: Any) -> bool:
    return isinstance(value, dict | list) and (not value or any(map(_is_hollow, _within(value))))


def _within(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
