"""Handlers of a user's own: which operations they answer, and what is said of a file that does not fit."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from mockserver import MockServer, catalog
from mockserver.additions import led
from mockserver.errors import StartError
from mockserver.resources import resource
from mockserver.seeding import seed_world

DOCUMENT = """
openapi: 3.1.0
info: {title: Pets, version: "1"}
paths:
  /pets:
    get:
      operationId: pets.list
      parameters: [{name: limit, in: query, schema: {type: integer, default: 5}}, {name: q, in: query}]
      responses: {"200": {description: d, content: {application/json: {schema: {type: array}}}}}
    post:
      operationId: create_pet
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {"201": {description: d, content: {application/json: {schema: {type: object}}}}}
  /pets/{petId}:
    get:
      operationId: get_pet
      parameters: [{name: petId, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: d, content: {application/json: {schema: {type: object, required: [id]}}}}}
"""

SOUND = """
from beside import NAME as _NAME

def pets_list(world, limit, q=None):
    return [{"limit": limit, "q": q, "name": _NAME}]

def create_pet(world, body=None):
    return {"sent": body}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a document, and something that handlers import."""
    (tmp_path / "pets.yaml").write_text(DOCUMENT)
    (tmp_path / "beside.py").write_text("NAME = 'Rex'\n")
    return tmp_path


def served(folder: Path, code: str, *given: str, apis: Sequence[str] = ("pets.yaml",)) -> MockServer:
    (folder / "own.py").write_text(code)
    return MockServer([str(folder / api) for api in apis], handlers=given or (str(folder / "own.py"),))


def test_functions_answer_their_operations_and_the_rest_is_inferred(folder: Path) -> None:
    """Decoded arguments and defaults come in; a body alone has the status of success; names are such as Python has."""
    with served(folder, SOUND) as server, server.mock() as mock:
        listed = mock.client.get("/pets?q=a")
        created = mock.client.post("/pets", json={"a": 1})
        inferred = mock.client.get("/pets/7")
        explained = mock.client.get("/_mock/journal/1").json()["answeredBy"]

    assert listed.json() == [{"limit": 5, "q": "a", "name": "Rex"}]
    assert (created.status_code, created.json()) == (201, {"sent": {"a": 1}})
    assert (inferred.status_code, explained) == (404, "handler")


def test_a_handler_that_breaks_the_contract_is_not_sent(folder: Path) -> None:
    """Nor one that fails; the other operations are served."""
    code = "def get_pet(world, pet_id):\n    return {}\n\ndef create_pet(world):\n    raise ValueError\n"
    with served(folder, code) as server, server.mock() as mock:
        broken, failed = mock.client.get("/pets/7"), mock.client.post("/pets")

    assert (broken.status_code, failed.status_code) == (500, 500)
    assert "violates its contract" in broken.json()["detail"]


def test_a_handler_wins_over_a_shipped_one(tmp_path: Path) -> None:
    """One operation at a time."""
    (tmp_path / "own.py").write_text("def get_list(world, **arguments):\n    raise KeyError(arguments['id'])\n")
    with MockServer(["workshop"], handlers=tmp_path / "own.py", auth="any") as server, server.mock() as mock:
        own = mock.client.get("/v1/lists/3d4e06a3-544b-4cc7-924e-e077ef133cf6")
        shipped = mock.client.get("/v1/lists")

    assert (own.status_code, shipped.status_code) == (500, 200)


def test_refuse_words_what_the_server_refuses(folder: Path) -> None:
    """Where it returns nothing, the server does."""
    code = """
def refuse(world, rejection):
    return ({"said": rejection.kind}, 200) if rejection.operation_id == "get_pet" else None

def get_pet(world, pet_id):
    return {"id": pet_id}
