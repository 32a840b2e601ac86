"""Why a request was answered as it was.

Most of it follows from what the journal keeps, the document and the fault rules, so it is worked out when it is asked
for, and the requests themselves pay nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, Any

from mockserver.admin import citing, stubs
from mockserver.admin.rules import write_rule
from mockserver.admin.service import Service, operation
from mockserver.contract.location import locate
from mockserver.contract.pairs import percent_decoded
from mockserver.contract.routing import Route
from mockserver.contract.violations import ABSENT, Rejection, Violation
from mockserver.runtime.answered import HANDLER
from mockserver.runtime.exchange import Exchange
from mockserver.world import World

if TYPE_CHECKING:
    from mockserver.runtime.endpoint import Endpoint

STRING = re.compile(r'"((?:[^"\\]|\\.)*+)("?)')
CANDIDATES = 20
"""Operations that one explanation names at most."""
RECORDS = 100
"""Records that one explanation names at most."""
STRINGS = 1_000
"""Strings of an answer that are looked up, in each of hundreds of collections, while the world waits."""
NEAREST = 3
"""Paths that are named where none matches; as in `runtime.refusals`, which brings Connexion with it."""

ANSWERS = {
    "end": "The fault rule {rule!r} ended the connection instead of answering.",
    "fault": "The fault rule {rule!r} answered {exchange.status} instead of the operation.",
    "rejection": "The request was rejected before any handler ran ({rejection.kind}): {reason}.",
    "prefer": "`Prefer` asked for the documented response of {exchange.status}; no handler ran.",
    "preflight": "This was a CORS preflight; no handler ran.",
    "callback": "The mock itself {sent} {rule!r} to this URL{note}.",
    "stub": "The stub {rule!r} answered {exchange.status} in the place of {exchange.operation_id}().",
    "handler": "The handler {exchange.operation_id}() answered {exchange.status} from the world's records.",
    "defect": "The handler failed, or its response violated the contract and was not sent. See the server's log.",
}
"""What made an answer."""


def explain(service: Service, world: World, exchange: Exchange) -> dict[str, Any]:
    """The explanation as the schema `Explanation` has it."""
    values = _path_values(service, exchange)
    # those of now: a rule that fired may have been deleted since, and is null then
    rules = {rule.id: rule for rule in world.faults}
    rejection = exchange.rejection
    violations = () if rejection is None else rejection.violations
    return {
        "answer": _answer(exchange) + _planned(service, exchange),
        "candidates": _candidates(service, exchange),
        "pathParameters": values,
        "prefer": _prefer(exchange),
        "rejection": None if rejection is None else _rejection(rejection),
        "violations": [_violation(service, exchange, each) for each in violations],
        "faults": [
            {"id": each, "rule": write_rule(rules[each]) if each in rules else None} for each in exchange.faults
        ],
        "stubs": stubs.missed(world, service.apis, exchange),
        "records": _records(service, world, exchange, values),
        "documented": _documented(service, exchange),
    }


def _documented(service: Service, exchange: Exchange) -> dict[str, str | None] | None:
    """Where the document describes the request and the response; None if no operation of it was chosen."""
    api = service.apis.by_name.get(exchange.api or "")
    if api is None or exchange.operation_id is None or exchange.operation_id not in api.contract.operations:
        return None
    return citing.documented(api, exchange.operation_id, exchange.status)


def _answer(exchange: Exchange) -> str:
    """What made the answer, or ended the connection."""
    by: str = exchange.answered_by.kind
    # a rule of damage hung up, so there is no answer to name
    if exchange.status is None and by != "callback":
        by = "end"
    elif exchange.rejection is not None:
        by = "rejection"
    elif exchange.status == HTTPStatus.INTERNAL_SERVER_ERROR and by in ("handler", "runtime"):
        by = "defect"
    reason = "" if exchange.rejection is None else exchange.rejection.message.removesuffix(".")
    return ANSWERS[by].format(
        exchange=exchange,
        rejection=exchange.rejection,
        reason=reason,
        rule=exchange.answered_by.rule,
        sent="was to send" if exchange.note.startswith("not sent") else "sent",
        note=f"; {exchange.note}" if exchange.note else "",
    )


def _planned(service: Service, exchange: Exchange) -> str:
    """What was inferred of the operation that answered, and why; empty if it was written by hand."""
    api = service.apis.by_name.get(exchange.api or "")
    if api is None or api.inferred is None or exchange.answered_by != HANDLER or exchange.operation_id is None:
        return ""
    if exchange.operation_id in api.handlers:
        return ""
    return f" {api.inferred.plan(exchange.operation_id).sentence}."


def _prefer(exchange: Exchange) -> str | None:
    values = [value.decode("latin-1") for name, value in exchange.request.headers if name.lower() == b"prefer"]
    return ", ".join(values) or None


def _candidates(service: Service, exchange: Exchange) -> list[dict[str, Any]]:
    if exchange.answered_by.kind == "callback":
        return []
    found = service.router.candidates(exchange.path)
    if not found:
        return [*islice(_nearest(service, exchange), CANDIDATES)]
    candidates = [
        {"operation": operation(target), **_choice(found[0], route, method, target, exchange)}
        for route in found
        for method, target in route.targets.items()
    ]
    candidates.sort(key=lambda each: not each["chosen"])
    return candidates[:CANDIDATES]


def _choice(
    best: Route[Endpoint], route: Route[Endpoint], method: str, target: Endpoint, exchange: Exchange
) -> dict[str, Any]:
    """Whether this operation was chosen, and the reason."""
    if target.operation_id == exchange.operation_id:
        head = " (HEAD is answered as GET, without the body)" if exchange.method == "HEAD" != method else ""
        met = f", {_conditions(route)} came" if route.conditions else ""
        return {"chosen": True, "reason": f"{route.template} matches the path{met}, and the method is {method}{head}."}
    if route.conditions:
        reason = f"{route.template} matches the path, but {_conditions(route)} did not come, or more did for another."
        return {"chosen": False, "reason": reason}
    if route is not best:
        reason = f"{route.template} matches the path as well, but {best.template} is more specific."
        return {"chosen": False, "reason": reason}
    return {
        "chosen": False,
        "reason": f"{route.template} matches the path, but the method is {exchange.method}, not {method}.",
    }


def _conditions(route: Route[Endpoint]) -> str:
    return " and ".join(name if value is None else f"{name}={value}" for name, value in route.conditions.items())


def _nearest(service: Service, exchange: Exchange) -> Iterator[dict[str, Any]]:
    """The operations whose path is most like the one that was asked for."""
    for route in service.router.nearest(exchange.path, NEAREST):
        for target in route.targets.values():
            yield {
                "operation": operation(target),
                "chosen": False,
                "reason": f"No documented path matches; {route.template} is among the most similar.",
            }


def _path_values(service: Service, exchange: Exchange) -> dict[str, str]:
    found = service.router.match(exchange.path, exchange.method)
    return {} if found is None else {name: percent_decoded(values[0]) for name, values in found[1].items()}


def _rejection(rejection: Rejection) -> dict[str, Any]:
    return {
        "kind": rejection.kind,
        "message": rejection.message,
        "requiredScopes": list(rejection.required_scopes),
        "grantedScopes": list(rejection.granted_scopes),
    }


def _violation(service: Service, exchange: Exchange, violation: Violation) -> dict[str, Any]:
    return {
        "where": violation.where,
        "pointer": violation.pointer,
        "keyword": violation.keyword,
        "expected": _plain(violation.expected),
        "received": _plain(violation.received),
        "message": violation.message,
        "document": _cited(service, exchange, violation),
    }


def _cited(service: Service, exchange: Exchange, violation: Violation) -> dict[str, Any] | None:
    """The lines of the document that state the rule; None if no operation was chosen, which states them."""
    api = service.apis.by_name.get(exchange.api or "")
    described = None if api is None else api.contract.operations.get(exchange.operation_id or "")
    if api is None or described is None:
        return None
    headers = {name.lower(): value.decode("latin-1") for name, value in exchange.request.headers}
    pointer = locate(api.document, described, violation, headers.get(b"content-type", ""))
    return citing.cited(api, pointer)


def _plain(value: Any) -> Any:
    """The value as JSON; what is none (a nested error of the validator, for one) as text."""
    return None if value is ABSENT else json.loads(json.dumps(value, default=str))


def _records(service: Service, world: World, exchange: Exchange, values: dict[str, str]) -> list[dict[str, str]]:
    """Records of the API whose keys the path or the answer names."""
    api = service.apis.by_name.get(exchange.api or "")
    if api is None or exchange.answered_by != HANDLER or exchange.response is None:
        return []
    named = dict.fromkeys([*values.values(), *islice(strings_of(exchange.response.body), STRINGS)])
    # the server's thread may change the records meanwhile
    with world.lock:
        tables = [(each.name, world[each]) for each in api.kept_in(world)]
        found = (
            {"collection": name, "key": key} for key in named for name, table in tables if table.get(key) is not None
        )
        return list(islice(found, RECORDS))


def strings_of(body: bytes) -> Iterator[str]:
    """The strings of a JSON text, which may have been cut; of any other text, what looks like one."""
    for text, end in STRING.findall(body.decode("utf-8", "replace")):
        # one that was cut is matched as well: else it would be looked for again from each quotation mark within it
        if end:
            with suppress(json.JSONDecodeError):  # `"C:\dir"` in a table is none
                yield json.loads(f'"{text}"') if "\\" in text else text
