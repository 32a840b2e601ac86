"""How much is verified, and Schemathesis' settings for it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mockserver.errors import VerifyError
from mockserver.verify.events import PHASES, OperationRef
from mockserver.verify.foreign import Foreign, merged
from mockserver.verify.identities import check_credential
from mockserver.verify.targets import SAFE, Target

TIMEOUT = 10
"""Seconds that a server has for a response."""

STATE = ("401", "402", "403", "404", "408", "409", "410", "412", "423", "424", "425", "426", "428", "429", "451")
"""Status codes that refuse a request because of the server's state; a valid request may have them."""

EXPECTED: Mapping[str, Any] = {
    "negative_data_rejection": {"expected-statuses": ["4xx", "5xx"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", *STATE, "5xx"]},
    "missing_required_header": {
        "expected-statuses": ["400", "401", "403", "406", "410", "411", "412", "415", "422", "428"]
    },
}
"""The status codes that a check accepts. Server errors and undocumented status codes are findings of other checks."""


@dataclass(frozen=True)
class Plan:
    """max_examples: of random requests for each operation, and of sequences. max_time: of the whole run, in seconds.

    bounded: with max_time, the run ends at whichever limit comes first; otherwise the time is used up. operations:
    operationIds or `GET /path`; empty: all. With one worker, a seed reproduces the order of the requests. rate: maximum
    of requests per second. unchecked: disabled checks, and why. foreign: what `schemathesis.toml` says.
    """

    seed: int
    max_examples: int = 100
    max_time: int | None = None
    bounded: bool = False
    rate: float | None = None
    workers: int = 1
    phases: tuple[str, ...] = PHASES
    operations: tuple[str, ...] = ()
    unchecked: Mapping[str, str] = field(default_factory=dict)
    foreign: Foreign = field(default_factory=Foreign)

    def chosen(self, target: Target) -> tuple[OperationRef, ...]:
        """The target's operations that are selected, safe or not."""
        return tuple(each for each in target.operations() if not self.operations or _names(each) & set(self.operations))

    def sent(self, target: Target) -> tuple[OperationRef, ...]:
        """Those that may be sent."""
        return tuple(each for each in self.chosen(target) if target.writes or each.method in SAFE)


def _names(operation: OperationRef) -> set[str]:
    return {operation.operation_id, operation.label}


def check(plan: Plan, targets: Sequence[Target]) -> None:
    """Raise VerifyError if the plan cannot be carried out on the targets."""
    known = {name for target in targets for each in target.operations() for name in _names(each)}
    for name in plan.operations:
        if name not in known:
            near = difflib.get_close_matches(name, sorted(known), n=3)
            raise VerifyError(
                f"no operation is called {name!r}. "
                + (f"Did you mean {' or '.join(near)}?" if near else "`mockserver routes` lists them.")
            )
    if not any(plan.sent(target) for target in targets):
        raise VerifyError("nothing to send: every operation asked for has an unsafe method. Give --allow-writes.")
    for target in targets:
        if target.app is None:
            described = [target.contract.operations[each.operation_id].members for each in plan.sent(target)]
            check_credential(target.name, target.document, described, target.caller, target.headers)


def left_out(only: Iterable[str], excluded: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """The disabled checks, and why: all except `only`, if there are any, and the excluded ones, `NAME[=REASON]`.

    VerifyError for an unknown check, or if none is left.
    """
    names = sorted(known)
    wanted = set(only)
    reasons = {name: reason for name, _, reason in (each.partition("=") for each in excluded)}
    for name in [*wanted, *reasons]:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=3) or names
            raise VerifyError(f"no check is called {name!r}: expected {', '.join(near)}.")
    unchecked = {name: "not among --check" for name in names if wanted and name not in wanted}
    unchecked |= {name: reason or "excluded" for name, reason in reasons.items()}
    if len(unchecked) == len(names):
        raise VerifyError("no check is left to run. Exclude fewer.")
    return unchecked


def settings(plan: Plan, target: Target, seconds: int | None) -> dict[str, Any]:
    """Schemathesis' configuration. Nothing is shrunk, as every failure is kept and the shortest of them is shown."""
    coverage: dict[str, Any] = (
        {} if target.writes else {"unexpected-methods": [each.lower() for each in SAFE if each != "HEAD"]}
    )
    # where no other phase sends every operation, one without an example would never be sent
    examples = {"fill-missing": not {"coverage", "fuzzing"} & {*plan.phases}}
    own: dict[str, dict[str, Any]] = {"coverage": coverage, "examples": examples}
    expected = {"checks": merged(EXPECTED, plan.foreign.settings.get("checks", {}))}
    ours = {
        "seed": plan.seed,
        # Hypothesis would end a test whose data is slow to draw, or is filtered much: documents of others are both
        "suppress-health-check": ["all"],
        "workers": plan.workers,
        "continue-on-failure": True,
        "checks": {"enabled": True, **{name: {"enabled": False} for name in plan.unchecked}},
        "phases": {name: {"enabled": name in plan.phases, **own.get(name, {})} for name in PHASES},
        # a database would replay what earlier runs found, so that the seed did not repeat a run
        "generation": {"mode": "all", "max-examples": plan.max_examples, "no-shrink": True, "database": "none"},
        "output": {"sanitization": {"enabled": False}},
        "cache": {"enabled": False},
        # nobody asked for an account at the provider
        "auth": {"auto-signup": False},
        # the requests of a seed must not depend on the source code of an application in this process
        "analysis": {"constants": {"enabled": False}},
        "request-timeout": TIMEOUT,
        "max-redirects": 0,
        "headers": dict(target.headers),
        "operations": target.values.settings,
        **({"base-url": target.url} if target.app is None else {}),
        **({"max-time": seconds} if seconds is not None and not plan.bounded else {}),
    }
    return merged({**plan.foreign.settings, **expected}, ours)