"""
    document = DOCUMENT.replace("type: string}}]", "type: string, minLength: 2}}]").replace(", required: [id]", "")
    (folder / "pets.yaml").write_text(document)
    with served(folder, code) as server, server.mock() as mock, mock.expect_violations("invalid"):
        own, other = mock.client.get("/pets/7"), mock.client.get("/pets?limit=x")

    assert own.json() == {"said": "invalid"}
    assert other.status_code == 400


FLAWS: dict[str, tuple[str, str]] = {
    "no operation": (
        "def create_pat(world): ...\n",
        "own.py:1: create_pat() is not the name of an operation; did you mean create_pet? The name of a helper "
        "function begins with an underscore: _create_pat.",
    ),
    "nothing like an operation": (
        "def zzz(world): ...\n",
        "zzz() is not the name of an operation; expected some of create_pet, get_pet, pets.list, pets_list.",
    ),
    "no world": (
        "\ndef create_pet(): ...\n",
        "own.py:2: create_pet() must take the world first: ",
    ),
    "only keywords": ("def create_pet(*, body): ...\n", "create_pet() must take the world first"),
    "a coroutine": ("async def create_pet(world): ...\n", "create_pet() must be a plain function"),
    "a generator": ("def create_pet(world):\n    yield\n", "create_pet() must be a plain function"),
    "one operation twice": (
        "def pets_list(world): ...\nglobals()['pets.list'] = pets_list\n",
        "pets_list() and pets.list() answer one operation. Keep one of them.",
    ),
    "an unknown argument": (
        "def get_pet(world, petid): ...\n",
        "own.py:1: get_pet() takes petid, which is no parameter of the operation; expected some of pet_id, body",
    ),
    "an optional argument without a default": (
        "def pets_list(world, limit, q): ...\n",
        "own.py:1: pets.list() takes q without a default, but requests may come without. Write q=None.",
    ),
    "an optional body without a default": (
        "def create_pet(world, body): ...\n",
        "create_pet() takes body without a default, but requests may come without. Write body=None.",
    ),
    "nothing": ("X = 1\n", "own.py: expected a function for an operation, such as pets_list(world), found none."),
    "a collection of another API": (
        "from mockserver.world import Collection\nCOLLECTIONS = (Collection('cats.all'),)\n",
        """the collection 'cats.all' must be named after its API: "pets.all".""",
    ),
    "a collection whose schema is none": (
        "from mockserver.world import Collection\nCOLLECTIONS = (Collection('pets.all', schema={'properties': 3}),)\n",
        """the schema of the collection 'pets.all' is no JSON Schema: /properties: 3 is not of type "object".""",
    ),
    "collections that are none": (
        "COLLECTIONS = {'a': 1}\n",
        "COLLECTIONS must be a tuple of mockserver.Collection",
    ),
    "a refuse of one argument": ("def refuse(world): ...\n", "own.py:1: refuse() takes the world and the rejection."),
    "no Python": ("x = 1\ndef f(:\n", "own.py:2: the handlers are not valid Python: "),
    "an import that fails": (
        "\nimport nowhere\n",
        "own.py:2: the handlers cannot be imported: ModuleNotFoundError",
    ),
    "an error deeper down": (
        "def _f():\n    return 1 / 0\n\n_f()\n",
        "own.py:2: the handlers cannot be imported: ZeroDivisionError: division by zero",
    ),
    "an error elsewhere": (
        "import json\njson.loads('')\n",
        "own.py:2: the handlers cannot be imported: JSON",
    ),
    "what is no exception": (
        "class E(BaseException): ...\nraise E('x')\n",
        "own.py:2: the handlers cannot be imported: E: x",
    ),
    "no text": ("\0", "own.py: the handlers are not valid Python: source code string cannot contain null bytes"),
    "__all__ that is no list": ("__all__ = 5\n", "own.py: __all__ must be a list of names, got 5."),
    "__all__ of another file": (
        "__all__ = ['get_pet']\n",
        "own.py: __all__ names 'get_pet', which the file does not have.",
    ),
    "an exit": ("raise SystemExit(3)\n", "own.py:1: the handlers cannot be imported: SystemExit: 3"),
}


@pytest.mark.parametrize(("code", "told"), FLAWS.values(), ids=FLAWS)
def test_a_file_that_does_not_fit_is_told_with_its_line(folder: Path, code: str, told: str) -> None:
    """At the start, in one message, without a traceback of the server."""
    with pytest.raises(StartError) as refused:
        served(folder, code)

    assert told in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_every_flaw_is_told_at_once(folder: Path) -> None:
    """A line each."""
    with pytest.raises(StartError) as refused:
        served(folder, "def a(world): ...\ndef b(world): ...\nCOLLECTIONS = 3\n")

    assert len(str(refused.value).splitlines()) == 3


def test_what_a_file_offers_can_be_said(folder: Path) -> None:
    """`__all__` names the handlers, also imported ones; the others are helpers."""
    (folder / "more.py").write_text("def get_pet(world, pet_id):\n    return {'id': 'more'}\n")
    code = "from more import get_pet\n__all__ = ['get_pet']\ndef helper(): ...\n"
    with served(folder, code) as server, server.mock() as mock:
        assert mock.client.get("/pets/1").json() == {"id": "more"}


BOTH = """
def get_pet(world, pet_id, records):
    return {"id": pet_id, "of": len(records["pets"]), "name": records["pets"].get(pet_id)["name"]}
