"""`mockserver verify`: parse, build, run, report, exit code."""

from __future__ import annotations

import logging
import os
import re
import secrets
import shlex
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import reduce
from pathlib import Path
from typing import Any, Protocol

from mockserver import signals
from mockserver.addresses import Address, parse, shown
from mockserver.catalog import load_apis
from mockserver.client import Trust
from mockserver.errors import VerifyError
from mockserver.options import CONTROL, options_of
from mockserver.output.complaint import complain
from mockserver.output.printing import Output
from mockserver.output.replacement import check as check_place
from mockserver.signals import admitted, held
from mockserver.verify import baseline, data, events
from mockserver.verify.campaign import share, verify
from mockserver.verify.events import PHASES, Event
from mockserver.verify.foreign import Foreign, found, read
from mockserver.verify.grading import Policy, Severity
from mockserver.verify.pace import parse_rate
from mockserver.verify.plan import Plan, check, left_out
from mockserver.verify.registration import Pulse, check_names
from mockserver.verify.reporters import github, terminal
from mockserver.verify.reporters.files import Reports
from mockserver.verify.reporters.machine import json_text
from mockserver.verify.reporters.progress import Progress
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.secrets import Secrets
from mockserver.verify.storage import cached
from mockserver.verify.targets import OPTIONS, VARIABLES, Given, Target, mock_target, url_target

EXAMPLES = 100
"""Random requests per operation, unless something else is asked for."""

PATIENCE = 2.0
"""Seconds that an interrupted run waits for the request in progress."""

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class Reporter(Protocol):
    """Consumes the events of a run."""

    def on_event(self, event: Event) -> None: ...


@dataclass(frozen=True)
class VerifyArguments:
    """The command line, parsed: see `mockserver verify --help`. reading: how APIs are read, see `load_apis`."""

    apis: tuple[str, ...] = ()
    url: str | None = None
    headers: tuple[str, ...] = ()
    auth: tuple[str, ...] = ()
    auth_other: tuple[str, ...] = ()
    auth_unscoped: tuple[str, ...] = ()
    allow_writes: bool = False
    max_examples: int | None = None
    max_time: int | None = None
    seed: int | None = None
    workers: int = 1
    phases: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    format: str = "text"
    cacert: Path | None = None
    insecure: bool = False
    rate_limit: str | None = None
    require_success: bool = False
    checks: tuple[str, ...] = ()
    excluded_checks: tuple[str, ...] = ()
    severity: Severity = "error"
    baseline: Path | None = None
    write_baseline: bool = False
    values: tuple[str, ...] = ()
    data: Path | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)


def run(arguments: VerifyArguments, out: Output) -> int:
    """Verify, report on `out`, and return the exit code. VerifyError if the run cannot start.

    However the run ends, the results up to there are reported: signals are admitted only while it waits for an event.
    """
    plan, policy = planned(arguments), policy_of(arguments)
    logging.getLogger("mockserver").addHandler(logging.NullHandler())  # what fails in the mock becomes a finding
    targets = with_data(arguments, list(_targets(arguments, plan.foreign)))
    check_placed(arguments, targets)
    check(plan, targets)
    targets = [target for target in targets if plan.chosen(target)]
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
        complaints = [*save_baseline(arguments, board)]
        written = reports.write(board)
        if arguments.format == "json":
            out.file.write(json_text(board))
        else:
            terminal.show(out, board, written)
            tell_github(out, board)
        complaints += [*reports.failures, *summarize(board)]
        for each in complaints:
            complain(each)
        code = board.exit_code or (2 if complaints else 0)
        wind_down(stream, code)
    if defect is not None:
        raise defect
    if board.interrupted and not signals.are_raised():
        raise KeyboardInterrupt  # it was meant for whoever called, in this process
    return code


def planned(arguments: VerifyArguments) -> Plan:
    """The plan that the arguments make, with what a `schemathesis.toml` says of the rest."""
    checks = check_names()
    file = found(Path.cwd())
    foreign = Foreign() if file is None else read(file, checks)
    return Plan(
        seed=secrets.randbits(32) if arguments.seed is None else arguments.seed,
        max_examples=arguments.max_examples or foreign.examples or EXAMPLES,
        max_time=arguments.max_time,
        bounded=arguments.max_examples is not None,
        workers=arguments.workers,
        phases=tuple(phase for phase in PHASES if phase in arguments.phases) or PHASES,
        operations=arguments.operations,
        rate=None if arguments.rate_limit is None else parse_rate(arguments.rate_limit),
        unchecked=left_out(arguments.checks, arguments.excluded_checks, checks)
        | {name: why for name, why in foreign.unchecked.items() if name not in arguments.checks},
        foreign=foreign,
    )


def policy_of(arguments: VerifyArguments) -> Policy:
    """Which findings fail the run; VerifyError if the baseline cannot be read, or will not be written."""
    if arguments.baseline is None:
        if arguments.write_baseline:
            raise VerifyError("--write-baseline needs --baseline FILE beside it: that is what it writes.")
        return Policy(arguments.severity)
    if not arguments.write_baseline:
        return Policy(arguments.severity, baseline.read(arguments.baseline))
    try:
        check_place(arguments.baseline)
    except OSError as error:
        raise VerifyError(f"--baseline {arguments.baseline}: it cannot be written ({error.strerror}).") from None
    return Policy(arguments.severity, baseline.read(arguments.baseline) if arguments.baseline.exists() else {})


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
        yield f"--baseline {arguments.baseline}: it cannot be written ({error.strerror})."


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


