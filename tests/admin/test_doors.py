"""Every act on a world, through HTTP and through Python with the same values: the same happens, the same is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.errors import MockServerError, WorldError
from mockserver.mock import Mock
from mockserver.runtime.faults import Delay
from tests.admin.doors import Act, Json, in_python, over_http

LISTS, FIRST = "workshop.lists", "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
ABSENT = "00000000-0000-4000-8000-000000000000"
EURO = "5 €"


@pytest.fixture(scope="module")
def serving() -> Iterator[MockServer]:
    with MockServer(["workshop", "crm"]) as server:
        yield server


@pytest.fixture
def mocks(serving: MockServer) -> Iterator[tuple[Mock, Mock]]:
    """A world for each door."""
    with serving.mock("http") as one, serving.mock("python") as other:
        yield one, other


def nested(levels: int) -> Json:
    value: Json = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


def fault(rule: Json, *names: str, **arguments: Any) -> Act:
    return Act("POST", "/faults", rule, lambda mock: mock.fault(*names, **arguments))


def respond(**more: Any) -> Json:
    return {"reply": {"kind": "respond", "status": 500, **more}}


def headers(*pairs: tuple[str, Any]) -> Json:
    return respond(headers=[{"name": name, "value": value} for name, value in pairs])


CLOSE: Json = {"damage": {"kind": "close"}}

FAULTS: dict[str, Act] = {
    "a fixed delay": fault({"delay": {"kind": "fixed", "seconds": 0.5}}, delay=0.5),
    "the longest delay": fault({"delay": {"kind": "fixed", "seconds": 60}}, delay=60),
    "a delay too long": fault({"delay": {"kind": "fixed", "seconds": 60.001}}, delay=60.001),
    "a negative delay": fault({"delay": {"kind": "fixed", "seconds": -1}}, delay=-1),
    "a delay that is true": fault({"delay": {"kind": "fixed", "seconds": True}}, delay=True),
    "a delay between": fault({"delay": {"kind": "uniform", "from": 1, "to": 5}}, delay=(1, 5)),
    "a delay from 5 to 1": fault({"delay": {"kind": "uniform", "from": 5, "to": 1}}, delay=(5, 1)),
    "the same as an object": fault({"delay": {"kind": "uniform", "from": 5, "to": 1}}, delay=Delay("uniform", 5, 1)),
    "a lognormal delay": fault(
        {"delay": {"kind": "lognormal", "median": 1, "sigma": 0.5}}, delay=Delay("lognormal", 1, 0.5)
    ),
    "a sigma too large": fault(
        {"delay": {"kind": "lognormal", "median": 1, "sigma": 6}}, delay=Delay("lognormal", 1, 6)
    ),
    "a delay of no kind": fault({"delay": {"kind": "never"}}, delay={"kind": "never"}),
    "nothing": fault({}),
    "only a match": fault({"match": {"method": "GET"}}, method="get"),
    "fuzzing": Act(
        "POST",
        "/faults",
        {"match": {"api": "workshop", "operationId": "list_lists"}, "reply": {"kind": "fuzz"}, "times": 3},
        lambda mock: mock.fuzz("workshop.list_lists", times=3),
    ),
    "fuzzing with a status": fault({"reply": {"kind": "fuzz", "status": 200}}, reply={"kind": "fuzz", "status": 200}),
    "fuzzing an operation that there is not": Act(
        "POST",
        "/faults",
        {"match": {"api": "workshop", "operationId": "nope"}, "reply": {"kind": "fuzz"}},
        lambda mock: mock.fault(reply={"kind": "fuzz"}, api="workshop", operation_id="nope"),
    ),
    "a documented status": fault(
        {"match": {"api": "workshop", "operationId": "create_list"}, "reply": {"kind": "documented", "status": 409}},
        "workshop.create_list",
        status=409,
    ),
    "an undocumented status": fault(
        {"match": {"operationId": "create_list"}, "reply": {"kind": "documented", "status": 418}},
        "create_list",
        status=418,
    ),
    "an undocumented server error": fault(
        {"match": {"operationId": "create_list"}, "reply": {"kind": "documented", "status": 503}},
        "create_list",
        status=503,
    ),
    "an undocumented status of no operation": fault({"reply": {"kind": "documented", "status": 418}}, status=418),
    "an unknown example": fault(
        {"match": {"operationId": "create_list"}, "reply": {"kind": "documented", "status": 409, "example": "no"}},
        "create_list",
        status=409,
        example="no",
    ),
    "an unknown example of a limit": fault(
        {"match": {"operationId": "create_list"}, "reply": {"kind": "tooManyRequests", "status": 429, "example": "no"}},
        "create_list",
        status=429,
        example="no",
    ),
    "an example too long": fault(
        {"reply": {"kind": "documented", "status": 500, "example": "e" * 201}}, status=500, example="e" * 201
    ),
    "an unknown operation": fault({"match": {"operationId": "create_lst"}, **CLOSE}, "create_lst", damage="close"),
    "an operation of another API": fault(
        {"match": {"api": "crm", "operationId": "create_list"}, **CLOSE}, "crm.create_list", damage="close"
    ),
    "an unknown API": fault({"match": {"api": "workshp"}, **CLOSE}, api="workshp", damage="close"),
    "two unknown names": fault(
        {"match": {"api": "workshp", "operationId": "nope"}, **CLOSE}, "nope", api="workshp", damage="close"
    ),
    "an operation that is a number": fault({"match": {"operationId": 5}, **CLOSE}, 5, damage="close"),  # type: ignore[arg-type]  # wrong
    "a method": fault({"match": {"method": "PATCH"}, **CLOSE}, method="patch", damage="close"),
    "an unknown method": fault({"match": {"method": "CONNECT"}, **CLOSE}, method="CONNECT", damage="close"),
    "a path": fault({"match": {"path": "/v1/*"}, **CLOSE}, path="/v1/*", damage="close"),
    "a path of 1,000 characters": fault({"match": {"path": "/" * 1000}, **CLOSE}, path="/" * 1000, damage="close"),
    "a path of 1,500 characters": fault({"match": {"path": "/" * 1500}, **CLOSE}, path="/" * 1500, damage="close"),
    "a path that is no text": fault({"match": {"path": 5}, **CLOSE}, path=5, damage="close"),
    "request headers": fault(
        {"match": {"headers": {"X-A": EURO}}, **CLOSE}, request_headers={"X-A": EURO}, damage="close"
    ),
    "request headers too long": fault(
        {"match": {"headers": {"x": "y" * 1001}}, **CLOSE}, request_headers={"x": "y" * 1001}, damage="close"
    ),
    "too many request headers": fault(
        {"match": {"headers": {f"x-{n}": "" for n in range(51)}}, **CLOSE},
        request_headers={f"x-{n}": "" for n in range(51)},
        damage="close",
    ),
    "request headers that are a list": fault(
        {"match": {"headers": ["x"]}, **CLOSE}, request_headers=["x"], damage="close"
    ),
    "nth": fault({"nth": 3, **CLOSE}, nth=3, damage="close"),
    "nth 0": fault({"nth": 0, **CLOSE}, nth=0, damage="close"),
    "nth beyond what JSON counts exactly": fault({"nth": 2**53, **CLOSE}, nth=2**53, damage="close"),
    "times 1.5": fault({"times": 1.5, **CLOSE}, times=1.5, damage="close"),
    "times 2.0": fault({"times": 2.0, **CLOSE}, times=2.0, damage="close"),
    "a probability": fault({"probability": 0.25, **CLOSE}, probability=0.25, damage="close"),
    "a probability of 2": fault({"probability": 2, **CLOSE}, probability=2, damage="close"),
    "a probability that is no number": fault({"probability": "1"} | CLOSE, probability="1", damage="close"),
    "a limit": fault({"rateLimit": {"requests": 5, "seconds": 1.0}}, limit=(5, 1.0)),
    "a limit of too many": fault({"rateLimit": {"requests": 100_001, "seconds": 1}}, limit=(100_001, 1)),
    "a limit of no time": fault({"rateLimit": {"requests": 5, "seconds": 0}}, limit=(5, 0)),
    "a limit that is no number": fault({"rateLimit": {"requests": "5", "seconds": 1}}, limit=("5", 1)),
    "a limit with a damage": fault({"rateLimit": {"requests": 5, "seconds": 1}, **CLOSE}, limit=(5, 1), damage="close"),
    "a status": fault({"reply": {"kind": "documented", "status": 500}}, status=500),
    "a status too low": fault({"reply": {"kind": "documented", "status": 199}}, status=199),
    "a status too high": fault({"reply": {"kind": "documented", "status": 600}}, status=600),
    "a status that is text": fault({"reply": {"kind": "documented", "status": "500"}}, status="500"),
    "retry-after": fault({"reply": {"kind": "tooManyRequests", "retryAfter": 7}}, retry_after=7),
    "retry-after for a day": fault({"reply": {"kind": "tooManyRequests", "retryAfter": 86_400}}, retry_after=86_400),
    "retry-after for longer": fault({"reply": {"kind": "tooManyRequests", "retryAfter": 86_401}}, retry_after=86_401),
    "retry-after of a half": fault({"reply": {"kind": "tooManyRequests", "retryAfter": 0.5}}, retry_after=0.5),
    "a body": fault(respond(body={"a": [1, None, "é\x00"]}), body={"a": [1, None, "é\x00"]}),
    "no body": fault(respond(body=None, status=418), body=None, status=418),
    "a body of a large number": fault(respond(body=10**30), body=10**30),
    "a body with retry-after": fault(respond(retryAfter=3, body="down"), retry_after=3, body="down"),
    "a deep body": fault(respond(body=nested(98)), body=nested(98)),
    "a body too deep": fault(respond(body=nested(99)), body=nested(99)),
    "a header": fault(headers(("X-A", "b")), headers={"X-A": "b"}),
    "a Latin-1 header": fault(headers(("X-City", "Zürich\t~")), headers={"X-City": "Zürich\t~"}),
    "a header beyond Latin-1": fault(headers(("X-Price", EURO)), headers={"X-Price": EURO}),
    "a header of two lines": fault(headers(("X-A", "a\r\nset-cookie: b")), headers={"X-A": "a\r\nset-cookie: b"}),
    "a header with NUL": fault(headers(("X-A", "\x00")), headers={"X-A": "\x00"}),
    "a header's name of two words": fault(headers(("X A", "b")), headers={"X A": "b"}),
    "a header without a name": fault(headers(("", "b")), headers={"": "b"}),
    "a header's name in Latin-1": fault(headers(("x-é", "b")), headers={"x-é": "b"}),
    "a header's name too long": fault(headers(("x" * 101, "b")), headers={"x" * 101: "b"}),
    "a header too long": fault(headers(("x", "b" * 1001)), headers={"x": "b" * 1001}),
    "a header that is a number": fault(headers(("x", 3)), headers={"x": 3}),
    "one header twice": fault(headers(("X-A", "1"), ("x-a", "2")), headers={"X-A": "1", "x-a": "2"}),
    "one header twice and too long": fault(
        headers(("X-A", "a" * 600), ("x-a", "b" * 600)), headers={"X-A": "a" * 600, "x-a": "b" * 600}
    ),
    "too many headers": fault(headers(*((f"x-{n}", "") for n in range(51))), headers={f"x-{n}": "" for n in range(51)}),
    "a damage": fault(CLOSE, damage="close"),
    "a damage of no kind": fault({"damage": {"kind": "explode"}}, damage="explode"),
    "a damage that is a number": fault({"damage": {"kind": 3}}, damage=3),
    "a slow drip": fault({"damage": {"kind": "drip", "bytesPerSecond": 1}}, damage="drip", rate=1),
    "the fastest drip": fault({"damage": {"kind": "drip", "bytesPerSecond": 10**6}}, damage="drip", rate=10**6),
    "a drip too fast": fault({"damage": {"kind": "drip", "bytesPerSecond": 2_000_000}}, damage="drip", rate=2_000_000),
    "a rate of no drip": fault({"damage": {"kind": "close", "bytesPerSecond": 7}}, damage="close", rate=7),
    "a rate too high of no drip": fault(
        {"damage": {"kind": "close", "bytesPerSecond": 2_000_000}}, damage="close", rate=2_000_000
    ),
}


def stub(given: Json, *names: Any, **arguments: Any) -> Act:
    return Act("POST", "/stubs", given, lambda mock: mock.stub(*names, **arguments))


GONE: Json = {"error": "List not found"}


def of(match: Json, **more: Any) -> Json:
    """A stub of one operation that answers 404."""
    return {"match": {"api": "workshop", "operationId": "get_list", **match}, "status": 404, "body": GONE, **more}


STUBS: dict[str, Act] = {
    "an answer": stub(of({}), "workshop.get_list", GONE, status=404),
    "by path": stub(of({"pathParameters": {"id": "3*"}}), "workshop.get_list", GONE, status=404, path={"id": "3*"}),
    "by an unknown path parameter": stub(
        of({"pathParameters": {"list": 3}}), "workshop.get_list", GONE, status=404, path={"list": 3}
    ),
    "by query": stub(
        {"match": {"api": "workshop", "operationId": "list_lists", "query": {"limit": 5}}, "example": "documented"},
        "workshop.list_lists",
        query={"limit": 5},
        example="documented",
    ),
    "by an unknown query parameter": stub(
        of({"query": {"limt": True}}), "workshop.get_list", GONE, status=404, query={"limt": True}
    ),
    "by a query that is a list": stub(of({"query": ["a"]}), "workshop.get_list", GONE, status=404, query=["a"]),
    "by headers": stub(
        of({"headers": {"X-A": EURO}}), "workshop.get_list", GONE, status=404, request_headers={"X-A": EURO}
    ),
    "by a body": stub(
        {
            "match": {"api": "workshop", "operationId": "create_list", "body": {"title": "x"}},
            "status": 409,
            "body": {"error": "taken"},
        },
        "workshop.create_list",
        {"error": "taken"},
        status=409,
        request_body={"title": "x"},
    ),
    "by a body of an operation without one": stub(
        of({"body": None}), "workshop.get_list", GONE, status=404, request_body=None
    ),
    "an unknown operation": stub({"match": {"operationId": "get_lst"}}, "get_lst"),
    "an operation of two APIs": stub({"match": {"operationId": "get_list"}}, "get_list"),
    "an undocumented status": stub(of({}, status=418), "workshop.get_list", GONE, status=418),
    "a status too high": stub(of({}, status=700), "workshop.get_list", GONE, status=700),
    "a broken body": stub(of({}, status=200), "workshop.get_list", GONE),
    "no body": stub({"match": {"api": "workshop", "operationId": "get_list"}}, "workshop.get_list"),
    "a body where there is none": stub(
        {"match": {"api": "workshop", "operationId": "delete_list"}, "status": 204, "body": GONE},
        "workshop.delete_list",
        GONE,
        status=204,
    ),
    "an unknown example": stub(
        {"match": {"api": "crm", "operationId": "get_list"}, "example": "no"}, "crm.get_list", example="no"
    ),
    "an example and a body": stub(of({}, example="nope"), "workshop.get_list", GONE, status=404, example="nope"),
    "a header of the server": stub(
        of({}, headers=[{"name": "Content-Length", "value": "3"}]),
        "workshop.get_list",
        GONE,
        status=404,
        headers={"Content-Length": "3"},
    ),
    "a header that is a number": stub(
        of({}, headers=[{"name": "X-A", "value": 3}]), "workshop.get_list", GONE, status=404, headers={"X-A": 3}
    ),
    "nth": stub(of({}, nth=2), "workshop.get_list", GONE, status=404, nth=2),
    "nth 0": stub(of({}, nth=0), "workshop.get_list", GONE, status=404, nth=0),
    "times": stub(of({}, times=2.0), "workshop.get_list", GONE, status=404, times=2.0),
    "a probability": stub(of({}, probability=0.5), "workshop.get_list", GONE, status=404, probability=0.5),
    "a probability of 2": stub(of({}, probability=2), "workshop.get_list", GONE, status=404, probability=2),
    "a body too deep": stub(of({}, body=nested(99)), "workshop.get_list", nested(99), status=404),
}

CLOCK: dict[str, Act] = {
    "freeze at a time": Act(
        "POST", "/clock/freeze", {"at": "2026-04-22T12:00:00+02:00"}, lambda mock: mock.freeze("2026-04-22T12:00+02:00")
    ),
    "freeze at the earliest": Act(
        "POST", "/clock/freeze", {"at": "1970-01-01T00:00:00Z"}, lambda mock: mock.freeze("1970-01-01")
    ),
    "freeze before": Act(
        "POST", "/clock/freeze", {"at": "1969-12-31T23:59:59Z"}, lambda mock: mock.freeze("1969-12-31T23:59:59Z")
    ),
    "freeze before all time": Act(
        "POST", "/clock/freeze", {"at": "0001-01-01T00:00:00+10:00"}, lambda mock: mock.freeze("0001-01-01T00:00+10:00")
    ),
    "freeze too late": Act(
        "POST", "/clock/freeze", {"at": "3000-01-01T00:00:00Z"}, lambda mock: mock.freeze("3000-01-01")
    ),
    "advance": Act("POST", "/clock/advance", {"seconds": 3600}, lambda mock: mock.advance(hours=1)),
    "advance by an instant": Act("POST", "/clock/advance", {"seconds": 1e-6}, lambda mock: mock.advance(1e-6)),
    "put back": Act("POST", "/clock/advance", {"seconds": -1000}, lambda mock: mock.advance(-1000)),
    "advance too far": Act("POST", "/clock/advance", {"seconds": 5e10}, lambda mock: mock.advance(5e10)),
    "advance farther": Act("POST", "/clock/advance", {"seconds": 2e11}, lambda mock: mock.advance(2e11)),
    "set": Act(  # Python has no word of its own for it: its clock is frozen here, and stays so
        "POST", "/clock/set", {"now": "2027-01-01T00:00:00Z"}, lambda mock: mock.freeze("2027-01-01")
    ),
    "resume": Act("POST", "/clock/resume", None, lambda mock: mock.resume()),
    "reset": Act("POST", "/worlds/{name}/reset", None, lambda mock: mock.reset()),
}


def replacing(given: Any) -> Act:
    return Act("PUT", "/state", given, lambda mock: mock.state.replace(given))


def patching(given: Any) -> Act:
    return Act("PATCH", "/state", given, lambda mock: mock.state.patch(given))


NEW = {"id": ABSENT, "external_id": "new", "title": "New", "list_type": "standard"}

RECORDS: dict[str, Act] = {
    "replace by nothing": replacing({"workshop.memberships": [], LISTS: []}),
    "replace what others refer to": replacing({LISTS: []}),
    "replace no collection": replacing({"workshop.shelves": []}),
    "replace by a broken record": replacing({LISTS: [{"id": 5}]}),
    "replace by the same twice": replacing({"crm.tasks": [], LISTS: [NEW, NEW]}),
    "replace by no list": replacing({LISTS: {}}),
    "replace by text": replacing({LISTS: "x"}),
    "replace by no records": replacing({LISTS: [3, None]}),
    "replace by a list of nothing": replacing([]),
    "replace what is needed": replacing({"crm.users": []}),
    "patch a field": patching({LISTS: {FIRST: {"title": "Patched"}}}),
    "patch a field with a broken value": patching({LISTS: {FIRST: {"title": 5, "more": 1}}}),
    "patch with no object": patching({LISTS: {FIRST: 5}}),
    "patch a key": patching({LISTS: {FIRST: {"id": ABSENT}}}),
    "patch no record": patching({LISTS: {ABSENT: {}}}),
    "delete no record": patching({LISTS: {ABSENT: None}}),
    "delete what others refer to": patching({LISTS: {FIRST: None}}),
    "patch no collection": patching({"workshop.shelves": {}}),
    "patch a list": patching({LISTS: []}),
    "patch too deep": patching({LISTS: {FIRST: nested(99)}}),
}

ACTS = {
    f"{kind}: {name}": act
    for kind, acts in (("fault", FAULTS), ("stub", STUBS), ("clock", CLOCK), ("records", RECORDS))
    for name, act in acts.items()
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_both_doors_do_and_say_the_same(mocks: tuple[Mock, Mock], act: Act) -> None:
    """Whether it is refused, what is wrong with it and where, and how the world stands then, which survives as JSON."""
    one, other = mocks
    act = Act(act.method, act.path.format(name=one.name), act.body, act.python)
    for mock in mocks:
        mock.freeze("2026-04-22T10:00:00Z")

    told, said = over_http(one, act), in_python(other, act)
    rules, stubs = other.world.faults, other.world.stubs
    exported = other.state.export()
    one.state.load(exported)

    assert said == told
    assert one.state.export() == exported
    assert one.world.faults == rules
    assert one.world.stubs == stubs


def change_version(exported: Json) -> Json:
    return {**exported, "version": 2}


def drop_a_collection(exported: Json) -> Json:
    return {**exported, "collections": {name: each for name, each in exported["collections"].items() if name != LISTS}}


def spoil_a_record(exported: Json) -> Json:
    lists = [{**exported["collections"][LISTS][0], "title": 5}, *exported["collections"][LISTS][1:]]
    return {**exported, "collections": {**exported["collections"], LISTS: lists}}


def with_rules(*rules: Json) -> Callable[[Json], Json]:
    return lambda exported: {**exported, "faults": list(rules)}


def with_stubs(*stubs: Json) -> Callable[[Json], Json]:
    return lambda exported: {**exported, "stubs": list(stubs)}


EXPORTS: dict[str, Callable[[Json], Any]] = {
    "as it is": dict,
    "of a release without stubs": lambda exported: {name: each for name, each in exported.items() if name != "stubs"},
    "with a stub": with_stubs({"id": "a", **of({})}),
    "with a stub twice": with_stubs({"id": "a", **of({})}, {"id": "a", **of({})}),
    "with a stub for nothing": with_stubs({"id": "a", "match": {"operationId": "nope"}}),
    "with a stub that breaks the contract": with_stubs({"id": "a", **of({}, status=200)}),
    "with a stub without an id": with_stubs(of({})),
    "of another version": change_version,
    "without a collection": drop_a_collection,
    "with a broken record": spoil_a_record,
    "with a seed too large": lambda exported: {**exported, "seed": 2**63},
    "with a clock out of reach": lambda exported: {**exported, "clock": {"frozenAt": None, "offset": -1e11}},
    "with a rule that does nothing": with_rules({"id": "a"}),
    "with a rule twice": with_rules({"id": "a", **CLOSE}, {"id": "a", **CLOSE}),
    "with a reversed delay": with_rules({"id": "a", "delay": {"kind": "uniform", "from": 5, "to": 1}}),
    "with a rule for nothing": with_rules({"id": "a", "match": {"operationId": "nope"}, **CLOSE}),
    "with an undocumented answer": with_rules(
        {"id": "a", "match": {"operationId": "create_list"}, "reply": {"kind": "documented", "status": 418}}
    ),
    "with too many rules": with_rules(*({"id": f"r{n}", **CLOSE} for n in range(1_001))),
    "that is a list": lambda _: [],
    "that is null": lambda _: None,
}


@pytest.mark.parametrize("change", EXPORTS.values(), ids=EXPORTS)
def test_both_doors_load_the_same(mocks: tuple[Mock, Mock], change: Callable[[Json], Any]) -> None:
    """An exported world is taken or refused alike, but for the version, of which Python says what to do."""
    one, other = mocks
    given = change(one.state.export())
    act = Act("POST", "/import", given, lambda mock: mock.state.load(given))

    told, said = over_http(one, act), in_python(other, act)

    assert (said.refused, said.world) == (told.refused, told.world)
    if not isinstance(given, dict) or given["version"] == 1:
        assert said.flaws == told.flaws or not isinstance(given, dict)


ASKED: dict[str, tuple[Json, dict[str, Any]]] = {
    "anything": ({}, {}),
    "an operation": ({"api": "workshop", "operationId": "list_lists"}, {"operation_id": "workshop.list_lists"}),
    "a method": ({"method": "GET"}, {"method": "get"}),
    "an unknown method": ({"method": "CONNECT"}, {"method": "connect"}),
    "an unknown operation": ({"operationId": "nope"}, {"operation_id": "nope"}),
    "an unknown API": ({"api": "nope"}, {"api": "nope"}),
    "a path": ({"path": "/v1/*"}, {"path": "/v1/*"}),
    "a path too long": ({"path": "/" * 1001}, {"path": "/" * 1001}),
    "a status": ({"status": 200}, {"status": 200}),
    "a status too high": ({"status": 600}, {"status": 600}),
    "a status in text": ({"status": "200"}, {"status": "200"}),
    "a query": ({"query": {"limit": "5"}}, {"query": {"limit": 5}}),
    "a query that is text": ({"query": "limit=5"}, {"query": "limit=5"}),
    "a header": ({"headers": {"X-Mock-World": "e"}}, {"headers": {"X-Mock-World": "e"}}),
    "a header too long": ({"headers": {"x": "y" * 1001}}, {"headers": {"x": "y" * 1001}}),
    "a body": ({"body": {"a": 1}}, {"body": {"a": 1}}),
    "a body of null": ({"body": None}, {"body": None}),
    "a body too deep": ({"body": nested(100)}, {"body": nested(100)}),
}


@pytest.mark.parametrize(("expectation", "arguments"), ASKED.values(), ids=ASKED)
def test_both_doors_count_the_same(mocks: tuple[Mock, Mock], expectation: Json, arguments: dict[str, Any]) -> None:
    """The requests that came, and what cannot be asked for."""
    counted: list[int] = []
    for mock in mocks:
        mock.client.get("/v1/lists?limit=5", headers=mock.headers("workshop"))
    one, other = mocks
    act = Act("POST", "/verify", expectation, lambda mock: counted.append(mock.requests(**arguments).count))

    told, said = over_http(one, act), in_python(other, act)

    assert (said.refused, said.flaws) == (told.refused, told.flaws)
    if told.refused is None:
        assert one.client.post("/_mock/verify", json=expectation).json()["count"] == counted[0]


TIMES: dict[str, tuple[Json, dict[str, Any]]] = {
    "exactly": ({"exactly": 1}, {"times": 1}),
    "too many": ({"exactly": 2}, {"times": 2}),
    "none": ({"exactly": 0}, {"times": 0}),
    "at least": ({"atLeast": 1}, {"at_least": 1}),
    "at most": ({"atMost": 0}, {"at_most": 0}),
    "both": ({"atLeast": 1, "atMost": 3}, {"at_least": 1, "at_most": 3}),
    "what excludes itself": ({"atLeast": 2, "atMost": 1}, {"at_least": 2, "at_most": 1}),
    "less than none": ({"exactly": -1}, {"times": -1}),
    "a half": ({"atLeast": 0.5}, {"at_least": 0.5}),
}


@pytest.mark.parametrize(("expectation", "arguments"), TIMES.values(), ids=TIMES)
def test_both_doors_verify_the_same(mocks: tuple[Mock, Mock], expectation: Json, arguments: dict[str, Any]) -> None:
    """Whether so many came, and which numbers cannot be asked for."""
    verified: list[bool] = []
    for mock in mocks:
        mock.client.get("/v1/lists", headers=mock.headers("workshop"))
    one, other = mocks

    def called(mock: Mock) -> None:
        try:
            mock.requests("list_lists").assert_called(**arguments)
        except AssertionError:
            verified.append(False)
        else:
            verified.append(True)

    asked = {"operationId": "list_lists", **expectation}
    act = Act("POST", "/verify", asked, called)
    told, said = over_http(one, act), in_python(other, act)

    assert (said.refused, said.flaws) == (told.refused, told.flaws)
    if told.refused is None:
        assert one.client.post("/_mock/verify", json=asked).json()["verified"] is verified[0]


def test_both_doors_bring_a_snapshot_back_alike(mocks: tuple[Mock, Mock]) -> None:
    """Records, clock, ids and fault rules, whichever door took it."""
    one, other = mocks
    for mock in mocks:
        mock.freeze("2026-04-22T10:00:00Z")
        mock.fault(damage="close", path="/nowhere")
    one.client.post("/_mock/snapshots", json={"name": one.name})
    taken = other.snapshot()
    began = [mock.state.export() for mock in mocks]
    for mock in mocks:
        mock.state["workshop.memberships"] = []
        mock.advance(5)
        mock.fault(damage="reset")

    one.client.post(f"/_mock/snapshots/{one.name}/restore")
    other.restore(taken)

    assert [mock.state.export() for mock in mocks] == began
    one.client.delete(f"/_mock/snapshots/{one.name}")


def test_both_doors_compare_alike(mocks: tuple[Mock, Mock]) -> None:
    """The same is found to differ, and the same is a difference of nothing."""
    one, other = mocks
    taken = other.snapshot()
    one.client.post("/_mock/snapshots", json={"name": one.name})
    found = []
    for act in (lambda _: None, lambda mock: mock.state.patch({LISTS: {FIRST: {"title": "Patched"}}}), Mock.freeze):
        for mock in mocks:
            act(mock)
        references: dict[str, str | int] = {"left": f"snapshot:{one.name}", "right": one.name, "limit": 1000}
        told = one.client.get("/_mock/compare", params=references).json()
        found.append(({**told, "clock": None}, {**other.compare(taken).shown(), "clock": None}))
    one.client.delete(f"/_mock/snapshots/{one.name}")

    for told, said in found:
        assert {**said, "left": told["left"], "right": told["right"]} == told
    assert [told["same"] for told, _ in found] == [True, False, False]


def test_both_doors_lead_back_to_an_entry_alike(mocks: tuple[Mock, Mock]) -> None:
    """A fork before it holds the same, and the request comes to the same there."""
    one, other = mocks
    for mock in mocks:
        for title in ("Sales", "Support"):
            path, headers = f"/v1/lists/{FIRST}", mock.headers("workshop")
            mock.client.patch(path, json={"title": title}, headers=headers)
    one.client.post("/_mock/worlds", json={"name": "then", "from": {"world": one.name, "entry": 2}})
    told = one.client.get("/_mock/export?world=then").json()
    said = other.at(2).state.export()
    replayed = one.client.post("/_mock/journal/2/replay").json()
    changed = one.client.get("/_mock/journal/2").json()["changes"]["records"]
    one.client.delete("/_mock/worlds/then")

    assert told["collections"] == said["collections"]
    assert replayed["replayed"]["status"] == other.replay(2).status == 200
    assert [(each["collection"], each["key"]) for each in changed] == [
        (each.collection, each.key) for each in other.changes(2)
    ]


@pytest.mark.parametrize("name", ["a b", "", "x" * 65, "-a", "ä", "a\n"])
def test_both_doors_refuse_the_same_names(serving: MockServer, mocks: tuple[Mock, Mock], name: str) -> None:
    """Of a world."""
    with pytest.raises(WorldError) as refused:
        serving.world(name)

    assert refused.value.kind == "invalid"
    assert mocks[0].client.post("/_mock/worlds", json={"name": name}).status_code == 400


@pytest.mark.parametrize("name", ["lists", "workshop.shelves", "crm.list"])
def test_both_doors_know_the_same_collections(mocks: tuple[Mock, Mock], name: str) -> None:
    """One that is none is unknown to both, and both say what there is."""
    one, other = mocks
    with pytest.raises(WorldError) as refused:
        other.state[name]
    answer = one.client.get(f"/_mock/state/{name}")

    assert (answer.status_code, refused.value.kind) == (404, "unknown")
    assert answer.json()["detail"].lower() == str(refused.value).lower()


def test_both_doors_know_the_same_apis(mocks: tuple[Mock, Mock]) -> None:
    """One that is not served is unknown to both, and both say what is."""
    one, other = mocks
    with pytest.raises(WorldError) as refused:
        other.credential("workshp")
    answer = one.client.get("/_mock/apis/workshp")

    assert (answer.status_code, refused.value.kind) == (404, "unknown")
    assert answer.json()["detail"].lower() == str(refused.value).lower()


def test_a_world_has_so_many_rules_and_no_more(mocks: tuple[Mock, Mock]) -> None:
    """The rule beyond is refused by both doors in the same words, and what there is survives as JSON."""
    one, other = mocks
    for mock in mocks:
        exported = mock.state.export()
        mock.state.load({**exported, "faults": [{"id": f"r{n}", **CLOSE} for n in range(1_000)]})
    answer = one.client.post("/_mock/faults", json=CLOSE)
    with pytest.raises(MockServerError) as refused:
        other.fault(damage="close")
    other.state.load(other.state.export())

    assert answer.status_code == 409
    assert answer.json()["detail"].lower() == str(refused.value).lower()
    assert len(other.world.faults) == 1_000


def test_rules_from_both_doors_have_names_of_their_own(mocks: tuple[Mock, Mock]) -> None:
    """A rule that HTTP calls as Python would have called its next does not take its place."""
    one, _ = mocks
    one.client.post("/_mock/faults", json={"id": "mock-1", **CLOSE})
    fault = one.fault(damage="reset", path="/nowhere")

    assert [rule.id for rule in one.world.faults] == ["mock-1", "mock-2"]
    one.state.load(one.state.export())
    assert fault.fired == 0


def test_a_closed_world_is_not_there_for_http(serving: MockServer) -> None:
    """What a test drops is unknown to the control plane."""
    with serving.mock() as gone:
        pass
    answer: httpx.Response = gone.client.get(f"/_mock/worlds/{gone.name}")

    assert answer.status_code == 404