"""


def test_a_handler_acts_on_the_records_that_are_inferred(folder: Path) -> None:
    """`records` has every collection of the API by its name."""
    item = "{type: object, properties: {id: {type: string}, name: {type: string}}}"
    document = DOCUMENT.replace("schema: {type: object, required: [id]}", f"schema: {item}")
    document = document.replace("schema: {type: array}", f"schema: {{type: array, items: {item}}}")
    (folder / "pets.yaml").write_text(document.replace("schema: {type: object}", f"schema: {item}"))
    with served(folder, BOTH) as server, server.mock() as mock:
        made = mock.client.post("/pets", json={"name": "Rex"}).json()["id"]
        count = len(mock.client.get("/pets").json())
        found = mock.client.get(f"/pets/{made}").json()

    assert found == {"id": made, "of": count, "name": "Rex"}


def test_a_handler_that_asks_for_no_collection_fails(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says which there are."""
    with served(folder, BOTH.replace('records["pets"]', 'records["pats"]')) as server, server.mock() as mock:
        assert mock.client.get("/pets/1").status_code == 500

    assert "pets has no collection 'pats'; expected one of" in caplog.text


def test_what_handlers_keep_is_not_inferred_as_well(folder: Path) -> None:
    """Where a collection of theirs is called as an inferred one."""
    code = "from mockserver.world import Collection\nCOLLECTIONS = (Collection('pets.pets'),)\n"
    with served(folder, code) as server, server.mock() as mock:
        created = mock.client.post("/pets", json={})

        assert created.status_code == 201
        assert mock.state["pets.pets"] == []
        assert [*mock.state] == ["pets.pets"]


def test_a_file_that_is_not_there_says_so(folder: Path) -> None:
    """And one that is no Python file."""
    for name in ("nowhere.py", "pets.yaml"):
        with pytest.raises(StartError, match="expected a Python file of handlers"):
            MockServer([str(folder / "pets.yaml")], handlers=folder / name)


GIVEN: dict[str, tuple[tuple[str, ...], str]] = {
    "no name": (("own.py",), "--handlers own.py: several APIs are served; name the one that it is for: "),
    "an unknown name": (("pats=own.py",), "--handlers pats=own.py: no API is called 'pats'; did you mean pets?"),
    "another name": (("zzz=own.py",), "no API is called 'zzz'; expected one of pets, crm."),
}


@pytest.mark.parametrize(("given", "told"), GIVEN.values(), ids=GIVEN)
def test_a_file_is_for_one_of_several_apis(folder: Path, given: tuple[str, ...], told: str) -> None:
    """Which has to be said."""
    with pytest.raises(StartError) as refused:
        MockServer([str(folder / "pets.yaml"), "crm"], handlers=given)

    assert told in str(refused.value)


def test_a_named_file_is_for_the_api_of_that_name(folder: Path) -> None:
    """And a later file wins over an earlier one."""
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(f"def get_pet(world, pet_id):\n    return {{'id': '{name}'}}\n")
    files = [f"pets={folder / name}.py" for name in ("one", "two")]
    with MockServer([str(folder / "pets.yaml"), "crm"], handlers=files) as server, server.mock() as mock:
        assert mock.client.get("/pets/1").json() == {"id": "two"}


ORDERS = """
from mockserver.world import Collection
ALL = Collection("kennel.all", schema={"type": "object", "required": ["id"]})
COLLECTIONS = (ALL,)

def pets_list(world):
    return list(world[ALL])
"""


def kennel(folder: Path, **files: str) -> Path:
    """A folder that is an API."""
    place = folder / "kennel"
    for name, text in {"openapi.yaml": DOCUMENT, "handlers.py": ORDERS, **files}.items():
        file = place / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return place


def test_a_folder_is_an_api_with_all_its_parts(folder: Path) -> None:
    """Called after itself; its records are fixtures, and are exported."""
    stub = '{"match": {"operationId": "get_pet"}, "body": {"id": "stub"}}'
    place = kennel(folder, **{"fixtures/all.json": '[{"id": "a"}]', "fixtures/stubs/one.json": stub})
    with MockServer([f"{place}/"]) as server, server.mock() as mock:
        assert mock.client.get("/pets").json() == [{"id": "a"}]
        assert mock.client.get("/pets/1").json() == {"id": "stub"}
        assert mock.state.export()["collections"]["kennel.all"] == [{"id": "a"}]
        mock.state["kennel.all"] = [{"id": "b"}]
        assert mock.client.get("/pets").json() == [{"id": "b"}]


def test_a_folder_without_fixtures_begins_empty(folder: Path) -> None:
    """A document with handlers alone is enough; so is a document."""
    place = kennel(folder)
    with MockServer([str(place)]) as server, server.mock() as mock:
        assert mock.client.get("/pets").json() == []
    (place / "handlers.py").unlink()
    with MockServer([str(place)]) as server, server.mock() as mock:
        assert mock.client.get("/pets").status_code == 200


