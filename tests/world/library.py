"""A small world to test with: books, on shelves that each may stand on, and who wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mockserver.world import Clock, Collection, Index, Record, Snapshot, World
from mockserver.world.store import TableState

BOOKS = Collection(
    "library.books",
    unique={"isbn": lambda book: book.get("isbn")},
    indexes={
        "by_shelf": Index(partition=lambda book: book["shelves"], order=lambda book: (book["title"], book["id"])),
        "by_shelf_inserted": Index(partition=lambda book: book["shelves"]),
        "by_year": Index(order=lambda book: book["year"]),
    },
    references={"author": "library.authors", "editors": "library.authors"},
)
AUTHORS = Collection("library.authors", key=lambda author: author["name"])


def book(id_: str, title: str = "Dune", shelves: Iterable[str] = ("A",), year: int = 1965, **others: Any) -> Record:
    return {"id": id_, "title": title, "shelves": list(shelves), "year": year, **others}


def library(*books: Record, seed: int = 0) -> World:
    states = {"library.books": TableState.load(BOOKS, books), "library.authors": TableState.load(AUTHORS, [])}
    return World("library", Snapshot(states, Clock(), 0, 0), seed)


def ids(records: Iterable[Record]) -> list[str]:
    return [record["id"] for record in records]
