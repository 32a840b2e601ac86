"""What is remembered of schemas while bodies are read."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.contract.codecs.typed import Typed
from mockserver.contract.generation.shape import Shapes
from tests.contract.codecs.written import EVERYTHING
from tests.contract.specimen import document


@pytest.mark.parametrize("value", [{"other": "1", "more": {"a": "2"}}, [{"other": "1"}], "1"])
def test_what_no_schema_names_is_not_remembered(value: Any) -> None:
    """A form may have fields of any names, and the server runs on."""
    typed = Typed(document())
    typed.value(value, EVERYTHING)
    before = len(typed._known)

    for _ in range(100):
        typed.value(value, EVERYTHING)
        typed.value(value, {})
    assert len(typed._known) <= before + 1


def test_an_empty_schema_has_one_shape() -> None:
    """Whoever has none makes a new one."""
    shapes = Shapes(document())

    assert len({id(shapes.of(dict[str, Any]())) for _ in range(10)}) == len(shapes._known) == 1
