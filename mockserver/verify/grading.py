"""The severity of findings, groups of the same finding on several operations, and the policy that fails a run.

An error breaks the contract. A warning does not, or not certainly: a refusal with a documented 4xx status code, but
another than the check expects; a documented server error; what OpenAPI says should not be, rather than must not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mockserver.verify.events import UNENFORCED, Finding, Fingerprint

Severity = Literal["error", "warning"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning")

CLIENT_ERROR = 4
"""First digit of the status codes of refusals."""

INVALID = (400, 422)
"""Status codes for an invalid request; for a valid request they are errors, not another reason to refuse."""

UNKNOWN_METHOD = 501
"""The status code for a method that the server does not support for any resource (RFC 9110, 15.6.2)."""

WRITE_ONLY = "/writeOnly"
"""The end of the rule that a property should not be in a response (OpenAPI 3.0.4, Schema Object)."""

REFUSING = (
    *("negative_data_rejection", "missing_required_header", "unsupported_method"),
    *("positive_data_acceptance", "ignored_auth"),
)
"""Checks that a request is refused, or accepted, with a certain status code."""

WORST_FIRST = (
    ("no_answer", "not_a_server_error"),
    ("ignored_auth", "ignored_scope", "object_level_authorization", "foreign_write"),
    ("lost_update", "use_after_free", "ensure_resource_availability", "paging"),
    ("response_schema_conformance",),
    ("status_code_conformance", "content_type_conformance", "response_headers_conformance"),
    ("positive_data_acceptance", "negative_data_rejection", "missing_required_header"),
)
"""Checks by the damage that their failure does to clients; checks not listed come last."""

RANKS = {check: rank for rank, checks in enumerate(WORST_FIRST) for check in checks}

TAILS = ("response_schema_conformance", "negative_data_rejection", "positive_data_acceptance")
"""Checks whose headlines contain the place in the document."""


def severity(finding: Finding) -> Severity:
    """`warning` for what does not certainly break the contract, `error` for everything else."""
    status = finding.status
    if finding.is_listed_failure or finding.rule.endswith(WRITE_ONLY):
        return "warning"
    # 501 refuses the method as well, though 405 is the status for one that only this resource does not have
    if finding.check == "unsupported_method" and status == UNKNOWN_METHOD:
        return "warning"
    refused = status is not None and status // 100 == CLIENT_ERROR and finding.title != UNENFORCED
    if finding.check not in REFUSING or status is None or not refused:
        return "error"
    # a valid request was called invalid, and there is no other cause to suppose
    if finding.check == "positive_data_acceptance" and status in INVALID:
        return "error"
    return "warning" if finding.operation.documents(status) else "error"


def headline(finding: Finding) -> str:
    """The finding without its operation, in a few words: `404 is text/plain`."""
    status = "no answer" if finding.status is None else finding.status
    if finding.check == "content_type_conformance":
        return f"{status} is {finding.media}" if finding.media else f"{status} has no Content-Type"
    if finding.check == "status_code_conformance":
        return f"{status} is not documented"
    if finding.check == "not_a_server_error":
        return f"{finding.title}{', as listed' if finding.is_listed_failure else ''}: {status}"
    place = finding.place.rpartition("#/components/")[2]
    return f"{finding.title}: {place}" if finding.check in TAILS and place else finding.title


@dataclass
class Group:
    """The same finding on one operation or many, in the order of the document."""

    api: str
    check: str
    headline: str
    severity: Severity
    known: bool
    findings: list[Finding] = field(default_factory=list)
    occurrences: int = 0

    @property
    def shortest(self) -> Finding:
        """The one with the least effort to reproduce."""
        return min(self.findings, key=lambda each: each.length)

    @property
    def operations(self) -> list[str]:
        """The operationIds, each once."""
        return list(dict.fromkeys(each.operation.operation_id for each in self.findings))

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """Sorts the worst first: new before known, then by severity, by check, and by the number of operations."""
        return (
            int(self.known),
            SEVERITIES.index(self.severity),
            RANKS.get(self.check, len(RANKS)),
            -len(self.operations),
        )


@dataclass(frozen=True)
class Policy:
    """Which findings fail a run: new ones of the severity or worse. `known`: the baseline, with reasons."""

    severity: Severity = "error"
    known: Mapping[Fingerprint, str] = field(default_factory=dict)

    def is_known(self, finding: Finding) -> bool:
        return finding.fingerprint in self.known

    def fails(self, finding: Finding) -> bool:
        return not self.is_known(finding) and SEVERITIES.index(severity(finding)) <= SEVERITIES.index(self.severity)

    def groups(self, findings: Iterable[tuple[Finding, int]]) -> list[Group]:
        """The findings, each with how often it occurred, in groups; the worst first."""
        found: dict[tuple[object, ...], Group] = {}
        for finding, occurrences in findings:
            name, level, known = headline(finding), severity(finding), self.is_known(finding)
            # by place: one shared schema that is wrong is one finding, however many operations answer with it
            key = finding.operation.api, finding.check, name, finding.place, level, known
            group = found.setdefault(key, Group(finding.operation.api, finding.check, name, level, known))
            group.findings.append(finding)
            group.occurrences += occurrences
        return sorted(found.values(), key=lambda each: each.rank)


def shown_operations(group: Group, most: int) -> tuple[Sequence[str], int]:
    """The first operations of a group, and how many more there are."""
    return group.operations[:most], max(0, len(group.operations) - most)


def relative(file: str) -> str:
    """The file relative to the current folder, if it is inside; else as it is."""
    path, here = Path(file), Path.cwd()
    return path.relative_to(here).as_posix() if path.is_absolute() and path.is_relative_to(here) else file
