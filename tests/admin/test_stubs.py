"""Stubs: which requests they answer, with what, how often, and what is told of those that did not answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import MockServer
from mockserver.admin.apis import Apis
from mockserver.admin.stubbing import flaws
from mockserver.catalog import document_api
from mockserver.contract.document import Document
from mockserver.errors import FixtureError, WorldError
from mockserver.mock import Mock
from mockserver.world import World

Json = dict[str, Any]

DOCUMENT = """
openapi: 3.1.0
info: {title: Weather, version: "1"}
paths:
  /places/{place}/weather:
    get:
      operationId: get_weather
      parameters:
        - {name: place, in: path, required: true, schema: {type: string}}
        - {name: city, in: query, schema: {type: string}}
        - {name: filter, in: query, style: deepObject, schema: {type: object}}
      responses:
        "200":
          description: Now.
          headers:
            X-Station: {required: true, schema: {type: integer}}
          content:
            application/json:
              schema: {$ref: "#/components/schemas/Weather"}
              examples: {cold: {value: {temperature: -9}}, broken: {value: {temperature: cold}}}
        "404": {description: There is no such place.}
  /reports:
    post:
      operationId: report
      requestBody:
        content:
          application/json: {schema: {$ref: "#/components/schemas/Weather"}}
          application/x-www-form-urlencoded: {schema: {$ref: "#/components/schemas/Weather"}}
      responses:
        "201":
          description: Taken, and where it is.
          content:
            application/json: {schema: {type: object, properties: {href: {type: string, format: uri-reference}}}}
  /broken:
    put:
      operationId: broken
      parameters: [{name: a, in: query, style: bold, schema: {type: string}}]
      responses: {"200": {description: Done.}}
    get: {operationId: silent, responses: {}}
components:
  schemas:
    Weather:
      type: object
      required: [temperature]
      properties: {temperature: {type: integer}, note: {type: string}}
