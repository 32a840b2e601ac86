"""`mockserver verify`: parse, build, run, report, exit code."""

from __future__ import annotations

import io
import logging
import secrets
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Protocol

from rich.console import Console

from mockserver.catalog import names
from mockserver.errors import VerifyError
from mockserver.verify import events
from mockserver.verify.campaign import share, verify
from mockserver.verify.events import PHASES, Event
from mockserver.verify.plan import Plan, check
from mockserver.verify.registration import Pulse
from mockserver.verify.reporters import terminal
from mockserver.verify.reporters.files import Reports
from mockserver.verify.reporters.machine import json_text
from mockserver.verify.reporters.progress import Progress
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.targets import Given, Target, is_file, mock_target, url_target


class Reporter(Protocol):
    """Whoever follows the run."""

    def on_event(self, event: Event) -> None: ...


@dataclass(frozen=True)
class Request:
    """The command line, parsed: see `mockserver verify --help`."""

    apis: tuple[str, ...] = ()
    url: str | None = None
    headers: tuple[str, ...] = ()
    auth: tuple[str, ...] = ()
    auth_other: tuple[str, ...] = ()
    auth_unscoped: tuple[str, ...] = ()
    allow_writes: bool = False
    max_examples: int = 100
    max_time: int | None = None
    seed: int | None = None
    workers: int = 1
    phases: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    format: str = "text"


def run(request: Request, out: Console) -> int:
    """Verify what was asked for and report it on `out`; the exit code. VerifyError if it cannot run."""
    plan = Plan(
        seed=secrets.randbits(32) if request.seed is None else request.seed,
        max_examples=request.max_examples,
        max_time=request.max_time,
        workers=request.workers,
        phases=tuple(phase for phase in PHASES if phase in request.phases) or PHASES,
        operations=request.operations,
    )
    if isinstance(out.file, io.TextIOWrapper):
        out.file.reconfigure(errors="backslashreplace")  # an output of few characters loses none of a command's
    logging.getLogger("mockserver").addHandler(logging.NullHandler())  # what fails in the mock becomes a finding
    targets = list(_targets(request))
    check(plan, targets)
    targets = [target for target in targets if plan.chosen(target)]
    board = Scoreboard(plan.seed, repetition(request, plan))
    pulse = Pulse()
    with ExitStack() as stack:
        reports = stack.enter_context(Reports(request.reports))
        reporters: list[Reporter] = [board, reports]
        if request.format == "text" and out.is_terminal:
            reporters.append(
                stack.enter_context(Progress(out, board, len(targets), lambda: pulse.requests, plan.max_time))
            )
        try:
            for event in happenings(targets, plan, pulse):
                if isinstance(event, events.ApiStarted) and request.format == "text":
                    terminal.announce(out, event.api, event.target, event.notes, event.seed)
                for reporter in reporters:
                    reporter.on_event(event)
        except KeyboardInterrupt:
            board.interrupted = True
        written = reports.write(board)
    if request.format == "json":
        out.file.write(json_text(board))
    else:
        terminal.show(out, board, written)
    return board.exit_code


def happenings(
    targets: Sequence[Target], plan: Plan, pulse: Pulse, clock: Callable[[], float] = time.monotonic
) -> Iterator[Event]:
    """One target after the other; an interruption ends the run."""
    started = clock()
    for at, target in enumerate(targets):
        for event in verify(target, plan, pulse, share(plan, len(targets) - at, clock() - started)):
            yield event
            if isinstance(event, events.ApiFinished) and event.stopped == "interrupted":
                return


def _targets(request: Request) -> Iterator[Target]:
    given = Given(request.auth, request.auth_other, request.auth_unscoped, dict(map(_header, request.headers)))
    for name in dict.fromkeys(request.apis or names()):
        if request.url is not None:
            yield url_target(name, request.url, given, writes=request.allow_writes)
        elif is_file(name):
            raise VerifyError(f"{name}: a document alone answers nothing. Say with --url who implements it.")
        else:
            yield mock_target(name, given)


def _header(given: str) -> tuple[str, str]:
    name, colon, value = given.partition(":")
    if not colon or not name.strip():
        raise VerifyError(f"--header must be 'Name: value', got {given!r}.")
    return name.strip(), value.strip()


def repetition(request: Request, plan: Plan) -> str:
    """The command that repeats the run; credentials are left to the environment."""
    words = ["mockserver", "verify", *request.apis, "--seed", str(plan.seed), "--max-examples", str(plan.max_examples)]
    if request.url is not None:
        words += ["--url", request.url]
        words += ["--allow-writes"] if request.allow_writes else []
    if plan.max_time is not None:
        words += ["--max-time", str(plan.max_time)]
    if plan.workers > 1:
        words += ["--workers", str(plan.workers)]
    words += [word for phase in request.phases for word in ("--phase", phase)]
    words += [word for operation in plan.operations for word in ("--operation", operation)]
    return shlex.join(words)
