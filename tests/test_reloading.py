"""`serve --reload`: files change, and what is served with them, while worlds go on."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import httpx
import pytest

from mockserver import MockServer, StartError
from mockserver.reloading import Reloader, files_of, stamps
from mockserver.world import Collection
from mockserver.world.adoption import Adoption
from mockserver.world.registry import Worlds
from mockserver.world.store import TableState
from mockserver.world.worlds import Snapshot, World
from tests.patience import PATIENCE
from tests.test_cli import serving

SCHEMA = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}


def document(*paths: str, **changes: Any) -> dict[str, Any]:
    schema = changes.get("schema", SCHEMA)
    media = {"application/json": {"schema": schema}}
    listed = {"application/json": {"schema": {"type": "array", "items": schema}}}
    answer = {"description": "Done."}
    collection = {
        "get": {"responses": {"200": {**answer, "content": listed}}},
        "post": {"requestBody": {"content": media}, "responses": {"201": {**answer, "content": media}}},
    }
    item = {
        "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
        "get": {"responses": {"200": {**answer, "content": media}, "404": answer}},
    }
    described = dict.fromkeys(paths, collection) | {f"{each}/{{id}}": item for each in paths}
    return {"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}, "paths": described}


def write(path: Path, value: Any) -> None:
    """At once, and with another time than before, however coarse the file system's clock is."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    new = path.with_suffix(".new")
    new.write_text(value if isinstance(value, str) else json.dumps(value))
    os.utime(new, ns=(before + 10**9, before + 10**9))
    new.replace(path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "pets.json", document("/pets"))
    (tmp_path / "fixtures" / "crm").mkdir(parents=True)
    write(tmp_path / "fixtures" / "crm" / "lists.json", [])
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[MockServer]:
    with MockServer([str(folder / "pets.json"), "crm"], fixtures=folder / "fixtures") as server:
        yield server


@pytest.fixture
def told(server: MockServer) -> Iterator[Queue[tuple[str, bool]]]:
    queue: Queue[tuple[str, bool]] = Queue()
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        yield queue


def test_a_changed_document_is_served_and_worlds_go_on(
    folder: Path, server: MockServer, told: Queue[tuple[str, bool]]
) -> None:
    """With a new path, the records that were created, and the journal; the control plane knows it, too."""
    created = httpx.post(f"{server.url}/pets", json={"id": 7, "name": "Rex"}).json()
    assert httpx.get(f"{server.url}/_mock/apis/pets").json()["operations"]
    assert httpx.get(f"{server.url}/toys").status_code == 404

    write(folder / "pets.json", document("/pets", "/toys"))

    assert told.get(timeout=PATIENCE) == (f"reloaded: {folder / 'pets.json'} has changed", False)
    assert httpx.get(f"{server.url}/toys").status_code == 200
    assert httpx.get(f"{server.url}/pets/{created['id']}").json() == created
    assert len(httpx.get(f"{server.url}/_mock/apis/pets").json()["operations"]) == 6
    assert server.world().journal.added == 4
    assert "/toys" in server.apis["pets"].document.raw["paths"]


