"""Fault rules as JSON and back. The form is the schema `FaultRule`, checked before this reads it.

Which members a kind of delay or reply has is read from the schemas, too: a new kind is written there and in the
runtime, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from mockserver.admin import schemas
from mockserver.runtime.faults import Delay, Limit, Reply, Rule
from mockserver.runtime.pattern import RequestPattern

Json = Mapping[str, Any]

MATCHED = ("api", "operation_id", "method", "path", "headers")
"""What of a request a rule can ask for: what is known before its body has been looked at."""


def read_rule(given: Json) -> Rule:
    """The rule that the JSON describes; a rate limit without an action answers 429."""
    damage = given.get("damage", {})
    acts = any(name in given for name in ("delay", "reply", "damage"))
    reply = given.get("reply") if acts else {"kind": "tooManyRequests"}
    return Rule(
        id=given["id"],
        match=RequestPattern(**_pythonic(given.get("match", {}))),
        nth=_whole(given.get("nth")),
        probability=given.get("probability", Rule.probability),
        times=_whole(given.get("times")),
        limit=Limit(**_pythonic(given["rateLimit"])) if "rateLimit" in given else None,
        delay=_read_delay(given["delay"]) if "delay" in given else None,
        reply=None if reply is None else _read_reply(reply),
        damage=damage.get("kind"),
        rate=_whole(damage.get("bytesPerSecond", Rule.rate)) if damage.get("kind") == "drip" else Rule.rate,
    )


def write_rule(rule: Rule) -> dict[str, Any]:
    """The JSON that describes the rule, without what it leaves open."""
    return _filled(
        {
            "id": rule.id,
            "match": _filled({_json_name(name): getattr(rule.match, name) for name in MATCHED}),
            "nth": rule.nth,
            "probability": None if rule.probability == Rule.probability else rule.probability,
            "times": rule.times,
            "rateLimit": None if rule.limit is None else dict(vars(rule.limit)),
            "delay": None if rule.delay is None else write_delay(rule.delay),
            "reply": None if rule.reply is None else _write_reply(rule.reply),
            "damage": None if rule.damage is None else _write_damage(rule),
        }
    )


def write_delay(delay: Delay) -> dict[str, Any]:
    """The JSON that describes the delay; what a kind calls `low` and `high` are the members of its schema, in order."""
    # not strict: a kind with one member has no second bound
    return {"kind": delay.kind, **dict(zip(_members("Delay", delay.kind), (delay.low, delay.high), strict=False))}


def _read_delay(given: Json) -> Delay:
    return Delay(given["kind"], *(float(given[name]) for name in _members("Delay", given["kind"])))


def _read_reply(given: Json) -> Reply:
    """Values of one header are joined by commas, as HTTP has it."""
    headers: dict[str, str] = {}
    for header in given.get("headers", ()):
        name, value = header["name"].lower(), header["value"]
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    kind, body = _python_name(given["kind"]), given.get("body")
    return Reply(**{**_pythonic(given), "kind": kind, "headers": headers, "body": body})


def _write_reply(reply: Reply) -> dict[str, Any]:
    kind = _json_name(reply.kind)
    members = _members("Reply", kind)
    said = {name: getattr(reply, _python_name(name)) for name in members}
    if "headers" in said:
        said["headers"] = [{"name": name, "value": value} for name, value in reply.headers.items()] or None
    told = {name: value for name, value in said.items() if value is not None and value != members[name].get("default")}
    return {"kind": kind, **told}


def _write_damage(rule: Rule) -> dict[str, Any]:
    return {"kind": rule.damage, **({"bytesPerSecond": rule.rate} if rule.damage == "drip" else {})}


@cache
def _members(schema: str, kind: str) -> dict[str, Json]:
    """What a kind of such a thing has beside its kind, with the schema of each, in the schema's order."""
    document = schemas.document()
    forms: Mapping[str, str] = document.schemas[schema]["discriminator"]["mapping"]
    members = document.at(forms[kind])["properties"] if kind in forms else {}
    return {name: described for name, described in members.items() if name != "kind"}


def _pythonic(given: Json) -> dict[str, Any]:
    return {_python_name(name): _whole(value) for name, value in given.items()}


def _python_name(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"_{found[0].lower()}", name)


def _json_name(name: str) -> str:
    return re.sub("_([a-z])", lambda found: found[1].upper(), name)


def _whole(value: Any) -> Any:
    """An integral number as an int: 3.0 is an integer in JSON, but no status and no number of seconds in a header."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _filled(fields: Json) -> dict[str, Any]:
    """The members that are given."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}
