"""The catalog: the five APIs, a user's fixtures in place of the shipped ones, and what is wrong with them in words."""

from __future__ import annotations

import gc
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import MockServer, catalog, seeding
from mockserver.api import Api, inferences
from mockserver.catalog import load_api, load_apis, names, proven
from mockserver.cli import main
from mockserver.contract.document import Document
from mockserver.errors import DocumentError, FixtureError, StartError
from mockserver.resources import resource
from mockserver.seeding import seed_world
from mockserver.world import Collection, World

FIVE = ("audience", "crm", "prospects", "salesnav", "workshop")


@pytest.fixture(scope="module")
def world() -> World:
    """All five, seeded."""
    return seed_world(load_apis(), seed=3)


def test_the_five_come_with_the_package() -> None:
    """By the names of their documents."""
    assert names() == FIVE
    assert [api.name for api in load_apis()] == list(FIVE)


@pytest.mark.parametrize("name", FIVE)
def test_an_api_is_one_name_in_every_place(name: str) -> None:
    """Its document, its fixtures, its handlers, its collections; and every operation has its handler."""
    api = load_api(name)

    assert api.document.source == str(resource("specs") / f"{name}.yaml")
    assert api.fixtures == (resource("fixtures") / name,)
    assert all(collection.name.startswith(f"{name}.") for collection in api.stored())
    for _, _, operation in api.document.operations():
        handler = api.handler(operation["operationId"])
        assert (handler.__name__, handler.__module__) == (operation["operationId"], f"mockserver.apis.{name}")


@pytest.mark.parametrize("name", FIVE)
def test_every_fixture_file_is_a_collection_and_every_record_is_there(name: str, world: World) -> None:
    """Nothing lies in the folder that is not served, and nothing is lost in loading."""
    api = load_api(name)
    counts = {each.stem: len(json.loads(each.read_bytes())) for each in (resource("fixtures") / name).glob("*.json")}

    loaded = {collection.name.partition(".")[2]: len(world[collection]) for collection in api.stored()}

    assert loaded == counts
    assert world.seed == 3


def test_apis_are_loaded_in_the_order_asked_for() -> None:
    """Each once."""
    assert [api.name for api in load_apis(("workshop", "crm", "workshop"))] == ["workshop", "crm"]


def test_an_unknown_api_is_refused() -> None:
    """With the names there are."""
    with pytest.raises(StartError) as refused:
        load_apis(("crm", "nope"))

    assert str(refused.value) == (
        f"unknown API 'nope': expected one of {', '.join(FIVE)}. "
        "Name an API of your own by its document: a path such as ./nope.yaml, or a URL."
    )


def test_an_operation_without_a_handler_is_refused() -> None:
    """The error says which function to write."""
    with pytest.raises(StartError) as refused:
        load_api("crm").handler("other")

    assert str(refused.value) == "crm: operation other has no handler. Write a function other(world) for it."


@pytest.mark.parametrize(
    ("name", "token"),
    [
        ("audience", "ak_demo_full"),
        ("salesnav", "sk_live_demo_7c1f0a94e2b8"),
        ("workshop", "wk_demo_api"),
        ("crm", None),
        ("prospects", None),
    ],
)
def test_the_first_credential_is_the_default(name: str, token: str | None, world: World) -> None:
    """An API without credentials has none, nor has one whose credentials are all gone."""
    api = load_api(name)

    record = api.default_credential(world)

    assert (record and record["token"]) == token
    if api.credentials is not None:
        fork = World("fork", world.snapshot())
        for credential in list(fork[api.credentials]):
            fork[api.credentials].delete(credential["token"])
        assert api.default_credential(fork) is None


def fixtures(folder: Path, files: dict[str, Any]) -> Path:
    for name, records in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(records if isinstance(records, str) else json.dumps(records))
    return folder


def shipped(name: str) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads((resource("fixtures") / name).read_bytes())
    return records


def test_a_users_fixtures_replace_the_shipped_ones(tmp_path: Path) -> None:
    """File by file; what the folder does not have is as shipped."""
    own = {"token": "mine", "account": "north", "scopes": [], "description": "Mine."}
    folder = fixtures(tmp_path, {"workshop/credentials.json": [own], ".git/x.json": "", "README.md": "Mine."})

    apis = load_apis(("workshop", "crm"), folder)
    world = seed_world(apis)

    workshop, _ = apis
    assert workshop.credentials is not None
    assert list(world[workshop.credentials]) == [own]
    assert [len(world[collection]) for collection in workshop.collections] == [
        len(shipped(f"workshop/{collection.name.partition('.')[2]}.json")) for collection in workshop.collections
    ]


