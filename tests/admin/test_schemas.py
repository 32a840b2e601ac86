"""The schemas of values, against what the runtime and the registry do."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

import pytest

from mockserver.admin import schemas
from mockserver.admin.faults import FAULTS
from mockserver.admin.stubs import STUBS
from mockserver.contract.bodies import DEEPEST
from mockserver.control.documents import FILE, SCHEMAS, document
from mockserver.errors import StateError, WorldError
from mockserver.runtime import faults as runtime
from mockserver.runtime.damage import Damage
from mockserver.world.registry import NAME


def schema(name: str) -> Any:
    return schemas.document().schemas[name]


def test_every_kind_that_the_schemas_name_is_known_to_the_runtime() -> None:
    """And the other way round: a new kind of fault is written in both, and nowhere else."""
    delays = get_args(get_type_hints(runtime.Delay)["kind"])
    replies = schema("Reply")["discriminator"]["mapping"]

    assert list(get_args(Damage)) == schema("Damage")["properties"]["kind"]["enum"]
    assert set(delays) == set(schema("Delay")["discriminator"]["mapping"])
    assert len(runtime.REPLIES) == len(replies) == len(get_args(get_type_hints(runtime.Reply)["kind"]))


def test_limits_are_what_the_schemas_say() -> None:
    """What the code bounds itself, as it cannot read the schemas there."""
    assert schema("WorldState")["properties"]["faults"]["maxItems"] == FAULTS.most
    assert schema("WorldState")["properties"]["stubs"]["maxItems"] == STUBS.most
    assert schema("FixedDelay")["properties"]["seconds"]["maximum"] == runtime.LONGEST_DELAY
    assert schema("Name")["pattern"] == f"^{NAME.pattern}$"
    assert document(token=False).raw["components"]["parameters"]["world"]["schema"]["pattern"] == f"^{NAME.pattern}$"
    assert schema("Moment")["pattern"].count(NAME.pattern) == len(("snapshot", "world"))


def test_the_control_planes_document_is_one_with_them() -> None:
    """It refers to the schemas in their file and is served with them inside, valid."""
    served = document(token=False)
    served.validate()

    assert SCHEMAS in FILE.read_text()
    assert SCHEMAS not in str(served.raw)
    assert schemas.document().schemas.items() <= served.schemas.items()


@pytest.mark.parametrize(
    ("value", "pointer", "message"),
    [
        ({"a": [1, {2}]}, "/a/1", "must be JSON, got {2}"),
        ({"a": {"b": b"x"}}, "/a/b", "must be JSON, got b'x'"),
        ({("a", "b"): 1}, "", "must be JSON, got {('a', 'b'): 1}"),
        ("\ud800", "", "must be JSON, got"),
    ],
)
def test_what_is_no_json_is_named(value: Any, pointer: str, message: str) -> None:
    """The innermost part that cannot be written."""
    with pytest.raises(StateError) as refused:
        schemas.as_json(value, StateError)

    (flaw,) = refused.value.flaws
    assert refused.value.kind == "invalid"
    assert flaw.pointer == pointer
    assert flaw.message.startswith(message)


def test_what_holds_itself_is_no_json() -> None:
    """It has no innermost part, and is refused all the same."""
    endless: list[Any] = []
    endless.append(endless)

    with pytest.raises(WorldError, match="must be JSON"):
        schemas.as_json(endless)


def test_json_is_copied() -> None:
    """What is changed afterwards is not what was taken, and nests only so deep."""
    given: dict[str, Any] = {"a": [1, 10**30, (2, 3)]}
    copy = schemas.as_json(given)
    given["a"].append(4)
    for _ in range(DEEPEST):
        given = {"a": given}

    assert copy == {"a": [1, 10**30, [2, 3]]}
    with pytest.raises(WorldError, match="must not nest deeper than 100 levels"):
        schemas.as_json(given)


def test_a_flaw_is_told_as_pointer_and_message() -> None:
    """It unpacks to both, says in words where it is, and lists what would do."""
    with pytest.raises(WorldError) as refused:
        schemas.checked("NewFaultRule", {"damage": {"kind": "explode"}})

    (flaw,) = refused.value.flaws
    pointer, message = flaw
    assert (pointer, flaw.rule, flaw.received) == ("/damage/kind", "enum", "explode")
    assert flaw.expected == ["close", "reset", "truncate", "malformed", "drip"]
    assert str(refused.value) == str(flaw) == f"damage: kind: {message}"
