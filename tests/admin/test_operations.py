"""Every operation of the control plane beside what Python does in its place: the same is read, done and refused.

`test_doors.py` compares whatever takes a value; here are reading, and acts that name what is there, such as an entry.
The last test holds both against the document, so that a new operation has to say which way it goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml

from mockserver import MockServer
from mockserver.admin.entries import message, summary
from mockserver.contract.document import Document
from mockserver.control.documents import document
from mockserver.control.problems import CONFLICT, STATUSES
from mockserver.errors import WorldError
from mockserver.mock import Mock
from tests.admin import test_doors
from tests.admin.doors import Json
from tests.admin.test_doors import FIRST, LISTS
from tests.callbacks.receiver import receiving

ORDERS = """\
openapi: 3.1.0
info: {title: Orders, version: "1"}
webhooks:
  shipped: {post: {requestBody: {content: {application/json: {example: {id: 1}}}}, responses: {}}}
"""


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    file = tmp_path_factory.mktemp("orders") / "orders.yaml"
    file.write_text(ORDERS)
    with MockServer(["workshop", "crm", str(file)]) as server:
        yield server


@pytest.fixture
def mock(serving: MockServer) -> Iterator[Mock]:
    """A world in which requests have read, written and been refused; with a rule and a stub."""
    with serving.mock("both") as mock, mock.expect_violations():
        mock.freeze("2026-04-22T10:00:00Z")
        headers = mock.headers("workshop")
        mock.client.get("/v1/lists?limit=5", headers=headers)
        mock.client.patch(f"/v1/lists/{FIRST}", json={"title": "Renamed"}, headers=headers)
        mock.client.get("/v1/lists")
        mock.client.get("/nowhere")
        mock.fault(damage="close", path="/nobody")
        mock.stub("workshop.get_list", {"error": "List not found"}, path={"id": "none"}, status=404)
        yield mock


def got(mock: Mock, at: str, **query: Any) -> Any:
    """What the control plane has at a path, of the world of the mock."""
    answer = mock.client.get(f"/_mock{at}", params={"world": mock.name, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


def collections(mock: Mock, api: str) -> list[str]:
    return [name for name in mock.state if name.startswith(f"{api}.")]


def listed(mock: Mock) -> Json:
    api: Json = mock.client.get("/_mock/apis/workshop").json()
    return {"operations": {each["operationId"] for each in api["operations"]}, "collections": api["collections"]}


def records_changed(mock: Mock) -> list[Any]:
    changed = got(mock, "/journal/2")["changes"]["records"]
    return [(each["collection"], each["key"], each["change"], each["after"]) for each in changed]


READ: dict[str, tuple[Callable[[Mock], Any], Callable[[Mock], Any]]] = {
    "list_apis": (
        lambda mock: [each["name"] for each in mock.client.get("/_mock/apis").json()["apis"]],
        lambda mock: sorted(mock.server.apis),
    ),
    "get_api": (
        listed,
        lambda mock: {
            "operations": set(mock.server.apis["workshop"].contract.operations),
            "collections": collections(mock, "workshop"),
        },
    ),
    "get_document_as_json": (
        lambda mock: mock.client.get("/_mock/apis/crm/openapi.json").json(),
        lambda mock: mock.server.apis["crm"].document.raw,
    ),
    "get_document_as_yaml": (
        lambda mock: yaml.safe_load(mock.client.get("/_mock/apis/crm/openapi.yaml").text),
        lambda mock: mock.server.apis["crm"].document.raw,
    ),
    "get_world": (
        lambda mock: {**mock.client.get(f"/_mock/worlds/{mock.name}").json(), "usedAt": None},
        lambda mock: {
            "name": mock.name,
            "seed": mock.world.seed,
            "from": None,
            "usedAt": None,  # by the clock of the machine
            "busy": 1,
            "clock": {"world": mock.name, "now": f"{mock.now():%Y-%m-%dT%H:%M:%SZ}", "frozen": True, "offset": 0.0},
            "faults": len(mock.world.faults),
            "stubs": len(mock.world.stubs),
            "journal": {"kept": mock.requests().count, "total": mock.requests().count},
        },
    ),
    "get_state": (
        lambda mock: {each["name"]: each["count"] for each in got(mock, "/state")["collections"]},
        lambda mock: {name: len(records) for name, records in mock.state.items()},
    ),
    "get_collection": (
        lambda mock: got(mock, f"/state/{LISTS}", limit=1000)["records"],
        lambda mock: mock.state[LISTS],
    ),
    "get_record": (
        lambda mock: got(mock, f"/state/{LISTS}/record", key=FIRST)["record"],
        lambda mock: next(each for each in mock.state[LISTS] if each["id"] == FIRST),
    ),
    "get_lines": (
        lambda mock: mock.client.get("/_mock/apis/crm/lines", params={"pointer": "#/info"}).json()["text"],
        lambda mock: mock.server.apis["crm"].contract.quote("#/info"),
    ),
    "export_world": (lambda mock: got(mock, "/export"), lambda mock: mock.state.export()),
    "get_journal_entry": (
        records_changed,
        lambda mock: [(each.collection, each.key, each.kind, each.after) for each in mock.changes(2)],
    ),
    "list_faults": (
        lambda mock: [each["rule"]["id"] for each in got(mock, "/faults")["faults"]],
        lambda mock: [rule.id for rule in mock.world.faults],
    ),
    "list_stubs": (
        lambda mock: [each["stub"]["id"] for each in got(mock, "/stubs")["stubs"]],
        lambda mock: [stub.id for stub in mock.world.stubs],
    ),
    "get_clock": (lambda mock: got(mock, "/clock")["now"], lambda mock: f"{mock.now():%Y-%m-%dT%H:%M:%SZ}"),
}


@pytest.mark.parametrize(("over_http", "in_python"), READ.values(), ids=READ)
def test_both_doors_read_the_same(
    mock: Mock, over_http: Callable[[Mock], Any], in_python: Callable[[Mock], Any]
) -> None:
    """What is served, and what a world holds."""
    told = over_http(mock)
    assert told == in_python(mock)
    assert told


FILTERS: dict[str, tuple[Json, Json]] = {
    "none": ({}, {}),
    "an operation": ({"api": "workshop", "operationId": "list_lists"}, {"operation_id": "workshop.list_lists"}),
    "an API": ({"api": "crm"}, {"api": "crm"}),
    "a method": ({"method": "PATCH"}, {"method": "patch"}),
    "a path": ({"path": "/v1/lists/*"}, {"path": "/v1/lists/*"}),
    "a status": ({"status": "401"}, {"status": 401}),
    "several": ({"method": "GET", "status": "404"}, {"method": "GET", "status": 404}),
}


@pytest.mark.parametrize(("query", "arguments"), FILTERS.values(), ids=FILTERS)
def test_both_doors_find_the_same_requests(mock: Mock, query: Json, arguments: Json) -> None:
    """The journal's filters are the arguments of `requests`."""
    told = got(mock, "/journal", **query)["entries"]
    said = [summary(each) for each in mock.requests(**arguments)]

    assert told == said[::-1]


