"""An export of a document with very many collections has those that somebody has looked at, or that are asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from mockserver import MockServer
from mockserver.admin import exports
from mockserver.cli import main
from mockserver.errors import StateError
from mockserver.mock.mock import Mock

THINGS = ("books", "films", "games")
LIMIT = 2


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A document that counts as large, with a collection for each kind of thing."""
    monkeypatch.setattr(exports, "LARGE", LIMIT)
    thing = {
        "type": "object",
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
    }
    one = {"200": {"description": "One.", "content": {"application/json": {"schema": thing}}}}
    several = {"type": "array", "items": thing}
    many = {"200": {"description": "All.", "content": {"application/json": {"schema": several}}}}
    named = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    paths: dict[str, Any] = {}
    for kind in THINGS:
        paths[f"/{kind}"] = {"get": {"responses": many}}
        paths[f"/{kind}/{{id}}"] = {"parameters": [named], "get": {"responses": one}}
    file = tmp_path / "shop.json"
    file.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "paths": paths}))
    return file


@pytest.fixture
def mock(document: Path) -> Mock:
    return MockServer([str(document)]).mock()


def kept(exported: Any) -> set[str]:
    return {name.partition(".")[2] for name in exported["collections"]}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_what_nobody_has_looked_at_is_left_out(mock: Mock) -> None:
    """A request and a test look at a collection alike."""
    assert kept(mock.state.export()) == set()

    mock.client.get("/books")
    assert mock.state["shop.films"]

    assert kept(mock.state.export()) == {"books", "films"}


def test_what_is_asked_for_by_name_is_there(mock: Mock) -> None:
    """One collection, or all."""
    assert kept(mock.state.export(["shop.games"])) == {"games"}
    assert kept(mock.state.export(["all"])) == set(THINGS)


def test_a_name_that_nothing_has_is_refused(mock: Mock) -> None:
    """With the nearest one."""
    with pytest.raises(StateError, match=r"no collection is called 'shop.gamess'; did you mean shop.games"):
        mock.state.export(["shop.gamess"])


def test_an_export_without_some_collections_is_loaded_as_the_same_world(mock: Mock, document: Path) -> None:
    """What it leaves out begins alike there, in another process as well, and what was changed is as it was."""
    mock.state.patch({"shop.books": {key_of(mock): None}})
    exported = mock.state.export()

    other = MockServer([str(document)]).mock()
    other.state.load(exported)

    assert kept(exported) == {"books"}
    assert other.state.export(["all"]) == mock.state.export(["all"])


def key_of(mock: Mock) -> str:
    """The key of the first book, as a change names it."""
    return str(mock.state["shop.books"][0]["id"])


def test_a_small_document_is_exported_whole(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has looked at it."""
    monkeypatch.setattr(exports, "LARGE", len(THINGS))

    assert kept(mock.state.export()) == set(THINGS)


def test_fixtures_are_exported(document: Path, tmp_path: Path) -> None:
    """They do not follow from the document."""
    folder = tmp_path / "fixtures"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "games.json").write_text('[{"id": 7, "name": "Chess"}]')

    mock = MockServer([str(document)], fixtures=folder).mock()

    assert mock.state.export()["collections"] == {"shop.games": [{"id": 7, "name": "Chess"}]}


def test_the_command_says_what_it_leaves_out(document: Path, tmp_path: Path) -> None:
    """On standard error, with a name to include; what is asked for is in the file."""
    file = tmp_path / "world.json"

    ran = run("export", document, "--include", "shop.films", "--output", file)

    assert ran.exit_code == 0
    assert ran.stderr == (
        "mockserver: shop: 2 collections are left out, as nobody has looked at them. They begin alike where the file is"
        " read; --include NAME adds one, such as shop.books, --include all each.\n"
    )
    assert kept(json.loads(file.read_text())) == {"films"}


@pytest.mark.parametrize(("include", "files"), [("all", THINGS), ("shop.films", ["films"])])
def test_fixtures_are_written_for_what_is_asked_for(
    document: Path, tmp_path: Path, include: str, files: list[str]
) -> None:
    """A file each."""
    ran = run("export", document, "--include", include, "--as-fixtures", tmp_path / "made")

    assert ran.exit_code == 0
    assert [each.name for each in sorted((tmp_path / "made" / "shop").iterdir())] == [f"{name}.json" for name in files]


def test_a_running_server_is_asked_for_the_same(document: Path, tmp_path: Path) -> None:
    """By its URL, as a file and as fixtures."""
    file, folder = tmp_path / "world.json", tmp_path / "made"

    with MockServer([str(document)]) as server:
        ran = [
            run("export", "--url", server.url, "--include", "shop.books", *more)
            for more in (("--output", file), ("--as-fixtures", folder))
        ]

    assert [each.exit_code for each in ran] == [0, 0]
    assert kept(json.loads(file.read_text())) == {"books"}
    assert [each.name for each in (folder / "shop").iterdir()] == ["books.json"]


def test_a_server_begins_with_a_file_that_leaves_everything_out(document: Path, tmp_path: Path) -> None:
    """The APIs are named then, as the file says nothing of them."""
    file = tmp_path / "world.json"
    run("export", document, "--output", file)

    answered = MockServer([str(document)], state=file).mock().client.get("/books")

    assert (kept(json.loads(file.read_text())), answered.status_code) == (set(), 200)


def test_the_list_of_collections_makes_none(document: Path) -> None:
    """What nobody has looked at is not counted, and is there all the same."""
    with MockServer([str(document)]) as server, httpx.Client(base_url=f"{server.url}/_mock") as control:
        told = control.get("/state").json()["collections"]
        records = control.get("/state/shop.books").json()["total"]
        again = control.get("/state").json()["collections"]
        exported = control.get("/export").json()

    assert {each["name"]: each["count"] for each in told} == {f"shop.{name}": None for name in THINGS}
    assert records > 0
    assert [each["count"] for each in again] == [records, None, None]
    assert kept(exported) == {"books"}
