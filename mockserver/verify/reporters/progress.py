"""The progress of a run: phase, operation, cases, failures, remaining time.

On an interactive terminal it is a display that disappears at the end of the run; elsewhere a line from time to time,
so that a CI system, and the readers of its log, know that the run continues.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from mockserver.output.escaping import visible
from mockserver.output.printing import Output
from mockserver.verify import events
from mockserver.verify.events import Event
from mockserver.verify.reporters.terminal import counted, verdict_line
from mockserver.verify.scoreboard import Scoreboard

WEIGHTS = {"examples": 0.08, "coverage": 0.38, "fuzzing": 0.30, "stateful": 0.24}
"""The share of each phase in an API's time, roughly, as measured with the five."""

INTERVAL = 30.0
"""Seconds between two lines on other outputs."""

EARLY = 0.04
"""Share of the work below which the remaining time is not estimated."""


class Progress:
    """A context manager that shows the progress. `requests`: counts responses; `apis`: number of APIs.

    bounded: the run may end before max_time.
    """

    def __init__(
        self,
        out: Output,
        board: Scoreboard,
        apis: int,
        requests: Callable[[], int],
        max_time: int | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        bounded: bool = False,
    ) -> None:
        self._out = out
        self._board = board
        self._apis = apis
        self._requests = requests
        self._max_time = max_time
        self._bounded = bounded
        self._clock = clock
        self._started = clock()
        self._phase = ""
        self._operation = ""
        self._weights: dict[str, float] = {}
        self._done = 0.0
        self._scenarios = 0
        self._counted = 0
        self._spinner = Spinner("dots" if out.encoding.startswith("utf") else "line", style="cyan")
        self._shown: Live | Lines = Live(self, console=out, refresh_per_second=8, transient=True)
        if not out.animated:
            self._shown = Lines(out, self.line)

    def __enter__(self) -> Progress:
        self._shown.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.__exit__(kind, error, trace)

    def on_event(self, event: Event) -> None:
        """Follow the run; each finished API leaves a line."""
        match event:
            case events.ApiStarted(phases=phases):
                whole = sum(WEIGHTS[phase] for phase in phases)
                self._weights = {phase: WEIGHTS[phase] / whole for phase in phases}
                self._phase, self._operation, self._done, self._scenarios = "", "", 0.0, 0
            case events.PhaseStarted(phase=phase):
                self._phase, self._operation, self._scenarios = phase, "", 0
            case events.ScenarioStarted(operation=operation):
                self._operation = "links" if operation is None else visible(operation.operation_id)
            case events.ScenarioFinished():
                self._scenarios += 1
                self._counted = self._requests()
            case events.PhaseFinished(phase=phase):
                self._done += self._weights.pop(phase, 0.0)
                self._phase, self._operation = "", ""
            case events.ApiFinished():
                self._done, self._phase, self._operation = 1.0, "", ""
                if self._apis > 1:
                    self._out.print(verdict_line(self._board.apis[-1]))

    @property
    def share(self) -> float:
        """The completed share of the whole run, from 0 to 1."""
        if not self._board.apis:
            return 0.0
        operations = len(self._board.apis[-1].operations)
        # the engine does not say how many sequences there will be
        expected = operations if self._phase != "stateful" else max(30, 4 * operations)
        begun = self._weights.get(self._phase, 0.0) * min(1.0, self._scenarios / max(1, expected))
        finished = len(self._board.apis) - 1
        return min(1.0, (finished + self._done + begun) / self._apis)

    @property
    def cases(self) -> int:
        """Cases on the scoreboard, and the responses since."""
        # the board learns of a scenario when it is over, and people look meanwhile
        return self._board.cases + self._requests() - self._counted

    def left(self) -> str:
        """The remaining time, in words."""
        elapsed = self._clock() - self._started
        allowed = None if self._max_time is None else max(0.0, self._max_time - elapsed)
        if allowed is not None and not self._bounded:
            return f"{clock_text(allowed)} left"
        if self.share < EARLY:
            return "estimating the time left" if allowed is None else f"at most {clock_text(allowed)} left"
        expected = elapsed * (1 - self.share) / self.share
        return f"about {clock_text(expected if allowed is None else min(expected, allowed))} left"

    def counts(self) -> tuple[str, str, str]:
        """Cases, failures and time, in words."""
        failures = counted(sum(len(api.failing) for api in self._board.apis), "failure")
        return (
            counted(self.cases, "case"),
            failures,
            f"{clock_text(self._clock() - self._started)} elapsed, {self.left()}",
        )

    def line(self) -> str:
        """Everything on one line: `workshop, 2 of 5, fuzzing create_list: 1,204 cases, 0 failures, 1:05 elapsed, …`."""
        doing = f"{self._phase} {self._operation}".strip()
        place = ", ".join(each for each in (self._name, self._place, doing) if each)
        return f"{place}: {', '.join(self.counts())}"

    @property
    def _name(self) -> str:
        return visible(self._board.apis[-1].name) if self._board.apis else "starting"

    @property
    def _place(self) -> str:
        return f"{len(self._board.apis)} of {self._apis}" if self._apis > 1 else ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Three lines, cut at the width of the terminal: a wrapped line could not be overwritten."""
        cases, failures, spent = self.counts()
        wheel = self._spinner.render(console.get_time())
        assert isinstance(wheel, Text)
        doing = ((self._phase, "cyan"), f" {self._operation}")
        bar = max(1, min(30, options.max_width - 6))
        done = round(bar * self.share)
        yield self._cut(wheel, " ", (self._name, "bold"), " ", (self._place, "dim"), " ", *doing)
        yield self._cut(("━" * done, "cyan"), ("─" * (bar - done), "dim"), f" {self.share:4.0%}")
        broken = not failures.startswith("0 ")
        yield self._cut(f"  {cases}   ", (failures, "bold red" if broken else "green"), f"   {spent}")

    @staticmethod
    def _cut(*parts: str | Text | tuple[str, str]) -> Text:
        return Text.assemble(*parts, no_wrap=True, overflow="crop")


class Lines:
    """A context manager that prints a line from time to time."""

    def __init__(self, out: Output, line: Callable[[], str], interval: float = INTERVAL) -> None:
        self._out = out
        self._line = line
        self._interval = interval
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mockserver-progress", daemon=True)

    def _run(self) -> None:
        while not self._over.wait(self._interval):
            self._out.print(Text(self._line()))

    def __enter__(self) -> Lines:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()


def clock_text(seconds: float) -> str:
    """Minutes and seconds: `1:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
