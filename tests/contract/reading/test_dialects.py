"""Dialects of JSON Schema that are told of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from mockserver.contract.contract import Contract
from mockserver.contract.reading.reader import read

SCHEMA = {"type": "object", "properties": {"a": {"items": [{"type": "integer"}], "type": "array"}}}


def flaws(folder: Path, dialect: Any = None, inner: Any = None, version: str = "3.1.0") -> list[tuple[str, str]]:
    schema = {**SCHEMA, "example": {"$schema": "of data"}, **({} if inner is None else {"$schema": inner})}
    raw: dict[str, Any] = {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/a": {
                "get": {
                    "operationId": "a",
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}},
                        }
                    },
                }
            }
        },
        "components": {"schemas": {"A": schema}},
    }
    if dialect is not None:
        raw["jsonSchemaDialect"] = dialect
    file = folder / "a.json"
    file.write_bytes(orjson.dumps(raw))
    document = read(file)
    answer = Contract(document).operation("a").responses["200"]
    assert answer.accepts({"a": [1]})
    assert not answer.accepts({"a": ["x"]})
    return [(flaw.pointer, flaw.message.partition("; ")[0]) for flaw in document.flaws if flaw.kind == "dialect"]


@pytest.mark.parametrize(
    ("dialect", "reason"),
    [
        (None, None),
        ("https://json-schema.org/draft/2020-12/schema", None),
        ("https://spec.openapis.org/oas/3.1/dialect/base", None),
        ("https://spec.openapis.org/oas/3.2/dialect/2025-09-17", None),
        ("http://json-schema.org/draft-07/schema#", "is an older draft"),
        ("http://json-schema.org/draft-04/schema", "is an older draft"),
        ("https://json-schema.org/draft/2019-09/schema", "is an older draft"),
        ("https://example.com/ours", "is a dialect that is not known here"),
        (7, "is a dialect that is not known here"),
    ],
)
def test_another_dialect_is_a_flaw_that_costs_nothing(tmp_path: Path, dialect: Any, reason: str | None) -> None:
    """The document is served, its keywords read as those of 2020-12."""
    expected = [] if reason is None else [("#/jsonSchemaDialect", f"{dialect!r} {reason}")]

    assert flaws(tmp_path, dialect) == expected


def test_a_schema_may_name_its_own(tmp_path: Path) -> None:
    """An example that does is data."""
    draft = "http://json-schema.org/draft-04/schema#"

    assert flaws(tmp_path, inner=draft) == [("#/components/schemas/A/$schema", f"{draft!r} is an older draft")]
    assert flaws(tmp_path, inner="https://json-schema.org/draft/2020-12/schema") == []


def test_before_3_1_there_are_no_dialects(tmp_path: Path) -> None:
    """Whatever is written there means nothing."""
    assert flaws(tmp_path, "http://json-schema.org/draft-04/schema#", version="3.0.3") == []
