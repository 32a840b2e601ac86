"""Figures and tables as they are printed."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.benchmarks.table import NONE, Table, duration, machine, number, processor, ratio


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (15_000, 730, "21x"),
        (9.96, 1, "10x"),
        (9.94, 1, "9.9x"),
        (1, 1, "1.0x"),
        (3, 4, "0.75x"),
        (None, 4, NONE),
        (3, None, NONE),
        (3, 0, NONE),
    ],
)
def test_ratio(one: float | None, other: float | None, expected: str) -> None:
    """A ratio has two telling digits, and is a dash where a figure is missing."""
    assert ratio(one, other) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(15_234.4, "15,234"), (99.94, "99.9"), (12.34, "12.3"), (1.234, "1.23"), (0.0, "0.00")]
)
def test_number(value: float, expected: str) -> None:
    """A figure has no more digits than it can bear."""
    assert number(value) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(125.0, "125 s"), (1.2, "1.20 s"), (0.035, "35.0 ms"), (0.0000081, "8.10 µs")]
)
def test_duration(seconds: float, expected: str) -> None:
    """A duration is written in its largest unit."""
    assert duration(seconds) == expected


def test_markdown_table() -> None:
    """The first column names and is left-aligned, figures are right-aligned."""
    table = Table("Reading", ("server", "requests/s"), [("ours", "15,000"), ("theirs", NONE)])

    assert table.markdown().splitlines() == [
        "**Reading**",
        "",
        "| server | requests/s |",
        "| --- | ---: |",
        "| ours | 15,000 |",
        "| theirs | - |",
    ]


def test_processor_names_itself(tmp_path: Path) -> None:
    """The first model name of cpuinfo is the processor's."""
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text("processor\t: 0\nmodel name\t: Fast One 9000\nprocessor\t: 1\nmodel name\t: Other\n")

    assert processor(cpuinfo) == "Fast One 9000"


def test_machine_without_cpuinfo_still_has_a_name(tmp_path: Path) -> None:
    """Where the system does not tell, the architecture stands in."""
    assert processor(tmp_path / "absent")


def test_machine_tells_the_day() -> None:
    """Figures are worth little without their date."""
    assert machine(datetime(2026, 4, 22, tzinfo=UTC)).endswith("2026-04-22")
