"""What the control plane refuses with: problems (RFC 9457) that list every violation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.contract.violations import Violation
from mockserver.errors import StateError
from mockserver.runtime.answer import Answer, problem
from mockserver.world.registry import WorldError

STATUSES = {"unknown": 404}
"""Of the kinds of WorldError that are no conflict."""


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
        if isinstance(error, StateError):
            flaws = [{"where": "body", "pointer": pointer, "message": message} for pointer, message in error.flaws]
            return cls(409, str(error), flaws)
        status = STATUSES.get(error.kind, 409) if isinstance(error, WorldError) else 409
        detail = str(error)
        return cls(status, f"{detail[:1].upper()}{detail[1:]}")


def refusal(status: int, detail: str, headers: Mapping[str, str] | None = None, errors: Iterable[Any] = ()) -> Answer:
    """A problem as an answer."""
    return problem(status, detail, headers, errors=list(errors))


def listed(violations: Iterable[Violation]) -> list[dict[str, str]]:
    return [{"where": each.where, "pointer": each.pointer, "message": each.message} for each in violations]
