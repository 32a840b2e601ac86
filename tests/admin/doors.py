"""One act on a world through each of its doors, and what comes of it in a form that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockserver.admin.flaws import ValueFlaw
from mockserver.control.problems import CONFLICT, STATUSES
from mockserver.errors import WorldError
from mockserver.mock import Mock

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What came of an act: the status that a refusal has over HTTP, None if it was done; its flaws; the world then."""

    refused: int | None
    flaws: tuple[tuple[str, str], ...]
    world: Any


@dataclass(frozen=True)
class Act:
    """The same act through both doors: a request to the control plane, and a call."""

    method: str
    path: str
    body: Any
    python: Callable[[Mock], object]


def over_http(mock: Mock, act: Act) -> Outcome:
    """What comes of the request in the world of a mock."""
    answer = mock.client.request(act.method, f"/_mock{act.path}", json=act.body)
    if answer.is_success:
        return Outcome(None, (), world_of(mock))
    errors = answer.json()["errors"]
    assert {each["where"] for each in errors} <= {"body"}
    return Outcome(
        answer.status_code, tuple(sorted((each["pointer"], each["message"]) for each in errors)), world_of(mock)
    )


def in_python(mock: Mock, act: Act) -> Outcome:
    """What comes of the call in the world of a mock."""
    try:
        act.python(mock)
    except WorldError as error:
        flaws: tuple[ValueFlaw, ...] = error.flaws
        status = STATUSES.get(error.kind, CONFLICT)
        return Outcome(status, tuple(sorted((flaw.pointer, flaw.message) for flaw in flaws)), world_of(mock))
    return Outcome(None, (), world_of(mock))


def world_of(mock: Mock) -> Json:
    """The whole world but for how its rules and stubs are called, and as much of its clock as does not run."""
    exported = mock.state.export()
    rules = [{**rule, "id": None} for rule in exported["faults"]]
    return {
        **exported,
        "faults": rules,
        "stubs": [{**stub, "id": None} for stub in exported["stubs"]],
        "clock": {**exported["clock"], "offset": round(exported["clock"]["offset"], -2)},
    }
