"""Schemas that lead to much of a document are compiled together, and judge as each does alone."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract import groups, schemas
from mockserver.contract.document import Document
from mockserver.contract.groups import Grouped
from mockserver.contract.schemas import SchemaCompiler
from mockserver.contract.validator import Validator
from mockserver.errors import DocumentError

CIRCLE = groups.LARGE + 5
"""Schemas that refer to one another, each to the next."""


def compiler(size: int = CIRCLE) -> SchemaCompiler:
    components: dict[str, Any] = {
        f"s{at}": {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer"}, "next": {"$ref": f"#/components/schemas/s{(at + 1) % size}"}},
            "additionalProperties": False,
        }
        for at in range(size)
    }
    raw = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}}
    return SchemaCompiler(Document({**raw, "components": {"schemas": components}}))


def reference(at: int) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/s{at}"}


def page(at: int) -> dict[str, Any]:
    return {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": reference(at)}}}


SCHEMAS: tuple[Any, ...] = (
    reference(0),
    reference(7),
    page(3),
    page(9),
    {"oneOf": [reference(1), {"type": "null"}]},
    {"allOf": [reference(2)], "not": {"required": ["next"]}},
)
VALUES: tuple[Any, ...] = (
    {"id": 1},
    {"id": "1"},
    {"id": 1, "next": {"id": 2, "next": {}}},
    {"id": 1, "other": 2, "more": 3},
    {"data": [{"id": 1}, {"id": None}]},
    {"data": 3},
    [],
    None,
    {},
)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_schema_judges_in_a_group_as_alone(value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every violation has the same place, rule and words."""
    together = [compiler.compile(each) for compiler in [compiler()] for each in SCHEMAS]
    monkeypatch.setattr(schemas, "LARGE", CIRCLE + 1)
    alone = [compiler().compile(each) for each in SCHEMAS]

    assert {type(each) for each in together} == {Grouped}
    assert {type(each) for each in alone} == {Validator}
    for grouped, single in zip(together, alone, strict=True):
        assert grouped.accepts(value) == single.accepts(value)
        assert list(grouped.violations(value, "body", "/x")) == list(single.violations(value, "body", "/x"))
        if not single.accepts(value):
            assert grouped.flaw(value, "#/s") == single.flaw(value, "#/s")
            one, other = grouped.first_error(value), single.first_error(value)
            assert [*one.instance_path] == [*other.instance_path]
            assert one.message == other.message
        else:
            assert grouped.first_error(value) is None


def test_what_schemas_refer_to_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Components need no compiling once any of them has been compiled, and one schema is one validator everywhere."""
    found, compiled = compiler(), []
    make = found._compiled

    def counted(schema: Any, targets: Any) -> Any:
        compiled.append(schema)
        return make(schema, targets)

    for direction in ("request", "response"):
        monkeypatch.setattr(found._groups[direction], "_compile", counted)
    validators = [found.compile(reference(at)) for at in (*range(CIRCLE), 0)]

    assert len(compiled) == 1
    assert validators[0] is validators[-1]
    assert found.compile(reference(0), "response") is not validators[0]


def test_a_schema_that_does_not_compile_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The group goes on without it."""
    found = compiler()
    sound = found.compile(page(0))

    with pytest.raises(DocumentError, match="a schema does not compile"):
        found.compile({**page(1), "pattern": "("})

    assert sound.accepts({"data": [{"id": 1}]})
    assert not found.compile(page(2)).accepts({"data": [{}]})


@pytest.mark.parametrize(("bound", "number"), [("MOST_ROOTS", 1), ("MOST_TARGETS", 1), ("KEPT", 1)])
def test_groups_are_bounded(bound: str, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In size, and in how many are kept; one that was not is compiled anew when it is used."""
    monkeypatch.setattr(groups, "MOST_ROOTS", 1)
    monkeypatch.setattr(groups, bound, number)
    found = compiler()

    validators = [found.compile(page(at)) for at in range(9)]

    made = found._groups["request"]._groups
    assert len(made) == 9
    assert sum(each.validator is not None for each in made) == min(groups.KEPT, 9)
    assert all(each.accepts({"data": [{"id": 1}]}) and not each.accepts({"data": [{}]}) for each in validators)
