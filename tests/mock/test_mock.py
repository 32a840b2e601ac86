"""What a test can ask of its world."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from mockserver import MockServer
from mockserver.errors import FixtureError, MockServerError, StartError, StateError
from mockserver.mock import BrokenContract, Mock
from mockserver.mock.credentials import authorization
from mockserver.world.journal import Budget, Journal
from tests.contract.specimen import document

TEAM = {"external_id": "TEAM-1", "title": "Team one"}


def create(mock: Mock, **changes: Any) -> httpx.Response:
    return mock.client.post("/v1/lists", json=TEAM | changes, headers=mock.headers("workshop"))


def titles(mock: Mock) -> list[str]:
    return [record["title"] for record in mock.state["workshop.lists"]]


def test_two_mocks_never_share_a_world(running_server: MockServer) -> None:
    """What one writes the other does not see, and both begin as the seed has it."""
    with running_server.mock() as one, running_server.mock() as other:
        created = create(one)
        seen = titles(one), titles(other)

    assert created.status_code == 201
    assert "Team one" in seen[0]
    assert "Team one" not in seen[1]


def test_a_closed_mock_leaves_no_world_behind(running_server: MockServer) -> None:
    """Its world is dropped, even if the test has deleted it itself."""
    mock = running_server.mock("gone")
    before = [world.name for world in running_server.app.worlds]
    mock.close()
    mock.close()
    after = [world.name for world in running_server.app.worlds]

    assert mock.name in before
    assert mock.name not in after


@pytest.mark.parametrize(
    ("name", "begins"),
    [("test_sync[ä/b]", "test-sync-b-"), ("", "mock-"), ("x" * 200, "x" * 48 + "-")],
)
def test_the_world_is_called_after_the_test(running_server: MockServer, name: str, begins: str) -> None:
    """What cannot stand in the name of a world is left out; a number makes it unique."""
    with running_server.mock(name) as mock:
        assert mock.name.startswith(begins)
        assert repr(mock) == f"<Mock {mock.name}: audience, crm, prospects, salesnav, workshop>"


def test_a_client_reaches_the_world_by_its_base_url(mock: Mock) -> None:
    """Any client that takes a base URL works in the test's world."""
    headers = {"Authorization": f"Bearer {mock.credential('workshop')}"}
    httpx.post(f"{mock.url('workshop')}/v1/lists", json=TEAM, headers=headers)

    assert "Team one" in titles(mock)


def test_a_client_reaches_the_world_by_headers(mock: Mock) -> None:
    """One that takes no base URL with a path sends headers instead."""
    httpx.post(f"{mock.server.url}/v1/lists", json=TEAM, headers=mock.headers("workshop"))

    assert "Team one" in titles(mock)


def test_headers_carry_a_credential_only_where_the_api_takes_one(mock: Mock) -> None:
    """Without an API, and for an API without auth, there is only the world's name."""
    assert mock.headers() == mock.headers("crm") == {"X-Mock-World": mock.name}
    assert mock.headers("workshop")["Authorization"] == "Bearer wk_demo_api"


def test_credentials_are_listed_with_their_scopes(mock: Mock) -> None:
    """The first is the default one; an API without auth has none."""
    credentials = mock.credentials("audience")

    assert credentials[0]["token"] == mock.credential("audience") == "ak_demo_full"
    assert credentials[1]["scopes"] == ["lists:read"]
    assert mock.credentials("crm") == []


@pytest.mark.parametrize(
    ("scheme", "headers"),
    [
        ({"type": "http", "scheme": "bearer"}, {"Authorization": "Bearer a:b"}),
        ({"type": "http", "scheme": "basic"}, {"Authorization": "Basic YTpi"}),
        ({"type": "apiKey", "in": "header", "name": "X-Key"}, {"X-Key": "a:b"}),
        ({"type": "apiKey", "in": "query", "name": "key"}, {}),
        ({"type": "oauth2", "flows": {}}, {"Authorization": "Bearer a:b"}),
    ],
)
def test_a_credential_is_sent_as_the_document_has_it(scheme: dict[str, Any], headers: dict[str, str]) -> None:
    """The first security scheme of the document says in which header."""
    found = authorization(document(components={"securitySchemes": {"one": scheme}}), "a:b")

    assert found == headers