def outcome(answer: Any) -> tuple[int | None, str]:
    """Of a refusal its status, and what it says; without what names the door's own argument."""
    return (
        (None, "") if answer.is_success else (answer.status_code, answer.json()["detail"].lower().removeprefix("body "))
    )


def outcome_of(call: Callable[[], object]) -> tuple[int | None, str]:
    """The same of a call."""
    try:
        call()
    except WorldError as error:
        return STATUSES.get(error.kind, CONFLICT), str(error).lower()
    return None, ""


ENTRIES = (1, 2, 4, 5, 2**53 - 1)
"""Numbers of entries, of which the last two are of none."""


@pytest.mark.parametrize("number", ENTRIES)
def test_both_doors_act_on_the_same_entries(mock: Mock, number: int) -> None:
    """They read, replay and fork at an entry; an entry that there is not is unknown, in the same words."""
    client, query = mock.client, urlencode({"world": mock.name})
    fork = {"name": f"{mock.name}-x", "from": {"world": mock.name, "entry": number, "at": "after"}}
    told = [
        outcome(client.get(f"/_mock/journal/{number}?{query}")),
        outcome(client.post(f"/_mock/journal/{number}/replay?{query}")),
        outcome(client.post("/_mock/worlds", json=fork)),
    ]
    said = [
        outcome_of(lambda: mock.changes(number)),
        outcome_of(lambda: mock.replay(number)),
        outcome_of(lambda: mock.at(number, "after")),
    ]
    client.delete(f"/_mock/worlds/{mock.name}-x")

    assert said == told
    assert (told[0][0] is None) == (number < ENTRIES[3])