"""
STATION = {"X-Station": "7"}
WEATHER = "/places/Oslo/weather"


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("stubs") / "weather.yaml"
    file.write_text(DOCUMENT)
    return file


@pytest.fixture(scope="module")
def serving(document: Path) -> Iterator[MockServer]:
    with MockServer([str(document)]) as server:
        yield server


@pytest.fixture
def mock(serving: MockServer) -> Iterator[Mock]:
    with serving.mock() as opened:
        yield opened


MATCHES: dict[str, tuple[Json, str, bool]] = {
    "anything": ({}, WEATHER, True),
    "a query": ({"query": {"city": "Oslo"}}, f"{WEATHER}?city=Oslo", True),
    "more than the query": ({"query": {"city": "Oslo"}}, f"{WEATHER}?city=Oslofjord", False),
    "an encoded query": ({"query": {"city": "Å å"}}, f"{WEATHER}?city=%C3%85+%C3%A5", True),
    "a member of an object": ({"query": {"filter[a]": 1}}, f"{WEATHER}?filter[a]=1", True),
    "a path": ({"path": {"place": "Oslo"}}, WEATHER, True),
    "an encoded path": ({"path": {"place": "Å"}}, "/places/%C3%85/weather", True),
    "another path": ({"path": {"place": "Oslo"}}, "/places/Bergen/weather", False),
    "the beginning of a path": ({"path": {"place": "Os*"}}, WEATHER, True),
    "a header": ({"request_headers": {"X-Unit": "C"}}, WEATHER, False),
}


@pytest.mark.parametrize(("match", "target", "answers"), MATCHES.values(), ids=MATCHES)
def test_a_stub_answers_the_requests_that_match(mock: Mock, match: Json, target: str, answers: bool) -> None:
    """Parameters are compared whole and decoded."""
    stub = mock.stub("get_weather", {"temperature": 33}, headers=STATION, **match)

    mock.client.get(target)

    assert stub.answered == answers


BODIES: dict[str, tuple[Json, bool]] = {
    "JSON": ({"json": {"temperature": 5, "note": "dry"}}, True),
    "other JSON": ({"json": {"temperature": 6}}, False),
    "a form": ({"data": {"temperature": "5"}}, True),
    "more than the journal keeps": ({"json": {"temperature": 5, "note": "x" * 100_000}}, True),
    "none": ({}, False),
}


@pytest.mark.parametrize(("sent", "answers"), BODIES.values(), ids=BODIES)
def test_a_body_is_compared_as_the_value_that_the_operation_reads(mock: Mock, sent: Json, answers: bool) -> None:
    """Whatever its media type and size, and the explanation says the same of it."""
    stub = mock.stub("report", {"href": "/reports/1"}, request_body={"temperature": 5})

    mock.client.post("/reports", **sent)
    reasons = mock.client.get("/_mock/journal/1").json()["explain"]["stubs"]

    assert stub.answered == answers
    assert bool(reasons) is not answers


def test_the_answer_is_sent_as_a_handlers(mock: Mock) -> None:
    """Status, headers and body, with its links below the world; the journal says that a stub answered."""
    mock.stub("report", {"href": "/reports/1"}, headers={"X-Note": "a"})
    answer = mock.server.mock().client  # another world has no stub
    told = mock.client.post("/reports", json={"temperature": 1})
    prefixed = mock.client.post(f"{mock.url()}/reports", json={"temperature": 1})
    answer.post("/reports", json={"temperature": 1})

    assert (told.status_code, told.json(), told.headers["x-note"]) == (201, {"href": "/reports/1"}, "a")
    assert prefixed.json()["href"] in ("/reports/1", f"/_world/{mock.name}/reports/1")
    entry = mock.client.get("/_mock/journal/1").json()
    assert (entry["answeredBy"], entry["breach"], entry["faults"]) == ("stub mock-1", False, [])
    assert entry["explain"]["answer"] == "The stub 'mock-1' answered 201 in the place of report()."


def test_an_invalid_request_is_refused_as_ever(mock: Mock) -> None:
    """A stub stands in the place of the handler, behind validation."""
    stub = mock.stub("report", {})
    with mock.expect_violations("invalid"):
        answer = mock.client.post("/reports", json={"temperature": "warm"})

    explained = mock.client.get("/_mock/journal/1").json()["explain"]["stubs"]
    assert (answer.status_code, stub.answered) == (400, 0)
    assert explained == [{"id": "mock-1", "reasons": ["it matches, but the request was rejected before (invalid)"]}]


def test_the_last_stub_is_asked_first_and_leaves_the_rest_when_used_up(mock: Mock) -> None:
    """A test's own stub goes before an earlier one, so many times."""
    mock.stub("get_weather", {"temperature": 1}, headers=STATION)
    mock.stub("get_weather", {"temperature": 2}, headers=STATION, times=2)

    assert [mock.client.get(WEATHER).json()["temperature"] for _ in range(3)] == [2, 2, 1]
    explained = [mock.client.get(f"/_mock/journal/{n}").json()["explain"]["stubs"] for n in (1, 3)]
    assert explained == [
        [{"id": "mock-1", "reasons": ["it matches, but the stub 'mock-2', made later, was asked first"]}],
        [{"id": "mock-2", "reasons": ["it matches, but the stub 'mock-1', made later, was asked first"]}],
    ]


def test_nth_and_probability(mock: Mock) -> None:
    """The nth request only; by chance, drawn from the seed."""
    nth = mock.stub("get_weather", {"temperature": 1}, headers=STATION, nth=2)
    asked = [mock.client.get(WEATHER).json() == {"temperature": 1} for _ in range(3)]
    nth.remove()
    chance = mock.stub("get_weather", {"temperature": 1}, headers=STATION, probability=0.5)
    for _ in range(50):
        mock.client.get(WEATHER)

    assert asked == [False, True, False]
    assert 10 < chance.answered < 40


