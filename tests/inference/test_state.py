"""State that is inferred: what each role does to records, and the doors to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import MockServer
from mockserver.cli import main
from mockserver.errors import FixtureError, StartError
from mockserver.inference import Declared, Inference, InferenceOptions
from mockserver.inference.declared import ROLES, declared_of
from mockserver.mock import Mock

DOCUMENT = Path(__file__).with_name("library.yaml")
JSON = {"Content-Type": "application/json"}


def inferred(mock: Mock) -> Inference:
    found = mock.server.apis["library"].inferred
    assert found is not None
    return found


def test_a_collection_begins_with_examples_and_generated_records_that_refer_to_others(mock: Mock) -> None:
    """The list's example, that of the body which creates one, then three; references lead to records that exist."""
    books = mock.state["library.books"]
    authors = {each["id"] for each in mock.state["library.authors"]}

    assert [each["title"] for each in books[:2]] == ["Emma", "Persuasion"]
    assert len(books) == 5
    assert len({each["id"] for each in books}) == 5
    assert {each["author_id"] for each in books[2:]} <= authors


def test_what_the_server_knows_is_filled_in(mock: Mock) -> None:
    """Key, default, and times of the world's clock; what only requests have is kept and not shown."""
    mock.freeze("2026-04-22T10:00:00Z")
    made = mock.client.post("/books", json={"title": "Sanditon", "secret": "s"}).json()
    record = mock.state["library.books"][-1]

    assert made["created_at"] == made["updated_at"] == "2026-04-22T10:00:00Z"
    assert (made["status"], "secret" in made, record["secret"]) == ("available", False, "s")
    assert list(made) == ["id", "title", "status", "created_at", "updated_at"]


def test_a_change_keeps_the_rest_and_null_in_a_merge_patch_removes(mock: Mock) -> None:
    """What is read-only stays; the time of change is now."""
    mock.freeze("2026-04-22T10:00:00Z")
    made = mock.client.post("/books", json={"title": "Sanditon", "pages": 3}).json()
    mock.advance(hours=1)
    headers = {"Content-Type": "application/merge-patch+json"}
    body = json.dumps({"pages": None, "status": "lent", "id": 99, "created_at": "2001-01-01T00:00:00Z"})
    changed = mock.client.patch(f"/books/{made['id']}", content=body, headers=headers).json()

    assert changed == {
        "id": made["id"],
        "title": "Sanditon",
        "status": "lent",
        "created_at": "2026-04-22T10:00:00Z",
        "updated_at": "2026-04-22T11:00:00Z",
    }


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=lent", ["Emma"]),
        ("author_id=a&author_id=b", ["Persuasion"]),
        ("q=emm", ["Emma", "Emma II"]),
        ("sort=-title", ["Persuasion", "Emma II", "Emma"]),
        ("sort=pages&order=desc", ["Emma", "Persuasion", "Emma II"]),
        ("sort=title:desc", ["Persuasion", "Emma II", "Emma"]),
        ("sort=nothing", ["Emma", "Persuasion", "Emma II"]),
        ("verbose=true", ["Emma", "Persuasion", "Emma II"]),
        ("limit=1&offset=1", ["Persuasion"]),
        ("status=available&limit=1&offset=1", ["Emma II"]),
        ("limit=0", []),
    ],
)
def test_parameters_filter_search_sort_and_page(mock: Mock, query: str, titles: list[str]) -> None:
    """By the name of a field, free text and order; what is none of them has no effect."""
    mock.state["library.books"] = [
        {"id": 1, "title": "Emma", "pages": 500, "status": "lent"},
        {"id": 2, "title": "Persuasion", "pages": 300, "status": "available", "author_id": "b"},
        {"id": 3, "title": "Emma II", "status": "available"},
    ]
    answer = mock.client.get(f"/books?{query}").json()

    assert [each["title"] for each in answer["data"]] == titles


def test_fields_are_chosen_and_totals_told(mock: Mock) -> None:
    """A choice that leaves out what is required is completed."""
    answer = mock.client.get("/books?fields=id,title,status&limit=2").json()

    assert all(set(each) == {"id", "title", "status"} for each in answer["data"])
    assert answer["meta"] == {"total": 5, "pages": 3}


