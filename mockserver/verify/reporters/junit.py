"""The scoreboard as JUnit XML: a suite for each API, a test case for each operation and check.

GitHub's actions for it, GitLab, Jenkins and Azure Pipelines read different parts: name and `classname`, `file` and
`line`, `time`, properties, the message in the attribute and the whole text in the element. All are written, and
failures come first, the worst at the top.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.verify.events import Finding
from mockserver.verify.grading import Group, relative, severity
from mockserver.verify.scoreboard import Scoreboard
from mockserver.verify.scores import ApiScore, OperationScore
from mockserver.verify.standing import times

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""

COUNTS = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def junit(board: Scoreboard, now: datetime | None = None) -> str:
    """The scoreboard as one XML document; `now` is when the run ended."""
    root = Element("testsuites", name="mockserver verify", time=f"{board.seconds:.3f}")
    ended = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    for api in board.apis:
        root.append(_suite(api, board.seed, ended))
    if board.broke_off:
        suite = SubElement(root, "testsuite", name="mockserver verify", time="0", timestamp=ended)
        case = SubElement(suite, "testcase", classname="mockserver verify", name="the whole run", time="0")
        SubElement(case, "error", type="interrupted", message=_text(f"not the whole run: {board.broke_off}"))
        _count(suite)
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _count(suite: Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for count, tag in COUNTS:
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))


def _suite(api: ApiScore, seed: int, ended: str) -> Element:
    suite = Element("testsuite", name=_text(api.name), time=f"{api.seconds:.3f}", timestamp=ended)
    said = {"seed": str(seed), "target": api.target, "document": api.source, "stopped": api.stopped}
    said |= {f"not checked: {check}": reason for check, reason in api.unchecked.items()}
    _properties(suite, said)
    order = {finding.key: at for at, group in enumerate(api.groups) for finding in group.findings}
    groups = {finding.key: group for group in api.groups for finding in group.findings}
    cases = [case for score in api.operations.values() for case in _operation(api, score, groups, order)]
    suite.extend(case for _, case in sorted(cases, key=lambda each: each[0]))
    for trouble in [*([api.barred] if api.barred is not None else []), *api.troubles]:
        case = SubElement(suite, "testcase", classname=_text(api.name), name="verification", time="0")
        SubElement(case, "error", type="not verified", message=_text(trouble))
    for operation in api.unsent:
        case = SubElement(
            suite, "testcase", classname=_class(api, operation.operation_id), name="every check", time="0"
        )
        SubElement(case, "skipped", message=f"{operation.method} is sent with --allow-writes only")
    _count(suite)
    return suite


def _properties(element: Element, said: dict[str, str]) -> None:
    properties = SubElement(element, "properties")
    for name, value in said.items():
        SubElement(properties, "property", name=_text(name), value=_text(value))


def _class(api: ApiScore, operation: str) -> str:
    return _text(f"{api.name}.{operation}")


def _operation(
    api: ApiScore, score: OperationScore, groups: dict[tuple[str, ...], Group], order: dict[tuple[str, ...], int]
) -> Iterator[tuple[int, Element]]:
    """The cases of one operation, each with its rank among all: that of its worst finding, if it has any."""
    found: dict[str, list[Finding]] = {}
    for finding in api.findings:
        if finding.operation.label == score.operation.label:
            found.setdefault(finding.check, []).append(finding)
    checks = sorted({*score.checks, *found})
    # all checks judge the same requests, so that their times add up to that of the operation
    share = score.seconds / max(1, len(checks))
    for check in checks:
        findings = sorted(found.get(check, []), key=lambda each: order[each.key])
        case = _case(api, score, check, share, findings)
        _judge(case, api, findings, groups)
        yield (order[findings[0].key] if findings else len(order)), case
    if not score.cases:
        case = _case(api, score, "every check", 0.0, [])
        if score.failed:
            SubElement(case, "skipped", message="no request was answered")
        else:
            SubElement(case, "error", type="not verified", message="never sent, so not verified")
        yield len(order), case
    elif not score.succeeded:
        case = _case(api, score, "a success", 0.0, [])
        message = f"never succeeded, so what a success looks like is not verified: {times(score.statuses)}"
        tag, kind = ("failure", {"type": "never succeeded"}) if api.require_success else ("skipped", {})
        SubElement(case, tag, kind, message=_text(message))
        yield len(order), case


def _case(api: ApiScore, score: OperationScore, check: str, seconds: float, findings: list[Finding]) -> Element:
    case = Element("testcase", classname=_class(api, score.operation.operation_id), name=check, time=f"{seconds:.3f}")
    first = next(iter(findings), None)
    case.set("file", _text(relative(first.file if first is not None and first.file else api.source)))
    if first is not None and first.line is not None:
        case.set("line", str(first.line))
    _properties(
        case,
        {
            "operation": score.operation.label,
            "passed": str(score.passed[check]),
            "failed": str(score.failed[check]),
            **({"severity": severity(first), "rule": first.rule} if first is not None else {}),
        },
    )
    return case


def _judge(case: Element, api: ApiScore, findings: list[Finding], groups: dict[tuple[str, ...], Group]) -> None:
    """Add the findings of a check to its case, as a failure, a skip or output."""
    failing = [each for each in findings if api.policy.fails(each)]
    known = [each for each in findings if api.policy.is_known(each)]
    if failing:
        message = "; ".join(_headlines(failing, groups))
        failure = SubElement(case, "failure", type=failing[0].check, message=_text(message))
        failure.text = _text("\n\n".join(_told(each, groups[each.key]) for each in failing))
    elif known and len(known) == len(findings):
        reasons = dict.fromkeys(api.policy.known[each.fingerprint] or "in the baseline" for each in known)
        SubElement(case, "skipped", message=_text(f"known: {'; '.join(reasons)}"))
    others = [each for each in findings if each not in failing]
    if others:
        told = "\n\n".join(f"{severity(each)}: {_told(each, groups[each.key])}" for each in others)
        SubElement(case, "system-out").text = _text(told)


def _headlines(findings: Iterable[Finding], groups: dict[tuple[str, ...], Group]) -> list[str]:
    return list(dict.fromkeys(groups[each.key].headline for each in findings))


def _told(finding: Finding, group: Group) -> str:
    others = len(group.operations) - 1
    also = f"also on {others} other operation{'' if others == 1 else 's'}" if others else ""
    where = f"{relative(finding.file)}:{finding.line}" if finding.line is not None else ""
    parts = [group.headline, finding.message, f"rule: {finding.rule}", where, finding.quote, also, "repeat it:"]
    return "\n".join([*(part for part in parts if part), *finding.curl])


def _text(text: str) -> str:
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