def with_data(arguments: VerifyArguments, targets: Sequence[Target]) -> list[Target]:
    """The targets, each with the test data that was given for its operations."""
    said = data.given(arguments.values, arguments.data)
    values = data.values({target.name: target.contract for target in targets}, said)
    return [replace(target, values=values[target.name]) for target in targets]


def _targets(arguments: VerifyArguments, foreign: Foreign) -> Iterable[Target]:
    address = None if arguments.url is None else _address(arguments)
    given = Given(
        arguments.auth,
        arguments.auth_other,
        arguments.auth_unscoped,
        {**foreign.headers, **dict(map(_header, arguments.headers))},
        None if address is None else address.userinfo,
        Trust(arguments.cacert, arguments.insecure),
    )
    for api in load_apis(arguments.apis, **arguments.reading):
        if address is not None:
            yield url_target(api, address.url, given, writes=arguments.allow_writes)
        else:
            yield mock_target(api, given)


def check_placed(arguments: VerifyArguments, targets: Sequence[Target]) -> None:
    """Raise VerifyError if a credential is given, but no document declares a security scheme for it."""
    given = {"caller": arguments.auth, "other": arguments.auth_other, "unscoped": arguments.auth_unscoped}
    if not any(target.document.security_schemes for target in targets):
        for who in (each for each, texts in given.items() if texts):
            raise VerifyError(
                f"{OPTIONS[who]} (or {VARIABLES[who]}) has no place: {' and '.join(each.name for each in targets)} "
                "declares no security scheme. Give it with --header 'NAME: VALUE'."
            )
    for identity in (each for target in targets for each in target.callers):
        scheme = identity.unfit()
        if scheme is not None:
            raise VerifyError(
                f"{OPTIONS[identity.name]} (or {VARIABLES[identity.name]}) has characters that are not ASCII, and "
                f"{scheme} places it in a header, which cannot hold them. Give it in ASCII."
            )


def _address(arguments: VerifyArguments) -> Address:
    """The URL and its user; VerifyError if it is not a URL, or if another credential is given besides."""
    assert arguments.url is not None
    try:
        address = parse(arguments.url)
    except ValueError:
        raise VerifyError(
            f"--url must be an http or https URL without a query, got {shown(arguments.url)!r}. "
            "In a user or password write /, ?, # and % by their numbers: %2F, %3F, %23, %25."
        ) from None
    others = ["--auth (or MOCKSERVER_AUTH)"] if arguments.auth else []
    others += (
        ["--header Authorization"]
        if any(_header(each)[0].lower() == "authorization" for each in arguments.headers)
        else []
    )
    if address.userinfo is not None and others:
        raise VerifyError(f"--url has a user and password, and {others[0]} a credential too. Give one of them.")
    return address


def _header(given: str) -> tuple[str, str]:
    """Name and value; VerifyError, which never repeats a value, if it is not a valid header."""
    name, colon, value = (part.strip() for part in given.partition(":"))
    if not colon or not HEADER_NAME.fullmatch(name):
        told = f"the invalid name {name!r}" if colon else "a value without a colon"
        raise VerifyError(f"--header must be 'Name: value', got {told}.")
    if CONTROL.search(value) or not value.isascii():
        raise VerifyError(f"--header {name}: its value has characters that no header can hold. Give them in ASCII.")
    return name, value


def repetition(arguments: VerifyArguments, plan: Plan, targets: Sequence[Target]) -> str:
    """The shell command that repeats the run; it has variables in place of secrets, which must be set."""
    words = ["mockserver", "verify", *arguments.apis, "--seed", str(plan.seed)]
    if plan.bounded or plan.max_time is None:
        words += ["--max-examples", str(plan.max_examples)]
    if arguments.url is not None:
        words += ["--url", parse(arguments.url).url, *Trust(arguments.cacert, arguments.insecure).options]
        words += ["--allow-writes"] if arguments.allow_writes else []
    if plan.max_time is not None:
        words += ["--max-time", str(plan.max_time)]
    if plan.workers > 1:
        words += ["--workers", str(plan.workers)]
    words += options_of(arguments.reading)
    words += [word for value in arguments.values for word in ("--set", value)]
    words += ["--data", str(arguments.data)] if arguments.data is not None else []
    words += ["--require-success"] if arguments.require_success else []
    words += [word for name in arguments.checks for word in ("--check", name)]
    words += [word for name in arguments.excluded_checks for word in ("--exclude-check", name)]
    words += ["--severity", arguments.severity] if arguments.severity != "error" else []
    words += ["--baseline", str(arguments.baseline)] if arguments.baseline is not None else []
    words += [] if arguments.rate_limit is None else ["--rate-limit", arguments.rate_limit]
    words += [word for phase in arguments.phases for word in ("--phase", phase)]
    words += [word for operation in plan.operations for word in ("--operation", operation)]
    return " ".join([shlex.join(words), *dict.fromkeys(word for target in targets for word in target.given)])
