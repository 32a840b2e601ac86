"""Results become tables in which a larger ratio is always the better for us."""

from tests.benchmarks import report
from tests.benchmarks.contenders import Contender
from tests.benchmarks.course import Result, Sample
from tests.benchmarks.operations import READ, WRITE, Answer
from tests.benchmarks.table import NONE
from tests.benchmarks.wrk import Load, Pressure

MIB = 2**20
ANSWER = Answer(200, "application/json", b'{"data":[{"id":"a"},{"id":"b"}]}')


def result(name: str, *samples: Sample, reason: str = "") -> Result:
    contender = Contender(name, lambda _: [], auth="key", validation="requests", state="no")
    return Result(contender, list(samples), reason)


def sample(rate: float, start: float = 100.0, loaded: int = 50 * MIB, refused: int = 0) -> Sample:
    load = Load(1000, rate, p50=1.0, p99=2.0, refused=refused, cpu=90.0)
    return Sample(start, 40 * MIB, loaded, ANSWER, {READ: load, WRITE: load})


def rows(*results: Result) -> list[list[str]]:
    """The first row below ours of each table."""
    return [list(table.rows[1]) for table in report.tables(results, Pressure(16, 1, 10))]


def test_figures_are_medians_of_the_rounds() -> None:
    """One slow round of three changes nothing."""
    ours, theirs = result("ours", sample(10_000)), result("theirs", sample(900), sample(1_000), sample(10))
    reading, writing, _, _ = rows(ours, theirs)

    assert reading == writing == ["theirs", "900", "11x", "1.00", "2.00", "90.0", "1.0x"]


def test_start_and_memory_are_theirs_over_ours() -> None:
    """Who starts later and weighs more has the larger ratio."""
    ours, theirs = result("ours", sample(1)), result("theirs", sample(1, start=250.0, loaded=100 * MIB))
    _, _, costs, _ = rows(ours, theirs)

    assert costs == ["theirs", "250", "2.5x", "40", "100", "2.0x", "2 lists, 32 B"]


def test_who_was_not_measured_says_why() -> None:
    """A missing tool is a row of dashes and a reason, never a missing row."""
    ours, theirs = result("ours", sample(1)), result("theirs", reason="npm is not installed")
    reading, _, costs, _ = rows(ours, theirs)

    assert set(reading[1:]) == set(costs[1:]) == {NONE}
    assert report.troubles([ours, theirs]) == ["theirs: not measured: npm is not installed"]


def test_who_broke_in_a_later_round_says_why() -> None:
    """The rounds that went well are shown, and that there were not all of them."""
    troubles = report.troubles([result("theirs", sample(1), reason="ended with exit code 1")])

    assert troubles == ["theirs: given up after 1 round(s): ended with exit code 1"]


def test_failures_under_load_are_told() -> None:
    """A fast refusal is no answer, so the report says how many there were."""
    troubles = report.troubles([result("theirs", sample(1, refused=700))])

    assert troubles == ["theirs: 1,400 requests failed under load"]
