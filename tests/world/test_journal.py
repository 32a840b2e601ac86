"""Journals: how much they keep, what goes first, and what all of them may take together."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import pytest

from mockserver.world.journal import BUDGET_BYTES, ENTRIES, JOURNAL_BYTES, Budget, Journal


@dataclass
class Note:
    """An entry of a given size."""

    text: str
    size: int = 1
    number: int = 0


class Watched:
    """An entry that counts how often its number is read."""

    size = 1

    def __init__(self) -> None:
        self.reads = 0

    @property
    def number(self) -> int:
        self.reads += 1
        return 0

    @number.setter
    def number(self, value: int) -> None:
        """Given by the journal, which knows it."""


def filled(budget: Budget, texts: str, size: int = 10) -> Journal[Note]:
    journal: Journal[Note] = Journal(budget)
    add(journal, texts, size)
    return journal


def add(journal: Journal[Note], texts: str, size: int = 10) -> None:
    for text in texts:
        journal.add(Note(text, size))


def kept(journal: Journal[Note]) -> str:
    return "".join(entry.text for entry in journal.entries())


def spent(journals: Sequence[Journal[Note]]) -> int:
    return sum(entry.size for journal in journals for entry in journal.entries())


def test_entries_are_numbered_from_one_and_kept_in_order() -> None:
    """The oldest comes first, and each is found by its number."""
    journal = filled(Budget(), "abc")
    first, *_, last = journal.entries()

    assert [entry.number for entry in journal.entries()] == [1, 2, 3]
    assert (journal.get(1), journal.get(3), journal.get(4)) == (first, last, None)
    assert (len(journal), journal.added) == (3, 3)


def test_an_entry_is_found_by_its_number_whatever_went_before_it() -> None:
    """Of ten entries the last four are kept, and found from then on; so are those that come after a clear."""
    journal: Journal[Note] = Journal(Budget(), entries=4)
    add(journal, "abcdefghij")
    found = [journal.get(number) for number in range(-1, 13)]
    journal.clear()
    add(journal, "k")

    assert [entry.text if entry else "" for entry in found] == [*[""] * 8, "g", "h", "i", "j", "", ""]
    assert (journal.get(0), journal.get(1), journal.get(10)) == (None, *journal.entries(), None)


def test_an_entry_is_found_without_a_look_at_the_others() -> None:
    """Where an entry stands follows from its number, so that none is read for it."""
    journal: Journal[Watched] = Journal(Budget())
    entries = [Watched() for _ in range(100)]
    for entry in entries:
        journal.add(entry)

    assert journal.get(1) is entries[0]
    assert sum(entry.reads for entry in entries) == 0


def test_what_is_read_is_what_was_kept_then() -> None:
    """A list that was read does not change as more comes."""
    journal = filled(Budget(), "ab")
    read = journal.entries()

    add(journal, "c")

    assert [entry.text for entry in read] == ["a", "b"]


@pytest.mark.parametrize(
    ("entries", "limit", "sizes", "numbers"),
    [
        (3, 100, [1, 1, 1], [1, 2, 3]),
        (3, 100, [1, 1, 1, 1], [2, 3, 4]),
        (3, 100, [1] * 10, [8, 9, 10]),
        (9, 100, [50, 50], [1, 2]),
        (9, 100, [50, 50, 1], [2, 3]),
        (9, 100, [30, 30, 30, 90], [4]),
        (9, 100, [500], [1]),
        (9, 100, [500, 1], [2]),
        (9, 100, [1, 500], [2]),
        (1, 100, [1, 1], [2]),
        (0, 100, [1, 1], []),
    ],
)
def test_a_journal_keeps_so_many_entries_of_so_many_bytes(
    entries: int, limit: int, sizes: list[int], numbers: list[int]
) -> None:
    """Whichever bound is met first, the oldest go; the latest stays, however large, unless none is to be kept."""
    journal: Journal[Note] = Journal(Budget(), entries, limit)

    for size in sizes:
        journal.add(Note("", size))

    assert [entry.number for entry in journal.entries()] == numbers
    assert journal.added == len(sizes)


def test_the_bounds_are_those_that_are_documented() -> None:
    """A thousand entries or 4 MiB a journal, 32 MiB for all of them."""
    journal: Journal[Note] = Journal()
    for _ in range(ENTRIES + 1):
        journal.add(Note("", 1))
    many = len(journal)
    for _ in range(9):
        journal.add(Note("", JOURNAL_BYTES // 8))

    assert (ENTRIES, JOURNAL_BYTES, BUDGET_BYTES) == (1000, 4 * 2**20, 32 * 2**20)
    assert (many, len(journal)) == (1000, 8)


def test_the_journal_longest_unused_pays_for_all() -> None:
    """Entries go from the journal whose latest entry is the oldest, one by one, until the budget holds."""
    budget = Budget(100)
    first, second = filled(budget, "abcd"), filled(budget, "efgh")

    add(second, "ijk")

    assert (kept(first), kept(second), budget.spent) == ("bcd", "efghijk", 100)


def test_whoever_adds_pays_last() -> None:
    """A journal that comes back is no longer the one longest unused."""
    budget = Budget(100)
    first, second = filled(budget, "abcde"), filled(budget, "fghij")

    add(first, "k")

    assert (kept(first), kept(second)) == ("abcdek", "ghij")


def test_journals_lose_all_they_have_before_the_one_in_use_loses_anything() -> None:
    """One busy world may fill the budget; the idle ones then remember nothing."""
    budget = Budget(100)
    idle = [filled(budget, "ab"), filled(budget, "cd")]
    busy = filled(budget, "0123456789")

    assert [kept(journal) for journal in idle] == ["", ""]
    assert (kept(busy), budget.spent) == ("0123456789", 100)


def test_an_entry_beyond_the_whole_budget_is_not_kept() -> None:
    """It is counted all the same, and what comes after it is kept again."""
    budget = Budget(100)
    other, journal = filled(budget, "ab"), filled(budget, "c")

    add(journal, "d", 101)
    after, counted = [kept(other), kept(journal)], journal.added
    add(journal, "e")

    assert (after, counted) == (["", ""], 2)
    assert (kept(journal), journal.entries()[0].number, budget.spent) == ("e", 3, 10)


def test_a_cleared_journal_is_empty_counts_from_one_and_gives_its_bytes_back() -> None:
    """It goes on as if it were new."""
    budget = Budget(100)
    other, journal = filled(budget, "ab"), filled(budget, "cde")

    journal.clear()
    cleared = len(journal), journal.added, budget.spent
    add(journal, "f")

    assert cleared == (0, 0, 20)
    assert (journal.entries()[0].number, kept(other), budget.spent) == (1, "ab", 30)


def test_a_closed_journal_keeps_nothing_any_more() -> None:
    """An answer that was under way while its world was deleted leaves nothing behind."""
    budget = Budget(100)
    journal = filled(budget, "abc")

    journal.close()
    add(journal, "d")

    assert (kept(journal), budget.spent) == ("", 0)


@pytest.mark.parametrize("ending", ["clear", "close", "outbid", "off"])
def test_the_budget_holds_no_journal_that_has_nothing(ending: str) -> None:
    """Worlds come and go by the million; none of their journals is kept for the sake of the budget."""
    budget = Budget(100)
    journal: Journal[Note] = Journal(budget, entries=0) if ending == "off" else Journal(budget)
    add(journal, "ab")
    gone = weakref.ref(journal)

    if ending == "outbid":
        filled(budget, "0123456789")
    elif ending != "off":
        getattr(journal, ending)()
    del journal
    gc.collect()

    assert gone() is None


def test_a_journal_that_others_outbid_can_be_used_again() -> None:
    """Having lost everything, it takes part in the budget as before."""
    budget = Budget(100)
    first = filled(budget, "a")
    second = filled(budget, "0123456789")

    add(first, "b")

    assert (kept(first), kept(second), budget.spent) == ("b", "123456789", 100)


@pytest.mark.parametrize("limit", [200, 100_000])
def test_threads_may_use_journals_of_one_budget_at_once(limit: int) -> None:
    """No entry is counted twice or lost from the account, whoever adds, reads and clears at the same time."""
    budget, threads, times = Budget(limit), 6, 1500
    journals: list[Journal[Note]] = [Journal(budget, entries=40, limit=300) for _ in range(3)]
    start = Barrier(threads)

    def work(thread: int) -> None:
        start.wait()
        for number in range(times):
            journal = journals[(thread + number) % 3]
            journal.add(Note("", size=1 + number % 20))
            if number % 100 == 99:
                journal.clear()
            journal.get(number)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))

    assert budget.spent == spent(journals) <= limit
    for journal in journals:
        numbers = [entry.number for entry in journal.entries()]
        assert numbers == sorted(set(numbers))
        journal.clear()
    assert budget.spent == 0
