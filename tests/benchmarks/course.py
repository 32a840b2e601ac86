"""What every contender goes through, alone on the machine but for wrk: start, first answer, warm-up, load, stop."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import stubs, wrk
from tests.benchmarks.contenders import Contender, Place
from tests.benchmarks.operations import READ, WRITE, Answer, Operation
from tests.benchmarks.process import Process, ServerError, free_port
from tests.benchmarks.stubs import Answers, Stubs

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Sample:
    """One round: milliseconds to the first answer, resident bytes before and after the load, the answer to the read."""

    start: float
    idle: int
    loaded: int
    answer: Answer
    loads: Mapping[Operation, wrk.Load]


@dataclass
class Result:
    """All rounds of one contender, or the reason why there are none."""

    contender: Contender
    samples: list[Sample] = field(default_factory=list)
    reason: str = ""

    def median(self, figure: Callable[[Sample], float]) -> float | None:
        return median(map(figure, self.samples)) if self.samples else None

    def failures(self) -> int:
        """Requests that were refused or broke under load, which make the other figures worth little."""
        return sum(load.refused + load.broken for sample in self.samples for load in sample.loads.values())


@dataclass(frozen=True)
class Course:
    """`document` is served with `answers`, as far as a contender serves documents or answers of others."""

    document: Mapping[str, Any]
    answers: Answers
    pressure: wrk.Pressure
    warm_up: wrk.Pressure
    cache: Path

    def run(self, contender: Contender) -> Sample:
        """One round; ToolError, ServerError or wrk's ValueError say why the contender cannot be measured."""
        with self._started(contender) as (process, port):
            answer, start = process.first_answer(READ, port)
            flaw = WRITE.ask(port).flaw()
            if flaw:
                raise ServerError(f"{WRITE.title} {flaw}")
            idle = process.resident()
            loads = {operation: self._load(operation, process, port) for operation in (READ, WRITE)}
            return Sample(start, idle, process.resident(), answer, loads)

    def prepare(self, contender: Contender) -> None:
        """Install what the contender needs, so that no round waits for it; ToolError says why that cannot be."""
        contender.command(Place(0, Stubs(self.cache), self.cache))

    def record(self, contender: Contender) -> Answers:
        """What the contender answers to each operation, once its store holds the contact that is upserted."""
        with self._started(contender) as (process, port):
            read, _ = process.first_answer(READ, port)
            WRITE.ask(port)
            return {READ: read, WRITE: WRITE.ask(port)}

    def _load(self, operation: Operation, process: Process, port: int) -> wrk.Load:
        wrk.run(operation, port, self.warm_up)
        return wrk.press(operation, process, port, self.pressure)

    @contextmanager
    def _started(self, contender: Contender) -> Iterator[tuple[Process, int]]:
        """The contender in a fresh folder that is also its home, so that it finds and leaves nothing."""
        port = free_port()
        with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
            folder = Path(name)
            files = stubs.write(folder / "stubs", self.document, self.answers) if self.answers else Stubs(folder)
            environment = {**os.environ, "HOME": name, "PYTHONPATH": str(ROOT)}
            with Process(contender.command(Place(port, files, self.cache)), folder, environment) as process:
                yield process, port
