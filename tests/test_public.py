"""What can be imported from the package itself."""

from __future__ import annotations

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


def test_what_is_not_there_is_no_attribute() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'Nothing'"):
        mockserver.Nothing  # noqa: B018  # asking is the act
