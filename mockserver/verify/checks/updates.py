"""`lost_update`: a read after a write returns what was written.

The contract says which read belongs to a write: an OpenAPI link from the response of the write, a GET on the same path,
or on the collection above it, where the record is found by its id. Only properties of the same name are compared, by
their meaning: additional properties, other spacing or letter case, or another notation of the same instant are no
loss. Whether a number may become text is left to the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemathesis.checks import CheckContext
from schemathesis.core.transport import Response

from mockserver.contract.bodies import write_json
from mockserver.contract.kinds import branches_of
from mockserver.contract.pointers import pointer_of
from mockserver.contract.violations import ABSENT
from mockserver.verify.checks.expressions import Happened, evaluate
from mockserver.verify.checks.probe import Case, CheckFailure, Prober, body_of, is_positive, succeeded
from mockserver.verify.events import OperationRef

WRITES = ("POST", "PUT", "PATCH")

TRIES = 20
"""Writes of one operation that are read back."""

EMPTY: tuple[Any, ...] = (None, "", [], {})

SHOWN = 80
"""Characters of a value that a message quotes."""


@dataclass(frozen=True)
class Reading:
    """A read of what was written; `identity` finds the record in a list, None: the response is the record."""

    operation: OperationRef
    path: Mapping[str, Any]
    query: Mapping[str, Any]
    identity: Any = None


class Updates:
    """`check` is a Schemathesis check."""

    def __init__(self, prober: Prober) -> None:
        self._prober = prober

    @property
    def check(self) -> Callable[[CheckContext, Response, Case], bool | None]:
        def lost_update(ctx: CheckContext, response: Response, case: Case) -> bool | None:
            operation = self._prober.operation(case)
            if operation is None or operation.method not in WRITES or not isinstance(case.body, dict):
                return True
            if not self._prober.alone or not succeeded(response) or not is_positive(case):
                return True
            # each reading is a request more: after so many that agree another tells little
            if self._prober.count("lost_update", operation.label) >= TRIES:
                return True
            return self._judge(ctx, response, case, operation, case.body)

        return lost_update

    def _judge(
        self, ctx: CheckContext, response: Response, case: Case, operation: OperationRef, body: Mapping[str, Any]
    ) -> bool | None:
        declared = self._declared(operation)
        # a server may drop what its contract does not name, and does so rightly
        written = {name: value for name, value in said(operation, body).items() if name in declared}
        for reading in readings(self._prober, operation, response, case):
            request = self._prober.read(case, reading.operation, reading.path, reading.query)
            if request is None:
                continue
            answer = self._prober.send(ctx, case, request)
            record = record_of(body_of(answer), written, reading.identity) if succeeded(answer) else None
            # the read shows another record or another part of it, so the next reading is asked
            if record is None:
                continue
            lost = next(losses(written, record), None)
            if lost is None:
                return None
            name, message = lost
            raise CheckFailure(case, "Update is lost", message, self._rule(operation, name), (case.id, request.id))
        return True

    def _declared(self, operation: OperationRef) -> set[str]:
        """The properties that the contract allows to write; anything else that is sent may be ignored."""
        document, (_, schema) = self._prober.document, self._schema(operation)
        properties = {
            name: document.resolve(each)
            for branch in branches_of(document, schema)
            for name, each in branch.get("properties", {}).items()
        }
        return {name for name, each in properties.items() if not (isinstance(each, Mapping) and each.get("readOnly"))}

    def _schema(self, operation: OperationRef) -> tuple[str, Any]:
        """The pointer to the schema of the operation's body, and the schema."""
        document = self._prober.document
        body = self._prober.contract.described(operation)["requestBody"]
        pointer = body.get("$ref") or self._prober.contract.pointer(operation, "requestBody")
        media, described = next(iter(document.resolve(body)["content"].items()))
        schema = described.get("schema", {})
        return schema.get("$ref") or f"{pointer}{pointer_of(['content', media, 'schema'])}", schema

    def _rule(self, operation: OperationRef, name: str) -> str:
        """Where the document has the property that was written."""
        pointer, schema = self._schema(operation)
        known = name in self._prober.document.resolve(schema).get("properties", {})
        return f"{pointer}{pointer_of(['properties', name])}" if known else pointer


