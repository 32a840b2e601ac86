"""`python -m tests.benchmarks.worlds`: what worlds, journal and fault rules cost: in verbs, in speed, in memory.

Verbs and memory are measured in a fresh process each; for speed, each round takes every variant in turn, so that a
slow minute of the machine falls on all of them. Nothing is asserted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import click
import orjson
from rich.console import Console

from tests.benchmarks import table, variants, wrk
from tests.benchmarks.course import ROOT
from tests.benchmarks.endurance import ENDURANCES
from tests.benchmarks.growth import row
from tests.benchmarks.npm import ToolError, program
from tests.benchmarks.operations import READ, WRITE
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.table import Table, duration, megabytes, number, ratio
from tests.benchmarks.variants import VARIANTS, Variant
from tests.benchmarks.wrk import Load, Pressure

SIZES = (1_000, 1_000_000)
MARKS = (10_000, 100_000, 1_000_000)
PARTS = ("verbs", "speed", "memory")
SOCKET = "reads over a socket"
BURST = 5
"""Seconds of load between two looks at how many requests it has been."""

console = Console(stderr=True)


@dataclass
class Speed:
    """The loads of one variant, a pair for each round."""

    variant: Variant
    reads: list[Load] = field(default_factory=list)
    writes: list[Load] = field(default_factory=list)

    def failures(self) -> int:
        return sum(load.refused + load.broken for load in (*self.reads, *self.writes))


@click.command(context_settings={"show_default": True})
@click.option("--part", "parts", multiple=True, type=click.Choice(PARTS), default=PARTS, help="What is measured.")
@click.option("--size", "sizes", multiple=True, type=click.IntRange(1), default=SIZES, help="Contacts in the store.")
@click.option("--seconds", default=10, type=click.IntRange(1, 60), help="Length of one load.")
@click.option("--warm-up", default=3, type=click.IntRange(1, 60), help="Length of the load before it, in seconds.")
@click.option("--rounds", default=3, type=click.IntRange(1, 20), help="How often each variant is started and loaded.")
@click.option("--connections", default=16, type=click.IntRange(1, 256), help="Connections kept open.")
@click.option("--mark", "marks", multiple=True, type=click.IntRange(1), default=MARKS, help="Requests to weigh after.")
@click.option("--format", "style", type=click.Choice(table.FORMATS), default="text", help="How tables are printed.")
def main(
    *,
    parts: tuple[str, ...],
    sizes: tuple[int, ...],
    seconds: int,
    warm_up: int,
    rounds: int,
    connections: int,
    marks: tuple[int, ...],
    style: str,
) -> None:
    """Measure the verbs of worlds, requests a second with and without journal, rules and worlds, and memory."""
    tables, notes = [], [f"{table.machine()}. In brackets: ratio to the first column."]
    try:
        if "verbs" in parts:
            tables.append(verbs_table({size: child("verbs", str(size)) for size in sizes}))
        if "speed" in parts:
            program("wrk")
            speeds = measure_speed(rounds, Pressure(connections, 1, seconds), Pressure(connections, 1, warm_up))
            tables += [speed_table(READ.title, speeds), speed_table(WRITE.title, speeds)]
            notes += [f"wrk, {connections} connections, {seconds} s a load, {rounds} round(s), medians; no access log."]
            notes += [
                f"{each.variant.title}: {each.failures():,} requests failed" for each in speeds if each.failures()
            ]
        if "memory" in parts:
            program("wrk")
            tables.append(memory_table(measure_memory(sorted(marks), Pressure(connections, 1, BURST))))
    except (ToolError, ServerError, subprocess.SubprocessError, OSError, ValueError) as error:
        raise click.ClickException(f"There is nothing to show: {error}.") from None
    table.show(tables, notes, style)


def child(module: str, *arguments: str) -> Any:
    """What a module of this folder prints, run in a process of its own."""
    console.print(f"{module} {' '.join(arguments)}", style="dim")
    command = [sys.executable, "-m", f"tests.benchmarks.{module}", *arguments]
    return orjson.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def verbs_table(costs: Mapping[int, Mapping[str, float]]) -> Table:
    """A row for each verb, a column for each size of the store."""
    first = next(iter(costs.values()))
    rows = [row(verb, [figures[verb] for figures in costs.values()], duration) for verb in first]
    return Table("worlds: cost by contacts in the store", ("", *(f"{size:,}" for size in costs)), rows)


def measure_speed(rounds: int, pressure: Pressure, warm_up: Pressure) -> list[Speed]:
    """Every variant, loaded `rounds` times."""
    speeds = {key: Speed(variant) for key, variant in VARIANTS.items()}
    for turn in range(1, rounds + 1):
        for key, speed in speeds.items():
            console.print(f"round {turn} of {rounds}: {speed.variant.title}", style="dim")
            with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
                port = free_port()
                with started(key, port, Path(folder)):
                    for operation, loads in ((speed.variant.read, speed.reads), (speed.variant.write, speed.writes)):
                        wrk.run(operation, port, warm_up)
                        loads.append(wrk.run(operation, port, pressure))
    return list(speeds.values())


def started(key: str, port: int, folder: Path) -> Process:
    """The variant in a process of its own, which has answered once."""
    process = Process(variants.command(key, port), folder, {**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        process.first_answer(READ, port)
    except ServerError:
        process.stop()
        raise
    return process


def speed_table(title: str, speeds: Sequence[Speed]) -> Table:
    """Medians of the rounds; the ratio is to the first variant, larger is faster."""
    rows = []
    for speed in speeds:
        loads, first = (each.reads if title == READ.title else each.writes for each in (speed, speeds[0]))
        rate = median(load.per_second for load in loads)
        latencies = (number(median(load.p50 for load in loads)), number(median(load.p99 for load in loads)))
        rows.append(
            (speed.variant.title, number(rate), ratio(rate, median(each.per_second for each in first)), *latencies)
        )
    return Table(title, ("", "requests/s", "to the first", "p50 ms", "p99 ms"), rows)


def measure_memory(marks: Sequence[int], pressure: Pressure) -> dict[str, dict[int, int]]:
    """Resident bytes by the number of requests behind, by what was asked for."""
    weighed = {
        endurance.title: {int(mark): size for mark, size in child("endurance", key, *map(str, marks)).items()}
        for key, endurance in ENDURANCES.items()
    }
    return weighed | {SOCKET: over_a_socket(marks, pressure)}


def over_a_socket(marks: Sequence[int], pressure: Pressure) -> dict[int, int]:
    """Resident bytes of a server after at least so many requests."""
    console.print(SOCKET, style="dim")
    resident: dict[int, int] = {}
    port, done = free_port(), 0
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder, started("plain", port, Path(folder)) as process:
        for mark in marks:
            while done < mark:
                done += wrk.run(
                    READ, port, Pressure(pressure.connections, 1, 1 if mark == marks[0] else BURST)
                ).requests
            resident[mark] = process.resident()
    return resident


def memory_table(weighed: Mapping[str, Mapping[int, int]]) -> Table:
    """A row for each thing asked for, a column for each number of requests."""
    marks = next(iter(weighed.values()))
    rows = [row(title, list(resident.values()), megabytes) for title, resident in weighed.items()]
    return Table("resident MiB by requests answered", ("", *(f"{mark:,}" for mark in marks)), rows)


if __name__ == "__main__":
    main()