def test_an_entry_from_before_a_reload_can_be_gone_back_to(folder: Path, server: MockServer) -> None:
    """Also where its collection is another now: forked, replayed and compared, twice over."""
    httpx.post(f"{server.url}/pets", json={"id": 7, "name": "Rex"}).raise_for_status()
    by_name = document("/pets")
    by_name["paths"]["/pets/{name}"] = by_name["paths"].pop("/pets/{id}")
    by_name["paths"]["/pets/{name}"]["parameters"] = [
        {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    for changed in (document("/pets", schema={**SCHEMA, "title": "Pet"}), by_name):
        write(folder / "pets.json", changed)
        server.reload()
    forks = {"before": 404, "after": 200}
    with httpx.Client(base_url=f"{server.url}/_mock") as control:
        for at in forks:
            world = {"name": at, "from": {"world": "default", "entry": 1, "at": at}}
            control.post("/worlds", json=world).raise_for_status()
        replayed = control.post("/journal/1/replay", json={}).json()
        compared = control.get("/compare", params={"left": "default@1", "right": "default"}).json()["collections"]

    assert {at: httpx.get(f"{server.url}/_world/{at}/pets/Rex").status_code for at in forks} == forks
    assert {"id": 7, "name": "Rex"} in httpx.get(f"{server.url}/_world/after/pets").json()
    assert replayed["same"] is True
    assert [each["name"] for each in compared] == ["pets.pets"]
    assert len(server.world().adoptions) == 2
    server.world().journal.clear()
    server.reload()
    assert len(server.world().adoptions) == 1


def test_a_broken_document_is_told_and_the_old_one_goes_on(
    folder: Path, server: MockServer, told: Queue[tuple[str, bool]]
) -> None:
    """Until it is mended."""
    write(folder / "pets.json", "{")
    text, failed = told.get(timeout=PATIENCE)

    assert failed
    assert text.startswith("not reloaded; the previous version is still served: ")
    assert "expected YAML or JSON" in text
    assert httpx.get(f"{server.url}/pets").status_code == 200
    write(folder / "pets.json", document("/toys"))
    assert told.get(timeout=PATIENCE)[1] is False
    assert httpx.get(f"{server.url}/pets").status_code == 404


def test_every_file_of_a_document_counts(folder: Path) -> None:
    """Also one that it has referred to only since it was served."""
    write(folder / "one.json", SCHEMA)
    write(folder / "two.json", SCHEMA)
    path = folder / "pets.json"
    write(path, document("/pets", schema={"$ref": "one.json"}))
    queue: Queue[tuple[str, bool]] = Queue()
    server = MockServer([str(path)])
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        write(folder / "two.json", {**SCHEMA, "title": "unused"})
        write(folder / "one.json", {**SCHEMA, "title": "used"})
        assert "one.json" in queue.get(timeout=PATIENCE)[0]
        write(path, document("/pets", schema={"$ref": "two.json"}))
        assert "pets.json" in queue.get(timeout=PATIENCE)[0]
        write(folder / "two.json", {**SCHEMA, "title": "used"})
        assert "two.json" in queue.get(timeout=PATIENCE)[0]
        with pytest.raises(Empty):
            queue.get(timeout=0.2)


def test_fixtures_are_taken_up_where_nothing_was_changed(
    folder: Path, server: MockServer, told: Queue[tuple[str, bool]]
) -> None:
    """A world in which somebody changed a collection keeps that; a reset leads to the new fixtures everywhere."""
    lists = f"{server.url}/contacts/lists"
    record = json.loads((Path("fixtures") / "crm" / "lists.json").read_text())[0]
    httpx.post(lists, json={"name": "Mine"}, headers={"X-Mock-World": "changed"}).raise_for_status()
    httpx.get(lists, headers={"X-Mock-World": "seen"}).raise_for_status()

    write(folder / "fixtures" / "crm" / "lists.json", [record])

    assert told.get(timeout=PATIENCE)[1] is False

    def names(world: str) -> list[str]:
        return [each["name"] for each in httpx.get(lists, headers={"X-Mock-World": world}).json()["data"]]

    assert names("default") == names("seen") == names("new") == [record["name"]]
    assert names("changed") == ["Mine"]
    server.world("changed").reset()
    assert names("changed") == [record["name"]]


def test_a_defect_of_a_handler_file_ends_nothing(folder: Path) -> None:
    """Whatever it raises when it is read."""
    file = folder / "own.py"
    file.write_text("def get_pets(world):\n    return [{'id': 1}]\n")
    queue: Queue[tuple[str, bool]] = Queue()
    server = MockServer([str(folder / "pets.json")], handlers=f"pets={file}")
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        write(file, "1 / 0")
        assert queue.get(timeout=PATIENCE)[1] is True
        assert server.mock().client.get("/pets").json() == [{"id": 1}]
        write(file, "def get_pets(world):\n    return [{'id': 2}]\n")
        assert queue.get(timeout=PATIENCE) == (f"reloaded: {file} has changed", False)
        assert server.mock().client.get("/pets").json() == [{"id": 2}]


def test_what_handlers_import_from_their_folder_is_read_anew(folder: Path) -> None:
    """Though Python keeps modules, and takes a file of the same second and size for the same."""
    module, file, queue = folder / "words_of_ours.py", folder / "own.py", Queue[tuple[str, bool]]()
    write(module, "ID = 1\n")
    write(file, "from words_of_ours import ID\n\ndef get_pets(world):\n    return [{'id': ID}]\n")
    server = MockServer([str(folder / "pets.json")], handlers=str(file))
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        assert server.mock().client.get("/pets").json() == [{"id": 1}]
        second = module.stat().st_mtime_ns
        module.write_text("ID = 2\n")
        os.utime(module, ns=(second + 1, second + 1))

        assert queue.get(timeout=PATIENCE) == (f"reloaded: {module} has changed", False)
        assert server.mock().client.get("/pets").json() == [{"id": 2}]


def test_every_part_of_a_folder_counts(folder: Path) -> None:
    """Also one that was not there before."""
    (folder / "api").mkdir()
    write(folder / "api" / "openapi.json", document("/pets"))
    queue: Queue[tuple[str, bool]] = Queue()
    server = MockServer([str(folder / "api")])
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        write(folder / "api" / "handlers.py", "def get_pets(world):\n    return [{'id': 7}]\n")
        assert queue.get(timeout=PATIENCE)[1] is False
        assert server.mock().client.get("/pets").json() == [{"id": 7}]
        actions = "actions: [{target: \"$.paths['/pets'].post\", remove: true}]"
        write(folder / "api" / "overlay.yaml", f"overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\n{actions}\n")
        assert queue.get(timeout=PATIENCE)[1] is False
        assert server.mock().client.post("/pets", json={"id": 1}).status_code == 405


def test_what_is_no_error_of_ours_is_told_too(
    server: MockServer, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread that died would watch no more, unnoticed."""
    queue: Queue[tuple[str, bool]] = Queue()

    def reload() -> None:
        raise RuntimeError("out of luck")

    monkeypatch.setattr(server, "reload", reload)
    with Reloader(server, lambda text, failed: queue.put((text, failed)), interval=0.02):
        write(folder / "pets.json", document("/toys"))
        text, failed = queue.get(timeout=PATIENCE)

    assert (text.rpartition(": ")[2], failed) == ("out of luck", True)


def test_what_fails_between_requests_is_raised_where_it_was_asked_for(server: MockServer) -> None:
    """And not on the event loop, which goes on."""

    def fail() -> None:
        raise StartError("no")

    assert server._server is not None
    with pytest.raises(StartError, match="no"):
        server._server.between_requests(fail)

    assert httpx.get(f"{server.url}/pets").status_code == 200


def test_what_is_gone_has_no_stamp(folder: Path) -> None:
    """A file that is being replaced, or a link that leads nowhere."""
    (folder / "gone").symlink_to(folder / "nowhere")

    assert folder / "gone" not in stamps([folder, folder / "missing"])
    assert folder / "pets.json" in stamps([folder])


def test_named_files_are_watched_as_files(folder: Path) -> None:
    """NAME=FILE is the file."""
    file = folder / "own.py"
    file.write_text("def get_pets(world): ...\n")

    assert file in [*files_of(MockServer([str(folder / "pets.json")], handlers=f"pets={file}"))]


def test_records_that_fit_no_more_begin_anew() -> None:
    """Named snapshots and forks share what they shared; what nobody knows is left alone."""

    def begin() -> TableState:
        return TableState.load(after, [{"key": 1}])

    before, after = (
        Collection("a.items", key=lambda record: record["id"]),
        Collection("a.items", key=lambda record: record["key"], begin=begin),
    )
    other = Collection("b.items", begin=lambda: TableState.load(other, [{"id": 1}]))
    kept = TableState.load(other, [{"id": 2}])
    states = {"a.items": TableState.load(before, [{"id": 1}]), "b.items": kept, "gone": kept}
    world = World("default", Snapshot(states, MockServer(["crm"]).world().clock, 0, 0))
    worlds = Worlds(world)
    worlds.take("before", world)
    renewed = Collection("b.items", begin=lambda: TableState.load(other, [{"id": 1}]))

    Adoption([before, other], {}, [after, renewed], {}).adopt(worlds)

    assert world.state(after).records() == [{"key": 1}]
    assert world.state(renewed).records() == [{"id": 2}]
    assert worlds.snapshot("before").snapshot.states["b.items"] is world.origin.states["b.items"]
    assert world.origin.states["gone"] is kept


def test_the_command_line_reloads_by_itself(folder: Path) -> None:
    """As it is started by people."""
    with serving(str(folder / "pets.json"), "--reload", "--log-level", "error") as (_, announced):
        url = announced.split()[3]
        assert httpx.get(f"{url}/toys").status_code == 404
        began = time.monotonic()
        write(folder / "pets.json", document("/toys"))
        while httpx.get(f"{url}/toys").status_code == 404:
            assert time.monotonic() - began < PATIENCE
            time.sleep(0.05)
