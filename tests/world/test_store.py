"""Collections: records found by key, unique value and index, and what a write changes of that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mockserver.world import Collection, Duplicate, Index, Record, World, table
from mockserver.world.store import INSERTED, TableState
from tests.world.library import BOOKS, book, ids, library

DUNE = book("d", "Dune", ["A", "B"], 1965, isbn="1")
EMMA = book("e", "Emma", ["A"], 1815, isbn="2")
BOOK_C = book("c", "Carrie", [], 1974)


@pytest.fixture
def world() -> World:
    return library(DUNE, EMMA, BOOK_C)


def test_a_record_is_found_by_its_key(world: World) -> None:
    """The very record that was put, or None."""
    books = world[BOOKS]

    assert books.get("d") is DUNE
    assert books.get("x") is None
    assert len(books) == 3
    assert ids(books) == ["d", "e", "c"]


def test_a_record_is_found_by_a_unique_value(world: World) -> None:
    """One that has none is bound by nothing."""
    assert world[BOOKS].find("isbn", "2") is EMMA
    assert world[BOOKS].find("isbn", "3") is None
    assert world[BOOKS].find("isbn", None) is None


def test_a_partition_is_read_in_its_order(world: World) -> None:
    """By the order key, or as inserted; a record stands in each partition that names it."""
    books = world[BOOKS]

    assert ids(books.slice("by_shelf", "A")) == ["d", "e"]
    assert ids(books.slice("by_shelf", "B")) == ["d"]
    assert ids(books.slice("by_shelf", "C")) == []
    assert ids(books.slice("by_year")) == ["e", "d", "c"]
    assert ids(books.slice("by_year", None, 1, 1)) == ["d"]
    assert ids(books.slice("by_year", None, 3)) == []
    assert ids(books.slice(INSERTED)) == ["d", "e", "c"]


def test_a_partition_is_counted_without_reading_it(world: World) -> None:
    """The number of its records."""
    assert world[BOOKS].count("by_shelf", "A") == 2
    assert world[BOOKS].count("by_shelf", "C") == 0
    assert world[BOOKS].count("by_year") == 3


def test_a_record_is_known_to_be_in_a_partition(world: World) -> None:
    """By its key; one that does not exist is in none."""
    books = world[BOOKS]

    assert books.contains("by_shelf", "B", "d")
    assert not books.contains("by_shelf", "B", "e")
    assert not books.contains("by_shelf", "B", "x")
    assert books.contains(INSERTED, None, "c")


@pytest.mark.parametrize(
    ("position", "limit", "behind"),
    [
        (None, None, ["d", "e"]),
        (None, 1, ["d"]),
        (("Dune", "d"), None, ["e"]),
        (("Dune", "d"), 0, []),
        (("Dune", "c"), None, ["d", "e"]),
        (("Emma", "e"), None, []),
        (("", ""), 1, ["d"]),
        (("Dunf", ""), None, ["e"]),
    ],
)
def test_a_page_begins_strictly_behind_a_position(
    world: World, position: Any, limit: int | None, behind: list[str]
) -> None:
    """A position need not be that of any record, and one of a record that is gone still serves."""
    assert ids(world[BOOKS].after("by_shelf", "A", position, limit)) == behind


def test_nothing_is_behind_a_position_in_an_empty_partition(world: World) -> None:
    """A partition that nobody stands in is empty."""
    assert world[BOOKS].after("by_shelf", "C", ("", ""), 5) == []


def test_records_of_one_order_key_are_all_behind_or_none() -> None:
    """Equal order keys are told apart by the record's key, never by a position."""
    books = library(book("a", year=1), book("b", year=1), book("c", year=2))[BOOKS]

    assert ids(books.after("by_year", None, 0)) == ["a", "b", "c"]
    assert ids(books.after("by_year", None, 1)) == ["c"]


def test_a_new_record_goes_to_the_end(world: World) -> None:
    """Of the insertion order, and to its place in every other."""
    books = world[BOOKS]

    put = books.put(book("b", "Dracula", ["B", "A"], 1897, isbn="3"))

    assert put is books.get("b")
    assert ids(books) == ["d", "e", "c", "b"]
    assert ids(books.slice("by_shelf", "A")) == ["b", "d", "e"]
    assert ids(books.slice("by_shelf_inserted", "A")) == ["d", "e", "b"]
    assert books.find("isbn", "3") is put


