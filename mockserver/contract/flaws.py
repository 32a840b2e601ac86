"""Flaws of a document, as values: what is wrong and where, what it costs, and what to do about it.

A flaw costs nothing where the server can go on as the document's author most likely meant it, the operation that has
it where that operation cannot be served, or the whole document where nothing of it can.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Cost = Literal["nothing", "operation", "document"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a document.

    kind: a stable word for machines. pointer: `#/…`, into the document as it is served. message: what was expected
    and what came. remedy: what to do, in the imperative.
    """

    kind: str
    pointer: str
    message: str
    remedy: str
    costs: Cost = "nothing"

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message} {self.remedy}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the author finds something: the file as it was named, the JSON pointer into it, the line (from 1)."""

    file: str
    pointer: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"
