"""Costs of several sizes become one table."""

from pathlib import Path

import pytest

from mockserver.apis import audience, workshop
from mockserver.catalog import load_api
from mockserver.seeding import seed_world
from tests.benchmarks import population, store
from tests.benchmarks.growth import growth
from tests.benchmarks.store import Figures


def figures(size: int, load: float, page: float) -> Figures:
    return Figures(size, load, resident=size * 2**20, peak=size * 2**21, costs={"page": page})


def test_every_size_is_held_against_the_first() -> None:
    """The first column is the measure, the others carry their ratio to it."""
    table = growth("cost", [figures(10, 0.010, 8e-6), figures(100, 0.2, 12e-6)])

    assert list(table.columns) == ["contacts", "10", "100"]
    assert [list(row) for row in table.rows] == [
        ["load the fixtures", "10.0 ms", "200 ms (20x)"],
        ["the same, per contact", "1.00 ms", "2.00 ms (2.0x)"],
        ["resident memory, MiB", "10", "100 (10x)"],
        ["peak while loading, MiB", "20", "200 (10x)"],
        ["page", "8.00 µs", "12.0 µs (1.5x)"],
    ]


def test_every_contact_of_the_audience_is_on_the_list(tmp_path: Path) -> None:
    """The generated fixtures are valid and as many as asked."""
    population.write(tmp_path, "audience", 7)
    world = seed_world([load_api("audience", tmp_path)])

    assert len(world[audience.CONTACTS]) == 7
    assert world[audience.CONTACTS].count("active_members", population.AUDIENCE_LIST) == 7


def test_every_contact_of_the_workshop_but_one_is_on_the_list(tmp_path: Path) -> None:
    """The one who is not can be added."""
    population.write(tmp_path, "workshop", 7)
    world = seed_world([load_api("workshop", tmp_path)])

    assert len(world[workshop.CONTACTS]) == 7
    assert world[workshop.MEMBERSHIPS].count("of_list", population.WORKSHOP_LIST) == 6


@pytest.mark.parametrize("api", sorted(store.COSTS))
def test_a_small_store_can_be_measured(api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request of the measurement is answered with success, for a refusal would raise."""
    monkeypatch.setattr(store, "BUDGET", 0)
    measured = store.measure(api, 7, tmp_path)

    assert measured.size == 7
    assert all(seconds > 0 for seconds in measured.costs.values())
