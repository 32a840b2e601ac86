"""`mockserver verify`: parse, build, run, report, exit code."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import reduce
from typing import Protocol

from mockserver import signals
from mockserver.errors import VerifyError
from mockserver.output.complaint import complain
from mockserver.output.printing import Output
from mockserver.signals import admitted, held
from mockserver.verify import baseline, events
from mockserver.verify.arguments import VerifyArguments, planned, policy_of, repetition, targets_of
from mockserver.verify.campaign import share, verify
from mockserver.verify.events import Event
from mockserver.verify.plan import Plan
from mockserver.verify.registration import Pulse
from mockserver.verify.reporters import github, terminal
from mockserver.verify.reporters.files import Reports
from mockserver.verify.reporters.machine import json_text
from mockserver.verify.reporters.progress import Progress
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.secrets import Secrets
from mockserver.verify.storage import cached
from mockserver.verify.targets import Target

PATIENCE = 2.0
"""Seconds that an interrupted run waits for the request in progress."""


class Reporter(Protocol):
    """Consumes the events of a run."""

    def on_event(self, event: Event) -> None: ...


def run(arguments: VerifyArguments, out: Output) -> int:
    """Verify, report on `out`, and return the exit code. VerifyError if the run cannot start.

    However the run ends, the results up to there are reported: signals are admitted only while it waits for an event.
    """
    plan, policy = planned(arguments), policy_of(arguments)
    logging.getLogger("mockserver").addHandler(logging.NullHandler())  # what fails in the mock becomes a finding
    targets = targets_of(arguments, plan)
    command = repetition(arguments, plan, targets)
    board, pulse = Scoreboard(plan.seed, command, require_success=arguments.require_success, policy=policy), Pulse()
    stream = happenings(targets, plan, pulse)
    with suppress(KeyboardInterrupt), held(), cached(), Reports(arguments.reports) as reports:
        reporters: list[Reporter] = [board, reports]
        with ExitStack() as stack:
            if arguments.format == "text":
                reporters.insert(0, terminal.Announcer(out))
                progress = Progress(
                    out, board, len(targets), lambda: pulse.requests, plan.max_time, bounded=plan.bounded
                )
                reporters.append(stack.enter_context(progress))
            defect = follow(stream, reporters, board, [target.secrets for target in targets])
        complaints = [*report(arguments, board, reports, out)]
        for each in complaints:
            complain(each)
        # a report that is missing is no success, whatever the run has found
        code = board.exit_code or (2 if complaints else 0)
        wind_down(stream, code)
    if defect is not None:
        raise defect
    if board.interrupted and not signals.are_raised():
        raise KeyboardInterrupt  # it was meant for whoever called, in this process
    return code


def report(arguments: VerifyArguments, board: Scoreboard, reports: Reports, out: Output) -> Iterator[str]:
    """Write the baseline and the reports, and show the results; yields what cannot be written, and why."""
    yield from save_baseline(arguments, board)
    written = reports.write(board)
    if arguments.format == "json":
        out.file.write(json_text(board))
    else:
        terminal.show(out, board, written)
        tell_github(out, board)
    yield from reports.failures
    yield from summarize(board)


def save_baseline(arguments: VerifyArguments, board: Scoreboard) -> Iterator[str]:
    """Write the findings to the baseline, if that is asked for; yields why it cannot be done."""
    if not arguments.write_baseline or arguments.baseline is None:
        return
    unfinished = [api.name for api in board.apis if api.barred is not None or api.stopped != "completed"]
    if board.broke_off or unfinished or not board.apis:
        yield f"--baseline {arguments.baseline}: it is not written, because the run was incomplete."
        return
    board.accept()
    try:
        baseline.write(arguments.baseline, board.policy.known)
    except OSError as error:
        yield f"--baseline {arguments.baseline}: it cannot be written ({error.strerror}). Choose another file."


def tell_github(out: Output, board: Scoreboard) -> None:
    """Print GitHub's workflow commands, which annotate the document, if this runs in GitHub Actions."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in github.commands(board):
            out.file.write(f"{line}\n")


def summarize(board: Scoreboard) -> Iterator[str]:
    """Add to GitHub's summary of the job, if there is one; yields why it cannot be done."""
    try:
        github.add_summary(board, os.environ)
    except OSError as error:
        yield f"GITHUB_STEP_SUMMARY: it cannot be written ({error.strerror})."


def follow(
    stream: Generator[Event], reporters: Iterable[Reporter], board: Scoreboard, hidden: Iterable[Secrets] = ()
) -> Exception | None:
    """Pass on every event. What aborts the run is noted on the board, and returned if it is a defect of ours."""
    under_way, started, defect = "", 0.0, None
    try:
        while (event := _next(stream)) is not None:
            if isinstance(event, events.ApiStarted):
                under_way, started = event.api, time.monotonic()
            elif isinstance(event, events.ApiFinished):
                under_way = ""
            for reporter in reporters:
                reporter.on_event(event)
    except KeyboardInterrupt:
        board.interrupted, board.broke_off = True, f"interrupted{signals.latest()}"
    except VerifyError as error:
        # nothing was sent, so that there is no run to report
        if not board.cases:
            raise
        board.broke_off = str(error)
    except Exception as error:  # noqa: BLE001  # whatever it is, what came so far is reported
        told = f"mockserver itself failed: {type(error).__name__}: {error}"
        defect, board.broke_off = error, reduce(lambda text, secrets: secrets.masked(text), hidden, told)
    if under_way:
        board.on_event(events.ApiFinished(under_way, time.monotonic() - started, "interrupted"))
    return defect


def _next(stream: Generator[Event]) -> Event | None:
    with admitted():
        event = next(stream, None)
    if isinstance(event, events.Interrupted):
        raise KeyboardInterrupt
    return event


def wind_down(stream: Generator[Event], code: int) -> None:
    """Wait for the request in progress, but not longer than PATIENCE: everything is reported, and somebody waits."""
    last_resort = threading.Timer(PATIENCE, os._exit, (code,))
    last_resort.daemon = True
    last_resort.start()
    try:
        with admitted():
            stream.close()
    except KeyboardInterrupt:
        os._exit(code)
    finally:
        last_resort.cancel()


def happenings(
    targets: Sequence[Target], plan: Plan, pulse: Pulse, clock: Callable[[], float] = time.monotonic
) -> Generator[Event]:
    """One target after the other; an interruption ends the run."""
    started = clock()
    for at, target in enumerate(targets):
        for event in verify(target, plan, pulse, share(plan, len(targets) - at, clock() - started)):
            yield event
            if isinstance(event, events.ApiFinished) and event.stopped == "interrupted":
                return
