"""Contract coverage as a page: operations by status, each with an example, and the gaps as the document has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mockserver import __version__
from mockserver.contract.quotation import quote
from mockserver.coverage.counting.coverage import Example
from mockserver.coverage.counting.outline import KINDS, Item, Key
from mockserver.coverage.counting.summary import Figure, Summary
from mockserver.coverage.terminal import label
from mockserver.output.pages import render

TEMPLATE = Path(__file__).with_name("coverage.html")


@dataclass(frozen=True)
class Cell:
    """One documented status of an operation; None stands where a status is not documented. `number`: of the part."""

    status: str
    hits: int
    pointer: str
    number: int
    example: Example | None


@dataclass(frozen=True)
class Row:
    """One operation."""

    method: str
    path: str
    name: str
    figure: Figure
    cells: list[Cell | None]
    gaps: list[Gap]


@dataclass(frozen=True)
class Gap:
    """One part that was not exercised."""

    number: int
    kind: str
    label: str
    pointer: str
    quote: str


@dataclass(frozen=True)
class Chapter:
    """One API. `gaps` are of what it has once."""

    name: str
    title: str
    figure: Figure
    statuses: list[str]
    rows: list[Row]
    gaps: list[Gap]


def page(summary: Summary) -> str:
    """The whole page; it needs nothing beside itself."""
    numbers = {item.key: number for number, item in enumerate(summary.items)}
    return render(
        TEMPLATE,
        version=__version__,
        whole=summary.figure(),
        exchanges=summary.coverage.exchanges,
        remarks=summary.remarks,
        kinds=[(words, summary.of_kind(kind)) for kind, words in KINDS.items()],
        chapters=[_chapter(summary, api, numbers) for api in summary.outline.apis],
    )


def _chapter(summary: Summary, api: str, numbers: Mapping[Key, int]) -> Chapter:
    outlines = [each for (name, _), each in summary.outline.operations.items() if name == api]
    statuses = sorted({status for each in outlines for status in each.operation.responses})
    return Chapter(
        name=api,
        title=summary.outline.apis[api].document.raw["info"]["title"],
        figure=summary.of_api(api),
        statuses=statuses,
        rows=[
            Row(
                method=each.operation.method,
                path=each.operation.path,
                name=each.operation.operation_id,
                figure=summary.of_operation(api, each.operation.operation_id),
                cells=_cells(summary, api, each.operation.operation_id, statuses, numbers),
                gaps=_gaps(summary, summary.missing(summary.parts(api, each.operation.operation_id)), numbers),
            )
            for each in outlines
        ],
        gaps=_gaps(summary, summary.missing(summary.parts(api, "")), numbers),
    )


def _cells(
    summary: Summary, api: str, operation: str, statuses: Iterable[str], numbers: Mapping[Key, int]
) -> list[Cell | None]:
    documented = {item.key.name: item for item in summary.parts(api, operation) if item.key.kind == "status"}
    cells: list[Cell | None] = []
    for status in statuses:
        item = documented.get(status)
        if item is None:
            cells.append(None)
        else:
            example = summary.coverage.examples.get(item.key)
            cells.append(Cell(status, summary.hits(item), item.pointer, numbers[item.key], example))
    return cells


def _gaps(summary: Summary, items: Iterable[Item], numbers: Mapping[Key, int]) -> list[Gap]:
    return [
        Gap(
            numbers[item.key],
            item.key.kind,
            label(item),
            item.pointer,
            quote(summary.outline.apis[item.key.api].document, item.pointer),
        )
        for item in items
    ]