@pytest.mark.parametrize("number", [0, -1, 2**53])
def test_both_doors_refuse_what_is_no_number_of_an_entry(mock: Mock, number: int) -> None:
    """As a value, before they look for it."""
    told = mock.client.get(f"/_mock/journal/{number}")
    said, words = outcome_of(lambda: mock.changes(number))

    assert said == told.status_code == 400
    assert told.json()["errors"][0]["message"].partition(",")[0] in words


def test_a_replay_comes_to_the_same_through_both_doors(mock: Mock) -> None:
    """In the world as it stands, each time."""
    told = mock.client.post(f"/_mock/journal/1/replay?world={mock.name}", json={"world": mock.name}).json()
    said = mock.replay(1, here=True)

    assert said.number == told["number"] + 1
    assert said.status == told["replayed"]["status"]
    assert said.response is not None
    assert message(said.response) == told["replayed"]["response"]


REMOVED: dict[str, tuple[Callable[[Mock], object], Callable[[Mock], str]]] = {
    "fault": (lambda mock: mock.fault(damage="reset"), lambda mock: f"/faults/{mock.world.faults[-1].id}"),
    "stub": (
        lambda mock: mock.stub("workshop.list_lists", example="documented"),
        lambda mock: f"/stubs/{mock.world.stubs[-1].id}",
    ),
}


@pytest.mark.parametrize(("add", "path"), REMOVED.values(), ids=REMOVED)
def test_what_one_door_added_the_other_reads_and_removes(mock: Mock, add: Callable[[Mock], Any], path: Any) -> None:
    """Removed twice, it is unknown to HTTP, and nothing happens in Python."""
    before = mock.state.export()
    made = add(mock)
    where = path(mock)
    (_, shown), *_ = [item for item in got(mock, where).items() if item[0] in ("rule", "stub")]
    gone = [mock.client.delete(f"/_mock{where}?world={mock.name}").status_code for _ in range(2)]
    made.remove()

    assert shown["id"] == where.rpartition("/")[2]
    assert gone == [204, 404]
    assert mock.state.export() == before


def test_clearing_is_removing_each(mock: Mock) -> None:
    """Python has no word for it: its handles are removed one by one."""
    for kind in ("faults", "stubs"):
        assert mock.client.delete(f"/_mock/{kind}?world={mock.name}").status_code == 204

    assert (mock.world.faults, mock.world.stubs) == ((), ())


def test_both_doors_forget_requests(mock: Mock) -> None:
    """HTTP clears the journal alone; in Python a reset does."""
    assert mock.client.delete(f"/_mock/journal?world={mock.name}").status_code == 204
    assert mock.requests().count == 0
    mock.client.get("/v1/lists")
    mock.reset()
    assert mock.requests().count == 0


WEBHOOKS: dict[str, tuple[str, Json]] = {
    "one that is there": ("shipped", {}),
    "one of an API": ("shipped", {"api": "orders"}),
    "one that is not": ("shiped", {}),
    "one of an API that has none": ("shipped", {"api": "crm"}),
    "one of no API": ("shipped", {"api": "nope"}),
    "one to nowhere": ("shipped", {"url": ""}),
    "one with an API that is no text": ("shipped", {"api": 5}),
}