SLIPS: dict[str, tuple[Callable[[Any], object], str]] = {  # Any: a type checker would refuse half of them
    "an API": (lambda mock: mock.url("workshp"), "no API called 'workshp' is served; expected one of audience, crm"),
    "no credential": (lambda mock: mock.credential("crm"), "crm takes no credentials: call it without one"),
    "an operation": (lambda mock: mock.requests("create_lst"), "no API has an operation 'create_lst'; did you mean c"),
    "an operation of another API": (
        lambda mock: mock.requests("crm.create_list"),
        "crm has no operation 'create_list'; did you mean create_contact_list?",
    ),
    "an API before an operation": (lambda mock: mock.requests("nope.create_list"), "no API called 'nope' is served"),
    "an operation like no other": (
        lambda mock: mock.fault("qqq", status=500),
        "no API has an operation 'qqq'; expected one of create_contact_list, create_list",
    ),
    "a time": (lambda mock: mock.freeze("noon"), "freeze takes a datetime or an ISO 8601 time such as '2026-04-22T10"),
    "a number for a time": (lambda mock: mock.freeze(3), "such as '2026-04-22T10:00:00Z', got 3."),
    "a time out of reach": (lambda mock: mock.freeze("3000-01-01"), "between the years 1970 and 3000 only"),
    "a step": (lambda mock: mock.advance("5m"), "advance takes seconds, a timedelta, .* got '5m'."),
    "a unit": (lambda mock: mock.advance(minute=5), "units of one such as minutes=5, got minute=5."),
    "a step out of reach": (lambda mock: mock.advance(days=-40_000), "between the years 1970 and 3000 only"),
    "a snapshot": (lambda mock: mock.restore({}), r"restore takes what mock.snapshot\(\) returned, got {}."),
    "a kind of violation": (
        lambda mock: mock.expect_violations("invald"),
        "expect_violations takes any of not_found, .*, got 'invald'.",
    ),
    "records": (lambda mock: mock.state.replace({"crm.lists": {}}), "/crm.lists: must be of type array, got {}"),
    "a seed": (lambda mock: mock.server.mock(seed="x"), 'seed: must be of type integer, got "x"'),
}


