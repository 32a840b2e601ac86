"""The list of what the published documents state and where the specifications have it, one YAML file an API.

An entry `says` words of the document, stands `at` a JSON Pointer into `specs/<api>.yaml`, and may name the value that
`is` there. `python -m tests.documents.facts workshop` shows the list as a table, and what is inferred beside it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import click
import yaml
from rich.console import Console
from rich.table import Column, Table

from mockserver.api import inferences
from mockserver.contract.document import Document
from tests.documents.published import Endpoint, anonymous, endpoints, folded
from tests.documents.specification import FOLDER, Place, document, place

APIS = ("audience", "crm", "prospects", "salesnav", "workshop")
UNSTATED = object()


@dataclass(frozen=True)
class Fact:
    """One statement of a document and its place in the specification."""

    says: str
    at: str
    value: Any = UNSTATED

    def states_endpoint(self, endpoint: Endpoint) -> bool:
        """Whether it names the endpoint and leads into that operation."""
        _, paths, template, method, *_ = [*self.at.split("/"), "", "", ""]
        return (
            endpoint in endpoints(self.says)
            and (paths, method) == ("paths", endpoint[0])
            and anonymous(template.replace("~1", "/")).endswith(endpoint[1])
        )

    def states_name(self, where: Place, name: str) -> bool:
        """Whether it names the field or parameter and leads to it."""
        named = self.says.startswith(name) or re.search(rf"(?<!\w){name}(?!\w)", self.says)
        return bool(named) and where.concerns(name)

    def states_message(self, where: Place, message: str) -> bool:
        """Whether it quotes the message and leads to a place that has it."""
        return message in self.says and json.dumps(message) in json.dumps(where.value, default=str)


@cache
def facts(api: str) -> tuple[Fact, ...]:
    entries = yaml.safe_load(Path(__file__).with_name(f"{api}.yaml").read_text("utf-8"))
    return tuple(Fact(folded(entry["says"]), entry["at"], entry.get("is", UNSTATED)) for entry in entries)


def places(api: str) -> list[tuple[Fact, Place]]:
    return [(fact, place(document(api), fact.at)) for fact in facts(api)]


def documented(api: str) -> Table:
    """Every fact, its place and value, and what was chosen beside it."""
    table = _table(api, "the document says", f"specs/{api}.yaml, at", "has", "inferred beside it")
    for fact, where in places(api):
        table.add_row(fact.says, fact.at, _short(where.value), where.inferred)
    return table


def inferred(api: str) -> Table:
    """Everything chosen, with its reason."""
    table = _table(f"{api}: not in the document", "inferred", "because")
    for pointer, reason in inferences(Document.load(FOLDER / f"{api}.yaml")):
        table.add_row(pointer, reason)
    return table


def _table(title: str, *headers: str) -> Table:
    return Table(*(Column(header, overflow="fold") for header in headers), title=title, show_lines=True)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:59]}…"


@click.command()
@click.argument("apis", nargs=-1, type=click.Choice(APIS))
def show(apis: tuple[str, ...]) -> None:
    """Show where the specifications have what the published documents state, and what is inferred."""
    console = Console(markup=False)
    for api in apis or APIS:
        console.print(documented(api), inferred(api))


if __name__ == "__main__":
    show()
