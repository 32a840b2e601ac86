"""The command line's check: documents in, their flaws out, and whether they can be served."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from mockserver.additions import of_apis
from mockserver.catalog import emptiness
from mockserver.contract.contract import Contract
from mockserver.contract.flaws import Flaw, Place
from mockserver.contract.reading.check import Finding, check
from mockserver.contract.reading.reader import read
from mockserver.contract.reading.sources import split_name
from mockserver.errors import DocumentError
from mockserver.folders import Folder, folder_of
from mockserver.garbage import uncollected
from mockserver.inference.extensions import extensions_of
from mockserver.output.escaping import visible
from mockserver.output.printing import Output

CLEAN, WARNED, UNSERVABLE = 0, 1, 2
STYLES = {"nothing": "yellow", "operation": "red", "document": "bold red"}
WORDS = {"nothing": "warning", "operation": "not served", "document": "not a document"}


@dataclass(frozen=True)
class CheckArguments:
    """The parsed command line."""

    files: tuple[str, ...]
    overlays: tuple[str, ...]
    strict: bool
    allow_remote_refs: bool
    format: str


@dataclass(frozen=True)
class Report:
    """What was found in one document; `title` and `operations` of what can be served of it."""

    file: str
    findings: Sequence[Finding]
    operations: int = 0

    @property
    def costs(self) -> Counter[str]:
        return Counter(finding.flaw.costs for finding in self.findings)

    def code(self, *, strict: bool) -> int:
        """The exit code that this document alone asks for."""
        if self.costs["document"] or self.costs["operation"]:
            return UNSERVABLE
        return WARNED if strict and self.findings else CLEAN


def run(arguments: CheckArguments, out: Output) -> int:
    """Report; answers the exit code."""
    overlays = of_apis("--overlay", arguments.overlays, [split_name(file)[0] for file in arguments.files])
    reports = [_report(file, overlays, allow_remote_refs=arguments.allow_remote_refs) for file in arguments.files]
    if arguments.format == "json":
        out.file.write(json.dumps([_as_json(each) for each in reports], indent=2) + "\n")
    else:
        for report in reports:
            _show(out, report)
    return max(report.code(strict=arguments.strict) for report in reports)


def _report(file: str, overlays: Mapping[str, Sequence[str]], *, allow_remote_refs: bool) -> Report:
    name, source = split_name(file)
    with uncollected():
        try:
            folder = folder_of(Path(source)) if Path(source).is_dir() else Folder(source)
            changes: list[str | Path] = [*folder.overlays, *overlays.get(name, ())]
            document = read(folder.document, allow_remote_refs=allow_remote_refs, overlays=changes)
        except DocumentError as error:
            told, place = str(error).removeprefix(f"{source}: ").splitlines(), Place(source, "#", error.line)
            return Report(source, [Finding(Flaw("unreadable", "#", each, "", "document"), place) for each in told])
        contract = Contract(document)
        document.flaws.extend(extensions_of(contract).flaws)
        empty = emptiness(document, contract)
        document.flaws.extend([] if empty is None else [empty])
        findings = check(document)
        unserved = sum(finding.flaw.costs == "operation" for finding in findings)
        return Report(source, findings, len(contract.operations) - unserved)


def _show(out: Output, report: Report) -> None:
    for finding in report.findings:
        flaw, place = finding.flaw, finding.place
        out.print(
            Text.assemble(
                (visible(f"{place}: "), "bold"),
                (f"{WORDS[flaw.costs]}: ", STYLES[flaw.costs]),
                visible(f"{flaw.message} {flaw.remedy}".rstrip()),
                (visible(f"  {place.pointer}  [{flaw.kind}]"), "dim"),
            ),
            soft_wrap=True,
        )
    out.print(Text(visible(f"{report.file}: {_summary(report)}"), style="bold"), soft_wrap=True)


def _summary(report: Report) -> str:
    costs = report.costs
    if costs["document"]:
        return "cannot be served"
    unserved = f", {_count(costs['operation'], 'operation')} not" if costs["operation"] else ""
    warnings = _count(costs["nothing"], "warning") if costs["nothing"] else "no warnings"
    return f"{_count(report.operations, 'operation')} can be served{unserved}, {warnings}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "file": report.file,
        "servable": not report.costs["document"],
        "operations": report.operations,
        "flaws": [
            {
                "kind": finding.flaw.kind,
                "costs": finding.flaw.costs,
                "file": finding.place.file,
                "line": finding.place.line,
                "pointer": finding.place.pointer,
                "message": finding.flaw.message,
                "remedy": finding.flaw.remedy,
            }
            for finding in report.findings
        ],
    }
