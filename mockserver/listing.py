"""Listings of the command line: what is served where, tables of APIs, routes and inferences."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from rich.text import Text

from mockserver import __version__
from mockserver.api import Api, inferences
from mockserver.contract.document import Document
from mockserver.contract.examples import example_of
from mockserver.contract.flaws import Flaw
from mockserver.contract.operation import Described
from mockserver.contract.placement import required
from mockserver.contract.violations import ABSENT
from mockserver.output.escaping import visible
from mockserver.output.printing import Output
from mockserver.output.table import Column, show_table
from mockserver.project import ProjectFile
from mockserver.world import World

if TYPE_CHECKING:  # what is served by hand is announced without it
    from mockserver.inference import Inference

CORRECTIONS = ("x-mock", "overlay-target", "overlay-extends")
"""Kinds of flaws in what corrects a document."""
MOST_CORRECTIONS = 5
"""Of those, how many are told in full."""
LOOKED_AT = 100
"""Operations among which the simplest is looked for."""


def announce(
    out: Output,
    apis: Sequence[Api],
    world: World,
    url: str,
    auth: str,
    *,
    control: bool,
    file: ProjectFile | None = None,
) -> None:
    """What is served where, which credentials work, and one curl per API that works when pasted."""
    notes = [f"auth: {auth}", "Ctrl-C stops"]
    if file is not None:
        notes.insert(0, f"configured in {visible(str(file.path))}")
    out.print(f"[bold]mockserver {__version__}[/] at [bold cyan]{url}[/]  ({'; '.join(notes)})")
    if control:
        out.print(f"console at [bold cyan]{url}/_mock/console/[/]")
    out.print()
    for api in apis:
        operations = len(api.contract.operations)
        out.print(Text.assemble((visible(api.name), "bold"), f"  {_title(api)}, {operations} operations"))
        for record in world[api.credentials] if api.credentials else ():
            told = f"  {visible(record.get('description', record['account']))}"
            out.print(Text.assemble("  ", (visible(record["token"]), "green"), told), soft_wrap=True)
        out.command(visible(sample_curl(api, world, url)), indent=2)
        for line in (
            *corrections_told(api.document),
            *([flaws_told(api.document.flaws)] if api.document.flaws else []),
        ):
            out.print(Text(f"  {visible(line)}", style="yellow"), soft_wrap=True)
    out.print()


def corrections_told(document: Document) -> list[str]:
    """What of the corrections that were given has no effect, each with its line: whoever gave one wants to know."""
    flaws = [each for each in document.flaws if each.kind in CORRECTIONS]
    if not flaws:
        return []
    shown = flaws[:MOST_CORRECTIONS]
    places = document.places([each.pointer for each in shown])
    lines = [f"{place}: {flaw.message} {flaw.remedy}" for place, flaw in zip(places, shown, strict=True)]
    return [*lines, f"and {len(flaws) - len(shown)} more"] if len(flaws) > len(shown) else lines


def flaws_told(flaws: Sequence[Flaw]) -> str:
    """How many flaws of each kind are known: those of an operation only from when it is first asked for."""
    unserved = sum(each.costs == "operation" for each in flaws)
    kinds = Counter(each.kind for each in flaws if each.costs == "nothing")
    warnings = ", ".join(f"{number} {kind}" for kind, number in kinds.most_common())
    parts = [f"{unserved} not served"] * bool(unserved) + [f"{kinds.total()} warnings ({warnings})"] * bool(kinds)
    return f"flaws found so far: {', '.join(parts)}. mockserver check lists all."


def sample_curl(api: Api, world: World, url: str) -> str:
    """A curl command for the API's GET that needs the fewest parameters, or else its first operation."""
    operation = _simplest(api)
    if operation is None:
        return "no operation is described"
    path, query = operation.path, dict[str, str]()
    for parameter in api.document.parameters(path, operation.members):
        example = example_of(api.document, parameter)
        text = "1" if example is ABSENT else str(example)
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(text, safe=""))
        elif parameter["in"] == "query" and parameter.get("required"):
            query[parameter["name"]] = text
    record = api.default_credential(world)
    credential = required(api.document, operation.members, "demo:demo" if record is None else record["token"])
    target = f"{url}{api.mount}{path}{_query(path, query | dict(credential.query))}"
    words = ["curl", *([] if operation.method == "GET" else ["-X", operation.method]), target]
    for name, value in credential.headers.items():
        words += ["-H", f"{name}: {value}"]
    return shlex.join(words)


