"""The results of a course as tables: figures are medians of the rounds, ratios are larger the better we are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.benchmarks.course import Result, Sample
from tests.benchmarks.operations import READ, WRITE, Operation
from tests.benchmarks.table import NONE, Table, megabytes, number, ratio
from tests.benchmarks.wrk import Pressure


def tables(results: Sequence[Result], pressure: Pressure) -> list[Table]:
    """Reading, writing, start-up and memory, and what each does; `results` start with our own."""
    return [
        _speed(f"{READ.title}: a page of 8 lists, {pressure.connections} connections", READ, results),
        _speed(f"{WRITE.title}: upsert of one contact, {pressure.connections} connections", WRITE, results),
        _costs(results),
        _kinds(results),
    ]


def _speed(title: str, operation: Operation, results: Sequence[Result]) -> Table:
    ours = results[0].median(lambda sample: sample.loads[operation].per_second)
    spent = results[0].median(lambda sample: sample.loads[operation].cpu)
    rows = []
    for result in results:
        rate = result.median(lambda sample: sample.loads[operation].per_second)
        p50 = _figure(result, lambda sample: sample.loads[operation].p50)
        p99 = _figure(result, lambda sample: sample.loads[operation].p99)
        cpu = result.median(lambda sample: sample.loads[operation].cpu)
        costs = (_written(cpu), ratio(cpu, spent))
        rows.append((result.contender.name, _written(rate), ratio(ours, rate), p50, p99, *costs))
    columns = ("server", "requests/s", "ours ÷ theirs", "p50 ms", "p99 ms", "CPU µs/request", "theirs ÷ ours")
    return Table(title, columns, rows)


def _costs(results: Sequence[Result]) -> Table:
    ours = results[0]
    columns = ("server", "first answer ms", "theirs ÷ ours", "resident MiB", "after load", "theirs ÷ ours", "answer")
    rows = []
    for result in results:
        start, loaded = result.median(lambda sample: sample.start), result.median(lambda sample: sample.loaded)
        rows.append(
            (
                result.contender.name,
                _written(start),
                ratio(start, ours.median(lambda sample: sample.start)),
                _figure(result, lambda sample: sample.idle, megabytes),
                _figure(result, lambda sample: sample.loaded, megabytes),
                ratio(loaded, ours.median(lambda sample: sample.loaded)),
                _answer(result),
            )
        )
    return Table("Start-up to the first answer, and resident memory of the process tree", columns, rows)


def _kinds(results: Sequence[Result]) -> Table:
    contenders = (result.contender for result in results)
    rows = [(contender.name, contender.auth, contender.validation, contender.state) for contender in contenders]
    return Table(
        "What each does while it answers",
        ("server", "checks credentials", "validates", "keeps state"),
        rows,
        prose=True,
    )


def troubles(results: Sequence[Result]) -> list[str]:
    """A sentence for everyone who was not measured, or not as planned."""
    return [f"{result.contender.name}: {trouble}" for result in results for trouble in _troubles(result)]


def _troubles(result: Result) -> list[str]:
    if result.reason:
        done = f"given up after {len(result.samples)} round(s)" if result.samples else "not measured"
        return [f"{done}: {result.reason}"]
    failures = result.failures()
    return [f"{failures:,} requests failed under load"] if failures else []


def _answer(result: Result) -> str:
    if not result.samples:
        return NONE
    answer = result.samples[-1].answer
    return f"{answer.lists()} lists, {len(answer.body):,} B"


def _figure(result: Result, figure: Callable[[Sample], float], write: Callable[[float], str] = number) -> str:
    return _written(result.median(figure), write)


def _written(value: float | None, write: Callable[[float], str] = number) -> str:
    return NONE if value is None else write(value)
