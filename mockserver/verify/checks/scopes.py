"""`ignored_scope`: a caller without the scopes that an operation requires must be refused.

The request is sent with the weaker credential first, and then as it was generated. That tells a refusal for missing
scopes from a request that nobody may send, and tries a deletion before there is nothing left to delete.
"""

from __future__ import annotations

from collections.abc import Callable

from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.hooks import HookContext

from mockserver.verify.checks.probe import Case, CheckFailure, Prober, is_positive, succeeded
from mockserver.verify.events import OperationRef
from mockserver.verify.identities import required_scopes

REFUSED = (401, 403, 404)
"""Statuses that refuse a caller; 404 hides what the caller may not see."""

TRIES = 20
"""Requests of one operation that are tried until one decides."""


class Scopes:
    """`before_call` is a Schemathesis hook, `check` a Schemathesis check; they share the weaker callers' responses."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._told: dict[str, tuple[Case, Response, str]] = {}
        self._decided: set[str] = set()

    def before_call(self, context: HookContext, case: Case, kwargs: dict[str, object]) -> None:
        """Send the request as somebody who lacks its scopes."""
        del context, kwargs
        operation = self._prober.operation(case)
        if operation is None or operation.label in self._decided or not is_positive(case):
            return
        weaker = self._weaker(operation, case)
        if weaker is None or self._prober.count("ignored_scope", operation.label) >= TRIES:
            return
        request, missing = weaker
        self._told[case.id] = request, self._prober.send_unrecorded(request), missing

    def _weaker(self, operation: OperationRef, case: Case) -> tuple[Case, str] | None:
        needed = required_scopes(self._prober.document, self._prober.contract.described(operation))
        for identity in self._prober.target.weaker:
            missing = needed - (identity.scopes or frozenset())
            if missing:
                request = self._prober.as_identity(case, operation, identity)
                return None if request is None else (request, ", ".join(sorted(missing)))
        return None

    @property
    def check(self) -> Callable[[CheckContext, Response, Case], bool | None]:
        def ignored_scope(ctx: CheckContext, response: Response, case: Case) -> bool | None:
            told = self._told.pop(case.id, None)
            operation = self._prober.operation(case)
            if told is None or operation is None:
                return True
            request, answer, missing = told
            ctx.internals.record_case(parent_id=case.id, case=request)
            ctx.internals.record_response(case_id=request.id, response=answer)
            if succeeded(answer):
                raise CheckFailure(
                    case,
                    "Scope not enforced",
                    f"answered {answer.status_code} to a credential without the scope {missing}; expected 403",
                    self._rule(operation),
                    (request.id,),
                )
            if answer.status_code not in REFUSED or not succeeded(response):
                return True
            self._decided.add(operation.label)
            return None

        return ignored_scope

    def _rule(self, operation: OperationRef) -> str:
        described = self._prober.contract.described(operation)
        keyword = "x-required-scopes" if "x-required-scopes" in described else "security"
        return self._prober.contract.pointer(operation, keyword) if keyword in described else "#/security"
