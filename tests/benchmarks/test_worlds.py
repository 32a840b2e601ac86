"""The server in every variant that is measured, and how figures of worlds become tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.benchmarks import endurance, store, verbs, worlds
from tests.benchmarks.driver import call
from tests.benchmarks.operations import READ, WRITE
from tests.benchmarks.process import ServerError, free_port
from tests.benchmarks.variants import VARIANTS
from tests.benchmarks.worlds import Speed
from tests.benchmarks.wrk import Load


@pytest.mark.parametrize("key", VARIANTS)
def test_every_variant_answers_what_is_measured(key: str) -> None:
    """The rules of a variant meet neither operation; its worlds are as many as it says."""
    variant = VARIANTS[key]
    app = variant.app()
    for number in range(variant.worlds + 1 if variant.worlds < 1000 else 2):
        for operation, body in ((READ, None), (WRITE, endurance.upsert(0))):
            call(app, replace(operation, path=f"/_world/w{number}{operation.path}"), body)
            call(app, operation, body)
    journal = app.worlds.default.journal
    kept = 0 if variant.entries == 0 else min(journal.added, variant.entries)

    assert len(journal) == kept
    assert not any(entry.faults for entry in journal.entries())
    assert len(app.worlds) <= 1 + variant.worlds


def test_variants_differ_in_one_thing_from_the_first() -> None:
    """Otherwise nobody could say what makes the difference; where worlds take turns, requests do."""
    first, *others = VARIANTS.values()
    given = ("entries", "worlds", "faults")

    for variant in others:
        changed = [name for name in given if getattr(variant, name) != getattr(first, name)]
        assert len(changed) == (1 if variant.read == first.read else variant.worlds != first.worlds)


def test_scripts_are_where_the_operations_say() -> None:
    """Each asks in a thousand worlds, more than the last variant keeps."""
    for variant in [*VARIANTS.values()][4:]:
        for operation in (variant.read, variant.write):
            assert operation.script is not None
            assert "% 1000" in operation.script.read_text()
    assert VARIANTS["crowd"].worlds < 1000 <= VARIANTS["header"].worlds


def test_a_variant_runs_in_a_process_of_its_own(tmp_path: Path) -> None:
    """It answers, and is gone when told."""
    port = free_port()
    with worlds.started("silent", port, tmp_path):
        answer = READ.ask(port)

    assert answer.flaw() is None
    with pytest.raises(OSError, match="refused"):
        READ.ask(port)


def test_a_variant_that_does_not_start_says_why(tmp_path: Path) -> None:
    """Its last words are in the error."""
    with pytest.raises(ServerError, match="Error"):
        worlds.started("unheard", free_port(), tmp_path)


@pytest.mark.parametrize("size", [3, 200])
def test_the_verbs_of_a_small_store_can_be_measured(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every one takes its time."""
    monkeypatch.setattr(store, "BUDGET", 0)
    costs = verbs.measure(size, tmp_path)

    assert all(seconds > 0 for seconds in costs.values())
    assert {"fork", "snapshot", "restore, nothing changed", "reset, letting 100 changes go"} <= costs.keys()


@pytest.mark.parametrize("key", endurance.ENDURANCES)
def test_memory_is_weighed_after_so_many_requests(key: str) -> None:
    """In the order of the marks, whatever order they came in."""
    resident = endurance.measure(endurance.ENDURANCES[key], [40, 20])

    assert [*resident] == [20, 40]
    assert all(size > 2**20 for size in resident.values())


def test_what_is_asked_for_is_answered_or_refused_as_it_says() -> None:
    """A refusal among the uses, or an answer among the refusals, would measure something else."""
    app = VARIANTS["plain"].app()
    asked = endurance.ENDURANCES
    for key, times in (("used", 20), ("refused", 20)):
        endurance._send(app, asked[key], asked[key].requests(), range(times))
    entries = app.worlds.default.journal.entries()

    assert {entry.status for entry in entries[:20]} == {200, 201}
    assert {entry.status for entry in entries[20:]} == {400, 401, 404}


def test_marks_count_requests_over_all() -> None:
    """The second mark goes on where the first was reached."""
    app = VARIANTS["plain"].app()
    turns = endurance.ENDURANCES["turns"]
    endurance._send(app, turns, turns.requests(), range(20))

    assert sum(world.journal.added for world in app.worlds) == 20
    assert len(app.worlds) == 11


def test_verbs_are_held_against_the_smallest_store() -> None:
    """The first column is the measure."""
    table = worlds.verbs_table({1_000: {"fork": 2e-6}, 1_000_000: {"fork": 3e-6}})

    assert list(table.columns) == ["", "1,000", "1,000,000"]
    assert [list(row) for row in table.rows] == [["fork", "2.00 µs", "3.00 µs (1.5x)"]]


def test_speed_is_held_against_the_first_variant() -> None:
    """Medians of the rounds, of the operation that the table is of."""
    plain, silent = list(VARIANTS.values())[:2]
    loads = [[Load(1, rate, 1.0, 2.0) for rate in rates] for rates in ([10, 1000, 9000], [5, 2000, 2001], [7], [8])]
    speeds = [Speed(plain, loads[0], loads[2]), Speed(silent, loads[1], loads[3])]

    assert [list(row) for row in worlds.speed_table(READ.title, speeds).rows] == [
        [plain.title, "1,000", "1.0x", "1.00", "2.00"],
        [silent.title, "2,000", "2.0x", "1.00", "2.00"],
    ]
    assert [row[1] for row in worlds.speed_table(WRITE.title, speeds).rows] == ["7.00", "8.00"]


def test_failures_of_reads_and_writes_are_counted() -> None:
    """Of every kind."""
    speed = Speed(VARIANTS["plain"], [Load(9, 1, 1, 1, refused=2)], [Load(9, 1, 1, 1, broken=3)])

    assert speed.failures() == 5


def test_memory_is_held_against_the_first_mark() -> None:
    """In whole MiB."""
    table = worlds.memory_table({"reads": {10: 80 * 2**20, 20: 84 * 2**20}})

    assert list(table.columns) == ["", "10", "20"]
    assert [list(row) for row in table.rows] == [["reads", "80", "84 (1.1x)"]]


def test_a_part_can_be_measured_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verbs need no load generator."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(worlds, "child", lambda *_: {"fork": 1e-6})
    verbs_only = CliRunner().invoke(worlds.main, ["--part", "verbs", "--format", "markdown"])
    speed = CliRunner().invoke(worlds.main, ["--part", "speed"])

    assert verbs_only.exit_code == 0
    assert "| fork | 1.00 µs | 1.00 µs (1.0x) |" in verbs_only.output
    assert (speed.exit_code, "wrk is not installed" in speed.output) == (1, True)


def test_a_module_of_the_folder_prints_what_is_read() -> None:
    """JSON on standard output."""
    figures = worlds.child("endurance", "used", "10")

    assert list(figures) == ["10"]