@pytest.mark.parametrize(("ask", "message"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_apart_from_nothing(mock: Mock, ask: Callable[[Mock], object], message: str) -> None:
    """A name that nothing has, and a value that cannot be, are errors rather than silence."""
    before = mock.now().year
    with pytest.raises(MockServerError, match=message):
        ask(mock)

    assert mock.now().year == before


def test_a_world_without_a_socket_has_no_url() -> None:
    """The in-process clients need no server to be started."""
    with MockServer(["crm"]).mock() as mock:
        answer = mock.client.get("/contacts/lists")
        with pytest.raises(MockServerError, match="no socket is open"):
            mock.url("crm")

    assert answer.status_code == 200


def test_state_is_read_replaced_and_patched(mock: Mock) -> None:
    """Whole collections by their names, single records by their keys."""
    first = dict(mock.state["workshop.lists"][0], title="Renamed")
    mock.state["workshop.memberships"] = []
    mock.state.replace({"workshop.lists": [first]})
    mock.state.patch({"workshop.lists": {first["id"]: {"list_type": "team"}}})

    assert titles(mock) == ["Renamed"]
    assert mock.state["workshop.lists"][0]["list_type"] == "team"
    assert "crm.contacts" in list(mock.state)
    assert len(mock.state) == len(list(mock.state))


def test_state_is_exported_and_loaded(mock: Mock) -> None:
    """What was exported makes another world the same."""
    create(mock)
    exported = mock.state.export()
    mock.reset()
    mock.state.load(exported)

    assert "Team one" in titles(mock)


def test_a_collection_that_is_none_is_named(mock: Mock) -> None:
    """The message lists what there is."""
    with pytest.raises(StateError, match=r"no collection is called 'lists'; expected one of audience\.lists"):
        mock.state["lists"]


def test_an_error_names_every_flaw(mock: Mock) -> None:
    """Who writes a record by hand wants to know all that it lacks; one flaw is one line; refused is refused."""
    before = mock.state["crm.lists"]
    with pytest.raises(StateError) as many:
        mock.state["crm.lists"] = [{"id": "mine", "name": 3}]
    with pytest.raises(StateError) as one:
        mock.state.patch({"crm.lists": {before[0]["id"]: {"name": 3}}})
    with pytest.raises(StateError) as exported:
        mock.state.load({})

    lines = str(many.value).splitlines()
    assert (lines[0], lines[1]) == ("14 flaws:", "  /crm.lists/0/created_at: is required")
    assert lines[-1] == "  … and 2 more"
    assert len(many.value.flaws) == 14
    assert str(one.value) == f"/crm.lists/{before[0]['id']}/name: must be of type string, got 3"
    assert str(exported.value).startswith("/version: expected 1, got null")
    assert mock.state["crm.lists"] == before


def test_a_collection_that_others_refer_to_is_replaced_with_them(mock: Mock) -> None:
    """One line says so, however many records refer to it."""
    with pytest.raises(StateError) as raised:
        mock.state["workshop.lists"] = []
    mock.state.replace({"workshop.lists": [], "workshop.memberships": []})

    told = "/workshop.lists: workshop.memberships refers to records that are not in it any more. Replace both."
    assert str(raised.value) == told
    assert mock.client.get("/v1/lists", headers=mock.headers("workshop")).json()["data"] == []


def test_snapshots_bring_back_state_and_clock(mock: Mock) -> None:
    """What was asked meanwhile stays known."""
    mock.freeze("2026-04-22T10:00:00Z")
    taken = mock.snapshot()
    create(mock)
    mock.advance(hours=1)
    mock.restore(taken)

    assert "Team one" not in titles(mock)
    assert mock.now() == datetime(2026, 4, 22, 10, tzinfo=UTC)
    assert mock.requests("create_list").count == 1


def test_reset_forgets_requests_but_no_broken_contract(running_server: MockServer) -> None:
    """A test does not come clean by a reset half way."""
    mock = running_server.mock()
    create(mock, list_type="nonsense")
    mock.reset()
    mock.close()

    assert mock.requests().count == 0
    with pytest.raises(BrokenContract, match="list_type: must be one of standard"):
        mock.check()


@pytest.mark.parametrize(
    ("move", "expected"),
    [
        (lambda mock: mock.freeze("2026-04-22T12:00:00+02:00"), datetime(2026, 4, 22, 10, tzinfo=UTC)),
        (lambda mock: mock.freeze("2026-04-22T10:00:00"), datetime(2026, 4, 22, 10, tzinfo=UTC)),
        (lambda mock: mock.freeze(datetime(2026, 1, 2, tzinfo=UTC)), datetime(2026, 1, 2, tzinfo=UTC)),
        (lambda mock: mock.freeze("2026-01-01") and mock.advance(90), datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)),
        (lambda mock: mock.freeze("2026-01-01") and mock.advance(days=2), datetime(2026, 1, 3, tzinfo=UTC)),
        (lambda mock: mock.freeze("2026-01-01") and mock.advance(timedelta(1)), datetime(2026, 1, 2, tzinfo=UTC)),
    ],
)
def test_the_clock_stands_where_it_is_put(mock: Mock, move: Callable[[Mock], datetime], expected: datetime) -> None:
    """Times without an offset are UTC; steps are seconds, a timedelta or its units."""
    assert move(mock) == mock.now() == expected


def test_a_resumed_clock_runs(mock: Mock) -> None:
    """It goes on from where it stood."""
    mock.freeze("2020-01-01")
    resumed = mock.resume()

    assert resumed.year == 2020
    assert mock.now() > resumed


def test_an_unfrozen_clock_is_frozen_where_it_is(mock: Mock) -> None:
    """Without a time it just stops."""
    assert mock.freeze() == mock.now()


def test_the_same_seed_hands_out_the_same_ids(running_server: MockServer) -> None:
    """And another seed hands out others."""
    found = []
    for seed in (7, 7, 8):
        with running_server.mock(seed=seed) as mock:
            create(mock)
            found.append(mock.state["workshop.lists"][-1]["id"])

    assert found[0] == found[1] != found[2]


@pytest.mark.parametrize("form", ["inline", "file", "folder", "several"])
def test_extra_fixtures_replace_whole_collections(running_server: MockServer, tmp_path: Path, form: str) -> None:
    """Inline, from a file, from a folder, or several of them, of which the later counts."""
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "lists.json").write_text("[]")
    (tmp_path / "one.json").write_text('{"crm.lists": []}')
    sources: dict[str, Any] = {
        "inline": {"crm.lists": []},
        "file": tmp_path / "one.json",
        "folder": str(tmp_path),
        "several": [{"crm.lists": [{"id": "unfit"}]}, tmp_path / "one.json"],
    }
    with running_server.mock(fixtures=sources[form]) as mock:
        lists = mock.client.get("/contacts/lists").json()["data"]
        mock.reset()

        assert lists == mock.state["crm.lists"] == []
        assert len(mock.state["crm.contacts"]) == 400


