"""Fault rules as JSON and back. The shape is the control plane's schema `FaultRule`, checked before this reads it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.runtime.faults import Delay, Limit, Match, Reply, Rule

Json = Mapping[str, Any]

DELAYS: Mapping[str, tuple[str, ...]] = {
    "fixed": ("seconds",),
    "uniform": ("from", "to"),
    "lognormal": ("median", "sigma"),
}
"""Kinds of delay, with what each calls its `low` and `high`."""

REPLIES: Mapping[str, tuple[str, ...]] = {
    "documented": ("status", "example"),
    "too_many_requests": ("status", "example", "retry_after"),
    "respond": ("status", "headers", "body"),
}
"""Kinds of reply, with what counts for each."""

ACTIONS = ("delay", "reply", "damage", "rateLimit")
"""What makes a rule do something."""

IDLE = f"does nothing; give it at least one of {', '.join(ACTIONS)}"
"""What is wrong with a rule that has no action."""

NAMES = {"operation_id": "operationId", "retry_after": "retryAfter", "too_many_requests": "tooManyRequests"}
"""What the JSON calls otherwise than Python does."""


def read_rule(given: Json) -> Rule:
    """The rule that the JSON describes; a rate limit without an action answers 429."""
    damage = given.get("damage", {})
    acts = any(name in given for name in ("delay", "reply", "damage"))
    reply = given.get("reply") if acts else {"kind": "tooManyRequests"}
    return Rule(
        id=given["id"],
        match=Match(**_pythonic(given.get("match", {}))),
        nth=given.get("nth"),
        probability=given.get("probability", 1.0),
        times=given.get("times"),
        limit=Limit(**given["rateLimit"]) if "rateLimit" in given else None,
        delay=_read_delay(given["delay"]) if "delay" in given else None,
        reply=None if reply is None else _read_reply(reply),
        damage=damage.get("kind"),
        rate=damage.get("bytesPerSecond", Rule.rate),
    )


def write_rule(rule: Rule) -> dict[str, Any]:
    """The JSON that describes the rule, without what it leaves open."""
    return _filled(
        {
            "id": rule.id,
            "match": _filled({NAMES.get(name, name): value for name, value in vars(rule.match).items()}),
            "nth": rule.nth,
            "probability": None if rule.probability == Rule.probability else rule.probability,
            "times": rule.times,
            "rateLimit": None if rule.limit is None else dict(vars(rule.limit)),
            "delay": None if rule.delay is None else _write_delay(rule.delay),
            "reply": None if rule.reply is None else _write_reply(rule.reply),
            "damage": None if rule.damage is None else _write_damage(rule),
        }
    )


def _read_delay(given: Json) -> Delay:
    return Delay(given["kind"], *(float(given[name]) for name in DELAYS[given["kind"]]))


def _write_delay(delay: Delay) -> dict[str, Any]:
    return {"kind": delay.kind, **dict(zip(DELAYS[delay.kind], (delay.low, delay.high), strict=False))}


def _read_reply(given: Json) -> Reply:
    """Values of one header are joined by commas, as HTTP has it."""
    headers: dict[str, str] = {}
    for header in given.get("headers", ()):
        name, value = header["name"].lower(), header["value"]
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    kind = _python_name(given["kind"])
    return Reply(**{**_pythonic(given), "kind": kind, "headers": headers})


def _write_reply(reply: Reply) -> dict[str, Any]:
    said = {name: value for name, value in vars(reply).items() if name in REPLIES[reply.kind]}
    if "headers" in said:
        said["headers"] = [{"name": name, "value": value} for name, value in reply.headers.items()] or None
    if reply.kind == "too_many_requests" and reply.status == Reply.status:
        del said["status"]
    named = {NAMES.get(name, name): value for name, value in said.items() if value is not None}
    return {"kind": NAMES.get(reply.kind, reply.kind), **named}


def _write_damage(rule: Rule) -> dict[str, Any]:
    return {"kind": rule.damage, **({"bytesPerSecond": rule.rate} if rule.damage == "drip" else {})}


def _pythonic(given: Json) -> dict[str, Any]:
    return {_python_name(name): value for name, value in given.items()}


def _python_name(name: str) -> str:
    return next((python for python, json in NAMES.items() if json == name), name)


def _filled(fields: Json) -> dict[str, Any]:
    """What says something."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}
