"""OpenAPI Overlays: what their actions do, what is told of those that cannot be done, and where parts were written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.contract.reading.check import check
from mockserver.contract.reading.reader import ReadDocument, read
from mockserver.errors import DocumentError
from tests.patience import bounded

Json = dict[str, Any]

DOCUMENT = """openapi: 3.1.0
info: {title: Pets, version: "1"}
tags: &tags [a, b]
x-tags: *tags
paths:
  /pets:
    get:
      operationId: list_pets
      parameters:
        - {name: first, in: query, schema: {type: string}}
        - {name: second, in: query, schema: {type: strin}}
      responses:
        "200": {description: All.}
    post:
      operationId: create_pet
      responses:
        "201": {description: Made.}
"""


def overlay(*actions: Json, version: str = "1.1.0", **more: Any) -> str:
    return yaml.safe_dump({"overlay": version, "info": {"title": "t", "version": "1"}, "actions": [*actions], **more})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pets.yaml").write_text(DOCUMENT)
    return tmp_path


def changed(folder: Path, *actions: Json, **more: Any) -> ReadDocument:
    """The document with one overlay of these actions."""
    (folder / "overlay.yaml").write_text(overlay(*actions, **more))
    return read(folder / "pets.yaml", overlays=[folder / "overlay.yaml"])


ACTIONS: dict[str, tuple[list[Json], str, Any]] = {
    "an object is merged": (
        [{"target": "$.info", "update": {"title": "Cats", "contact": {"name": "n"}}}],
        "#/info",
        {"title": "Cats", "version": "1", "contact": {"name": "n"}},
    ),
    "objects below as well": (
        [{"target": "$", "update": {"info": {"title": "Cats"}}}],
        "#/info",
        {"title": "Cats", "version": "1"},
    ),
    "a value is appended": ([{"target": "$.tags", "update": "c"}], "#/tags", ["a", "b", "c"]),
    "an object is appended": ([{"target": "$.tags", "update": {"c": 1}}], "#/tags", ["a", "b", {"c": 1}]),
    "an array is concatenated": ([{"target": "$.tags", "update": ["c", "d"]}], "#/tags", ["a", "b", "c", "d"]),
    "an array below is concatenated": ([{"target": "$", "update": {"tags": ["c"]}}], "#/tags", ["a", "b", "c"]),
    "what shares an alias stays": ([{"target": "$.tags", "update": "c"}], "#/x-tags", ["a", "b"]),
    "a primitive is replaced": ([{"target": "$.info.title", "update": "Cats"}], "#/info/title", "Cats"),
    "several are selected": (
        [{"target": "$.paths.*.*", "update": {"x-a": 1}}],
        "#/paths/~1pets/post/x-a",
        1,
    ),
    "a filter selects": (
        [{"target": "$.paths.*.*.parameters[?@.name=='first']", "remove": True}],
        "#/paths/~1pets/get/parameters/0/name",
        "second",
    ),
    "a member is removed": ([{"target": "$.paths['/pets'].get", "remove": True}], "#/paths/~1pets/get", None),
    "every item is removed": ([{"target": "$.tags[*]", "remove": True}], "#/tags", []),
    "what holds another is removed with it": ([{"target": "$.paths..*", "remove": True}], "#/paths", {}),
    "one after the other": (
        [{"target": "$.x-tags", "remove": True}, {"target": "$", "update": {"x-tags": {"a": 1}}}],
        "#/x-tags",
        {"a": 1},
    ),
    "a copy": (
        [{"target": "$.paths['/pets'].post", "copy": "$.paths['/pets'].get"}],
        "#/paths/~1pets/post/operationId",
        "list_pets",
    ),
    "a copy that is an item": ([{"target": "$.tags", "copy": "$.info.title"}], "#/tags", ["a", "b", "Pets"]),
    "no removal": ([{"target": "$.tags", "update": "c", "remove": False}], "#/tags", ["a", "b", "c"]),
}


@pytest.mark.parametrize(("actions", "pointer", "value"), ACTIONS.values(), ids=ACTIONS)
def test_actions_change_the_document(folder: Path, actions: list[Json], pointer: str, value: Any) -> None:
    """Each after the one before."""
    document = changed(folder, *actions)

    try:
        found = document.at(pointer)
    except DocumentError:
        found = None
    assert found == value
    assert not [flaw for flaw in document.flaws if flaw.kind == "overlay-target"]


def test_very_many_items_are_removed_at_once(folder: Path) -> None:
    """All behind each of them would else move up once more; where those that stay were written is known."""
    tags = [{"name": f"t{at}"} for at in range(20_000)]
    (folder / "pets.yaml").write_text(json.dumps({"openapi": "3.1.0", "paths": {}, "tags": tags}, indent=0))

    with bounded():
        document = changed(folder, {"target": "$.tags[::2]", "remove": True})

    assert document.raw["tags"] == tags[1::2]
    assert document.places(["#/tags/1"])[0].pointer == "#/tags/3"


def test_overlays_are_applied_in_order(folder: Path) -> None:
    """Of several files."""
    for name in ("one", "two"):
        text = overlay(
            {"target": "$.info.title", "update": name}, {"target": "$.tags", "update": name}, version="1.0.0"
        )
        (folder / f"{name}.json").write_text(json.dumps(yaml.safe_load(text)))
    document = read(folder / "pets.yaml", overlays=[folder / "one.json", folder / "two.json"])

    assert (document.raw["info"]["title"], document.raw["tags"]) == ("two", ["a", "b", "one", "two"])


WRONG: dict[str, tuple[Any, str]] = {
    "a kind": (
        [{"target": "$.info.title", "update": {"a": 1}}],
        "overlay.yaml:2: /actions/0: #/info/title is a primitive value and cannot become an object.",
    ),
    "a kind below": (
        [{"target": "$", "update": {"info": {"title": []}}}],
        "/actions/0: #/info/title is a primitive value and cannot be merged with an array.",
    ),
    "an object and a text": (
        [{"target": "$.info", "update": "x"}],
        "/actions/0: #/info is an object and cannot be merged with a primitive value.",
    ),
    "several kinds": (
        [{"target": "$['info','tags']", "update": {}}],
        "selects an array and an object; all must be of one kind.",
    ),
    "the whole": ([{"target": "$", "remove": True}], "/actions/0: the document itself cannot be removed."),
    "a copy of nothing": ([{"target": "$", "copy": "$.nothing"}], "but $.nothing selects none."),
    "a copy of several": ([{"target": "$", "copy": "$.*"}], "`copy` must select one value, but $.* selects 5."),
    "no JSONPath": (
        [{"target": "$.paths[", "remove": True}],
        "/actions/0/target: expected a JSONPath (RFC 9535) such as",
    ),
    "no root": ([{"target": "paths", "remove": True}], "/actions/0/target: expected a JSONPath"),
    "a copy of no JSONPath": ([{"target": "$", "copy": 3}], "/actions/0/copy: expected a JSONPath"),
    "no target": ([{"update": {}}], "/actions/0: expected an object with a `target`"),
    "no act": ([{"target": "$"}], "/actions/0: expected one of `update`, `copy` and `remove: true`, got none."),
    "two acts": ([{"target": "$", "update": {}, "remove": True}], "got remove and update."),
    "a removal that is a text": ([{"target": "$", "remove": "yes"}], "/actions/0/remove: expected true or false."),
    "no actions": ([], "/actions: expected an array of actions, one at least."),
}


@pytest.mark.parametrize(("actions", "told"), WRONG.values(), ids=WRONG)
def test_an_action_that_cannot_be_done_is_an_error(folder: Path, actions: list[Json], told: str) -> None:
    """It says where the overlay has it."""
    with pytest.raises(DocumentError) as refused:
        changed(folder, *actions)

    assert told in str(refused.value)


FORMS: dict[str, tuple[str, list[str]]] = {
    "a list": ("[]", ["overlay.yaml:1: the overlay: expected an overlay, which is an object"]),
    "everything at once": (
        "overlay: 2.0.0\nextends: 3\ninfo: {title: t}\nactions:\n- {target: x, remove: true}\n- 5\n",
        [
            "overlay.yaml:1: /overlay: expected the version of an overlay, 1.0.0 or 1.1.0, got '2.0.0'.",
            "overlay.yaml:3: /info: expected an object with a `title` and a `version`, both texts.",
            "overlay.yaml:2: /extends: expected the URL of a document.",
            "overlay.yaml:5: /actions/0/target: expected a JSONPath",
            "overlay.yaml:6: /actions/1: expected an object with a `target`, which is a JSONPath.",
        ],
    ),
    "a copy in 1.0": (
        overlay({"target": "$", "copy": "$.info"}, version="1.0.0"),
        ["/actions/0/copy: `copy` needs overlay 1.1.0."],
    ),
    "mistyped members": (
        "overlay: 1.0.0\nextend: a\ninfo: {title: t, version: '1'}\nactions: [{targt: $.a, updte: {}}]\nother: 1\n",
        [
            "overlay.yaml:2: /extend: 'extend' is not known; did you mean extends?",
            "overlay.yaml:4: /actions/0/targt: 'targt' is not known; did you mean target?",
            "overlay.yaml:4: /actions/0/updte: 'updte' is not known; did you mean update?",
            "overlay.yaml:4: /actions/0: expected an object with a `target`",
        ],
    ),
    "a later version": (overlay({"target": "$", "remove": True}, version="1.2.0"), ["got '1.2.0'."]),
    "no YAML": ("{", ["overlay.yaml: expected YAML or JSON, but it does not parse"]),
}


@pytest.mark.parametrize(("text", "told"), FORMS.values(), ids=FORMS)
def test_every_flaw_of_an_overlay_is_told_with_its_line(folder: Path, text: str, told: list[str]) -> None:
    """At once."""
    (folder / "overlay.yaml").write_text(text)
    with pytest.raises(DocumentError) as refused:
        read(folder / "pets.yaml", overlays=[folder / "overlay.yaml"])

    lines = str(refused.value).splitlines()
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_an_overlay_that_is_not_there_says_so(folder: Path) -> None:
    """As a document does."""
    with pytest.raises(DocumentError, match=r"nowhere\.yaml: the document cannot be read"):
        read(folder / "pets.yaml", overlays=[folder / "nowhere.yaml"])


def test_a_target_that_selects_nothing_is_a_warning(folder: Path) -> None:
    """With its place in the overlay; the rest is applied."""
    document = changed(folder, {"target": "$.pahts", "remove": True}, {"target": "$.info.title", "update": "Cats"})
    found = [each for each in check(document) if each.flaw.kind == "overlay-target"]

    assert [(Path(each.place.file).name, each.place.pointer, each.place.line) for each in found] == [
        ("overlay.yaml", "#/actions/0/target", 3)
    ]
    assert found[0].flaw.message == "The target $.pahts selects nothing, so the action changes nothing."
    assert document.raw["info"]["title"] == "Cats"


@pytest.mark.parametrize(("extends", "told"), [("other.yaml", 1), ("./pets.yaml", 0), ("https://h.test/pets.yaml", 0)])
def test_an_overlay_of_another_document_is_a_warning(folder: Path, extends: str, told: int) -> None:
    """By the name of the file that it says it is for; where that lies does not matter."""
    document = changed(folder, {"target": "$.info.title", "update": "Cats"}, extends=extends)
    found = [each for each in check(document) if each.flaw.kind == "overlay-extends"]

    assert [(Path(each.place.file).name, each.place.pointer) for each in found] == [
        ("overlay.yaml", "#/extends")
    ] * told
    assert all("The overlay extends 'other.yaml', and is applied to " in each.flaw.message for each in found)


PLACES: dict[str, tuple[list[Json], str, tuple[str, str]]] = {
    "as it was": ([{"target": "$.info", "update": {"x": 1}}], "#/info/title", ("pets.yaml", "#/info/title")),
    "inserted": (
        [{"target": "$.info", "update": {"x": {"y": 1}}}],
        "#/info/x/y",
        ("overlay.yaml", "#/actions/0/update/x/y"),
    ),
    "replaced": ([{"target": "$.info.title", "update": "t"}], "#/info/title", ("overlay.yaml", "#/actions/0/update")),
    "appended": ([{"target": "$.tags", "update": ["c"]}], "#/tags/2", ("overlay.yaml", "#/actions/0/update/0")),
    "appended alone": (
        [{"target": "$.tags", "update": {"c": 1}}],
        "#/tags/2/c",
        ("overlay.yaml", "#/actions/0/update/c"),
    ),
    "moved up": (
        [{"target": "$.paths.*.*.parameters[0]", "remove": True}],
        "#/paths/~1pets/get/parameters/0/schema",
        ("pets.yaml", "#/paths/~1pets/get/parameters/1/schema"),
    ),
    "moved up and appended": (
        [{"target": "$.tags[0]", "remove": True}, {"target": "$.tags", "update": "c"}],
        "#/tags/1",
        ("overlay.yaml", "#/actions/1/update"),
    ),
    "copied": (
        [{"target": "$.info", "copy": "$.paths['/pets'].post"}],
        "#/info/operationId",
        ("pets.yaml", "#/paths/~1pets/post/operationId"),
    ),
    "copied from what was inserted": (
        [
            {"target": "$.paths['/pets'].post", "update": {"x": {"y": 1}}},
            {"target": "$.info", "copy": "$.paths['/pets'].post"},
        ],
        "#/info/x/y",
        ("overlay.yaml", "#/actions/0/update/x/y"),
    ),
    "removed and written anew": (
        [{"target": "$.info.title", "remove": True}, {"target": "$.info", "update": {"title": "t"}}],
        "#/info/title",
        ("overlay.yaml", "#/actions/1/update/title"),
    ),
}


@pytest.mark.parametrize(("actions", "pointer", "place"), PLACES.values(), ids=PLACES)
def test_every_part_is_found_where_it_was_written(
    folder: Path, actions: list[Json], pointer: str, place: tuple[str, str]
) -> None:
    """In the document, also where it has moved, or in the overlay."""
    (found,) = changed(folder, *actions).places([pointer])

    assert (Path(found.file).name, found.pointer) == place
    assert found.line is not None


def test_flaws_of_an_overlaid_part_cite_the_overlay(folder: Path) -> None:
    """And those of the rest the document."""
    document = changed(folder, {"target": "$.paths['/pets'].post", "update": {"parameters": [{"name": 3}]}})

    assert {(Path(each.place.file).name, each.place.line) for each in check(document)} >= {("pets.yaml", 11)}
    assert any(Path(each.place.file).name == "overlay.yaml" for each in check(document))


def test_an_overlay_of_a_swagger_document(folder: Path) -> None:
    """It changes the document as it was written, and its parts are found."""
    (folder / "pets.yaml").write_text(
        "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths:\n  /pets:\n    get:\n      responses:\n"
        "        '200': {description: d, schema: {type: string}}\n"
    )
    document = changed(folder, {"target": "$.paths['/pets'].get.responses['200'].schema.type", "update": "integer"})

    schema = "#/paths/~1pets/get/responses/200/content/application~1json/schema"
    assert document.at(f"{schema}/type") == "integer"
    (place,) = document.places([f"{schema}/type"])
    assert Path(place.file).name == "overlay.yaml"


def test_an_overlay_may_refer_to_files_and_the_document_be_in_several(folder: Path) -> None:
    """References are followed from the document."""
    (folder / "pet.yaml").write_text("type: object\nrequired: [id]\n")
    answer = {"content": {"application/json": {"schema": {"$ref": "pet.yaml"}}}}
    document = changed(folder, {"target": "$.paths['/pets'].get.responses['200']", "update": answer})

    schema = document.at("#/paths/~1pets/get/responses/200/content/application~1json/schema")
    assert document.resolve(schema)["required"] == ["id"]


def test_an_overlay_that_extends_a_document_stands_for_it(folder: Path) -> None:
    """It can be served itself, and further overlays are applied after it."""
    (folder / "own.yaml").write_text(overlay({"target": "$.info.title", "update": "Own"}, extends="./pets.yaml"))
    (folder / "more.yaml").write_text(overlay({"target": "$.info.version", "update": "2"}))
    document = read(folder / "own.yaml", overlays=[folder / "more.yaml"])

    assert document.raw["info"] == {"title": "Own", "version": "2"}
    (folder / "own.yaml").write_text(overlay({"target": "$.info.title", "update": "Own"}))
    with pytest.raises(DocumentError, match="got an overlay without `extends`"):
        read(folder / "own.yaml")


def test_check_names_what_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With `--overlay`, by file and line."""
    from click.testing import CliRunner  # noqa: PLC0415  # as the command line is

    from mockserver.cli import main  # noqa: PLC0415  # as above

    (folder / "o.yaml").write_text(overlay({"target": "$.pahts", "remove": True}))
    result = CliRunner().invoke(main, ["check", str(folder / "pets.yaml"), "--overlay", str(folder / "o.yaml")])

    assert "o.yaml:3: warning: The target $.pahts selects nothing" in result.output.replace("\n", "")