MISSES: dict[str, tuple[Json, str, str]] = {
    "query": ({"query": {"city": "Oslo"}}, f"{WEATHER}?city=Bergen", "query city: expected 'Oslo', got 'Bergen'"),
    "path": ({"path": {"place": "Bergen"}}, WEATHER, "path place: expected 'Bergen', got 'Oslo'"),
    "header": ({"request_headers": {"X-A": "b"}}, WEATHER, "header X-A: expected 'b' in it, got nothing"),
    "times": ({"nth": 2}, WEATHER, "it matches, but answers only: nth 2"),
}


@pytest.mark.parametrize(("match", "target", "reason"), MISSES.values(), ids=MISSES)
def test_the_journal_says_why_a_stub_did_not_answer(mock: Mock, match: Json, target: str, reason: str) -> None:
    """In the words of the one matcher."""
    mock.stub("get_weather", {"temperature": 1}, headers=STATION, **match)
    mock.client.get(target)

    assert mock.client.get("/_mock/journal/1").json()["explain"]["stubs"] == [{"id": "mock-1", "reasons": [reason]}]


def test_a_fault_goes_before_a_stub(mock: Mock) -> None:
    """And the journal says so; a stub that came later than the request says that."""
    mock.stub("get_weather", {"temperature": 1}, headers=STATION)
    with mock.fault("get_weather", status=503, body="down"):
        mock.client.get(WEATHER)
    mock.reset()
    mock.client.get(WEATHER)
    mock.stub("get_weather", {"temperature": 1}, headers=STATION)

    assert mock.client.get("/_mock/journal/1").json()["explain"]["stubs"] == [
        {"id": "mock-1", "reasons": ["it matches, and was made after the request"]}
    ]


def test_a_fault_that_answered_is_named(mock: Mock) -> None:
    """Where a stub matched."""
    mock.stub("get_weather", {"temperature": 1}, headers=STATION)
    mock.fault("get_weather", status=503, body="down")
    mock.client.get(WEATHER)

    assert mock.client.get("/_mock/journal/1").json()["explain"]["stubs"] == [
        {"id": "mock-1", "reasons": ["it matches, but the fault rule 'mock-1' answered before"]}
    ]


FLAWS: dict[str, tuple[tuple[Any, ...], Json, str]] = {
    "every flaw at once": (
        ("get_weather", {"temperature": "x"}),
        {"query": {"cty": 1}, "path": {"plce": 1}, "headers": {"Content-Type": "a"}, "request_body": {}},
        "a stub's path.plce: get_weather has no path parameter 'plce'; did you mean place?\n"
        "a stub's request_body: get_weather takes no body.\n"
        "a stub's headers.0.name: content-type is set by the server.\n"
        "a stub's headers: X-Station is required.\n"
        'a stub\'s body.temperature: must be of type integer, got "x".',
    ),
    "a broken header": (
        ("get_weather", {"temperature": 1}),
        {"headers": {"X-Station": "north"}},
        'a stub\'s headers.0.value: X-Station must be of type integer, got "north".',
    ),
    "a broken example": (
        ("get_weather",),
        {"example": "broken", "headers": STATION},
        'a stub\'s example.temperature: must be of type integer, got "cold".',
    ),
    "an unknown example": (
        ("get_weather",),
        {"example": "hot", "headers": STATION},
        "a stub's example: the 200 of get_weather has no example 'hot'; expected cold, broken.",
    ),
    "no body": (("get_weather",), {"headers": STATION}, "a stub's body: is required: the 200 is documented with one."),
    "a body too much": (
        ("get_weather", {}),
        {"status": 404},
        "a stub's body: must not be there: the 404 is documented without one.",
    ),
    "a status": (("report", {}), {"status": 404}, "a stub's status: report documents no 404, but 201."),
    "a parameter of an operation without one": (
        ("report", {}),
        {"query": {"a": 1}},
        "a stub's query.a: report has no query parameter 'a'; it has none.",
    ),
    "an operation": (
        ("get_wether",),
        {},
        "a stub's operation_id: no API has an operation 'get_wether'; did you mean get_weather?",
    ),
}


