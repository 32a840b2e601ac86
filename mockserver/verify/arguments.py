"""The command line of `mockserver verify`, parsed, and what it asks for: a plan, a policy and targets.

Nothing has been sent when these are there, so that whatever is wrong with an argument is told before a run begins.
"""

from __future__ import annotations

import re
import secrets
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mockserver.addresses import Address, parse, shown
from mockserver.catalog import load_apis
from mockserver.client import Trust
from mockserver.errors import VerifyError
from mockserver.options import CONTROL, options_of
from mockserver.output.replacement import check as check_place
from mockserver.verify import baseline, data
from mockserver.verify.events import PHASES
from mockserver.verify.foreign import Foreign, found, read
from mockserver.verify.grading import Policy, Severity
from mockserver.verify.pace import parse_rate
from mockserver.verify.plan import Plan, check, left_out
from mockserver.verify.registration import check_names
from mockserver.verify.targets import OPTIONS, VARIABLES, Given, Target, mock_target, url_target

EXAMPLES = 100
"""Random requests per operation, unless something else is asked for."""

# a token (RFC 9110, 5.6.2)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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
        # in the engine's order, in whatever order they were asked for
        phases=tuple(phase for phase in PHASES if phase in arguments.phases) or PHASES,
        operations=arguments.operations,
        rate=None if arguments.rate_limit is None else parse_rate(arguments.rate_limit),
        unchecked=left_out(arguments.checks, arguments.excluded_checks, checks)
        # the command line goes before the file
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
        message = f"--baseline {arguments.baseline}: it cannot be written ({error.strerror}). Choose another file."
        raise VerifyError(message) from None
    return Policy(arguments.severity, baseline.read(arguments.baseline) if arguments.baseline.exists() else {})


def targets_of(arguments: VerifyArguments, plan: Plan) -> list[Target]:
    """The targets that the plan has operations of; VerifyError for an argument that fits none."""
    targets = _with_data(arguments, list(_targets(arguments, plan.foreign)))
    _check_placed(arguments, targets)
    check(plan, targets)
    return [target for target in targets if plan.chosen(target)]


def _with_data(arguments: VerifyArguments, targets: Sequence[Target]) -> list[Target]:
    """The targets, each with the test data that was given for its operations."""
    said = data.given(arguments.values, arguments.data)
    values = data.values({target.name: target.contract for target in targets}, said)
    return [replace(target, values=values[target.name]) for target in targets]


def _targets(arguments: VerifyArguments, foreign: Foreign) -> Iterator[Target]:
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


def _check_placed(arguments: VerifyArguments, targets: Sequence[Target]) -> None:
    """Raise VerifyError if a credential is given, but no document declares a security scheme for it."""
    given = {"caller": arguments.auth, "other": arguments.auth_other, "unscoped": arguments.auth_unscoped}
    # one document with a scheme is enough: the others are verified without the credential
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
    # both would be an Authorization header, and one of them would be lost without a word
    if address.userinfo is not None and others:
        raise VerifyError(f"--url has a user and password, and {others[0]} a credential too. Give one of them.")
    return address


def _header(given: str) -> tuple[str, str]:
    """Name and value; VerifyError, which never repeats a value, if it is not a valid header."""
    name, colon, value = (part.strip() for part in given.partition(":"))
    if not colon or not HEADER_NAME.fullmatch(name):
        told = f"the invalid name {name!r}" if colon else "a value without a colon"
        raise VerifyError(f"--header must be 'Name: value', got {told}.")
    # what is not ASCII is opaque to a recipient (RFC 9110, 5.5), and each reads it otherwise
    if CONTROL.search(value) or not value.isascii():
        raise VerifyError(f"--header {name}: its value has characters that no header can hold. Give them in ASCII.")
    return name, value


def repetition(arguments: VerifyArguments, plan: Plan, targets: Sequence[Target]) -> str:
    """The shell command that repeats the run; it has variables in place of secrets, which must be set."""
    words = ["mockserver", "verify", *arguments.apis, "--seed", str(plan.seed)]
    # by time alone the phases are repeated until it is over, so that the number of examples says nothing
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
    # what was given is the same for all targets, and is not quoted: its variables are to be expanded
    return " ".join([shlex.join(words), *dict.fromkeys(word for target in targets for word in target.given)])
