"""The scoreboard as JSON, for machines: `--format json` and `--report json=FILE`."""

from __future__ import annotations

import json
from typing import Any

from mockserver.verify.events import Exchange, Finding
from mockserver.verify.grading import Group, headline, severity
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import ApiScore, OperationScore

VERSION = 1
"""Version of the format, raised for incompatible changes."""


def json_text(board: Scoreboard) -> str:
    """The scoreboard as indented JSON, in ASCII, which every output can encode."""
    return json.dumps(as_json(board), indent=2) + "\n"


def as_json(board: Scoreboard) -> dict[str, Any]:
    """The whole result, as `--format json` and `--report json` write it."""
    return {
        "version": VERSION,
        "verdict": board.verdict,
        "exitCode": board.exit_code,
        "interrupted": board.interrupted,
        "brokeOff": board.broke_off or None,
        "seed": board.seed,
        "command": board.command,
        "cases": board.cases,
        "seconds": round(board.seconds, 3),
        "severity": board.policy.severity,
        "groups": [_group(each) for each in board.groups],
        "gone": [each._asdict() for each in board.gone],
        "apis": [_api(each) for each in board.apis],
    }


def _api(api: ApiScore) -> dict[str, Any]:
    return {
        "name": api.name,
        "title": api.title,
        "target": api.target,
        "verdict": api.verdict,
        "stopped": api.stopped,
        "seconds": round(api.seconds, 3),
        "phases": list(api.phases),
        "skippedPhases": api.skipped,
        "operations": [_operation(each) for each in api.operations.values()],
        "findings": [_finding(each, api) for each in api.findings],
        "unchecked": dict(api.unchecked),
        "unsent": [each.operation_id for each in api.unsent],
        "nothingVerified": api.barred,
        "refused": [each.operation.operation_id for each in api.refused],
        "neverSucceeded": [each.operation.operation_id for each in api.silent],
        "notTested": [each.operation_id for each in api.untested],
        "troubles": api.troubles,
        "notes": api.notes,
        "remarks": api.remarks(),
    }


def _operation(score: OperationScore) -> dict[str, Any]:
    return {
        "operationId": score.operation.operation_id,
        "method": score.operation.method,
        "path": score.operation.path,
        "cases": score.cases,
        "succeeded": score.succeeded,
        "statuses": {str(status): score.statuses[status] for status in sorted(score.statuses)},
        "documentedStatuses": list(score.operation.statuses),
        "unreachedStatuses": score.unreached,
        "checks": {name: {"passed": score.passed[name], "failed": score.failed[name]} for name in score.checks},
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "api": group.api,
        "check": group.check,
        "headline": group.headline,
        "severity": group.severity,
        "known": group.known,
        "operations": group.operations,
        "occurrences": group.occurrences,
    }


def _finding(finding: Finding, api: ApiScore) -> dict[str, Any]:
    return {
        "headline": headline(finding),
        "severity": severity(finding),
        "known": api.policy.is_known(finding),
        "fails": api.policy.fails(finding),
        "fingerprint": finding.fingerprint._asdict(),
        "file": finding.file,
        "line": finding.line,
        "operationId": finding.operation.operation_id,
        "check": finding.check,
        "title": finding.title,
        "message": finding.message,
        "rule": finding.rule,
        "quote": finding.quote,
        "phase": finding.phase,
        "occurrences": api.occurrences[finding.key],
        "curl": list(finding.curl),
        "exchanges": [_exchange(each) for each in finding.exchanges],
    }


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "requestHeaders": dict(exchange.request_headers),
        "requestBody": None if exchange.request_body is None else exchange.request_body.decode("utf-8", "replace"),
        "status": exchange.status,
        "responseHeaders": dict(exchange.response_headers),
        "responseBody": exchange.response_body.decode("utf-8", "replace"),
    }