def test_fixtures_of_a_folder_are_checked_and_can_be_replaced(folder: Path) -> None:
    """By `--fixtures`, as for the shipped APIs."""
    place = kennel(folder, **{"fixtures/all.json": '[{"name": "a"}]'})
    with pytest.raises(Exception, match=r"all\.json: record 1: id"):
        MockServer([str(place)])
    (folder / "mine" / "kennel").mkdir(parents=True)
    (folder / "mine" / "kennel" / "all.json").write_text('[{"id": "mine"}]')
    with MockServer([str(place)], fixtures=folder / "mine") as server, server.mock() as mock:
        assert mock.client.get("/pets").json() == [{"id": "mine"}]


FOLDERS: dict[str, tuple[dict[str, str], str]] = {
    "nothing": ({}, "expected one OpenAPI document in the folder, such as openapi.yaml, found none."),
    "two documents": ({"a.yaml": DOCUMENT, "b.json": "{}"}, "such as openapi.yaml, found a.yaml, b.json."),
}


@pytest.mark.parametrize(("files", "told"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_has_one_document(folder: Path, files: dict[str, str], told: str) -> None:
    """Whatever it is called, if it is the only one."""
    place = kennel(folder, **files)
    (place / "openapi.yaml").unlink()
    with pytest.raises(StartError) as refused:
        MockServer([str(place)])

    assert told in str(refused.value)


OVERLAY = """
overlay: 1.0.0
info: {title: t, version: "1"}
actions: [{target: "$.paths['/pets'].get", remove: true}]
"""


def test_overlays_of_a_folder_and_of_the_command_line_are_applied(folder: Path) -> None:
    """To the API that they are for; shipped APIs are served as they are."""
    place = kennel(folder, **{"overlay.yaml": OVERLAY, "handlers.py": "def create_pet(world):\n    return {}\n"})
    other = folder / "other.yaml"
    other.write_text(OVERLAY.replace("/pets'].get", "/pets/{petId}']"))
    with MockServer([str(place), "crm"], overlays=[f"kennel={other}"]) as server:
        assert server.operations("kennel") == {"create_pet"}
    with pytest.raises(StartError, match="the shipped API crm takes no overlay"):
        MockServer(["crm"], overlays=other)


def test_a_document_may_be_called_anything(folder: Path) -> None:
    """Beside one that is called `openapi`, others are not looked at."""
    place = kennel(folder, **{"other.yaml": "x"})
    with MockServer([str(place)]) as server:
        assert list(server.apis) == ["kennel"]
    (place / "other.yaml").unlink()
    (place / "openapi.yaml").rename(place / "pets.yaml")
    with MockServer([str(place)]) as server:
        assert list(server.apis) == ["kennel"]


def test_a_folder_of_another_name_says_what_its_collections_are_called(folder: Path) -> None:
    """They are called after the API."""
    with pytest.raises(StartError, match=r"the collection 'kennel\.all' must be named after its API: \"named\.all\"\."):
        MockServer([f"named={kennel(folder)}"])


def test_files_of_a_configuration_file_lead_on_from_its_folder(folder: Path) -> None:
    """Also where they are named."""
    assert led(folder, "own.py") == str(folder / "own.py")
    assert led(folder, "pets=own.py") == f"pets={folder / 'own.py'}"


@pytest.mark.parametrize("name", catalog.names())
def test_a_shipped_api_is_a_folder_like_any_other(name: str, tmp_path: Path) -> None:
    """Its document, handlers, fixtures and refusals, copied into one, are the same API."""
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(resource("specs") / f"{name}.yaml", folder / "openapi.yaml")
    shutil.copy(Path(catalog.__file__).parent / "apis" / f"{name}.py", folder / "handlers.py")
    shutil.copytree(resource("fixtures") / name, folder / "fixtures")
    copied, shipped = (catalog.load_apis([each])[0] for each in (f"{folder}/", name))
    one, other = seed_world([copied]), seed_world([shipped])

    assert copied.handlers.keys() == shipped.handlers.keys() == set(shipped.contract.operations)
    assert {each.name: [*one[each]] for each in copied.loaded()} == {
        each.name: [*other[each]] for each in shipped.loaded()
    }
    assert copied.refuse.__name__ == "refuse"


def test_a_relative_file_is_told_with_its_line_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Though Python names it by its whole path."""
    monkeypatch.chdir(folder)
    Path("own.py").write_text("X = 1\n\nraise ValueError('y')\n")
    Path("pets.yaml").write_text(DOCUMENT)

    with pytest.raises(StartError, match=r"^own\.py:3: the handlers cannot be imported: ValueError: y"):
        MockServer(["pets.yaml"], handlers="own.py")
