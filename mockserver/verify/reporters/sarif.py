"""The findings as SARIF 2.1.0 for the code scanning of GitHub, GitLab and Azure: a result for each group of findings.

The location of a result is the violated part of the document, in the file that a person can open.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from mockserver import __version__
from mockserver.verify.events import Finding, Fingerprint
from mockserver.verify.grading import Group, relative
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import ApiScore

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LONGEST = 1000
"""Maximum length of a message, as viewers of results show no more."""


def sarif(board: Scoreboard) -> str:
    """The run as one SARIF log."""
    return json.dumps(as_sarif(board), indent=2) + "\n"


def as_sarif(board: Scoreboard) -> dict[str, Any]:
    """The findings as a SARIF 2.1.0 log."""
    checks = sorted({finding.check for finding in board.findings} | {each.check for each in board.gone})
    driver = {
        "name": "mockserver verify",
        "semanticVersion": __version__,
        "rules": [_rule(check) for check in checks],
    }
    numbers = {check: at for at, check in enumerate(checks)}
    sources = {api.name: api for api in board.apis}
    results = [_result(group, sources[group.api], numbers[group.check], board) for group in board.groups]
    results += [_gone(each, numbers[each.check]) for each in board.gone]
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"mockserver-verify/{','.join(sources)}/"},
        "invocations": [_invocation(board)],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": {"seed": board.seed, "verdict": board.verdict, "command": board.command},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(check: str) -> dict[str, Any]:
    return {"id": check, "name": check.title().replace("_", ""), "shortDescription": {"text": check.replace("_", " ")}}


def _invocation(board: Scoreboard) -> dict[str, Any]:
    told = [("error", f"Not the whole run: {board.broke_off}.")] if board.broke_off else []
    for api in board.apis:
        missing = {*api.shortfalls}
        told += [("error" if each in missing else "warning", f"{api.name}: {each}") for each in api.remarks()]
    return {
        "executionSuccessful": not board.broke_off,
        "exitCode": board.exit_code,
        "toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in told],
    }


def _result(group: Group, api: ApiScore, number: int, board: Scoreboard) -> dict[str, Any]:
    finding = group.shortest
    result: dict[str, Any] = {
        "ruleId": group.check,
        "ruleIndex": number,
        "level": group.severity,
        "message": {"text": _message(group, finding)},
        # GitHub shows the first; the others are the same finding on other operations
        "locations": [_location(api, each) for each in group.findings],
        "partialFingerprints": {"mockserver/v1": _print(finding.fingerprint)},
        "occurrenceCount": group.occurrences,
        "properties": {"operations": group.operations, "curl": list(finding.curl)},
    }
    if board.policy.known:
        result["baselineState"] = "unchanged" if group.known else "new"
    if group.known:
        reason = board.policy.known[finding.fingerprint]
        result["suppressions"] = [{"kind": "external", **({"justification": reason} if reason else {})}]
    return result


def _message(group: Group, finding: Finding) -> str:
    where = group.operations[0] if len(group.operations) == 1 else f"{len(group.operations)} operations"
    return f"{group.headline} ({where}). {finding.message}"[:LONGEST].strip()


def _location(api: ApiScore, finding: Finding) -> dict[str, Any]:
    """The violated part of the document, by its file, or by its URL if it was fetched."""
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(relative(finding.file or api.source))}}
    if finding.line is not None:
        physical["region"] = {"startLine": finding.line}
    operation = f"{finding.operation.api}.{finding.operation.operation_id}"
    logical = [{"name": finding.operation.operation_id, "fullyQualifiedName": operation, "kind": "function"}]
    return {"physicalLocation": physical, "logicalLocations": logical, "message": {"text": finding.rule}}


def _gone(known: Fingerprint, number: int) -> dict[str, Any]:
    return {
        "ruleId": known.check,
        "ruleIndex": number,
        "level": "none",
        "kind": "pass",
        "baselineState": "absent",
        "message": {"text": f"{known.kind} ({known.operation}) was known, and is not found any more."},
        "partialFingerprints": {"mockserver/v1": _print(known)},
    }


def _print(fingerprint: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps(fingerprint).encode()).hexdigest()[:32]