def test_beside_a_list_are_count_search_and_bulk(mock: Mock) -> None:
    """Each acts on the records of the list."""
    made = mock.client.post("/books/bulk", json=[{"title": "One"}, {"title": "Two"}]).json()
    archived = mock.client.post(f"/books/{made[0]['id']}/archive").json()
    found = mock.client.post("/books/search", json={"status": "archived"}).json()

    assert [each["title"] for each in made] == ["One", "Two"]
    assert archived["status"] == "archived"
    assert archived["id"] in [each["id"] for each in found]
    assert all(each["status"] == "archived" for each in found)
    assert mock.client.get("/books/count").json() == {"count": 7}
    assert mock.client.delete("/books?status=archived").status_code == 204
    assert mock.client.get(f"/books/{made[0]['id']}").status_code == 404
    assert mock.client.get(f"/books/{made[1]['id']}").status_code == 200


def test_verbs_in_paths_act_on_the_collection_beside_them(mock: Mock) -> None:
    """What is saved under a key that is there is changed; a verb may stand before the key."""
    made = mock.client.post("/books/save", json={"title": "One", "pages": 3}).json()
    saved = mock.client.post("/books/save", json={"id": made["id"], "title": "Two"}).json()
    removed = mock.client.delete(f"/books/remove/{made['id']}")

    assert (saved["id"], saved["title"], saved["pages"]) == (made["id"], "Two", 3)
    assert removed.status_code == 204
    assert mock.client.get(f"/books/{made['id']}").status_code == 404


def test_a_record_below_another_goes_with_it(mock: Mock) -> None:
    """And none is listed or created below what does not exist; its item has no field for the parent."""
    author = mock.client.post("/authors", json={"name": "Austen"})
    path = f"/authors/{author.json()['id']}/awards"
    mock.client.post(path, json={"title": "Best"})
    listed = mock.client.get(path).json()
    mock.client.delete(f"/authors/{author.json()['id']}")
    gone = mock.client.post(path, json={"title": "Late"})

    assert author.headers["location"].endswith(f"/authors/{author.json()['id']}")
    assert listed == [{"title": "Best"}]
    assert (gone.status_code, gone.json()["message"]) == (404, f"author {author.json()['id']} does not exist")
    assert "Best" not in [each["title"] for each in mock.state["library.awards"]]


def test_one_thing_alone_is_written_and_read(mock: Mock) -> None:
    """It is there from the beginning."""
    before = mock.client.get("/settings").json()
    mock.client.put("/settings", json={"theme": "dark"})

    assert "theme" in before
    assert mock.client.get("/settings").json() == {"theme": "dark"}


def test_what_cannot_be_inferred_is_answered_without_state(mock: Mock) -> None:
    """Its plan says why."""
    plan = inferred(mock).plan("read_weather")

    assert mock.client.get("/weather").status_code == 200
    assert plan.sentence == "inferred: stateless; /weather belongs to no collection"


def test_worlds_are_apart_and_wound_back(mock: Mock) -> None:
    """A snapshot holds inferred collections, and a reset brings the first records back."""
    first = mock.state["library.books"]
    mock.client.post("/books", json={"title": "One"})
    taken = mock.snapshot()
    mock.client.delete("/books")
    emptied = mock.state["library.books"]
    mock.restore(taken)
    restored = mock.state["library.books"]
    mock.reset()

    assert emptied == []
    assert [each["title"] for each in restored][-1] == "One"
    assert mock.state["library.books"] == first


def test_a_refused_write_leaves_no_trace_and_the_collection_stays(mock: Mock) -> None:
    """Even if it was the first to ask for the collection."""
    fresh = MockServer([str(DOCUMENT)]).mock()

    assert fresh.client.get("/books/777").status_code == 404
    assert len(fresh.client.get("/books").json()["data"]) == 5
    assert mock.client.get("/books/777").status_code == 404


def test_records_are_given_by_the_python_door(mock: Mock) -> None:
    """By key; integers stand as text there. A record that breaks the item's schema is refused."""
    mock.state.patch({"library.books": {"12": {"title": "Emma II"}}})

    assert mock.client.get("/books/12").json()["title"] == "Emma II"
    with pytest.raises(FixtureError, match="title"):
        mock.state["library.books"] = [{"id": 1, "title": 3, "status": "lent"}]


def test_ids_count_on_whatever_records_are_put(mock: Mock) -> None:
    """A key that is taken is skipped."""
    mock.state["library.books"] = [{"id": n, "title": "x", "status": "lent"} for n in range(1, 40)]
    made = {mock.client.post("/books", json={"title": "y"}).json()["id"] for _ in range(3)}

    assert len(made) == 3
    assert min(made) > 39


def test_the_journal_explains_what_was_inferred(mock: Mock) -> None:
    """With the role, the collection and the reason."""
    mock.client.get("/books")
    plan = inferred(mock).plan("list_books")

    assert plan.sentence.startswith("inferred: lists `books`; pages: limit by `limit`, offset by `offset`; /books has")