def _simplest(api: Api) -> Described | None:
    """The GET that needs the fewest parameters, of those that come first; the first operation if there is none."""
    operations = list(api.contract.operations.values())
    gets = [each for each in operations if each.method == "GET"][:LOOKED_AT]

    def needed(operation: Described) -> int:
        return sum(bool(each.get("required")) for each in api.document.parameters(operation.path, operation.members))

    return min(gets, key=needed, default=next(iter(operations), None))


def _query(path: str, query: Mapping[str, str]) -> str:
    return f"{'&' if '?' in path else '?'}{urlencode(query)}" if query else ""


def list_apis(out: Output, apis: Sequence[Api], world: World) -> None:
    """A table of the APIs: what they are, where they are served, who may call them."""
    columns = [
        Column("API", title=True),
        Column("title", words=True, title=True),
        Column("operations", right=True),
        Column("paths"),
        Column("demo credentials"),
    ]
    rows = []
    for api in apis:
        credentials = [record["token"] for record in world[api.credentials]] if api.credentials else ["none needed"]
        paths = [f"{api.mount}{path}" for path in api.document.raw["paths"]]
        rows.append(
            [
                Text(visible(api.name), style="bold"),
                Text(_title(api)),
                Text(str(len(api.contract.operations))),
                Text("\n".join(map(visible, paths))),
                Text("\n".join(map(visible, credentials))),
            ]
        )
    show_table(out, columns, rows, spaced=True)


def _title(api: Api) -> str:
    return visible(api.document.raw["info"]["title"])


def list_routes(out: Output, api: Api) -> None:
    """A table of the API's operations; a status with an asterisk is inferred."""
    out.print(Text.assemble((visible(api.name), "bold"), f"  {_title(api)}"))
    columns = [
        Column("method", title=True),
        Column("path", title=True),
        Column("operationId"),
        Column("auth", words=True),
        Column("statuses (* inferred)", words=True),
    ]
    rows = [
        [
            Text(each.method),
            Text(visible(f"{api.mount}{each.path}")),
            Text(visible(each.operation_id)),
            Text(visible(_auth(api.document, each.members))),
            Text(visible(_statuses(api.document, each.members))),
        ]
        for each in api.contract.operations.values()
    ]
    show_table(out, columns, rows, indent=2)


def _auth(document: Document, operation: Mapping[str, Any]) -> str:
    requirements = operation.get("security", document.raw.get("security", []))
    schemes = sorted({name for requirement in requirements for name in requirement})
    return " ".join([*(schemes or ["none"]), *operation.get("x-required-scopes", [])])


def _statuses(document: Document, operation: Mapping[str, Any]) -> str:
    return " ".join(
        f"{status}{'*' if 'x-inferred' in document.resolve(response) else ''}"
        for status, response in operation.get("responses", {}).items()
    )


def list_inferences(out: Output, api: Api) -> None:
    """Every part of the document that is inferred, and why; of an API without handlers, what its operations do."""
    if api.inferred is not None:
        list_plans(out, api, api.inferred)
        return
    found = list(inferences(api.document))
    out.print(f"\n  [bold]inferred[/]: {len(found)} places that the published page leaves open")
    rows = [
        [Text(visible(pointer.replace("~1", "/")), style="cyan"), Text(visible(reason))] for pointer, reason in found
    ]
    show_table(out, [Column("", title=True), Column("", words=True)], rows, indent=2, headings=False)


def list_plans(out: Output, api: Api, inferred: Inference) -> None:
    """What was inferred for each operation without a handler."""
    operations = [each for each in api.contract.operations.values() if each.operation_id not in api.handlers]
    plans = [inferred.plan(each.operation_id) for each in operations]
    stateless = sum(each.collection is None for each in plans)
    out.print(f"\n  [bold]inferred[/]: {len(plans)} operations, {stateless} of them without state")
    rows = []
    for operation, plan in zip(operations, plans, strict=True):
        told = (("key", plan.key), ("list", plan.envelope), ("paging", plan.paging), ("filters", plan.filters))
        lines = [f"{name}: {text}" for name, text in told if text and text != "none"]
        rows.append(
            [
                Text(visible(f"{operation.method} {operation.path}"), style="cyan"),
                Text(plan.role),
                Text(visible(plan.collection or "-")),
                Text("\n".join(map(visible, [*lines, f"reason: {plan.reason}"]))),
            ]
        )
    columns = [
        Column("operation", title=True),
        Column("role"),
        Column("collection"),
        Column("inferred", words=True),
    ]
    show_table(out, columns, rows, indent=2)