def said(operation: OperationRef, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a write says. Null in a creation says nothing, as a provider may put a default there; else it clears."""
    creates = operation.method == "POST" and not operation.path.endswith("}")
    return _without_null(body) if creates else body


def _without_null(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        name: _without_null(value) if isinstance(value, Mapping) else value
        for name, value in body.items()
        if value is not None
    }


def readings(prober: Prober, operation: OperationRef, response: Response, case: Case) -> Iterator[Reading]:
    """The reads that must return what was written, the most specific first."""
    known = {each.operation_id: each for each in prober.operations.values() if each.method == "GET"}
    answer = body_of(response)
    happened = Happened(answer, case.body, case.path_parameters, case.query)
    for target, given in _links(prober, operation, response.status_code):
        if target in known:
            values = {name.rpartition(".")[2]: evaluate(text, happened) for name, text in given.items()}
            reading = _linked(prober, known[target], values)
            if reading is not None:
                yield reading
    by_path = {each.path: each for each in known.values()}
    if operation.method != "POST" and operation.path in by_path:
        yield Reading(by_path[operation.path], case.path_parameters, {})
    identity = _identity(operation, answer, case)
    above = operation.path if operation.method == "POST" else operation.path.rpartition("/")[0]
    if identity is not None and above in by_path:
        yield Reading(by_path[above], case.path_parameters, {}, identity)


def _links(prober: Prober, operation: OperationRef, status: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    responses = prober.contract.described(operation)["responses"]
    response = prober.document.resolve(responses.get(str(status), responses.get(f"{status // 100}XX", {})))
    for link in map(prober.document.resolve, response.get("links", {}).values()):
        if "operationId" in link:
            yield link["operationId"], link.get("parameters", {})


def _linked(prober: Prober, target: OperationRef, values: Mapping[str, Any]) -> Reading | None:
    """The read of a link; None if a value is missing, or if it is a list and the id of the record is not known."""
    if ABSENT in values.values():
        return None
    places = {
        each["name"]: each["in"] for each in prober.document.parameters(target.path, prober.contract.described(target))
    }
    path = {name: value for name, value in values.items() if places.get(name) == "path"}
    query = {name: value for name, value in values.items() if places.get(name) == "query"}
    names = set(re.findall(r"\{([^}]+)\}", target.path))
    # a link that gives no value for a part of the path cannot be followed
    if names != set(path):
        return None
    if target.path.endswith("}"):
        return Reading(target, path, query)
    return Reading(target, path, query, query["id"]) if "id" in query else None


def _identity(operation: OperationRef, answer: Any, case: Case) -> Any:
    if operation.method != "POST":
        names = re.findall(r"\{([^}]+)\}$", operation.path)
        return case.path_parameters.get(names[0]) if names else None
    return next((each["id"] for each in _records(answer) if each.get("id") is not None), None)


def record_of(body: Any, written: Mapping[str, Any], identity: Any) -> Mapping[str, Any] | None:
    """The record in a response that has properties of those written; None if there is none."""
    for record in _records(body, deep=identity is not None):
        if (identity is None or record.get("id") == identity) and written.keys() & record.keys():
            return record
    return None


def _records(body: Any, *, deep: bool = False) -> Iterator[Mapping[str, Any]]:
    if isinstance(body, Mapping):
        yield body
        for value in body.values():
            if isinstance(value, Mapping) or deep:
                yield from _records(value, deep=deep)
    elif isinstance(body, list) and deep:
        for each in body:
            yield from _records(each, deep=deep)


def losses(written: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(name, message) of every property that is read otherwise than written."""
    for name, value in written.items():
        if name in found and not same(value, found[name]):
            place, before, after = parted(name, value, found[name])
            yield name, f"{place} was written as {shown(before, after)}, and then read as {shown(after, before)}"


def parted(place: str, written: Any, found: Any) -> tuple[str, Any, Any]:
    """Where two values that are not the same part: the innermost place of which that can be said, and its values."""
    if isinstance(written, Mapping) and isinstance(found, Mapping):
        for name, value in written.items():
            if name in found and not same(value, found[name]):
                return parted(f"{place}.{name}", value, found[name])
    if isinstance(written, list) and isinstance(found, list) and len(written) == len(found):
        lost = [at for at, value in enumerate(written) if not any(same(value, each) for each in found)]
        new = [at for at, value in enumerate(found) if not any(same(each, value) for each in written)]
        if len(lost) == len(new) == 1:
            return parted(f"{place}[{lost[0]}]", written[lost[0]], found[new[0]])
    return place, written, found


def same(written: Any, found: Any) -> bool:
    """Whether the value read means what was written; it may have more. All notations of nothing are the same."""
    if written in EMPTY and found in EMPTY:
        return True
    if isinstance(written, Mapping) and isinstance(found, Mapping):
        return all(same(value, found[name]) for name, value in written.items() if name in found)
    if isinstance(written, list) and isinstance(found, list):
        # in any order: few contracts say that an array is kept in the order sent
        return len(written) == len(found) and all(any(same(each, other) for other in found) for each in written)
    if isinstance(written, str) and isinstance(found, str):
        return _meaning(written) == _meaning(found)
    # forms and queries carry numbers as text, and many servers answer them so
    if {type(written), type(found)} in ({int, str}, {float, str}):
        return str(written) == str(found)
    return bool(written == found) and isinstance(written, bool) == isinstance(found, bool)


def _meaning(text: str) -> str:
    try:
        # servers normalize: times, white space and case come back in another notation of the same
        return datetime.fromisoformat(text).isoformat() if text[:4].isdecimal() else " ".join(text.split()).casefold()
    except ValueError:
        return " ".join(text.split()).casefold()


def shown(value: Any, other: Any = None) -> str:
    """A value as JSON; of a long one, the part from shortly before it differs from the other."""
    text, compared = write_json(value).decode(), write_json(other).decode()
    if len(text) <= SHOWN:
        return text
    pairs = enumerate(zip(text, compared, strict=False))
    same_start = next((at for at, (one, two) in pairs if one != two), min(len(text), len(compared)))
    start = 0 if same_start <= SHOWN // 2 else same_start - SHOWN // 4
    before, after = "..." if start else "", "..." if start + SHOWN < len(text) else ""
    return f"{before}{text[start : start + SHOWN]}{after}"
