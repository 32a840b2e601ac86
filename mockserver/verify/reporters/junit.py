"""The scoreboard as JUnit XML: a suite per API, a test case per operation and check, so that CI names what broke."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.verify.events import Finding
from mockserver.verify.scoreboard import ApiScore, OperationScore, Scoreboard
from mockserver.verify.standing import times

ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def junit(board: Scoreboard) -> str:
    """The scoreboard as one XML document."""
    root = Element("testsuites", name="mockserver verify", time=f"{board.seconds:.3f}")
    for api in board.apis:
        root.append(_suite(api))
    if board.broke_off:
        suite = SubElement(
            root, "testsuite", name="mockserver verify", tests="1", failures="0", errors="1", skipped="0"
        )
        case = SubElement(suite, "testcase", classname="mockserver verify", name="the whole run")
        SubElement(case, "error", type="interrupted", message=_text(f"not the whole run: {board.broke_off}"))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _suite(api: ApiScore) -> Element:
    suite = Element("testsuite", name=api.name, time=f"{api.seconds:.3f}")
    properties = SubElement(suite, "properties")
    for name, value in (("seed", str(api.seed)), ("target", api.target), ("stopped", api.stopped)):
        SubElement(properties, "property", name=name, value=_text(value))
    for score in api.operations.values():
        _operation(suite, api, score)
    if api.barred is not None:
        case = SubElement(suite, "testcase", classname=api.name, name="verification")
        SubElement(case, "error", message=_text(api.barred))
    for trouble in api.troubles:
        case = SubElement(suite, "testcase", classname=api.name, name="verification")
        SubElement(case, "error", message=_text(trouble))
    for operation in api.unsent:
        case = SubElement(suite, "testcase", classname=f"{api.name}.{operation.operation_id}", name="every check")
        SubElement(case, "skipped", message=f"{operation.method} is sent with --allow-writes only")
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    return suite


def _operation(suite: Element, api: ApiScore, score: OperationScore) -> None:
    found: dict[str, list[Finding]] = {}
    for finding in api.findings:
        if finding.operation.label == score.operation.label:
            found.setdefault(finding.check, []).append(finding)
    classname = f"{api.name}.{score.operation.operation_id}"
    for check in sorted({*score.checks, *found}):
        case = SubElement(suite, "testcase", classname=classname, name=check)
        if check in found:
            message = "; ".join(dict.fromkeys(each.title for each in found[check]))
            failure = SubElement(case, "failure", type=check, message=_text(message))
            failure.text = _text("\n\n".join(map(_told, found[check])))
    if not score.cases:
        case = SubElement(suite, "testcase", classname=classname, name="every check")
        SubElement(case, "skipped", message="no request was sent")
    elif not score.succeeded:
        case = SubElement(suite, "testcase", classname=classname, name="a success")
        message = f"never succeeded, so what a success looks like is not verified: {times(score.statuses)}"
        if api.require_success:
            SubElement(case, "failure", type="never succeeded", message=_text(message))
        else:
            SubElement(case, "skipped", message=_text(message))


def _told(finding: Finding) -> str:
    lines = [finding.title, finding.message, f"rule: {finding.rule}", finding.quote, "", *finding.curl]
    return "\n".join(line for line in lines if line or line == "")


def _text(text: str) -> str:
    return ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