@pytest.mark.parametrize(("name", "given"), WEBHOOKS.values(), ids=WEBHOOKS)
def test_both_doors_send_the_same_webhooks(mock: Mock, name: str, given: Json) -> None:
    """And say the same of what cannot be sent."""
    with receiving() as receiver:
        body = {"url": receiver.url, **given}
        told = mock.client.post(f"/_mock/webhooks/{name}?world={mock.name}", json=body)
        said = outcome_of(lambda: mock.send_webhook(name, **body))

    assert said == outcome(told)
    assert len({text for _, _, text in receiver.received}) == (1 if told.is_success else 0)
    assert len(receiver.received) == (2 if told.is_success else 0)


ELSEWHERE: dict[str, Callable[..., Any]] = {
    "add_fault": test_doors.test_both_doors_do_and_say_the_same,
    "add_stub": test_doors.test_both_doors_do_and_say_the_same,
    "freeze_clock": test_doors.test_both_doors_do_and_say_the_same,
    "set_clock": test_doors.test_both_doors_do_and_say_the_same,
    "advance_clock": test_doors.test_both_doors_do_and_say_the_same,
    "resume_clock": test_doors.test_both_doors_do_and_say_the_same,
    "reset_world": test_doors.test_both_doors_do_and_say_the_same,
    "replace_state": test_doors.test_both_doors_do_and_say_the_same,
    "patch_state": test_doors.test_both_doors_do_and_say_the_same,
    "import_world": test_doors.test_both_doors_load_the_same,
    "verify_requests": test_doors.test_both_doors_count_the_same,
    "take_snapshot": test_doors.test_both_doors_bring_a_snapshot_back_alike,
    "restore_snapshot": test_doors.test_both_doors_bring_a_snapshot_back_alike,
    "compare": test_doors.test_both_doors_compare_alike,
    "create_world": test_doors.test_both_doors_refuse_the_same_names,
    "delete_world": test_doors.test_a_closed_world_is_not_there_for_http,
    "list_journal": test_both_doors_find_the_same_requests,
    "replay_entry": test_both_doors_act_on_the_same_entries,
    "clear_journal": test_both_doors_forget_requests,
    "get_fault": test_what_one_door_added_the_other_reads_and_removes,
    "delete_fault": test_what_one_door_added_the_other_reads_and_removes,
    "clear_faults": test_clearing_is_removing_each,
    "get_stub": test_what_one_door_added_the_other_reads_and_removes,
    "delete_stub": test_what_one_door_added_the_other_reads_and_removes,
    "clear_stubs": test_clearing_is_removing_each,
    "send_webhook": test_both_doors_send_the_same_webhooks,
}
"""Which test takes an operation through both doors, where it is not in READ."""

HTTP_ONLY = {
    **dict.fromkeys(("get_health", "get_liveness", "get_readiness"), "a server of this process is there, or raises"),
    **dict.fromkeys(("issue_token", "authorize_client", "get_keys", "get_openid_configuration"), "for OAuth clients"),
    "get_example_request": "a test writes the requests that it is about",
    "get_coverage": "a test run counts it with --mock-coverage",
    "list_worlds": "a test has the mocks that it opened",
    **dict.fromkeys(("list_snapshots", "get_snapshot", "delete_snapshot"), "snapshots of a test are objects of Python"),
    "watch_journal": "a test observes the exchanges themselves, see MockServer.observe",
    "export_journal": "a test has the exchanges themselves, see Mock.requests",
}
"""Operations without a counterpart in Python, and why."""


def operations(described: Document) -> set[str]:
    return {
        operation["operationId"]
        for path in described.raw["paths"].values()
        for operation in path.values()
        if isinstance(operation, dict) and "operationId" in operation
    }


def test_every_operation_goes_through_both_doors_or_says_why_not() -> None:
    """A new one needs a line above; none has two."""
    told = [*READ, *ELSEWHERE, *HTTP_ONLY]

    assert sorted(told) == sorted(operations(document(token=False)))
