"""`text/csv` and `text/tab-separated-values`: rows as objects by their heading, where the schema asks for an array.

Else the text as it is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.contract.bodies import TextCodec, value_text
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.violations import ABSENT, Violation


@dataclass(frozen=True)
class CSVCodec(TextCodec):
    """Tables of one schema (RFC 4180), whose cells a comma or another character divides."""

    typed: Typed
    schema: Any
    delimiter: str = ","

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        whole, flaw = super().read(text, content_type)
        if flaw is not None or "array" not in self.typed.kinds(self.schema):
            return whole, flaw
        try:
            # `newline=""`: a line break within a cell stays as it came
            rows = list(csv.DictReader(io.StringIO(whole, newline=""), strict=True, delimiter=self.delimiter))
            # what is beyond the heading has no name (RFC 4180, 2: as many fields in each line)
            for number, row in enumerate(rows, 1):
                if None in row:
                    raise csv.Error(f"row {number} has more values than the heading, which has {len(row) - 1}")
        except csv.Error as error:
            return ABSENT, Violation("body", "", "csv", None, ABSENT, f"must be CSV: {error}")
        return self.typed.value(rows, self.schema), None

    def write(self, value: Any) -> bytes:
        if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
            return super().write(value)
        names = list(dict.fromkeys(name for row in value for name in row))  # rows may lack what others have
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, names, delimiter=self.delimiter)
        writer.writeheader()
        writer.writerows([{name: _cell(each) for name, each in row.items()} for row in value])
        return table.getvalue().encode()


def _cell(value: Any) -> str:
    return "" if value is None else value_text(value)