def test_fixtures_may_give_credentials_to_an_api_that_has_none(tmp_path: Path) -> None:
    """They are loaded like any."""
    own = {"token": "mine", "account": "north", "scopes": [], "description": "Mine."}

    (crm,) = load_apis(("crm",), fixtures(tmp_path, {"crm/credentials.json": [own]}))

    assert crm.default_credential(seed_world([crm])) == own


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({"shop/lists.json": []}, "", "no API is called 'shop'; expected folders named audience, crm, "),
        ({"lists.json": []}, "", "no API is called 'lists.json'; expected folders named audience, crm, "),
        ({"crm/list.json": []}, "crm/list.json", "it is no collection of this API; expected "),
        ({"crm/lists.json": "["}, "crm/lists.json", "expected a JSON array of records, but it is not JSON: "),
        ({"workshop/credentials.json": [{}]}, "workshop/credentials.json", "record 1: token: is required"),
        (
            {"workshop/credentials.json": [{"token": "", "account": "a", "scopes": [], "description": ""}]},
            "workshop/credentials.json",
            "record 1: token: must have at least 1 character(s)",
        ),
    ],
)
def test_a_users_flaw_is_told(tmp_path: Path, files: dict[str, Any], place: str, words: str) -> None:
    """A folder or file that is nobody's would be passed over without a word, so it is refused."""
    folder = fixtures(tmp_path, files)

    with pytest.raises(FixtureError) as refused:
        seed_world(load_apis(("crm", "workshop"), folder))

    assert str(refused.value).startswith(f"{folder / place}: {words}")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """As is a file in its place."""
    with pytest.raises(FixtureError) as missing:
        load_apis((), tmp_path / "none")

    assert (
        str(missing.value) == f"{tmp_path / 'none'}: expected a folder of fixtures like fixtures/, but there is none."
    )


@pytest.mark.parametrize("name", FIVE)
def test_a_broken_record_of_any_collection_is_told(name: str, tmp_path: Path) -> None:
    """Whichever field is missing or has become an object, it is a flaw in words or none, never a crash."""
    api = load_api(name)
    told = []
    for collection in api.stored():
        file = f"{collection.name.partition('.')[2]}.json"
        alone = replace(api, collections=(replace(collection, references={}),), credentials=None, fixtures=(tmp_path,))
        first, *others = shipped(f"{name}/{file}")
        for field in first:
            for broken in ({key: value for key, value in first.items() if key != field}, {**first, field: {"a": []}}):
                told.append(flaw(alone, fixtures(tmp_path, {file: [broken, *others[:1]]}) / file))
                assert told[-1] is None or told[-1].startswith(f": record 1: {field}")

    assert any(told)


def flaw(api: Api, file: Path) -> str | None:
    """What is wrong with the file, behind its name."""
    try:
        seed_world([api])
    except FixtureError as refused:
        return str(refused).removeprefix(str(file))
    return None