def test_the_same_fixtures_are_prepared_once(running_server: MockServer) -> None:
    """Two worlds from the same source share their first version."""
    source: dict[str, list[Any]] = {"crm.lists": []}
    with running_server.mock(fixtures=source) as one, running_server.mock(fixtures=source) as other:
        assert one.world.origin is other.world.origin


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (None, r"fixtures cannot be read \(No such file"),
        ("{", "but it is not JSON"),
        ("[]", "got list"),
        ('{"crm.nothing": []}', r"crm\.nothing"),
    ],
)
def test_a_broken_fixture_file_is_named(
    running_server: MockServer, tmp_path: Path, written: str | None, message: str
) -> None:
    """The error says which file and what is wrong with it."""
    file = tmp_path / "lists.json"
    if written is not None:
        file.write_text(written)

    with pytest.raises(FixtureError, match=message):
        running_server.mock(fixtures=file)


def test_a_flaw_of_a_file_names_the_file(running_server: MockServer, tmp_path: Path) -> None:
    """Collection, record and field follow."""
    file = tmp_path / "lists.json"
    file.write_text('{"crm.lists": [{"id": "mine"}]}')
    with pytest.raises(StateError, match=rf"(?s){re.escape(str(file))}: \d+ flaws:.*/crm\.lists/0/name: is required"):
        running_server.mock(fixtures=file)


def test_an_empty_folder_is_no_fixtures(running_server: MockServer, tmp_path: Path) -> None:
    """Files lie one folder deeper, under the name of their API."""
    with pytest.raises(FixtureError, match=r"expected files named <api>/<collection>\.json"):
        running_server.mock(fixtures=tmp_path)


def test_what_is_no_source_of_fixtures_is_refused(running_server: MockServer) -> None:
    """A number is neither records nor a path."""
    number: Any = 3

    with pytest.raises(StartError, match="fixtures are records by collection, or the path"):
        running_server.mock(fixtures=number)


def test_requests_are_never_counted_wrong(mock: Mock) -> None:
    """A journal that has forgotten some says so instead of a number."""
    mock.world.journal = Journal(Budget(), entries=2)
    for _ in range(3):
        mock.client.get("/contacts/lists")

    with pytest.raises(MockServerError, match="keeps the last 2 of 3 requests"):
        mock.requests("list_contact_lists")


def test_a_world_by_name_is_the_same_world(running_server: MockServer, mock: Mock) -> None:
    """`server.world(name)` and the mock of that name hold the same state."""
    assert running_server.world(mock.name) is mock.world
    assert running_server.world() is running_server.app.worlds.default


def test_a_test_that_fails_on_its_own_is_not_blamed_twice(running_server: MockServer) -> None:
    """An error inside the block is what is raised, not the violation beside it."""

    def fail(mock: Mock) -> None:
        create(mock, title=3)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), running_server.mock() as mock:
        fail(mock)
