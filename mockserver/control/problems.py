"""The error responses of the control plane: problems (RFC 9457) that list every violation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract.violations import Violation
from mockserver.errors import MockServerError, WorldError
from mockserver.runtime.answer import Answer, problem

CONFLICT = 409
STATUSES = {"invalid": 400, "unknown": 404}
"""Status codes by kind of WorldError; CONFLICT for the others."""


def refused(error: MockServerError) -> Answer:
    """The problem for an error of a lower layer; its flaws are those of the request's body."""
    if not isinstance(error, WorldError):
        return refusal(CONFLICT, _capitalized(str(error)))
    status = STATUSES.get(error.kind, CONFLICT)
    if not error.flaws:
        return refusal(status, _capitalized(str(error)))
    flaws = [{"where": "body", "pointer": flaw.pointer, "message": flaw.message} for flaw in error.flaws]
    return refusal(status, str(error), errors=flaws)


def _capitalized(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"


def refusal(status: int, detail: str, headers: Mapping[str, str] | None = None, errors: Iterable[Any] = ()) -> Answer:
    """A problem as a response."""
    return problem(status, detail, headers, errors=list(errors))


def listed(violations: Iterable[Violation]) -> list[dict[str, str]]:
    """The violations as the member `errors` of a problem has them."""
    return [{"where": each.where, "pointer": each.pointer, "message": each.message} for each in violations]