def test_a_replaced_record_keeps_its_place(world: World) -> None:
    """It stays where it was inserted and moves only where its own values say so."""
    books = world[BOOKS]

    books.put(book("d", "Zorba", ["B", "C"], 1946, isbn="4"))

    assert ids(books) == ["d", "e", "c"]
    assert ids(books.slice("by_shelf", "A")) == ["e"]
    assert ids(books.slice("by_shelf", "B")) == ["d"]
    assert ids(books.slice("by_shelf", "C")) == ["d"]
    assert ids(books.slice("by_year")) == ["e", "d", "c"]
    assert books.find("isbn", "1") is None
    assert books.find("isbn", "4") is books.get("d")


def test_a_deleted_record_is_gone_everywhere(world: World) -> None:
    """The record comes back once; its key and unique value are free, its place in the order is not kept."""
    books = world[BOOKS]

    assert books.delete("d") is DUNE
    assert books.delete("d") is None
    assert books.get("d") is None
    assert books.find("isbn", "1") is None
    assert books.count("by_shelf", "B") == 0
    assert ids(books) == ["e", "c"]

    books.put(DUNE)

    assert ids(books) == ["e", "c", "d"]


def test_a_unique_value_is_nobody_elses(world: World) -> None:
    """Taking another's is refused and changes nothing; keeping one's own, or none, is not."""
    books = world[BOOKS]

    with pytest.raises(Duplicate) as refused:
        books.put(book("x", "New", ["N"], isbn="2"))
    with pytest.raises(Duplicate):
        books.put({**DUNE, "title": "Emma", "isbn": "2"})

    assert (refused.value.constraint, refused.value.value, refused.value.position) == ("isbn", "2", None)
    assert str(refused.value) == "library.books: isbn '2' is taken by another record"
    assert ids(books) == ["d", "e", "c"]
    assert books.get("d") is DUNE
    assert books.count("by_shelf", "N") == 0
    assert books.put({**DUNE, "title": "Dune Messiah"})["isbn"] == "1"
    assert books.put(book("y"))["id"] == "y"


def test_a_refused_write_changes_nothing_in_the_transaction_around_it(world: World) -> None:
    """Not even where a transaction may change in place what it has copied: whoever catches the error can go on."""
    books = world[BOOKS]

    with world.transaction():
        books.put(book("b", "Beloved", ["A"], isbn="3"))
        with pytest.raises(Duplicate):
            books.put(book("x", "New", ["A"], isbn="2"))
        with pytest.raises(Duplicate):
            books.put({**DUNE, "shelves": ["Z"], "isbn": "3"})

    assert ids(books) == ["d", "e", "c", "b"]
    assert len(books) == 4
    assert ids(books.slice("by_shelf", "A")) == ["b", "d", "e"]
    assert books.get("d") is DUNE
    assert books.get("x") is None
    assert books.find("isbn", "1") is DUNE


TWO_UNIQUE = Collection("library.pairs", unique={"one": lambda pair: pair["one"], "two": lambda pair: pair["two"]})


def test_the_last_of_several_unique_values_counts_as_much_as_the_first() -> None:
    """The first is not moved before the last is known to be free."""
    world = library()
    world.replace(TWO_UNIQUE, TableState.load(TWO_UNIQUE, [{"id": "a", "one": 1, "two": 1}]))
    pairs = world[TWO_UNIQUE]

    with world.transaction():
        pairs.put({"id": "b", "one": 2, "two": 2})
        with pytest.raises(Duplicate, match="two 1 is taken"):
            pairs.put({"id": "b", "one": 3, "two": 1})

    assert pairs.find("one", 2) == {"id": "b", "one": 2, "two": 2}
    assert pairs.find("one", 3) is None


def test_loading_refuses_a_second_claimant() -> None:
    """The position of the record that comes too late is told."""
    with pytest.raises(Duplicate) as key:
        library(book("a"), book("b"), book("a"))
    with pytest.raises(Duplicate) as unique:
        library(book("a", isbn="1"), book("b"), book("c"), book("d", isbn="1"))

    assert (key.value.constraint, key.value.value, key.value.position) == ("key", "a", 2)
    assert (unique.value.constraint, unique.value.value, unique.value.position) == ("isbn", "1", 3)


def test_a_result_is_remembered_until_the_collection_changes(world: World) -> None:
    """Computed once for each key and version, also if it is None; a version that comes back brings its results."""
    books = world[BOOKS]
    computed: list[str] = []

    def compute(name: str, value: object = None) -> object:
        computed.append(name)
        return value

    assert books.memo("a", lambda: compute("a")) is None
    assert books.memo("a", lambda: compute("again")) is None
    assert books.memo("b", lambda: compute("b", 2)) == 2
    before = world.snapshot()
    books.put(book("x"))
    books.memo("a", lambda: compute("after put"))
    books.delete("x")
    books.memo("a", lambda: compute("after delete"))
    world.restore(before)
    books.memo("a", lambda: compute("after restore"))

    assert computed == ["a", "b", "after put", "after delete"]