@pytest.mark.parametrize(("given", "named", "told"), FLAWS.values(), ids=FLAWS)
def test_every_flaw_is_told_by_the_argument_that_has_it(
    mock: Mock, given: tuple[Any, ...], named: Json, told: str
) -> None:
    """A stub that would break the contract, or match nothing, is not made."""
    with pytest.raises(WorldError) as refused:
        mock.stub(*given, **named)

    assert str(refused.value) == told
    assert mock.world.stubs == ()


@pytest.mark.parametrize("operation", ["broken", "silent"])
def test_an_operation_that_cannot_be_served_has_no_stub(operation: str) -> None:
    """The flaw of a document that was not mended as it was read is told."""
    api = document_api("weather", Document.parse(DOCUMENT.encode(), "weather.yaml"))

    (flaw,) = flaws(Apis([api]), {"match": {"operationId": operation}})

    assert flaw.pointer == "/match/operationId"
    assert f"{operation} (at #/paths/~1broken/" in flaw.message


def test_an_example_of_the_document(mock: Mock) -> None:
    """Stands for its value, and is exported by its name."""
    mock.stub("get_weather", example="cold", headers=STATION)

    assert mock.client.get(WEATHER).json() == {"temperature": -9}
    assert mock.state.export()["stubs"] == [
        {
            "id": "mock-1",
            "match": {"api": "weather", "operationId": "get_weather"},
            "headers": [{"name": "X-Station", "value": "7"}],
            "example": "cold",
            "status": 200,
        }
    ]


def test_stubs_are_listed_found_and_deleted_over_http(mock: Mock) -> None:
    """Each with its counts; what is deleted does not answer any more."""
    made = mock.client.post("/_mock/stubs", json={"match": {"operationId": "get_weather"}, "status": 404})
    mock.client.get(WEATHER)
    shown = mock.client.get(made.headers["location"]).json()
    listed = mock.client.get("/_mock/stubs").json()
    taken = mock.client.post("/_mock/stubs", json=shown["stub"])
    mock.client.delete(made.headers["location"])
    gone = mock.client.get(made.headers["location"])

    assert (made.status_code, taken.status_code, gone.status_code) == (201, 409, 404)
    assert taken.json()["detail"] == "A stub called 'stub-1' exists already. Choose another id or delete it."
    assert (shown["met"], shown["answered"]) == (1, 1)
    assert listed == {"world": mock.name, "stubs": [shown]}
    assert mock.client.get(WEATHER).status_code == 200
    assert mock.client.get("/_mock/worlds/" + mock.name).json()["stubs"] == 0


def test_clearing_rules_leaves_stubs_with_their_counts_and_the_other_way_round(mock: Mock) -> None:
    """Both are counted apart, also of one id."""
    stub = mock.stub("get_weather", status=404, times=5)
    fault = mock.fault("get_weather", delay=0, times=5)
    assert stub.stub.id == fault.rule.id
    mock.client.get(WEATHER)

    mock.client.delete("/_mock/faults")
    mock.client.get(WEATHER)
    counted = stub.answered
    mock.fault("get_weather", delay=0)
    mock.client.get(WEATHER)
    mock.client.delete("/_mock/stubs")

    assert counted == 2
    assert mock.world.stubs == ()
    assert mock.client.get("/_mock/faults").json()["faults"][0]["met"] == 1


def test_a_block_ends_a_stub(mock: Mock) -> None:
    """It keeps its count; to remove it once more does nothing."""
    with mock.stub("get_weather", status=404) as stub:
        mock.client.get(WEATHER)
    after = mock.client.get(WEATHER)
    stub.remove()

    assert (stub.answered, after.status_code) == (1, 200)


