"""What wrk prints becomes figures."""

import pytest

from tests.benchmarks.wrk import Load, milliseconds, parse

PRINTED = """\
Running 10s test @ http://127.0.0.1:8080/api/v1/lists
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.36ms  812.11us  22.40ms   91.20%
    Req/Sec    12.04k   512.00    12.90k    80.00%
  Latency Distribution
     50%  350.00us
     75%    1.30ms
     90%    1.88ms
     99%    4.71ms
  119804 requests in 10.01s, 205.11MB read
"""
RATE = """\
Requests/sec:  11968.43
Transfer/sec:     20.49MB
"""
TROUBLE = """\
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 17
"""


def test_figures_of_a_clean_run() -> None:
    """A run without trouble has no refusals and no broken connections."""
    load = parse(PRINTED + RATE)

    assert load == Load(requests=119804, per_second=11968.43, p50=0.35, p99=4.71)


def test_refusals_and_broken_connections_are_counted() -> None:
    """Answers that are no success, and socket errors of every kind, are not lost."""
    load = parse(PRINTED + TROUBLE + RATE)

    assert (load.refused, load.broken) == (17, 10)


def test_missing_figures_are_refused() -> None:
    """Without a rate there is no load, and the message shows what was printed instead."""
    with pytest.raises(ValueError, match=r"Requests/sec.*119804 requests"):
        parse(PRINTED)


@pytest.mark.parametrize(
    ("printed", "expected"), [("350.00us", 0.35), ("4.71ms", 4.71), ("1.20s", 1200.0), ("1.50m", 90_000.0)]
)
def test_durations_in_milliseconds(printed: str, expected: float) -> None:
    """Every unit of wrk is understood."""
    assert milliseconds(printed) == pytest.approx(expected)
