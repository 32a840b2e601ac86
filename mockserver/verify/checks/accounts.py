"""`foreign_write`: no account changes or deletes what belongs to another.

Schemathesis' `object_level_authorization` has another account read. Here it writes, before the caller's own request is
sent: the same replacement, change or deletion, by the other credential. What counts is the caller's object and not the
status: whether it then has what the other one sent, or is gone. Whose it is, no contract says. It is the caller's if
the caller may read it and the other account may not, though that one may read what is its own. Where both may read it,
the account of the other may have one of the same name, or nobody knows who may write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response
from schemathesis.hooks import HookContext

from mockserver.verify.checks.probe import Case, CheckFailure, Prober, body_of, is_positive, succeeded
from mockserver.verify.checks.updates import record_of, same, shown
from mockserver.verify.events import OperationRef
from mockserver.verify.identities import Identity, required_scopes

CHANGES = ("PUT", "PATCH", "POST", "DELETE")

HIDDEN = (403, 404)
"""Statuses that refuse to show what belongs to another."""

GONE = (404, 410)

TRIES = 20
"""Requests of one operation that are tried until one decides."""

Step = tuple[Case, Response]


@dataclass(frozen=True)
class Trial:
    """What the other account did, and the requests that show it; `flaw`: what became of the object, if anything."""

    steps: Sequence[Step]
    flaw: str | None


class Accounts:
    """`before_call` is a Schemathesis hook, `check` a Schemathesis check; they share what other accounts did."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober
        self._tried: dict[str, Trial] = {}
        self._decided: set[str] = set()
        self._readers: dict[tuple[str, str], bool] = {}

    def before_call(self, context: HookContext, case: Case, kwargs: dict[str, object]) -> None:
        """Have another account send the request, if its object is the caller's."""
        del context, kwargs
        prober = self._prober
        operation = prober.operation(case)
        # with several workers somebody else may change the object meanwhile
        if operation is None or operation.method not in CHANGES or not prober.alone or not prober.target.others:
            return
        if prober.target.caller is None or operation.label in self._decided or not is_positive(case):
            return
        read = prober.operations.get(f"GET {operation.path}")
        if read is None or not operation.path.endswith("}"):
            return
        if prober.count("foreign_write", operation.label) < TRIES:
            trial = self._trial(case, operation, read)
            if trial is not None:
                self._decided.add(operation.label)
                self._tried[case.id] = trial

    def _trial(self, case: Case, operation: OperationRef, read: OperationRef) -> Trial | None:
        """What another account can do to the object; None if that shows nothing."""
        prober = self._prober
        own = prober.read(case, read, case.path_parameters, {})
        before = None if own is None else prober.send_unrecorded(own)
        if own is None or before is None or not succeeded(before) or not _would_show(case, before):
            return None
        for other in prober.target.others:
            theirs, write = prober.as_identity(own, read, other), prober.as_identity(case, operation, other)
            if theirs is None or write is None or not self._reads(case, read, other):
                continue
            hidden = prober.send_unrecorded(theirs)
            if hidden.status_code not in HIDDEN:
                continue
            answer, again = prober.send_unrecorded(write), own.derive()
            after = prober.send_unrecorded(again)
            steps = ((own, before), (theirs, hidden), (write, answer), (again, after))
            flaw = _flaw(case, before, after)
            told = (
                f"an account that may not read the object ({hidden.status_code}) sent {operation.method} and was "
                f"answered {answer.status_code}; {flaw}"
            )
            return Trial(steps, flaw and told)
        return None

    def _reads(self, case: Case, read: OperationRef, other: Identity) -> bool:
        """Whether the account may read such objects at all: by the scopes that it has, or its own list of them."""
        key = read.label, other.name
        if key not in self._readers:
            self._readers[key] = self._may_read(case, read, other)
        return self._readers[key]

    def _may_read(self, case: Case, read: OperationRef, other: Identity) -> bool:
        prober = self._prober
        if other.scopes is not None:
            return required_scopes(prober.document, prober.contract.described(read)) <= other.scopes
        above = prober.operations.get(f"GET {read.path.rpartition('/')[0]}")
        if above is None:
            return False
        names = re.findall(r"\{([^{}]+)\}", above.path)
        path = {name: value for name, value in case.path_parameters.items() if name in names}
        own = prober.read(case, above, path, {})
        listing = None if own is None else prober.as_identity(own, above, other)
        return listing is not None and succeeded(prober.send_unrecorded(listing))

    @property
    def check(self) -> Callable[[CheckContext, Response, Case], bool | None]:
        def foreign_write(ctx: CheckContext, response: Response, case: Case) -> bool | None:
            del response
            trial, operation = self._tried.pop(case.id, None), self._prober.operation(case)
            if trial is None or operation is None:
                return True
            if trial.flaw is None:
                return None
            for request, answer in trial.steps:
                ctx.internals.record_case(parent_id=case.id, case=request)
                ctx.internals.record_response(case_id=request.id, response=answer)
            related = tuple(request.id for request, _ in trial.steps)
            title = "deleted" if operation.method == "DELETE" else "changed"
            raise CheckFailure(
                case, f"Object of another account is {title}", trial.flaw, self._rule(operation), related
            )

        return foreign_write

    def _rule(self, operation: OperationRef) -> str:
        described = self._prober.contract.described(operation)
        return self._prober.contract.pointer(operation, "security") if "security" in described else "#/security"


def _would_show(case: Case, before: Response) -> bool:
    """Whether the object would be another after the request."""
    return case.method.upper() == "DELETE" or next(_told(case, body_of(before), kept=False), None) is not None


def _flaw(case: Case, before: Response, after: Response) -> str | None:
    """What has become of the object, in a clause; None if it is as it was, or if nobody can tell."""
    if case.method.upper() == "DELETE":
        return f"its owner gets {after.status_code} for it since" if after.status_code in GONE else None
    if not succeeded(after):
        return None
    now = body_of(after)
    for name, value in _told(case, body_of(before), kept=False):
        if any(each == name for each, _ in _told(case, now, kept=True)):
            return f"the object has what it sent: {name} is {shown(value)} now"
    return None


def _told(case: Case, body: Any, *, kept: bool) -> Iterator[tuple[str, Any]]:
    """The properties of the request's body that the object in an answer has, with that value or with another."""
    sent = case.body if isinstance(case.body, Mapping) else {}
    record = record_of(body, sent, None) or {}
    for name, value in sent.items():
        if name in record and value is not None and same(value, record[name]) is kept:
            yield name, value
