"""Fault rules in Python: the arguments of Mock.fault as the JSON of a rule, and the handle that it returns.

What a rule may be is checked where it is added, for every door alike; here flaws are only worded by the names of the
arguments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from operator import methodcaller
from typing import Any

from mockserver.admin import faults
from mockserver.admin.apis import Apis
from mockserver.admin.faults import FAULTS
from mockserver.admin.flaws import ValueFlaw
from mockserver.admin.rules import write_delay
from mockserver.contract.violations import ABSENT
from mockserver.errors import MockServerError
from mockserver.mock.rules import Handle, by_argument
from mockserver.runtime.faults import Delay, Rule
from mockserver.world import World

__tracebackhide__ = methodcaller("errisinstance", MockServerError)  # pytest shows the line of the test instead

IDLE = "a fault needs an effect: give it a delay, a status, a body, a limit or a damage."

SENTENCES = ("known", "documented")
"""Schema keywords whose messages are complete sentences, without the name of the argument before them."""

ANSWERS = ("status", "example", "retry_after", "body", "headers")
"""Arguments for parts of the reply, which `reply` replaces."""


class Fault(Handle[Rule]):
    """A fault rule in force in a world, until it is removed or its `with` block ends."""

    @property
    def rule(self) -> Rule:
        """The rule, as the world keeps it."""
        return self._member

    @property
    def fired(self) -> int:
        """The number of requests on which it has fired."""
        return self._count()


def add(world: World, apis: Apis, names: Iterable[str], arguments: Mapping[str, Any]) -> Fault:
    """Add the rule for the arguments of Mock.fault, under the first free name."""
    with by_argument(_told):
        return Fault(world, FAULTS, faults.add(world, apis, described(arguments), names))


def described(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Mock.fault as a `NewFaultRule`; MockServerError for one that JSON cannot express."""
    method, damage = arguments["method"], arguments["damage"]
    match = {
        "api": arguments["api"],
        "operationId": arguments["operation_id"],
        "method": method.upper() if isinstance(method, str) else method,
        "path": arguments["path"],
        "headers": arguments["request_headers"],
    }
    rule = {
        "match": given(match),
        "nth": arguments["nth"],
        "probability": arguments["probability"],
        "times": arguments["times"],
        "rateLimit": _limit(arguments["limit"]),
        "delay": _delay(arguments["delay"]),
        "reply": _reply(arguments),
        "damage": None if damage is None else {"kind": damage, "bytesPerSecond": arguments["rate"]},
    }
    return given(rule)


def _limit(limit: Any) -> dict[str, Any] | None:
    match limit:
        case None:
            return None
        case (requests, seconds):
            return {"requests": requests, "seconds": seconds}
        case _:
            raise MockServerError(f"a fault's limit must be (requests, seconds), such as (5, 1.0), got {limit!r:.80}.")


def _delay(delay: Any) -> Any:
    match delay:
        case None | Mapping():
            return delay
        case Delay():
            return write_delay(delay)
        case (low, high):
            return {"kind": "uniform", "from": low, "to": high}
        case int() | float():
            return {"kind": "fixed", "seconds": delay}
        case _:
            expected = "seconds, two such as (0.1, 0.5), a Delay, or what the control plane takes"
            raise MockServerError(f"a fault's delay must be {expected}, got {delay!r:.80}.")


def _reply(arguments: Mapping[str, Any]) -> Any:
    status, example, retry_after, body, headers = (arguments[name] for name in ANSWERS)
    said = given({"status": status, "example": example, "retryAfter": retry_after, "headers": header_list(headers)})
    if body is not ABSENT:
        said["body"] = body
    if arguments["reply"] is not None:
        if said:
            raise MockServerError(f"a fault's reply is the complete response: omit {', '.join(ANSWERS)}.")
        return arguments["reply"]
    if body is not ABSENT or headers is not None:
        return {"kind": "respond", "status": 500, **said}
    limited = arguments["limit"] is not None and arguments["damage"] is None
    if status == HTTPStatus.TOO_MANY_REQUESTS or retry_after is not None or (limited and status is None):
        return {"kind": "tooManyRequests", **said}
    return {"kind": "documented", **said} if said else None


def header_list(headers: Any) -> Any:
    """Headers in their JSON form."""
    if not isinstance(headers, Mapping):
        return headers
    return [{"name": name, "value": value} for name, value in headers.items()]


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that are given; None if there are none."""
    return {name: value for name, value in members.items() if value is not None and value != {}}


def _told(flaw: ValueFlaw) -> str:
    if not flaw.place:
        return IDLE if flaw.rule == "anyOf" else f"a fault {flaw.message}."
    return f"{flaw.message}." if flaw.rule in SENTENCES else f"a fault's {_argument(*flaw.place)} {flaw.message}."


def _argument(part: Any, name: Any = "", *_: Any) -> str:
    """The argument for a place in the JSON."""
    found = {
        ("match", "headers"): "request_headers",
        ("rateLimit", name): "limit",
        ("delay", name): "delay",
        ("damage", "kind"): "damage",
        ("damage", "bytesPerSecond"): "rate",
    }.get((part, name), name or part)
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", str(found))