def test_options_change_how_it_begins_and_what_a_missing_record_answers() -> None:
    """No generated records; the documented example instead of an undocumented 404."""
    mock = MockServer([str(DOCUMENT)], records=0, undocumented_404="example").mock()

    assert [each["title"] for each in mock.state["library.books"]] == ["Emma", "Persuasion"]
    assert mock.client.get("/books/777").status_code == 200
    assert mock.client.get("/authors/3d4e06a3-544b-4cc7-924e-e077ef133cf6").status_code == 404


@pytest.mark.parametrize("given", [{"records": -1}, {"records": True}, {"undocumented_404": "none"}])
def test_options_are_checked(given: dict[str, Any]) -> None:
    """In Python as on the command line."""
    with pytest.raises(StartError, match="takes"):
        MockServer([str(DOCUMENT)], **given)


def test_fixtures_replace_what_a_collection_begins_with(tmp_path: Path) -> None:
    """The others begin as ever; what is exported as fixtures can be given back."""
    ran = CliRunner().invoke(main, ["export", str(DOCUMENT), "--as-fixtures", str(tmp_path)])
    files = sorted(path.name for path in (tmp_path / "library").iterdir())
    (tmp_path / "library" / "books.json").write_text('[{"id": 7, "title": "Mine", "status": "lent"}]')
    (tmp_path / "library" / "awards.json").unlink()
    mock = MockServer([str(DOCUMENT)], fixtures=tmp_path).mock()

    assert (ran.exit_code, ran.output) == (0, "")
    assert files == ["authors.json", "awards.json", "books.json", "settings.json"]
    assert [each["title"] for each in mock.client.get("/books").json()["data"]] == ["Mine"]
    assert len(mock.state["library.awards"]) > 0


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("books.json", '[{"id": 7, "title": 3, "status": "lent"}]', "record 1: title"),
        ("bookz.json", "[]", "it is no collection of this API; expected authors.json"),
    ],
)
def test_fixtures_of_inferred_collections_are_checked(tmp_path: Path, file: str, text: str, message: str) -> None:
    """When the server is made."""
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / file).write_text(text)

    with pytest.raises(FixtureError, match=message):
        MockServer([str(DOCUMENT)], fixtures=tmp_path)


def test_routes_tell_what_was_inferred() -> None:
    """Role, collection, key, list, paging and the reason."""
    told = CliRunner().invoke(main, ["routes", str(DOCUMENT)]).output

    assert "20 operations, 1 of them without state" in told
    for words in ("library.books", "search", "paging: limit by `limit`", "reason:"):
        assert words in told


def test_what_is_declared_takes_the_place_of_what_is_inferred(server: MockServer) -> None:
    """One part at a time, of an operation or of its path; that of the operation counts."""
    contract = server.apis["library"].contract
    declarations = {
        "archive_book": Declared(stateless=True, reason="x-mock"),
        "/books": Declared(resource="titles", paging={"limit": "limit"}, seeds=({"title": "Only"},)),
        "/authors/{author_id}": Declared(key="name"),
        "read_weather": Declared(role="stateless"),
    }
    found = Inference(contract, "mine", declarations, InferenceOptions())

    assert found.plan("archive_book").sentence == "inferred: stateless; x-mock"
    assert found.plan("list_books").collection == "mine.titles"
    assert found.plan("list_books").paging == "limit by `limit`"
    assert found.plan("read_author").key.startswith("name (declared; ")
    titles = found.model("titles").collection
    assert titles.begin is not None
    assert [record["title"] for _, (_, record) in titles.begin().rows.items()] == ["Only"]
    assert declared_of({"a": Declared(key="x"), "/b": Declared(key="y", owner="o")}, "a", "/b") == Declared(
        key="x", owner="o"
    )
    assert "stateless" in ROLES


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"op": "test", "path": "/name", "value": "other"}, 409),
        ({"op": "remove", "path": "/nothing"}, 409),
        ({"op": "add", "path": "/name"}, 400),
    ],
)
def test_a_patch_that_does_not_apply_is_a_conflict(change: dict[str, Any], status: int) -> None:
    """One that is none is invalid; neither changes anything (RFC 5789)."""
    with MockServer([str(DOCUMENT.parent / "shapes" / "json_patch.yaml")]).mock() as patching:
        made = patching.client.get("/pets").json()["value"][0]
        path, headers = f"/pets/{made['id']}", {"Content-Type": "application/json-patch+json"}
        answer = patching.client.patch(path, content=json.dumps([change]), headers=headers)

        assert answer.status_code == status
        assert patching.client.get(path).json() == made
