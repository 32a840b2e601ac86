"""The live display on a terminal: phase, operation, cases, failures, time left. Gone when the run is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from mockserver.output.console import Output
from mockserver.verify import events
from mockserver.verify.events import Event
from mockserver.verify.reporters.terminal import verdict_line
from mockserver.verify.scoreboard import Scoreboard

WEIGHTS = {"examples": 0.08, "coverage": 0.38, "fuzzing": 0.30, "stateful": 0.24}
"""What share of an API's time each phase takes, roughly, as measured on the five."""

EARLY = 0.04
"""Share of the work before which an estimate of the time left would be a guess."""


class Progress:
    """A context manager that shows what is under way; `requests` counts the answers so far, `apis` are to come."""

    def __init__(
        self,
        out: Output,
        board: Scoreboard,
        apis: int,
        requests: Callable[[], int],
        max_time: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._out = out
        self._board = board
        self._apis = apis
        self._requests = requests
        self._max_time = max_time
        self._clock = clock
        self._started = clock()
        self._phase = ""
        self._operation = ""
        self._weights: dict[str, float] = {}
        self._done = 0.0
        self._scenarios = 0
        self._counted = 0
        self._spinner = Spinner("dots", style="cyan")
        self._live = Live(self, console=out, refresh_per_second=8, transient=True)

    def __enter__(self) -> Progress:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def on_event(self, event: Event) -> None:
        """Follow the run; a line stays for every API that is finished."""
        match event:
            case events.ApiStarted(phases=phases):
                whole = sum(WEIGHTS[phase] for phase in phases)
                self._weights = {phase: WEIGHTS[phase] / whole for phase in phases}
                self._phase, self._operation, self._done, self._scenarios = "", "", 0.0, 0
            case events.PhaseStarted(phase=phase):
                self._phase, self._operation, self._scenarios = phase, "", 0
            case events.ScenarioStarted(operation=operation):
                self._operation = "links" if operation is None else operation.operation_id
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
        """How much of the whole run is done, from 0 to 1."""
        if not self._board.apis:
            return 0.0
        operations = len(self._board.apis[-1].operations)
        expected = operations if self._phase != "stateful" else max(30, 4 * operations)
        begun = self._weights.get(self._phase, 0.0) * min(1.0, self._scenarios / max(1, expected))
        finished = len(self._board.apis) - 1
        return min(1.0, (finished + self._done + begun) / self._apis)

    @property
    def cases(self) -> int:
        """Cases on the scoreboard, and the requests answered since."""
        return self._board.cases + self._requests() - self._counted

    def left(self) -> str:
        """The time left, in words."""
        elapsed = self._clock() - self._started
        if self._max_time is not None:
            return f"{clock_text(max(0.0, self._max_time - elapsed))} left"
        if self.share < EARLY:
            return "estimating the time left"
        return f"about {clock_text(elapsed * (1 - self.share) / self.share)} left"

    def __rich__(self) -> RenderableType:
        api = self._board.apis[-1] if self._board.apis else None
        failures = len(list(self._board.findings))
        head = Table.grid(padding=(0, 1))
        named = "starting" if api is None else api.name
        place = f"{len(self._board.apis)} of {self._apis}" if self._apis > 1 else ""
        doing = Text.assemble((self._phase, "cyan"), f"  {self._operation}")
        head.add_row(self._spinner, Text(named, style="bold"), Text(place, style="dim"), doing)
        bar = Table.grid(padding=(0, 2))
        bar.add_row(ProgressBar(total=1.0, completed=self.share, width=30), Text(f"{self.share:4.0%}"))
        counts = Text.assemble(
            f"  {self.cases:,} cases   ",
            (f"{failures} failure{'' if failures == 1 else 's'}", "bold red" if failures else "green"),
            f"   {clock_text(self._clock() - self._started)} elapsed, {self.left()}",
        )
        return Group(head, bar, counts)


def clock_text(seconds: float) -> str:
    """Minutes and seconds: `1:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
