"""Every state that a world can have, from whichever door it came, survives as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mockserver import MockServer
from mockserver.admin import files
from mockserver.errors import MockServerError
from mockserver.mock import Mock
from mockserver.runtime.faults import Delay
from tests.admin.test_rules import COUNTS, HEADERS, JSON, NAMES, SECONDS, STATUSES, TEXT

Step = Callable[[Mock], object]
Door = Callable[[Mock, str, pytest.TempPathFactory], None]

LIST = "3d4e06a3-544b-4cc7-924e-e077ef133cf6"
APIS = ("workshop", "crm")


def deep(levels: int) -> Any:
    value: Any = "bottom"
    for level in range(levels):
        value = {"a": value} if level % 2 else [value]
    return value


def some_of(members: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """An object of a few of the members: of all of them one would always be wrong."""
    names = st.lists(st.sampled_from(list(members)), min_size=1, max_size=4, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: members[name] for name in chosen}))


BODIES = JSON | st.none() | st.integers(-(10**40), 10**40) | st.sampled_from([deep(80), deep(90), deep(98), deep(99)])
LATIN_1 = st.text(st.characters(min_codepoint=9, max_codepoint=300), max_size=9)
TIMES = st.datetimes().map(lambda time: time.isoformat())
DELAYS = (
    st.fixed_dictionaries({"kind": st.just("fixed"), "seconds": SECONDS})
    | st.fixed_dictionaries({"kind": st.just("uniform"), "from": SECONDS, "to": SECONDS})
    | st.fixed_dictionaries({"kind": st.just("lognormal"), "median": SECONDS, "sigma": st.floats(0, 5)})
)
REPLIES = (
    st.fixed_dictionaries({"kind": st.just("documented"), "status": STATUSES})
    | st.fixed_dictionaries(
        {"kind": st.just("tooManyRequests")},
        optional={"status": STATUSES, "retryAfter": st.integers(1, 90_000) | st.just(7.0)},
    )
    | st.fixed_dictionaries(
        {"kind": st.just("respond"), "status": STATUSES},
        optional={
            "headers": st.lists(
                st.fixed_dictionaries({"name": st.sampled_from(["x-a", "X-A", "X-B"]), "value": LATIN_1}), max_size=4
            ),
            "body": BODIES,
        },
    )
    | st.just({"kind": "fuzz"})
)
RULES = some_of(
    {
        "id": NAMES | st.sampled_from(["mock-1", "mock-2", "fault-1", "fault-2"]),
        "match": st.fixed_dictionaries(
            {},
            optional={
                "api": st.sampled_from(APIS),
                "operationId": st.sampled_from(["list_lists", "create_list", "get_contact_list", "nope"]),
                "method": st.sampled_from(["GET", "POST", "CONNECT"]),
                "path": TEXT | st.sampled_from(["/" * 1000, "/" * 1500]),
                "headers": st.dictionaries(TEXT, TEXT, max_size=2),
            },
        ),
        "nth": COUNTS | st.just(2.0),
        "probability": st.floats(0, 1) | st.integers(0, 1),
        "times": COUNTS,
        "rateLimit": st.fixed_dictionaries({"requests": st.integers(1, 200_000), "seconds": st.floats(0.001, 90_000)}),
        "delay": DELAYS,
        "reply": REPLIES,
        "damage": st.fixed_dictionaries(
            {"kind": st.sampled_from(["close", "reset", "truncate", "malformed", "drip"])},
            optional={"bytesPerSecond": st.integers(1, 2_000_000)},
        ),
    },
)
ARGUMENTS = some_of(
    {
        "operation_id": st.sampled_from(["workshop.list_lists", "create_contact_list"]),
        "path": TEXT | st.just("/" * 1500),
        "request_headers": st.dictionaries(TEXT, TEXT, max_size=2),
        "nth": COUNTS | st.booleans(),
        "probability": st.floats(0, 1),
        "times": COUNTS | st.integers(2**53, 2**60),
        "limit": st.tuples(st.integers(1, 200_000), st.floats(0.001, 90_000)),
        "delay": SECONDS | st.tuples(SECONDS, SECONDS),
        "status": STATUSES,
        "retry_after": st.integers(1, 90_000),
        "body": BODIES | st.lists(st.tuples(TEXT, TEXT), max_size=2),
        "headers": HEADERS | st.dictionaries(st.sampled_from(["X-A", "x-a"]), LATIN_1),
        "damage": st.sampled_from(["close", "drip"]),
        "rate": st.integers(1, 2_000_000),
    },
)
CLOCKS = (
    st.tuples(st.just("/clock/freeze"), st.just({}) | st.fixed_dictionaries({"at": TIMES.map(lambda time: f"{time}Z")}))
    | st.tuples(st.just("/clock/set"), st.fixed_dictionaries({"now": TIMES.map(lambda time: f"{time}Z")}))
    | st.tuples(st.just("/clock/advance"), st.fixed_dictionaries({"seconds": st.floats(-1e11, 1e11)}))
    | st.tuples(st.just("/clock/resume"), st.none())
)
CHANGES = st.fixed_dictionaries(
    {}, optional={"title": TEXT, "list_type": st.sampled_from(["team", "none"]), "external_id": TEXT, "id": TEXT}
)
FILTERS = st.fixed_dictionaries(
    {"attribute_def": st.uuids().map(str), "value": BODIES}, optional={"operator": st.sampled_from(["eq", "any", "no"])}
)


def control(method: str, path: str, body: Any) -> Step:
    """A request to the control plane, in the world of a mock."""
    return lambda mock: mock.client.request(method, f"/_mock{path}", content=json.dumps(body), headers=JSON_BODY)


def call(method: str, path: str, body: Any) -> Step:
    """A request to an API, in the world of a mock; it waits for no fault rule."""

    def step(mock: Mock) -> object:
        headers = JSON_BODY | mock.headers("workshop")
        return mock.client.request(method, path, content=json.dumps(body), headers=headers, timeout=0.1)

    return step


JSON_BODY = {"Content-Type": "application/json"}

STEPS = st.one_of(
    RULES.map(lambda rule: control("POST", "/faults", {"delay": {"kind": "fixed", "seconds": 0}} | rule)),
    ARGUMENTS.map(lambda arguments: lambda mock: mock.fault(**{"delay": 0} | arguments)),
    CLOCKS.map(lambda clock: control("POST", *clock)),
    (TIMES | st.none()).map(lambda time: lambda mock: mock.freeze(time)),
    st.timedeltas().map(lambda step: lambda mock: mock.advance(step)),
    st.just(lambda mock: mock.resume()),
    CHANGES.map(lambda change: control("PATCH", "/state", {"workshop.lists": {LIST: change}})),
    CHANGES.map(lambda change: lambda mock: mock.state.patch({"workshop.lists": {LIST: change}})),
    st.just(control("PUT", "/state", {"workshop.memberships": [], "workshop.lists": []})),
    st.just(lambda mock: mock.state.replace({"crm.lists": []})),
    st.tuples(TEXT, TEXT).map(lambda texts: call("POST", "/v1/lists", {"external_id": texts[0], "title": texts[1]})),
    CHANGES.map(lambda change: call("PATCH", f"/v1/lists/{LIST}", change)),
    st.just(call("DELETE", f"/v1/lists/{LIST}", None)),
    st.tuples(TEXT, st.lists(FILTERS, max_size=2)).map(
        lambda given: call("POST", "/contacts/lists", {"name": given[0], "filters": given[1]})
    ),
    st.just(lambda mock: mock.reset()),
)
SEEDS = st.integers(-(2**65), 2**65) | st.booleans() | st.floats()


@pytest.fixture(scope="module")
def serving() -> Iterator[MockServer]:
    with MockServer(APIS) as server:
        yield server


SMALL: Any = {name: [] for name in ("workshop.memberships", "workshop.contacts", "crm.contacts")}
"""Collections that are emptied, as each example writes and reads whole worlds several times."""


def begun(server: MockServer, seed: Any) -> Mock:
    """A mock of that seed, or of none if there can be no such."""
    try:
        return server.mock("before", seed=seed, fixtures=SMALL)
    except MockServerError:
        return server.mock("before", fixtures=SMALL)


def _python(mock: Mock, text: str, _: pytest.TempPathFactory) -> None:
    mock.state.load(json.loads(text))


def _http(mock: Mock, text: str, _: pytest.TempPathFactory) -> None:
    answer = mock.client.post("/_mock/import", content=text, headers=JSON_BODY)
    assert answer.status_code == 200, answer.text


def _file(mock: Mock, text: str, paths: pytest.TempPathFactory) -> None:
    """As `mockserver serve --state FILE` begins."""
    path = paths.mktemp("worlds") / "world.json"
    path.write_text(text)
    _, world = files.begin(path, ())
    mock.restore(world.snapshot())


LONG = [{"name": "x-a", "value": "a" * 600}, {"name": "X-A", "value": "b" * 600}]
DEEP = {"name": "Deep", "filters": [{"attribute_def": "5b3c994e-7569-4df8-b8db-f37421a684f7", "value": deep(96)}]}


@settings(max_examples=60)
@given(seed=SEEDS, steps=st.lists(STEPS, max_size=8), door=st.sampled_from([_python, _http, _file]))
@example(seed=0, steps=[call("POST", "/contacts/lists", DEEP)], door=_http)
@example(seed=0, steps=[call("POST", "/contacts/lists", DEEP)], door=_file)
@example(
    seed=0,
    steps=[control("POST", "/faults", {"reply": {"kind": "respond", "status": 500, "headers": LONG}})],
    door=_python,
)
@example(
    seed=0,
    steps=[
        lambda mock: mock.fault(damage="close", path="/nowhere"),
        control("POST", "/faults", {"id": "mock-2", "damage": {"kind": "close"}, "match": {"path": "/nowhere"}}),
        lambda mock: mock.fault(damage="close", path="/nowhere"),
    ],
    door=_python,
)
@example(
    seed=0, steps=[lambda mock: mock.fault(reply={"kind": "respond", "status": 500, "body": deep(97)})], door=_http
)
@example(seed=0, steps=[lambda mock: mock.fault(delay=Delay("uniform", 5, 1))], door=_http)
@example(seed=0, steps=[lambda mock: mock.fault(damage="close", rate=7)], door=_file)
@example(seed=True, steps=[], door=_python)
@example(seed=2**64, steps=[], door=_http)
def test_every_world_survives_as_json(
    serving: MockServer, tmp_path_factory: pytest.TempPathFactory, seed: Any, steps: list[Step], door: Door
) -> None:
    """Whatever was done to it, or refused: its export makes the same world, through every door there is for it."""
    with begun(serving, seed) as mock, serving.mock("after", seed=1, fixtures=SMALL) as other:
        for step in steps:
            with suppress(MockServerError, httpx.HTTPError):  # refused, or cut off by a fault rule
                step(mock)
        mock.forgive()
        exported = mock.state.export()

        door(other, json.dumps(exported), tmp_path_factory)

        assert other.state.export() == exported
        assert other.world.faults == mock.world.faults
        assert (other.world.seed, other.world.ids.count) == (mock.world.seed, mock.world.ids.count)