def test_a_world_has_so_many_stubs_and_no_more(mock: Mock) -> None:
    """The stub beyond is refused."""
    many = [{"id": f"s{n}", "match": {"operationId": "get_weather"}, "status": 404} for n in range(1_000)]
    mock.state.load({**mock.state.export(), "stubs": many})

    with pytest.raises(WorldError, match="at most 1000 stubs"):
        mock.stub("get_weather", status=404)


def test_a_fork_a_snapshot_and_a_reset_have_their_stubs(mock: Mock) -> None:
    """As they have records."""
    mock.stub("get_weather", status=404)
    taken = mock.snapshot()
    fork = World("fork", mock.world.snapshot())
    mock.reset()
    before = len(mock.world.stubs)
    mock.restore(taken)

    assert (before, len(mock.world.stubs), len(fork.stubs)) == (0, 1, 1)


def with_stubs(folder: Path, text: str, name: str = "weather") -> Path:
    """A folder of fixtures with one file of stubs."""
    (folder / name / "stubs").mkdir(parents=True)
    (folder / name / "stubs" / "gone.json").write_text(text)
    return folder


ONE = '{"match": {"operationId": "get_weather"}, "status": 404}'


def test_files_of_fixtures_hold_stubs(tmp_path: Path, document: Path) -> None:
    """One, or several, named after the file; a reset leads back to them."""
    folder = with_stubs(tmp_path, f"[{ONE}, {ONE}]")
    with MockServer([str(document)], fixtures=folder) as server, server.mock() as mock:
        mock.client.delete("/_mock/stubs")
        mock.reset()

        assert [stub.id for stub in mock.world.stubs] == ["gone", "gone-2"]
        assert mock.client.get(WEATHER).status_code == 404


def test_a_test_takes_stubs_from_a_folder(tmp_path: Path, serving: MockServer) -> None:
    """As it takes records."""
    with serving.mock(fixtures=with_stubs(tmp_path, ONE)) as mock:
        assert mock.client.get(WEATHER).status_code == 404


def test_a_shipped_api_takes_stubs_beside_its_records(tmp_path: Path) -> None:
    """A folder that holds only stubs leaves the shipped records."""
    text = '{"match": {"operationId": "get_list"}, "status": 404, "body": {"error": "List not found"}}'
    with MockServer(["workshop"], fixtures=with_stubs(tmp_path, text, "workshop"), auth="any") as server:
        world = server.world()

    assert [stub.id for stub in world.stubs] == ["gone"]
    assert len(world[server.apis["workshop"].collections[0]]) > 0


BROKEN: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "gone.json: expected a stub such as "),
    "a number": ("3", "or an array of them, got 3."),
    "no match": ("{}", "gone.json: stub 1: /match: is required"),
    "a match that is text": ('{"match": "x"}', "gone.json: stub 1: /match: must be of type object"),
    "two flaws": (
        '{"match": {"operationId": "get_weather"}, "body": {}}',
        "gone.json: stub 1: /headers: X-Station is required; /body/temperature: is required",
    ),
    "an id twice": (f'[{{"id": "a", {ONE[1:]}, {{"id": "a", {ONE[1:]}]', "stub 2: a stub called 'a' exists already."),
}


@pytest.mark.parametrize(("text", "told"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_names_its_flaws(tmp_path: Path, document: Path, text: str, told: str) -> None:
    """The file, the stub, and each place in it."""
    with pytest.raises(FixtureError) as refused:
        MockServer([str(document)], fixtures=with_stubs(tmp_path, text))

    assert told in str(refused.value)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path, document: Path) -> None:
    """With the reason."""
    (tmp_path / "weather" / "stubs" / "gone.json").mkdir(parents=True)

    with pytest.raises(FixtureError, match="the stubs cannot be read"):
        MockServer([str(document)], fixtures=tmp_path)