def test_what_is_remembered_is_bounded(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there is too much, it begins anew."""
    monkeypatch.setattr(table, "MEMOS", 3)
    books = world[BOOKS]

    for each in range(10):
        assert books.memo(each, lambda each=each: each * 2) == each * 2  # type: ignore[misc]  # bound per turn

    assert len(world.state(BOOKS).memos) <= 3


def test_so_many_records_are_remembered(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever each list has; one that is longer is remembered alone."""
    monkeypatch.setattr(table, "LISTED", 10)
    books = world[BOOKS]

    for each in range(10):
        books.memo(each, lambda: [0] * 4)
        assert len(world.state(BOOKS).memos) <= 2
    assert books.memo("long", lambda: [0] * 100) is books.memo("long", list)
    assert len(world.state(BOOKS).memos) == 1


def test_writes_leave_earlier_versions_alone(world: World) -> None:
    """A version taken before stays as it was, record by record and index by index."""
    before = world.state(BOOKS)

    world[BOOKS].put(book("n", "New", ["A"]))
    world[BOOKS].delete("d")

    assert dict(before.rows.items())["d"][1] is DUNE
    assert [key for _, key in before.indexes["by_shelf"].get("A") or ()] == ["d", "e"]


RECORDS = some.builds(
    book,
    some.sampled_from("abcdef"),
    some.sampled_from(["Dune", "Emma", "Carrie"]),
    some.lists(some.sampled_from("ABC"), unique=True),
    some.integers(0, 3),
    isbn=some.none() | some.integers(0, 4),
)
WRITES = some.lists(
    some.tuples(some.just("put"), RECORDS) | some.tuples(some.just("delete"), some.sampled_from("abcdef"))
)


class Modelled:
    """What a collection should be, as plainly as it can be said: records by key in insertion order."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}

    def write(self, kind: str, what: Any) -> None:
        if kind == "delete":
            self.records.pop(what, None)
        elif self.holder(what["isbn"]) in (None, what["id"]):
            self.records[what["id"]] = what

    def holder(self, isbn: int | None) -> str | None:
        return next((id_ for id_, each in self.records.items() if isbn is not None and each["isbn"] == isbn), None)

    def shelf(self, name: str) -> list[str]:
        of_shelf = [each for each in self.records.values() if name in each["shelves"]]
        return ids(sorted(of_shelf, key=lambda each: (each["title"], each["id"])))


@given(some.lists(some.tuples(WRITES, some.booleans(), some.booleans()), max_size=5))
def test_any_writes_give_what_a_dict_would(batches: list[tuple[list[tuple[str, Any]], bool, bool]]) -> None:
    """In transactions that succeed, transactions that fail, and outside: keys, unique values and indexes agree."""
    world, model = library(), Modelled()
    books = world[BOOKS]

    for writes, in_transaction, fails in batches:
        kept = dict(model.records)
        try:
            with world.transaction() if in_transaction else world.lock:
                for kind, what in writes:
                    write(books, kind, what)
                    model.write(kind, what)
                if in_transaction and fails:
                    raise InterruptedError
        except InterruptedError:
            model.records = kept

    assert ids(books) == list(model.records)
    assert {id_: books.get(id_) for id_ in "abcdef"} == {id_: model.records.get(id_) for id_ in "abcdef"}
    for isbn in range(5):
        found = books.find("isbn", isbn)
        assert (found and found["id"]) == model.holder(isbn)
    for shelf in "ABC":
        assert ids(books.slice("by_shelf", shelf)) == model.shelf(shelf)
        assert books.count("by_shelf", shelf) == len(model.shelf(shelf))


def write(books: Any, kind: str, what: Any) -> None:
    try:
        books.put(what) if kind == "put" else books.delete(what)
    except Duplicate:
        return


def test_a_collection_has_an_insertion_index_of_its_own() -> None:
    """Even if it declares nothing but a name."""
    plain = Collection("library.plain")

    assert list(plain.all_indexes) == [INSERTED]
    assert list(Collection("library.other", indexes={"by_a": Index()}).all_indexes) == [INSERTED, "by_a"]
    assert plain.key({"id": 7}) == 7
