"""What can be imported from the package itself."""

from __future__ import annotations

import ast
import builtins
import inspect
from importlib import import_module

import pytest

import mockserver
from mockserver import errors
from mockserver.errors import MockServerError


@pytest.mark.parametrize("name", mockserver.WHERE)
def test_every_name_leads_to_what_it_says(name: str) -> None:
    """It is imported when it is asked for, and is what its module has; it is listed before."""
    found = getattr(mockserver, name)

    assert found is getattr(import_module(f"mockserver.{mockserver.WHERE[name]}"), name)
    assert found.__name__ == name
    assert name in dir(mockserver)
    assert name in mockserver.__all__


def test_every_error_of_the_tool_can_be_imported() -> None:
    """Whoever catches one finds it here; what a handler raises or a server holds back is nobody's to catch."""
    tree = {name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, MockServerError)}

    assert tree <= set(mockserver.__all__)


PUBLIC = ("Mock", "MockServer", "State", "Requests", "Fault", "StubbedAnswer", "Expectation", "Comparison", "Exchange")
ALIASES = {"At", "Count", "Damage", "Kind", "Observer", "Raw", "Record", "Source"}
"""Names for types that are built of others, and what is but a number."""

FOREIGN = {"Any", "Callable", "Iterable", "Iterator", "Mapping", "Self", "Sequence", "datetime", "httpx", "timedelta"}
DEEPER = {"AnsweredBy", "Rejection", "Rule", "Stub"}
"""What only few look into."""


@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_method_takes_or_returns_can_be_imported(name: str) -> None:
    """So that a helper of a test suite can be typed without knowing the rooms of the package."""
    module = import_module(f"mockserver.{mockserver.WHERE[name]}")
    tree = ast.parse(inspect.getsource(module)).body
    (body,) = [each.body for each in tree if isinstance(each, ast.ClassDef) and each.name == name]
    notes = [note for each in body for note in annotated(each)]
    named = {each.id for note in notes for each in ast.walk(note) if isinstance(each, ast.Name)}

    ours = {each for each in named - ALIASES - DEEPER if not hasattr(builtins, each) and each not in FOREIGN}
    assert ours <= set(mockserver.__all__)


def annotated(node: ast.stmt) -> list[ast.expr]:
    """Of a public method, or a public field."""
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
        given = [each.annotation for each in (*node.args.args, *node.args.kwonlyargs)]
        return [each for each in (*given, node.returns) if each is not None]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_"):
        return [node.annotation]
    return []


def test_what_is_not_there_is_no_attribute() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'Nothing'"):
        mockserver.Nothing  # noqa: B018  # asking is the act
