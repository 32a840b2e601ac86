"""Stubs as JSON and back, and what is wrong with one. The form is the schema `NewStub`, checked before this reads it.

What a stub would answer must be an answer that the document has, and what it asks of a request must be something that
can be asked of that operation. So it can neither break the contract later nor match nothing unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mockserver.admin.apis import Apis, nearest
from mockserver.admin.flaws import ValueFlaw
from mockserver.contract.bodies import value_text
from mockserver.contract.operation import Operation, Response
from mockserver.contract.success import answered, status_of
from mockserver.contract.violations import ABSENT, Violation, Where
from mockserver.errors import OperationError
from mockserver.runtime.faults import FRAMING, Rule
from mockserver.runtime.pattern import RequestPattern
from mockserver.runtime.stubs import Stub

OWN = (*FRAMING, "content-type")
"""Headers that only the server sets."""

Json = Mapping[str, Any]
Place = tuple[str | int, ...]


def read_stub(apis: Apis, given: Json) -> Stub:
    """The stub that the JSON describes, which has no flaw."""
    operation = next(_operations(apis, given["match"]))
    status = _status(operation, given)
    response = operation.response(status)
    example = given.get("example")
    body = given.get("body", ABSENT)
    if example is not None and response is not None:
        body = response.examples[example]
    return Stub(
        id=given["id"],
        rule=_rule(apis, given),
        status=status,
        body=body,
        example=example,
        headers={header["name"]: header["value"] for header in given.get("headers", ())},
    )


def _rule(apis: Apis, given: Json) -> Rule:
    match = given["match"]
    pattern = RequestPattern(
        api=next(_owners(apis, match)),
        operation_id=match["operationId"],
        query=_texts(match.get("query", {})),
        headers=match.get("headers", {}),
        body=match.get("body", ABSENT),
        path_values=_texts(match.get("pathParameters", {})),
        whole=True,
    )
    nth, times = (int(given[name]) if name in given else None for name in ("nth", "times"))
    # counted beside fault rules; no id of theirs has a blank, so the two cannot meet
    return Rule(f"stub {given['id']}", pattern, nth, given.get("probability", Rule.probability), times)


def write_stub(stub: Stub) -> dict[str, Any]:
    """The JSON that describes the stub, without what it leaves open."""
    rule, asked = stub.rule, stub.rule.match
    match = {"api": asked.api, "operationId": asked.operation_id}
    match |= _filled(pathParameters=dict(asked.path_values), query=dict(asked.query), headers=dict(asked.headers))
    told = _filled(
        nth=rule.nth,
        probability=None if rule.probability == Rule.probability else rule.probability,
        times=rule.times,
        headers=[{"name": name, "value": value} for name, value in stub.headers.items()],
        example=stub.example,
    )
    said = {"id": stub.id, "match": match if asked.body is ABSENT else {**match, "body": asked.body}, **told}
    body = {} if stub.body is ABSENT or stub.example is not None else {"body": stub.body}
    return {**said, "status": stub.status, **body}


def flaws(apis: Apis, given: Json, within: Place = ()) -> Iterator[ValueFlaw]:
    """What is wrong with a `NewStub` beyond what its schema can say; `within` is the path to it."""
    match, at = given["match"], (*within, "match")
    unknown = [*apis.unknown(match, at)]
    yield from unknown
    if unknown:
        return
    owners = [*_owners(apis, match)]
    if len(owners) > 1:
        message = f"several APIs have an operation {match['operationId']!r}: name one of {', '.join(owners)}"
        yield ValueFlaw((*at, "api"), message, "known", owners)
        return
    try:
        operation = next(_operations(apis, match))
        status = _status(operation, given)
    except OperationError as error:
        yield ValueFlaw((*at, "operationId"), str(error), "known", received=match["operationId"])
        return
    yield from _unasked(operation, match, at)
    yield from _undocumented(operation, status, given, within)


def _owners(apis: Apis, match: Json) -> Iterator[str]:
    """The APIs that have the operation."""
    wanted, operation_id = match.get("api"), match["operationId"]
    return (api.name for api in apis if wanted in (None, api.name) and operation_id in api.contract.operations)


def _operations(apis: Apis, match: Json) -> Iterator[Operation]:
    """The operation that is meant; OperationError if it cannot be served."""
    return (apis.api(name).contract.operation(match["operationId"]) for name in _owners(apis, match))


def _unasked(operation: Operation, match: Json, at: Place) -> Iterator[ValueFlaw]:
    """Parameters and a body that are asked for and that the operation does not take."""
    # headers are not looked at: clients send many that no document names
    places: Mapping[str, Where] = {"pathParameters": "path", "query": "query"}
    for member, where in places.items():
        known = [each.name for each in operation.parameters[where]]
        for name in match.get(member, {}):
            if name not in known and not (where == "query" and _may_be_called(operation, name)):
                expected = nearest(name, known) if known else "it has none"
                message = f"{operation.operation_id} has no {where} parameter {name!r}; {expected}"
                yield ValueFlaw((*at, member, name), message, "known", known, name)
    if "body" in match and operation.body is None:
        yield ValueFlaw((*at, "body"), f"{operation.operation_id} takes no body", "known")


def _may_be_called(operation: Operation, name: str) -> bool:
    """Whether a part of a query parameter may be called so, as the properties of an object are."""
    return any(
        name.startswith(f"{each.name}[") or each.validator.accepts({}) or each.validator.accepts({name: ""})
        for each in operation.parameters["query"]
    )


def _status(operation: Operation, given: Json) -> int:
    return int(given["status"]) if "status" in given else status_of(answered(operation))


def _undocumented(operation: Operation, status: int, given: Json, within: Place) -> Iterator[ValueFlaw]:
    """Where the answer is none that the document has."""
    response = operation.response(status)
    if response is None:
        known = [*operation.responses]
        message = f"{operation.operation_id} documents no {status}, but {', '.join(known)}"
        yield ValueFlaw((*within, "status"), message, "documented", known, status)
        return
    yield from _wrong_headers(response, given.get("headers", ()), (*within, "headers"))
    if "example" in given:
        yield from _wrong_example(operation, response, given, within)
    else:
        yield from _wrong_body(response, given.get("body", ABSENT), (*within, "body"))


def _wrong_example(operation: Operation, response: Response, given: Json, within: Place) -> Iterator[ValueFlaw]:
    name, known = given["example"], [*response.examples]
    if "body" in given:
        yield ValueFlaw((*within, "example"), "is the body: omit one of both", "oneOf", received=name)
    elif name not in known:
        answer = f"the {response.status} of {operation.operation_id}"
        message = f"{answer} has no example {name!r}; expected {', '.join(known) or 'none'}"
        yield ValueFlaw((*within, "example"), message, "documented", known, name)
    else:
        yield from _wrong_body(response, response.examples[name], (*within, "example"))


def _wrong_body(response: Response, body: Any, at: Place) -> Iterator[ValueFlaw]:
    if not response.media:
        if body is not ABSENT:
            yield ValueFlaw(at, f"must not be there: the {response.status} is documented without one", "documented")
    elif body is ABSENT:
        if not response.accepts(None):
            yield ValueFlaw(at, f"is required: the {response.status} is documented with one", "required")
    elif not response.accepts(body):
        for each in response.media[0].validator.violations(body, "body"):
            yield ValueFlaw((*at, *each.path), each.message, each.keyword, each.expected, each.received)


def _wrong_headers(response: Response, given: Iterable[Json], at: Place) -> Iterator[ValueFlaw]:
    sent = {each["name"].lower(): (number, each["value"]) for number, each in enumerate(given)}
    for name in OWN:
        if name in sent:
            yield ValueFlaw((*at, sent[name][0], "name"), f"{name} is set by the server", "known", received=name)
    values = {name: [value] for name, (_, value) in sent.items()}
    for header in response.headers:
        violations: list[Violation] = []
        header.decode(values, violations)
        number = sent.get(header.name.lower(), (None,))[0]
        place = at if number is None else (*at, number, "value")
        for each in violations:
            yield ValueFlaw(place, f"{header.name} {each.message}", each.keyword, each.expected, each.received)


def _texts(values: Json) -> dict[str, str]:
    """Values as a URL has them: true in small letters, numbers as digits."""
    return {name: value_text(each) for name, each in values.items()}


def _filled(**members: Any) -> dict[str, Any]:
    """The members that say something."""
    return {name: value for name, value in members.items() if value not in (None, {}, [])}