def test_a_read_only_property_is_required_of_a_fixture() -> None:
    """A record has what answers are made of, also what no request may send."""
    schema = {"required": ["id"], "properties": {"id": {"$ref": "#/components/schemas/Id"}}}
    read_only = {"schemas": {"Id": {"type": "string", "readOnly": True}}}
    raw = {"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {}, "components": read_only}
    api = replace(load_api("crm"), document=Document(raw))

    flaws = list(seeding._checker(api)(Collection("crm.things", schema=schema))({}))

    assert flaws == [("id", "is required")]


@pytest.mark.parametrize("enabled", [True, False])
def test_seeding_leaves_garbage_collection_as_it_was(enabled: bool) -> None:
    """Also when the fixtures are broken."""
    api = load_api("crm")
    gc.enable() if enabled else gc.disable()
    try:
        seed_world([api])
        after_success = gc.isenabled()
        with pytest.raises(FixtureError):
            seed_world([replace(api, fixtures=(Path("nowhere"),))])
        after_failure = gc.isenabled()
    finally:
        gc.enable()

    assert (after_success, after_failure) == (enabled, enabled)


@pytest.fixture
def shipped_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped documents in a folder that a test may spoil."""
    (tmp_path / "specs").mkdir()
    for path in resource("specs").iterdir():
        (tmp_path / "specs" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(catalog, "resource", lambda kind: tmp_path / kind if kind == "specs" else resource(kind))
    return tmp_path / "specs"


def test_a_shipped_document_is_known_by_its_checksum() -> None:
    """Each as it is, so that it need not be validated again."""
    assert proven() == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in resource("specs").glob("*.yaml")
    }


def test_a_changed_document_is_validated_again(shipped_elsewhere: Path) -> None:
    """A flaw that someone made in it is found, with the checksums or without."""
    document = shipped_elsewhere / "crm.yaml"
    document.write_text(document.read_text().replace("operationId:", "operationid:"))

    with pytest.raises(DocumentError, match="not a valid OpenAPI document"):
        load_api("crm")
    (shipped_elsewhere / "SHA256SUMS").unlink()
    with pytest.raises(DocumentError, match="not a valid OpenAPI document"):
        load_api("crm")
    assert proven() == {}
    assert load_api("workshop").name == "workshop"


def test_what_is_inferred_is_listed_with_its_reason() -> None:
    """Each place by its JSON Pointer, escaped; a reason that is no text is none."""
    raw = {
        "openapi": "3.0.3",
        "paths": {"/a~b": {"get": {"x-inferred": "the method"}}},
        "tags": [{"name": "a"}, {"name": "b", "x-inferred": "the tag"}],
        "info": {"x-inferred": {"not": "a reason"}, "title": "x-inferred"},
    }

    assert list(inferences(Document(raw))) == [("#/paths/~1a~0b/get", "the method"), ("#/tags/1", "the tag")]


def test_documents_that_cannot_be_seen_are_no_wish_for_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Package data is missing, or a test fakes the file system: every command says so instead of serving nothing."""
    monkeypatch.setattr("mockserver.catalog.resource", lambda name: tmp_path / name)

    for chosen in ((), ("crm",)):
        with pytest.raises(StartError, match=r"expected the documents of the shipped APIs in .*specs, found none"):
            load_apis(chosen)
    for command in (["apis"], ["routes"], ["serve", "--port", "0"], ["export"], ["verify", "--max-examples", "1"]):
        result = CliRunner().invoke(main, command)

        assert result.exit_code == 2, command
        assert "expected the documents of the shipped APIs" in result.output, command


def test_fixtures_that_are_not_there_are_no_wish_for_none(tmp_path: Path) -> None:
    """A folder without any, or an API's folder without any."""
    empty = tmp_path / "empty"
    (empty / "crm").mkdir(parents=True)

    with pytest.raises(FixtureError, match=r"crm: expected some of .*, found no file of that kind"):
        load_apis(("crm",), empty)
    with pytest.raises(FixtureError, match=r"expected folders named audience, .* with JSON files in them, found none"):
        load_apis(("crm",), empty / "crm")


def test_a_document_without_paths_is_not_served(tmp_path: Path) -> None:
    """It is a part of another, or none at all."""
    file = tmp_path / "nothing.yaml"
    file.write_text("openapi: 3.0.3\ninfo: {title: t, version: '1'}\ncomponents: {}\n")

    with pytest.raises(StartError, match="expected a document with operations under `paths`, found none"):
        load_apis((str(file),))


def test_a_document_of_no_operations_is_served_with_a_warning(tmp_path: Path) -> None:
    """OpenAPI lets `paths` be empty: there is nothing to answer but 404."""
    file = tmp_path / "nothing.yaml"
    file.write_text("openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n")

    (api,) = load_apis((str(file),))

    assert api.contract.operations == {}
    assert [(flaw.kind, flaw.costs) for flaw in api.document.flaws] == [("no-operations", "nothing")]
    answer = MockServer([str(file)]).mock().client.get("/a")
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        "No documented path matches /a. None is documented.",
    )


@pytest.mark.parametrize("key", ["webhooks", "x-webhooks"])
def test_a_document_of_webhooks_only_is_one(tmp_path: Path, key: str) -> None:
    """It is served beside the others, with no operation: its requests are sent, and not taken."""
    file = tmp_path / "notices.yaml"
    file.write_text(f"openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\n{key}: {{sent: {{post: {{}}}}}}\n")

    (api,) = load_apis((str(file),))

    assert api.contract.operations == {}
