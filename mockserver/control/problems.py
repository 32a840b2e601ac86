"""What the control plane refuses with: problems (RFC 9457) that list every violation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract.violations import Violation
from mockserver.errors import WorldError
from mockserver.runtime.answer import Answer, problem

STATUSES = {"invalid": 400, "unknown": 404}
"""Of the kinds of WorldError; that of the others is 409."""


class Problem(Exception):
    """A refusal, raised by a handler. `errors`: what is wrong with the request and where, if it is the request's."""

    def __init__(self, status: int, detail: str, errors: Iterable[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)

    @classmethod
    def of(cls, error: Exception) -> Problem:
        """The problem that an error of the layers below is here."""
        detail = str(error)
        if not isinstance(error, WorldError):
            return cls(409, _capitalized(detail))
        status = STATUSES.get(error.kind, 409)
        if not error.flaws:
            return cls(status, _capitalized(detail))
        flaws = [{"where": "body", "pointer": pointer, "message": message} for pointer, message in error.flaws]
        return cls(status, detail, flaws)


def _capitalized(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:]}"


def refusal(status: int, detail: str, headers: Mapping[str, str] | None = None, errors: Iterable[Any] = ()) -> Answer:
    """A problem as an answer."""
    return problem(status, detail, headers, errors=list(errors))


def listed(violations: Iterable[Violation]) -> list[dict[str, str]]:
    return [{"where": each.where, "pointer": each.pointer, "message": each.message} for each in violations]
